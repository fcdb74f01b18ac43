"""`lotone`, the command."""

from __future__ import annotations

import click

from configurator.commands.account import account
from configurator.commands.catalog import catalog
from configurator.commands.demo import demo
from configurator.commands.history import history
from configurator.commands.lifecycle import lifecycle
from configurator.commands.mail import mail
from configurator.commands.retain import retain
from configurator.commands.service import migrate, serve
from configurator.commands.stock import stock


@click.group()
@click.version_option(package_name="lot-one")
def main() -> None:
    """Lot One: products configured one by one, and remembered.

    Settings are read from the environment, LOTONE_...: see docs/settings.md.
    """


for command in serve, migrate, demo, catalog, history, account, lifecycle, mail, retain, stock:
    main.add_command(command)

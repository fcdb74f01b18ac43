"""`lotone`, the command."""

from __future__ import annotations

import click

from configurator.commands.account import account
from configurator.commands.service import migrate, serve


@click.group()
@click.version_option(package_name="lot-one")
def main() -> None:
    """Lot One: products configured one by one, and remembered.

    Settings are read from the environment, LOTONE_...: see docs/settings.md.
    """


for command in serve, migrate, account:
    main.add_command(command)

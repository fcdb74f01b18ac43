"""`lotone mail`: the outbox, where no `lotone serve` tends it."""

from __future__ import annotations

import click

from configurator.app import create_app
from configurator.commands import migrated, read_settings
from configurator.mail import clerk


@click.group()
def mail() -> None:
    """What is written to customers."""


@mail.command()
def send() -> None:
    """Compose what is to be written, and send what is due, as `lotone serve` does every few seconds."""
    settings = read_settings()
    migrated(settings).dispose()
    app = create_app(settings)
    count = clerk.tend(app)
    app.extensions["engine"].dispose()
    click.echo(f"{count} mails left." if settings.smtp_host else
               "No server is set, see LOTONE_SMTP_HOST: the page Outbox shows what would be sent.")

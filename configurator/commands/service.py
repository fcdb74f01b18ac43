"""`lotone serve` and `lotone migrate`."""

from __future__ import annotations

import click
from sqlalchemy.exc import OperationalError

from catalog.database import connect
from configurator import schema, serving
from configurator.commands import migrated, read_settings


@click.command()
def serve() -> None:
    """Serve the shop over HTTP, on LOTONE_HOST and LOTONE_PORT."""
    settings = read_settings()
    migrated(settings).dispose()
    try:
        sockets = serving.listening(settings)
    except OSError as error:
        raise click.ClickException(f"{settings.host}:{settings.port} cannot be served: {error.strerror}. "
                                   "See LOTONE_HOST and LOTONE_PORT.") from error
    click.echo(f"{settings.maker} is at http://{settings.host}:{settings.port} (Ctrl+C ends it)")
    serving.serve(settings, sockets)


@click.command()
def migrate() -> None:
    """Make the database, or bring it up to date."""
    settings = read_settings()
    if not settings.database_url:
        settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings.key()
    engine = connect(settings.url)
    try:
        schema.migrate(engine)
    except OperationalError as error:
        raise click.ClickException(f"The database cannot be opened: {error.orig}. See LOTONE_DATABASE_URL.") from error
    engine.dispose()
    click.echo("The database is up to date.")

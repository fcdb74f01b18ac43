"""`lotone serve` and `lotone migrate`."""

from __future__ import annotations

import click
import waitress
from sqlalchemy.exc import OperationalError

from catalog.database import connect
from configurator import schema
from configurator.app import create_app
from configurator.commands import migrated, read_settings


@click.command()
def serve() -> None:
    """Serve the shop over HTTP, on LOTONE_HOST and LOTONE_PORT."""
    settings = read_settings()
    migrated(settings).dispose()
    click.echo(f"{settings.maker} is at http://{settings.host}:{settings.port} (Ctrl+C ends it)")
    waitress.serve(create_app(settings), host=settings.host, port=settings.port, threads=settings.threads, ident=None,
                   max_request_body_size=2 * settings.max_body,  # up to here our own page says that it is too much
                   clear_untrusted_proxy_headers=not settings.proxies, _quiet=True)


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

"""`lotone retain`: removes what is no longer needed."""

from __future__ import annotations

import click
from sqlalchemy import Engine

from catalog.database import wipe
from configurator import retention
from configurator.commands import migrated, read_settings
from configurator.settings import Settings
from configurator.transaction import repeated, transaction
from orders.memory.remembered import Removal


@click.command()
def retain() -> None:
    """Remove what is no longer needed, as `lotone serve` does every day, and say what it was."""
    settings = read_settings()
    engine = migrated(settings)
    for removal in repeated(lambda: _removed(engine, settings)):
        click.echo(f"{removal.count:>7,}  {removal.what}")
    if engine.dialect.name == "sqlite" and not wipe(engine):
        click.echo("Somebody is reading the database: what was removed leaves its write-ahead log later.")
    engine.dispose()


def _removed(engine: Engine, settings: Settings) -> list[Removal]:
    with transaction(engine) as session:
        return retention.retain(session, settings)

"""What the command line can do, one module per group of commands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from catalog.database import connect
from configurator.language import speak
from configurator.schema import is_current
from configurator.settings import Settings, SettingsError
from configurator.transaction import transaction


def read_settings() -> Settings:
    """The settings of the environment; a mistake in them ends the command with its message."""
    try:
        settings = Settings.from_environment()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    speak(settings)
    return settings


def migrated(settings: Settings) -> Engine:
    """The database, which must have been migrated."""
    engine = connect(settings.url)
    try:
        current = is_current(engine)
    except OperationalError as error:
        raise click.ClickException(f"The database cannot be opened: {error.orig}. Is there one? Run `lotone migrate` "
                                   "to make it, or see LOTONE_DATABASE_URL.") from error
    if not current:
        raise click.ClickException("The database is not up to date: run `lotone migrate` first.")
    return engine


@contextmanager
def opened() -> Iterator[Session]:
    """A session for a command: all that it does is stored at the end, or nothing."""
    engine = migrated(read_settings())
    with transaction(engine) as session:
        yield session
    engine.dispose()

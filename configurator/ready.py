"""A process that has just begun works out what its first visitor would have to wait for."""

from __future__ import annotations

from contextlib import suppress
from threading import Thread

from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from catalog.records import Version
from catalog.store import catalogue
from configurator.app import create_app
from configurator.drafts.sessions import sketch
from configurator.engine import Undecided
from configurator.settings import Settings
from configurator.transaction import open_session
from configurator.web.shop.cards import PAGE


def create_ready(settings: Settings) -> Flask:
    """The application, which gets ready while it answers already."""
    app = create_app(settings)
    Thread(target=prepare, args=(app.extensions["engine"],), daemon=True).start()
    return app


def prepare(engine: Engine) -> None:
    """Compiles what is shown on the first page, and what is proposed there to somebody unknown.

    Other products are compiled when somebody asks for them; what fails now fails again for who asks.
    """
    with suppress(SQLAlchemyError):
        with open_session(engine) as session:
            sold = [version.id for version in catalogue(session)[:PAGE]]
        for version in sold:  # each in a transaction of its own: as long as one reads, nothing is cleared away
            with suppress(Undecided), open_session(engine) as session:
                sketch(session, session.get_one(Version, version))

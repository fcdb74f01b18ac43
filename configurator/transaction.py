"""One request, or one command, is one transaction; this is the only place that commits."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from time import monotonic, sleep
from typing import TypeVar, cast

from flask import Flask, current_app, g, request
from flask import session as cookie
from flask.typing import ResponseReturnValue
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.local import LocalProxy

from catalog.database import WAIT, collided, writing, writing_late

Done = TypeVar("Done")

SAFE = ("GET", "HEAD", "OPTIONS")
LATE = "writes_late"
PAUSE = 50
"""Milliseconds at most until one that met another starts over: by chance, so that they do not meet again."""


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """A session for a command: commits at the end of the block, rolls back at any error."""
    with open_session(writing(engine)) as session, committed(session):
        yield session


def repeated(act: Callable[[], Done], undo: Callable[[], None] = lambda: None) -> Done:
    """What a transaction returns; one that met another starts over, after `undo` took back what no database does.

    One of those who meet gets through each time, and who it is is chance: so none gives up after a number of times, nor
    waits longer each time while others come, but all do after as long as a writer waits for the others on SQLite.
    """
    latest = monotonic() + WAIT
    while True:
        try:
            return act()
        except (OperationalError, StaleDataError) as error:
            if not collided(error) or monotonic() > latest:
                raise
            undo()
            sleep(secrets.randbelow(PAUSE) / 1000)


def open_session(engine: Engine, autoflush: bool = True) -> Session:
    """A session that keeps what it has read when it commits: pages show it afterwards."""
    return Session(engine, expire_on_commit=False, autoflush=autoflush)


@contextmanager
def committed(session: Session) -> Iterator[None]:
    """Commits what the block did, or nothing of it."""
    try:
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise


def _of_request() -> Session:
    if "session" not in g:
        engine: Engine = current_app.extensions["engine"]
        late = g.get(LATE, False)
        writes = writing_late if late else writing
        g.session = open_session(engine if request.method in SAFE else writes(engine), autoflush=not late)
    return cast(Session, g.session)


def write_late() -> None:
    """Lets the request write only when its view has returned, so that no other waits while it computes.

    For views that write nothing but drafts, which have a `version_id_col`: what was stored last is lost if the power
    fails. Call it before `session` is used.
    """
    g.setdefault(LATE, True)


session = cast(Session, LocalProxy(_of_request))
"""The session of the request; `TransactionalFlask` commits it."""


class TransactionalFlask(Flask):
    """A Flask whose views run in one transaction each: whoever raises takes back all they did."""

    def dispatch_request(self) -> ResponseReturnValue:
        """Calls the view; the answer leaves only when what it says is stored. Who meets another starts over."""
        if request.endpoint == "static":  # the same for everybody, whatever is stored
            return super().dispatch_request()
        kept, noted = deepcopy(dict(cookie)), {name: g.get(name) for name in g}

        def undo() -> None:
            cookie.clear()
            cookie.update(kept)
            for name in set(g) - {"session"}:
                g.pop(name)
            for name, value in noted.items():
                setattr(g, name, value)

        return repeated(self._dispatch, undo)

    def _dispatch(self) -> ResponseReturnValue:
        with committed(session):
            return super().dispatch_request()


def close_session(_: BaseException | None) -> None:
    """At the end of every request."""
    if opened := g.pop("session", None):
        opened.close()

"""One request, or one command, is one transaction; this is the only place that commits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from flask import Flask, current_app, g, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from werkzeug.local import LocalProxy

SAFE = ("GET", "HEAD", "OPTIONS")


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """A session for a command: commits at the end of the block, rolls back at any error."""
    with open_session(engine, writes=True) as session, committed(session):
        yield session


def open_session(engine: Engine, writes: bool) -> Session:
    """A session whose transactions take SQLite's write lock at once if it `writes`: a lock taken later can fail."""
    return Session(engine.execution_options(writes=writes), expire_on_commit=False)


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
        g.session = open_session(current_app.extensions["engine"], writes=request.method not in SAFE)
    return cast(Session, g.session)


session = cast(Session, LocalProxy(_of_request))
"""The session of the request; `TransactionalFlask` commits it."""


class TransactionalFlask(Flask):
    """A Flask whose views run in one transaction each: whoever raises takes back all they did."""

    def dispatch_request(self) -> ResponseReturnValue:
        """Calls the view; the answer leaves only when what it says is stored."""
        with committed(session):
            return super().dispatch_request()


def close_session(_: BaseException | None) -> None:
    """At the end of every request."""
    if opened := g.pop("session", None):
        opened.close()

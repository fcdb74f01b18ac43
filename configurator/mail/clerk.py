"""What is done when its time has come, without anybody asking: orders are released, mails composed and sent."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import Engine

from configurator.mail import composing, outbox, sending
from configurator.settings import Settings
from configurator.transaction import open_session, transaction
from orders import lifecycle


def tend(app: Flask) -> int:
    """Does what is due: how many mails left."""
    engine: Engine = app.extensions["engine"]
    settings: Settings = app.extensions["settings"]
    with app.test_request_context(base_url=settings.public):
        if _something(engine):
            with transaction(engine) as session:
                lifecycle.release_due(session)
                outbox.fill(session)
        if settings.smtp_host:
            with open_session(engine) as session:
                due = outbox.is_due(session)
            return sending.send_due(engine, settings) if due else 0
    return 0


def _something(engine: Engine) -> bool:
    """Whether there is anything to write: who only looks keeps nobody waiting."""
    with open_session(engine) as session:
        return bool(lifecycle.due(session) or composing.reasons(session))

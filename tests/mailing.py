"""What tests of mail share: a server that takes it, a shop that sends there, and what was written."""

import socket
from dataclasses import replace
from email import message_from_bytes
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from conftest import application, settings_for
from factories import a_customer, ordered
from sqlalchemy import select

from catalog.database import now
from configurator.transaction import transaction
from orders.shipments.posted import Mail


class Post:
    """A mail server that keeps what it is given, or answers as it is told to."""

    def __init__(self):
        self.mails, self.answers = [], []

    async def handle_DATA(  # noqa: N802  # what the server calls
            self, server, session, envelope):
        if self.answers:
            return self.answers.pop(0)
        self.mails.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=default)))
        return "250 OK"


@pytest.fixture
def post():
    """A mail server that is there for one test."""
    handler = Post()
    with socket.create_server(("127.0.0.1", 0)) as free:
        handler.port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    yield handler
    controller.stop()


def shop(database, folder, post=None):
    """The application, writing to the server if there is one."""
    server = {"smtp_host": "127.0.0.1", "smtp_port": post.port, "smtp_security": "no"} if post else {}
    return application(replace(settings_for(database, folder), address="https://shop.example", maker="Wood & Sons",
                               **server))


def ordered_now(session, **details):
    """An order of a moment ago, of somebody with an address."""
    found = ordered(session, a_customer(session, email="ada@example.com"), today=now().date(), **details)
    for event in found.events:
        event.at = now()
    session.flush()
    return found


def written(database):
    """All mails, in the order in which they were written."""
    with transaction(database) as session:
        return list(session.scalars(select(Mail).order_by(Mail.id)))

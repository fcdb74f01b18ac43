"""The outbox: every mail is composed once, is tried again if it does not leave, and is never lost.

It may leave twice, if a machine dies just then: see configurator.mail.sending.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from catalog.database import now
from configurator.mail.composing import compose, reasons
from orders.records import Customer
from orders.shipments.posted import Mail

FIRST, LONGEST = timedelta(minutes=5), timedelta(hours=6)
"""How long is waited after a first try, and at most; each time twice as long. Nobody else sends a mail meanwhile: it is
longer than a slow server takes for all its answers."""
TRIES = 20
"""Some four days; then it is given up and waits for somebody who has it sent again."""
PRIVATE = re.compile(r"(/quoted/)[\w-]+")
"""The part of an address that nobody else is to know."""
LATEST = timedelta(days=5)
"""What could not be sent for so long, as no server was set, is not sent by itself any more."""


def fill(session: Session) -> int:
    """Composes what is to be written: how many mails. Of two who do it at once the database lets one."""
    composed = 0
    for reason in reasons(session):
        try:
            with session.begin_nested():
                session.add(compose(session, reason))
                session.flush()
            composed += 1
        except IntegrityError:
            continue
    return composed


def claim(session: Session, at: datetime | None = None) -> Mail | None:
    """The next mail to send, which nobody else takes until it would be tried again; commit before it is sent."""
    at = at or now()
    mail = session.scalar(_due(at).limit(1).with_for_update(of=Mail, skip_locked=True))
    if mail is not None:
        mail.tries += 1
        mail.due_at = at + min(FIRST * 2 ** (mail.tries - 1), LONGEST)
        session.flush()
    return mail


def is_due(session: Session) -> bool:
    """Whether there is anything to send; nothing is written to find out."""
    return session.scalar(_due(now()).limit(1)) is not None


def sent(session: Session, id_: int) -> None:
    """Notes that it left; one whose customer was erased meanwhile is gone.

    The private link of a quote is kept no longer than it takes to send it: whoever reads the database cannot use it.
    """
    if mail := session.get(Mail, id_):
        mail.sent_at, mail.due_at, mail.error = now(), None, ""
        if mail.kind == "quoted":
            mail.plain, mail.html = (PRIVATE.sub(r"\1...", text) for text in (mail.plain, mail.html))


def failed(session: Session, id_: int, error: str, for_good: bool) -> None:
    """Notes why it did not leave; it is given up if no other try can help."""
    if mail := session.get(Mail, id_):
        mail.error = " ".join(error.split())[:500]
        if for_good or mail.tries >= TRIES:
            mail.due_at = None


def again(mail: Mail) -> None:
    """Has a mail that was given up tried anew."""
    if mail.sent_at is None:
        mail.tries, mail.due_at = 0, now()


def _due(at: datetime) -> Select[Mail]:
    """Made-up customers have nobody who reads it."""
    return select(Mail).join(Customer).where(
        Mail.sent_at.is_(None), Mail.due_at <= at, Mail.due_at > at - LATEST, ~Customer.made_up).order_by(Mail.due_at)

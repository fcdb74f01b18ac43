"""Notes about clients: whoever writes one may change and delete it, anybody may pin it.

The client may have it corrected or forgotten, whoever wrote it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from catalog.database import now
from orders.clients import calls
from orders.clients.noted import LONGEST, Note
from orders.names import lines
from orders.records import Account, Customer


class NotYours(PermissionError):
    """A note is changed by whoever wrote it."""


def of(session: Session, customer: Customer) -> list[Note]:
    """The notes about a client: those that are pinned, then the newest."""
    return list(session.scalars(select(Note).where(Note.customer_id == customer.id)
                                .order_by(Note.pinned.desc(), Note.at.desc(), Note.id.desc())
                                .options(joinedload(Note.author))))


def find(session: Session, customer: Customer, id_: int) -> Note | None:
    """A note, if it is about the client."""
    return session.scalar(select(Note).where(Note.customer_id == customer.id, Note.id == id_))


def write(session: Session, customer: Customer, text: str, by: Account, at: datetime | None = None) -> Note:
    """A new note, which is part of a call; raises ValueError for a text that `_clean` refuses."""
    note = Note(customer_id=customer.id, author=by, text=_clean(text), at=at or now())
    calls.act(session, customer, by, at)
    session.add(note)
    session.flush()
    return note


def edit(session: Session, note: Note, text: str, by: Account) -> None:
    """Raises NotYours, and ValueError as `write` does."""
    text = _clean(text)
    if _own(note, by).text != text:
        note.text, note.edited_at = text, now()
    session.flush()


def remove(session: Session, note: Note, by: Account) -> None:
    """Raises NotYours."""
    session.delete(_own(note, by))
    session.flush()


def correct(session: Session, note: Note, text: str, by: Account | None) -> None:
    """What the client wants noted instead, whoever wrote it: from then on it is noted by whoever says so.

    Raises ValueError as `write` does.
    """
    text = _clean(text)
    if note.text != text:
        note.text, note.author, note.edited_at = text, by, now()
    session.flush()


def forget(session: Session, note: Note) -> None:
    """Deletes a note because the client wants it forgotten, whoever wrote it."""
    session.delete(note)
    session.flush()


def _own(note: Note, by: Account) -> Note:
    if note.account_id != by.id:
        raise NotYours("a note is changed by whoever wrote it")
    return note


def _clean(text: str) -> str:
    """Lines of 1 to LONGEST characters that can be seen; raises ValueError for anything else."""
    if text := lines(text, LONGEST):
        return text
    raise ValueError("a note says something")

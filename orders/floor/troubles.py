"""Problems at the bench: told with a photo or without, and settled."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.database import now
from orders.floor import photos
from orders.floor.steps import Step, planned, workable
from orders.floor.worked import Trouble
from orders.names import lines
from orders.records import Account, Order


class NoWord(ValueError):
    """A problem is told, and settled, in words."""


class Unsettled(ValueError):
    """A step cannot be done while a problem at it is open."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(f"a problem is open: {trouble.note}")
        self.trouble = trouble


def report(session: Session, order: Order, step: Step, note: str, account: Account, *, key: str,
           photo: bytes = b"") -> Trouble:
    """Notes a problem at a step; the same key is the same problem.

    Raises LookupError for a step that the sheet does not have, NoWord without a note, photos.NoPhoto, NotAllowed.
    """
    workable(session, order)
    if known := session.scalar(select(Trouble).where(Trouble.key == key, Trouble.order_id == order.id)):
        return known
    planned(order, *step)
    trouble = Trouble(key=key, order=order, operation=step[0], step=step[1], note=_words(note, 2000), account=account,
                      photo=photos.kept(photo) if photo else None)
    session.add(trouble)
    session.flush()
    session.refresh(trouble)
    return trouble


def settle(session: Session, trouble: Trouble, outcome: str, account: Account) -> None:
    """Says what came of a problem; one that is settled stays as it is. Raises NoWord."""
    session.refresh(trouble, with_for_update=True)
    outcome = _words(outcome, 500)
    if trouble.settled_at is None:
        trouble.outcome, trouble.settler, trouble.settled_at = outcome, account, now()
        session.flush()


def _words(text: str, most: int) -> str:
    """At most `most` characters that can be seen; raises NoWord without one, and for others."""
    try:
        words = lines(text, most)
    except ValueError as error:
        raise NoWord(str(error)) from error
    if not words:
        raise NoWord("a problem, and what came of it, is told in words, too")
    return words


def open_(session: Session, *orders: Order) -> list[Trouble]:
    """The problems of these orders that nobody has settled, oldest first."""
    return list(session.scalars(select(Trouble).where(Trouble.order_id.in_(order.id for order in orders),
                                                      Trouble.settled_at.is_(None)).order_by(Trouble.id)))


def of(session: Session, order: Order) -> list[Trouble]:
    """All problems there were with an order, oldest first."""
    return list(session.scalars(select(Trouble).where(Trouble.order_id == order.id).order_by(Trouble.id)))


def settled(session: Session, order: Order, step: Step) -> None:
    """Raises Unsettled if a problem at a step is open."""
    for trouble in open_(session, order):
        if (trouble.operation, trouble.step) == step:
            raise Unsettled(trouble)

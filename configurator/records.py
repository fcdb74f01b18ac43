"""Configurations in progress, in the database."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, event, inspect
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from catalog.database import Base, UtcDateTime, now
from catalog.records import Version
from configurator.drafts.history import Kept, Steps
from orders.changes import changed
from orders.clients import noted, sought
from orders.floor import worked
from orders.memory import remembered
from orders.quotation import quoted
from orders.records import Account, Customer, Order, Subject
from orders.relation import followed
from orders.shipments import posted, shipped
from orders.subjects import Whom
from orders.supplies import supplied

ROOMS = changed, followed, noted, posted, quoted, remembered, shipped, sought, supplied, worked
"""Whoever has these records has those of every room."""

PAUSE = timedelta(minutes=2)
"""Whoever does nothing for longer is not at work on a draft: on the telephone, looking for a tape measure, at lunch.
How long they are away says nothing of what an order takes.
"""


class Draft(Base):
    """One configuration in progress, step by step, so that undo, reload and the back button lose nothing.

    It belongs to a customer, or to a guest until they sign up.
    """

    __tablename__ = "draft"
    __table_args__ = (CheckConstraint("(customer_id IS NULL) <> (guest IS NULL)", name="owner"),
                      CheckConstraint("position >= 0", name="position"), CheckConstraint("inputs >= 0", name="inputs"))
    id: Mapped[str] = mapped_column(String(32), primary_key=True)  # secrets.token_urlsafe(16)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"))  # for whom
    place_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"))  # for where
    guest: Mapped[str | None] = mapped_column(String(64), index=True)
    rep_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # who orders for the customer
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"))
    revision_id: Mapped[int | None] = mapped_column(ForeignKey("revision.id"))  # the specification it came from
    proposals: Mapped[dict[str, Any]] = mapped_column(Kept)  # by the keys that the steps name
    history: Mapped[list[Any]] = mapped_column(Steps)  # each with name, choices, shown, limits, proposal: see `steps`
    position: Mapped[int] = mapped_column(default=0)  # the step shown; those after it can be redone
    inputs: Mapped[int] = mapped_column(default=0)
    seconds: Mapped[int] = mapped_column(default=0)  # at work on it: from act to act, longer pauses left out
    remake_of_id: Mapped[int | None] = mapped_column(ForeignKey("order.id"))  # the order that was not right
    changes_id: Mapped[int | None] = mapped_column(ForeignKey("order.id"))  # the order that it would change
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)
    customer: Mapped[Customer | None] = relationship()
    person: Mapped[Subject | None] = relationship(foreign_keys=person_id)
    place: Mapped[Subject | None] = relationship(foreign_keys=place_id)
    remake_of: Mapped[Order | None] = relationship(foreign_keys=remake_of_id)
    changes: Mapped[Order | None] = relationship(foreign_keys=changes_id)
    rep: Mapped[Account | None] = relationship()
    version: Mapped[Version] = relationship()

    @property
    def whom(self) -> Whom | None:
        """For whom and for where it is; None of a guest."""
        return Whom(self.customer, self.person, self.place) if self.customer else None

    @property
    def worked(self) -> int:
        """The seconds that somebody was at work on it until now."""
        pause = now() - self.updated_at
        return self.seconds + (round(pause.total_seconds()) if pause <= PAUSE else 0)

    __mapper_args__ = {  # noqa: RUF012 - of two who change what they have read, the second one starts over
        "version_id_col": updated_at, "version_id_generator": lambda _: now()}


@event.listens_for(Draft, "before_update")
def _count_seconds(_mapper: object, _connection: object, draft: Draft) -> None:
    """Every act on a draft is stored, and ends the pause since the one before."""
    draft.seconds = draft.worked


@event.listens_for(Session, "before_flush")
def _alone(session: Session, *_: object) -> None:
    """A draft that is written late lets go of the records beside it that it keeps: for each that it holds it is worked
    out what has to be stored before what, which takes longer than to store the draft.
    """
    for draft in session.dirty if not session.autoflush else ():
        if isinstance(draft, Draft) and (
                beside := inspect(draft).unmodified.intersection(inspect(Draft).relationships.keys())):
            session.expire(draft, beside)  # without names it would let go of all that is to be written

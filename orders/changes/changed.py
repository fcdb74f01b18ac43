"""What became of an order after it was placed, in the database: sheets that were superseded, and what was asked for."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.database import Base, UtcDateTime, now
from orders.records import Account, Customer, Order

KINDS = ("change", "cancel", "remake")
REQUEST_STATES = ("asked", "approved", "refused", "withdrawn")
ASKED = text("state = 'asked'")
LONGEST_WORD = 500
"""Characters of what is said with a change, or with an answer to a request."""


class Superseded(Base):
    """A revision of an order's sheet as it was when another one took its place; never changed afterwards.

    The order itself holds the revision that counts. The database lets it change only if what it was is kept here.
    """

    __tablename__ = "superseded"
    __table_args__ = (UniqueConstraint("order_id", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    number: Mapped[int]  # of the revision, from 1
    values: Mapped[dict[str, Any]]
    sheet: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    total: Mapped[int]
    quantity: Mapped[int]
    promised_on: Mapped[date]
    done: Mapped[list[Any]]  # what was signed off and measured, and is void by the change; see orders.changes.revising
    why: Mapped[str] = mapped_column(String(LONGEST_WORD))  # it was changed,
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # by whom,
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)  # and when
    order: Mapped[Order] = relationship()
    account: Mapped[Account | None] = relationship()


class Request(Base):
    """What somebody asks of the floor after an order's release; one of an order at a time."""

    __tablename__ = "request"
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="kind"), CheckConstraint(f"state IN {REQUEST_STATES}", name="state"),
        Index("ix_request_asked", "order_id", unique=True, sqlite_where=ASKED, postgresql_where=ASKED))
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"), index=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20), default="asked")
    values: Mapped[dict[str, Any] | None]  # of a change: what it shall be,
    sheet: Mapped[dict[str, Any] | None] = mapped_column(deferred=True)  # the sheet of it,
    total: Mapped[int | None]  # what the customer agreed to pay for it,
    quantity: Mapped[int | None]
    promised_on: Mapped[date | None]  # and the day that they were told
    why: Mapped[str] = mapped_column(String(LONGEST_WORD))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # who asks
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    word: Mapped[str] = mapped_column(String(LONGEST_WORD), default="")  # of the floor
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    order: Mapped[Order] = relationship()
    customer: Mapped[Customer] = relationship()
    account: Mapped[Account | None] = relationship(foreign_keys=account_id)
    answerer: Mapped[Account | None] = relationship(foreign_keys=answered_by)

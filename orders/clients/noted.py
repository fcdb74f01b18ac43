"""What reps note of clients, in the database: notes, and when they were spoken to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.database import Base, UtcDateTime, now
from orders.records import Account

LONGEST = 2000
"""Signs of a note."""


class Note(Base):
    """Something that a rep wants known of a client, in their words."""

    __tablename__ = "note"
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # whoever wrote it
    text: Mapped[str] = mapped_column(String(LONGEST))
    pinned: Mapped[bool] = mapped_column(default=False)  # stays at the top
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    author: Mapped[Account | None] = relationship()


class Call(Base):
    """That a rep had to do with a client, from the first act to the last: what came after it is news to the next."""

    __tablename__ = "call"
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    began_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)  # the last act
    account: Mapped[Account | None] = relationship()

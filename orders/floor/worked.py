"""What happens at the bench, in the database: who is at which step, how far, what is measured, picked and used, and
what goes wrong.

Operations and steps are named as sign-offs name them: by the operation's name in the frozen sheet and the step's number
from 1.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from catalog.database import Base, UtcDateTime, now
from orders.records import Account, Order

DECISIONS = ("", "rework", "accept", "problem")
"""About a value out of tolerance: none yet, make it anew, take it as it is, tell of a problem."""
LONGEST_WORD = 500
"""Signs of what is said with a decision."""


class Work(Base):
    """Somebody at a step, from when until when; not ended while they are at it."""

    __tablename__ = "work"
    __table_args__ = (Index("ix_work_ended_account_id", "ended", "account_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"), index=True)
    operation: Mapped[str] = mapped_column(String(250))
    step: Mapped[int]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # goes in time: the minutes stay
    started: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    ended: Mapped[datetime | None] = mapped_column(UtcDateTime)
    order: Mapped[Order] = relationship()
    account: Mapped[Account | None] = relationship()


class Counted(Base):
    """For how many pieces of a lot a step is done; for all of them it is signed off."""

    __tablename__ = "counted"
    __table_args__ = (UniqueConstraint("order_id", "operation", "step"), CheckConstraint("pieces >= 0", name="pieces"))
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"))
    operation: Mapped[str] = mapped_column(String(250))
    step: Mapped[int]
    pieces: Mapped[int]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Measurement(Base):
    """A value measured at a step, of one piece of the lot; the newest one of a piece holds."""

    __tablename__ = "measurement"
    __table_args__ = (CheckConstraint(f"decision IN {DECISIONS}", name="decision"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)  # idempotency: sent twice it is one
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"), index=True)
    operation: Mapped[str] = mapped_column(String(250))
    step: Mapped[int]
    piece: Mapped[int] = mapped_column(default=1)
    value: Mapped[float]  # in the unit of the step's check
    within: Mapped[bool]  # the tolerance
    decision: Mapped[str] = mapped_column(String(20), default="")
    word: Mapped[str] = mapped_column(String(LONGEST_WORD), default="")  # why it may stay, or what is wrong
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # who measured
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    order: Mapped[Order] = relationship()
    account: Mapped[Account | None] = relationship(foreign_keys=account_id)
    decider: Mapped[Account | None] = relationship(foreign_keys=decided_by)


class Trouble(Base):
    """Something that is wrong with an order at the bench, until somebody says what came of it."""

    __tablename__ = "trouble"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"), index=True)
    operation: Mapped[str] = mapped_column(String(250))
    step: Mapped[int]
    note: Mapped[str] = mapped_column(String(2000))
    photo: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)  # a JPEG made by orders.floor.photos
    pictured: Mapped[bool] = column_property(photo.is_not(None))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    outcome: Mapped[str] = mapped_column(String(500), default="")
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    order: Mapped[Order] = relationship()
    account: Mapped[Account | None] = relationship(foreign_keys=account_id)
    settler: Mapped[Account | None] = relationship(foreign_keys=settled_by)


class Used(Base):
    """A batch of a part, or one piece of it by its serial number, that went into an order."""

    __tablename__ = "used"
    __table_args__ = (UniqueConstraint("order_id", "operation", "part", "batch"), Index("ix_used_batch", "batch"),
                      Index("ix_used_part", "part"))
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"))
    operation: Mapped[str] = mapped_column(String(250))
    part: Mapped[str] = mapped_column(String(250))  # its number
    batch: Mapped[str] = mapped_column(String(80))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    order: Mapped[Order] = relationship()
    account: Mapped[Account | None] = relationship()


class Picked(Base):
    """How much of a part was taken out of its bin for an order."""

    __tablename__ = "picked"
    __table_args__ = (UniqueConstraint("order_id", "part"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"))
    part: Mapped[str] = mapped_column(String(250))  # its number
    amount: Mapped[int] = mapped_column(BigInteger)  # thousandths of the part's unit
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    order: Mapped[Order] = relationship()
    account: Mapped[Account | None] = relationship()

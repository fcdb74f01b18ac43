"""What the firm does about the relation with customers, in the database: what reps did about what was on their list,
tiers of customers, who is in which one and since when, and what that changed.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.database import Base, UtcDateTime, now
from orders.records import Account, Customer, Order

DONE = ("done", "later", "never")
USES = ("priority", "change", "remake")
"""What a tier changes that is counted: an order made first, a change after release, a piece made again."""


class FollowUp(Base):
    """What a rep did about something on their list; the newest one of it holds."""

    __tablename__ = "follow_up"
    __table_args__ = (UniqueConstraint("customer_id", "about"), CheckConstraint(f"done IN {DONE}", name="done"))
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    about: Mapped[str] = mapped_column(String(120))  # see orders.relation.attention
    done: Mapped[str] = mapped_column(String(10))
    until: Mapped[date | None]  # later: when it is due again
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    account: Mapped[Account | None] = relationship()


class Tier(Base):
    """A group of customers whom the firm treats alike, and openly: by which rule they are in it, and what they get.

    A customer is in the first tier, by rank, whose rule they fulfil: at least so many orders, money and kinds of things
    within so many months.
    """

    __tablename__ = "tier"
    __table_args__ = (
        CheckConstraint("months BETWEEN 1 AND 240", name="months"), CheckConstraint("bought >= 0", name="bought"),
        CheckConstraint("orders >= 0", name="orders"), CheckConstraint("kinds >= 0", name="kinds"),
        CheckConstraint("changes >= 0", name="changes"), CheckConstraint("remakes >= 0", name="remakes"))
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    rank: Mapped[int] = mapped_column(unique=True)  # 1: the first one
    orders: Mapped[int] = mapped_column(default=0)
    bought: Mapped[int] = mapped_column(default=0)  # minor units
    currency: Mapped[str] = mapped_column(String(3))
    kinds: Mapped[int] = mapped_column(default=0)
    months: Mapped[int] = mapped_column(default=24)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # whom to call
    priority: Mapped[bool] = mapped_column(default=False)  # made first among what is promised for the same day
    changes: Mapped[int] = mapped_column(default=0)  # free ones after release, in a year
    remakes: Mapped[int] = mapped_column(default=0)  # free ones, whatever the reason, in a year
    words: Mapped[str] = mapped_column(String(500), default="")  # what else they get, as they read it
    contact: Mapped[Account | None] = relationship()


class Membership(Base):
    """That a customer came into a tier, or is in none any more: from when, and why; the newest one holds."""

    __tablename__ = "membership"
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    tier_id: Mapped[int | None] = mapped_column(ForeignKey("tier.id", ondelete="CASCADE"))
    orders: Mapped[int]  # what they had done when they came into it, or left
    bought: Mapped[int]
    kinds: Mapped[int]
    word: Mapped[str] = mapped_column(String(300), default="")  # why, where somebody decided it by hand
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # who did
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    tier: Mapped[Tier | None] = relationship()
    customer: Mapped[Customer] = relationship()
    account: Mapped[Account | None] = relationship()


class TierUse(Base):
    """What a tier changed for an order, and what it cost the firm, as far as that is known."""

    __tablename__ = "tier_use"
    __table_args__ = (UniqueConstraint("order_id", "what", "at"), CheckConstraint(f"what IN {USES}", name="what"),
                      Index("ix_tier_use_tier_id_at", "tier_id", "at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    tier_id: Mapped[int] = mapped_column(ForeignKey("tier.id", ondelete="CASCADE"))
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"), index=True)
    what: Mapped[str] = mapped_column(String(20))
    cost: Mapped[int | None]  # minor units that were not charged
    request_id: Mapped[int | None] = mapped_column(ForeignKey("request.id", ondelete="SET NULL"), index=True)  # for it
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    order: Mapped[Order] = relationship()

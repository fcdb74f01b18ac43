"""Quotes in the database: what a rep draws up, each revision as it was sent, and the firm's table of value added tax.

Rates and discounts in hundredths of a per cent, amounts in minor units. All of a quote names its customer, so that
whoever is erased leaves none.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.database import Base, UtcDateTime, now
from catalog.records import Version
from orders.records import Account, Customer, Order, Revision, Subject

QUOTE_STATES = ("draft", "submitted", "sent", "asked", "accepted", "refused", "expired", "converted")
DISCOUNTS = ("percent", "amount")
TREATMENTS = ("own", "rate", "reverse", "export")
"""What is charged: the catalogue's own rate, another country's, or none because the customer owes it or it leaves."""


class Quote(Base):
    """What is offered to a customer: lines that are drawn up, and the revisions that were made of them."""

    __tablename__ = "quote"
    __table_args__ = (CheckConstraint(f"state IN {QUOTE_STATES}", name="state"),
                      CheckConstraint(f"discount_kind IN {DISCOUNTS}", name="discount_kind"),
                      CheckConstraint("discount >= 0", name="discount"),
                      CheckConstraint("valid_days > 0", name="valid_days"))
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)  # "Q-0001"
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    rep_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # whose it is
    state: Mapped[str] = mapped_column(String(20), default=QUOTE_STATES[0], index=True)
    sent: Mapped[int] = mapped_column(default=0)  # the revision that the client sees; 0: none yet
    discount: Mapped[int] = mapped_column(default=0)  # on all lines together
    discount_kind: Mapped[str] = mapped_column(String(10), default=DISCOUNTS[0])
    valid_days: Mapped[int] = mapped_column(default=30)
    ready_days: Mapped[int | None]  # working days from acceptance; none: as soon as all of it can be ready
    words: Mapped[str] = mapped_column(String(2000), default="")  # what stands above the lines
    delivery: Mapped[str] = mapped_column(String(2000), default="")
    terms: Mapped[str] = mapped_column(String(2000), default="")
    link: Mapped[str | None] = mapped_column(String(64), unique=True)  # SHA-256 of the token of the private link
    link_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    customer: Mapped[Customer] = relationship()
    rep: Mapped[Account | None] = relationship()
    lines: Mapped[list[QuoteLine]] = relationship(back_populates="quote", order_by="QuoteLine.position",
                                                  cascade="all, delete-orphan")
    revisions: Mapped[list[QuoteRevision]] = relationship(back_populates="quote", order_by="QuoteRevision.number")
    events: Mapped[list[QuoteEvent]] = relationship(back_populates="quote", order_by="QuoteEvent.id")


class QuoteLine(Base):
    """A line as it is drawn up: so many pieces of whole values. Its id stays the same from revision to revision."""

    __tablename__ = "quote_line"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity"),
                      CheckConstraint("discount >= 0", name="discount"),
                      CheckConstraint(f"discount_kind IN {DISCOUNTS}", name="discount_kind"),
                      {"sqlite_autoincrement": True})  # the number of a line that went is never given again
    id: Mapped[int] = mapped_column(primary_key=True)
    quote_id: Mapped[int] = mapped_column(ForeignKey("quote.id"), index=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    position: Mapped[int]
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"))
    choices: Mapped[dict[str, Any]]
    values: Mapped[dict[str, Any]]
    quantity: Mapped[int] = mapped_column(default=1)
    discount: Mapped[int] = mapped_column(default=0)
    discount_kind: Mapped[str] = mapped_column(String(10), default=DISCOUNTS[0])
    person_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"))
    revision_id: Mapped[int | None] = mapped_column(ForeignKey("revision.id"))  # the specification it was made from
    standing: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # see orders.places.standing
    inputs: Mapped[int] = mapped_column(default=0)
    seconds: Mapped[int] = mapped_column(default=0)
    corrected: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # as in orders.memory.remembered
    guessed: Mapped[list[Any]]  # names of what nobody gave: see orders.placing.Entered
    draft_id: Mapped[str | None] = mapped_column(String(32), index=True)  # where it was last opened to be changed
    quote: Mapped[Quote] = relationship(back_populates="lines")
    version: Mapped[Version] = relationship()
    person: Mapped[Subject | None] = relationship(foreign_keys=person_id)
    place: Mapped[Subject | None] = relationship(foreign_keys=place_id)
    revision: Mapped[Revision | None] = relationship()


class QuoteRevision(Base):
    """A quote as it was made out: never changed afterwards."""

    __tablename__ = "quote_revision"
    __table_args__ = (UniqueConstraint("quote_id", "number"), CheckConstraint("number > 0", name="number"))
    id: Mapped[int] = mapped_column(primary_key=True)
    quote_id: Mapped[int] = mapped_column(ForeignKey("quote.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    number: Mapped[int]
    document: Mapped[dict[str, Any]]  # all that it says: see orders.quotation.quoting
    total: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    valid_until: Mapped[date]
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    issued_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    quote: Mapped[Quote] = relationship(back_populates="revisions")
    issuer: Mapped[Account | None] = relationship()
    orders: Mapped[list[Order]] = relationship(order_by=Order.id, viewonly=True)


class QuoteEvent(Base):
    """What happened to a quote: the state it came into, when, by whom and about which revision."""

    __tablename__ = "quote_event"
    __table_args__ = (CheckConstraint(f"state IN {QUOTE_STATES}", name="state"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    quote_id: Mapped[int] = mapped_column(ForeignKey("quote.id"), index=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    state: Mapped[str] = mapped_column(String(20))
    revision: Mapped[int]  # 0 before the first
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str] = mapped_column(String(200), default="")  # of who accepted, asked or refused
    words: Mapped[str] = mapped_column(String(2000), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    quote: Mapped[Quote] = relationship(back_populates="events")
    account: Mapped[Account | None] = relationship()


class VatRule(Base):
    """What is charged to customers of a kind in a country from a day on; the newest one holds."""

    __tablename__ = "vat_rule"
    __table_args__ = (UniqueConstraint("country", "kind", "valid_from"),
                      CheckConstraint(f"treatment IN {TREATMENTS}", name="treatment"),
                      CheckConstraint("kind IN ('person', 'firm')", name="kind"),
                      CheckConstraint("rate BETWEEN 0 AND 10000", name="rate"))
    id: Mapped[int] = mapped_column(primary_key=True)
    country: Mapped[str] = mapped_column(String(2))  # ISO 3166; "": every other
    kind: Mapped[str] = mapped_column(String(10))  # a firm: one that has told its VAT number
    treatment: Mapped[str] = mapped_column(String(10))
    rate: Mapped[int] = mapped_column(default=0)  # where the treatment is `rate`
    valid_from: Mapped[date]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # who noted it
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    account: Mapped[Account | None] = relationship()

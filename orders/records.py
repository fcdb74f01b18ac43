"""People, specifications and orders in the database.

Values are stored as `catalog.model.to_plain` gives them, money in minor units, moments in UTC.
"""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.database import Base, UtcDateTime, now
from catalog.records import Product, Version

ROLES = ("customer", "rep", "fulfilment", "manager", "admin")
CUSTOMERS = ("person", "firm")
SUBJECTS = ("person", "place")
"""Kinds of subjects, as characteristics say what they are about."""
STATES = ("placed", "released", "in_production", "built", "shipped", "cancelled")
"""Of orders; what leads from one to another stands in orders.lifecycle."""


def _one_of(column: str, options: tuple[str, ...]) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ({', '.join(repr(option) for option in options)})", name=column)


class Counter(Base):
    """The last number that was given to a customer, an order or a specification: see orders.numbers."""

    __tablename__ = "counter"
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    last: Mapped[int]


class Customer(Base):
    """Who orders: a person or a firm, with or without an account of their own."""

    __tablename__ = "customer"
    __table_args__ = (_one_of("kind", CUSTOMERS),)
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)  # "1042"
    name: Mapped[str] = mapped_column(String(200), index=True)
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    country: Mapped[str] = mapped_column(String(2), default="")  # ISO 3166; empty: the maker's
    kind: Mapped[str] = mapped_column(String(10), default=CUSTOMERS[0])
    vat_id: Mapped[str] = mapped_column(String(20), default="")  # of a firm, without spaces: "ATU12345678"
    company: Mapped[str] = mapped_column(String(200), default="")
    made_up: Mapped[bool] = mapped_column(default=False)  # of the demonstration
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    subjects: Mapped[list[Subject]] = relationship(back_populates="customer", order_by="Subject.id")
    specifications: Mapped[list[Specification]] = relationship(back_populates="customer")
    orders: Mapped[list[Order]] = relationship(back_populates="customer", order_by="Order.id")


def folded(text: str) -> str:
    """Small letters without accents, as a name is typed while its owner is on the phone."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))


class Account(Base):
    """Who can sign in."""

    __tablename__ = "account"
    __table_args__ = (_one_of("role", ROLES),
                      CheckConstraint("discount_limit BETWEEN 0 AND 10000", name="discount_limit"))
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)  # lower case
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    active: Mapped[bool] = mapped_column(default=True)
    locale: Mapped[str] = mapped_column(String(20), default="")  # "de_AT"; empty: as the browser asks
    discount_limit: Mapped[int] = mapped_column(default=0)  # that a rep may grant alone, in hundredths of a per cent
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    customer: Mapped[Customer | None] = relationship()


class Login(Base):
    """A browser that is signed in; without the row its cookie is worth nothing."""

    __tablename__ = "login"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)  # SHA-256 of the token in the cookie
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    account: Mapped[Account] = relationship()


class LoginFailure(Base):
    """A failed sign-in, kept to slow the next ones down."""

    __tablename__ = "login_failure"
    __table_args__ = (Index("ix_login_failure_key_at", "key", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(300))  # see accounts.failing
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Subject(Base):
    """Somebody or somewhere that a customer orders for: themself, a child, a living room, a site, a machine."""

    __tablename__ = "subject"
    __table_args__ = (UniqueConstraint("customer_id", "kind", "name"), _one_of("kind", SUBJECTS))
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(120))
    themself: Mapped[bool] = mapped_column(default=False)  # the customer
    plan: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # of a room: see orders.places.rooms
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    customer: Mapped[Customer] = relationship(back_populates="subjects")


class Specification(Base):
    """A named configuration that a customer keeps; what it says is in its revisions."""

    __tablename__ = "specification"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)  # "S-0412"
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"))
    name: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    customer: Mapped[Customer] = relationship(back_populates="specifications")
    person: Mapped[Subject | None] = relationship(foreign_keys=person_id)
    place: Mapped[Subject | None] = relationship(foreign_keys=place_id)
    product: Mapped[Product] = relationship()
    revisions: Mapped[list[Revision]] = relationship(back_populates="specification", order_by="Revision.number")


class Revision(Base):
    """One save of a specification; never changed afterwards. Shown as A, B, ..."""

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("specification_id", "number"), CheckConstraint("number > 0", name="number"))
    id: Mapped[int] = mapped_column(primary_key=True)
    specification_id: Mapped[int] = mapped_column(ForeignKey("specification.id"))
    number: Mapped[int]
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"))
    choices: Mapped[dict[str, Any]]  # what the customer chose
    values: Mapped[dict[str, Any]]  # the whole product, proposals included
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    saved_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    specification: Mapped[Specification] = relationship(back_populates="revisions")
    version: Mapped[Version] = relationship()
    author: Mapped[Account | None] = relationship()

    @property
    def letter(self) -> str:
        """A to Z, then AA, AB, ..."""
        letters, rest = "", self.number
        while rest:
            rest, last = divmod(rest - 1, 26)
            letters = chr(ord("A") + last) + letters
        return letters


class Order(Base):
    """What was promised: frozen when placed, only its state moves."""

    __tablename__ = "order"
    __table_args__ = (UniqueConstraint("customer_id", "key"), _one_of("state", STATES),
                      CheckConstraint("quantity > 0", name="quantity"), CheckConstraint("total >= 0", name="total"),
                      CheckConstraint("inputs >= 0", name="inputs"),
                      Index("ix_order_learning", "customer_id", "id", "version_id", "inputs", "unaided", "seconds"))
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)  # "2231"
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"))  # for whom
    place_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"))  # for where
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"))
    revision_id: Mapped[int | None] = mapped_column(ForeignKey("revision.id"))
    remake_of_id: Mapped[int | None] = mapped_column(ForeignKey("order.id"), index=True)  # the order that was not right
    quote_revision_id: Mapped[int | None] = mapped_column(ForeignKey("quote_revision.id"), index=True)
    placed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # the rep, where there was one
    key: Mapped[str] = mapped_column(String(64))  # idempotency: the same key is the same order
    values: Mapped[dict[str, Any]]
    sheet: Mapped[dict[str, Any]] = mapped_column(deferred=True)  # all that the build sheet shows: orders.buildsheet
    currency: Mapped[str] = mapped_column(String(3))
    total: Mapped[int]  # minor units, for the whole quantity
    quantity: Mapped[int] = mapped_column(default=1)
    promised_on: Mapped[date] = mapped_column(index=True)
    inputs: Mapped[int]  # values set or changed and texts typed by the person ordering
    unaided: Mapped[int | None]  # inputs that it would have taken somebody unknown
    seconds: Mapped[int | None]  # that the person ordering was at work on it
    questions: Mapped[int]  # how many characteristics the product has
    state: Mapped[str] = mapped_column(String(20), default=STATES[0], index=True)
    sheet_number: Mapped[int] = mapped_column(default=1)  # of its revisions: see orders.changes.changed
    free_until: Mapped[datetime | None] = mapped_column(UtcDateTime)  # then it releases itself; empty: it does not
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    customer: Mapped[Customer] = relationship(back_populates="orders")
    person: Mapped[Subject | None] = relationship(foreign_keys=person_id)
    place: Mapped[Subject | None] = relationship(foreign_keys=place_id)
    remake_of: Mapped[Order | None] = relationship(remote_side=id, foreign_keys=remake_of_id)
    version: Mapped[Version] = relationship()
    revision: Mapped[Revision | None] = relationship()
    rep: Mapped[Account | None] = relationship()
    events: Mapped[list[OrderEvent]] = relationship(back_populates="order", order_by="OrderEvent.id")
    sign_offs: Mapped[list[SignOff]] = relationship(back_populates="order")


class OrderEvent(Base):
    """A change of an order's state: when and by whom."""

    __tablename__ = "order_event"
    __table_args__ = (_one_of("state", STATES),)
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"), index=True)
    state: Mapped[str] = mapped_column(String(20))
    sheet_number: Mapped[int] = mapped_column(default=1)  # the revision of the sheet from then on
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
    order: Mapped[Order] = relationship(back_populates="events")
    account: Mapped[Account | None] = relationship()


class SignOff(Base):
    """A step of the build sheet, done."""

    __tablename__ = "sign_off"
    __table_args__ = (UniqueConstraint("order_id", "operation", "step"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"), index=True)
    operation: Mapped[str] = mapped_column(String(250))
    step: Mapped[int]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    order: Mapped[Order] = relationship(back_populates="sign_offs")
    account: Mapped[Account | None] = relationship()


class HistoryFile(Base):
    """A file of past orders that was read; `digest` keeps it from being counted twice."""

    __tablename__ = "history_file"
    __table_args__ = (UniqueConstraint("product_id", "digest"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))  # SHA-256 of its bytes
    rows: Mapped[int]
    valid: Mapped[int]
    read_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    product: Mapped[Product] = relationship()
    orders: Mapped[list[PastOrder]] = relationship(back_populates="file", cascade="all, delete-orphan")


class PastOrder(Base):
    """What was ordered before Lot One kept the orders, whole or in part; alike ones of nobody known are one record."""

    __tablename__ = "past_order"
    __table_args__ = (CheckConstraint("count > 0", name="count"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("history_file.id"), index=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"), index=True)
    values: Mapped[dict[str, Any]]
    placed_on: Mapped[date | None]
    count: Mapped[int] = mapped_column(default=1)
    file: Mapped[HistoryFile] = relationship(back_populates="orders")
    customer: Mapped[Customer | None] = relationship()

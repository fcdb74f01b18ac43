"""What the firm has and can do, in the database: parts in stock and on order, what orders reserve, and working hours.

This is data of the firm, not of the catalogue: a part that has no row here is bought for each order, within the
catalogue's lead time. Amounts are whole thousandths of a part's unit.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.database import Base, UtcDateTime, now
from orders.records import Account, Order

MOVEMENTS = ("counted", "received", "picked", "returned", "found")
"""Why an amount in stock changed: it was counted; a purchase came; it was taken for an order; it was put back; it was
taken although the book said that it was not there.
"""
OPEN = text("amount > 0")
"""Of a reservation, that something is still to be taken: those of old orders are many, and have nothing left."""


class Supplier(Base):
    """Who parts are bought from."""

    __tablename__ = "supplier"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")


class Stock(Base):
    """A part that the firm keeps, whatever products use it; `on_hand` is the sum of its movements."""

    __tablename__ = "stock"
    __table_args__ = (CheckConstraint("on_hand >= 0", name="on_hand"), CheckConstraint("lead_days >= 0", name="lead"),
                      CheckConstraint("lot >= 0", name="lot"), CheckConstraint("reorder >= 0", name="reorder"))
    number: Mapped[str] = mapped_column(String(250), primary_key=True)
    title: Mapped[str] = mapped_column(String(250), default="")
    unit: Mapped[str] = mapped_column(String(80), default="")
    supplier_id: Mapped[int | None] = mapped_column(ForeignKey("supplier.id"))
    lead_days: Mapped[int]  # working days until the supplier delivers
    lot: Mapped[int] = mapped_column(BigInteger, default=0)  # sold in multiples of it; 0: as much as one likes
    reorder: Mapped[int] = mapped_column(BigInteger, default=0)  # what is to be left when all orders have theirs
    on_hand: Mapped[int] = mapped_column(BigInteger, default=0)
    supplier: Mapped[Supplier | None] = relationship()


class Movement(Base):
    """A change of an amount in stock: the ledger."""

    __tablename__ = "movement"
    __table_args__ = (CheckConstraint(f"kind IN {MOVEMENTS}", name="kind"), CheckConstraint("amount != 0", name="some"))
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(ForeignKey("stock.number"), index=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(20))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("order.id"), index=True)  # that it was taken for
    line_id: Mapped[int | None] = mapped_column(ForeignKey("purchase_line.id"))  # that it came with
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    order: Mapped[Order | None] = relationship()
    account: Mapped[Account | None] = relationship()


class Purchase(Base):
    """Parts that were ordered from a supplier together."""

    __tablename__ = "purchase"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)  # "P-0007"
    key: Mapped[str | None] = mapped_column(String(64), unique=True, index=True)  # sent twice it is one
    supplier_id: Mapped[int | None] = mapped_column(ForeignKey("supplier.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    supplier: Mapped[Supplier | None] = relationship()
    account: Mapped[Account | None] = relationship()
    lines: Mapped[list[PurchaseLine]] = relationship(back_populates="purchase", order_by="PurchaseLine.id")


class PurchaseLine(Base):
    """A part of a purchase: how much was ordered, by when it was promised, and how much of it came."""

    __tablename__ = "purchase_line"
    __table_args__ = (CheckConstraint("amount > 0", name="amount"), CheckConstraint("received >= 0", name="received"),
                      Index("ix_purchase_line_closed_number", "closed", "number"))
    id: Mapped[int] = mapped_column(primary_key=True)
    purchase_id: Mapped[int] = mapped_column(ForeignKey("purchase.id"), index=True)
    number: Mapped[str] = mapped_column(ForeignKey("stock.number"))
    amount: Mapped[int] = mapped_column(BigInteger)
    received: Mapped[int] = mapped_column(BigInteger, default=0)
    due: Mapped[date]
    closed: Mapped[bool] = mapped_column(default=False)  # nothing more is coming
    purchase: Mapped[Purchase] = relationship(back_populates="lines")
    stock: Mapped[Stock] = relationship()

    @property
    def coming(self) -> int:
        """What is still to come."""
        return 0 if self.closed else max(0, self.amount - self.received)


class Reservation(Base):
    """What an order still takes of a part in one turn; whoever reserved first, by `id`, gets it first.

    What was picked stays known, so that it comes back to its place should it be put back. An order that takes more
    than it did has another turn for that.
    """

    __tablename__ = "reservation"
    __table_args__ = (CheckConstraint("amount >= 0", name="amount"), CheckConstraint("taken >= 0", name="taken"),
                      Index("ix_reservation_open", "number", "id", sqlite_where=OPEN, postgresql_where=OPEN))
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"), index=True)
    number: Mapped[str] = mapped_column(String(250))  # of a part: it need not be kept in stock
    amount: Mapped[int] = mapped_column(BigInteger)
    taken: Mapped[int] = mapped_column(BigInteger, default=0)  # what was picked of it in this turn
    needed_on: Mapped[date]  # production begins on the next working day
    order: Mapped[Order] = relationship()


class Booking(Base):
    """Minutes of a work centre on a day, for an operation of an order; gone when that is done."""

    __tablename__ = "booking"
    __table_args__ = (CheckConstraint("minutes > 0", name="minutes"), Index("ix_booking_centre_day", "centre", "day"))
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"), index=True)
    operation: Mapped[str] = mapped_column(String(250))
    centre: Mapped[str] = mapped_column(String(250))  # the name of a work centre
    day: Mapped[date]
    minutes: Mapped[int]
    order: Mapped[Order] = relationship()


class Hours(Base):
    """The minutes that a work centre works on a day of the week, 0 is Monday; without any it works the usual week."""

    __tablename__ = "hours"
    __table_args__ = (CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
                      CheckConstraint("minutes BETWEEN 0 AND 100000", name="minutes"))
    centre: Mapped[str] = mapped_column(String(250), primary_key=True)
    weekday: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    minutes: Mapped[int]


class ClosedDay(Base):
    """A day on which nobody works."""

    __tablename__ = "closed_day"
    day: Mapped[date] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(120), default="")

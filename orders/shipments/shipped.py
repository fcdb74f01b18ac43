"""What left the house, in the database: with whom, under which number, when it arrived, and whether it came back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.database import Base, UtcDateTime, now
from orders.records import Account, Order


class Carrier(Base):
    """Who takes boxes to customers; `link` is the address that follows one, with {number} in it."""

    __tablename__ = "carrier"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    link: Mapped[str] = mapped_column(String(500), default="")
    active: Mapped[bool] = mapped_column(default=True)


class Shipment(Base):
    """The box of an order."""

    __tablename__ = "shipment"
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"), primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    carrier_id: Mapped[int | None] = mapped_column(ForeignKey("carrier.id"))  # empty: it is fetched, or we bring it
    tracking: Mapped[str] = mapped_column(String(80), default="")
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    shipped_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    returned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # it came back,
    returned_why: Mapped[str] = mapped_column(String(300), default="", server_default="")  # and why
    order: Mapped[Order] = relationship()
    carrier: Mapped[Carrier | None] = relationship()
    account: Mapped[Account | None] = relationship()

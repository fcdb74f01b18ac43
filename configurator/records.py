"""Configurations in progress, in the database."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.database import Base, UtcDateTime, now
from catalog.records import Version
from orders.records import Account, Customer


class Draft(Base):
    """One configuration in progress, step by step, so that undo, reload and the back button lose nothing.

    It belongs to a customer, or to a guest until they sign up.
    """

    __tablename__ = "draft"
    __table_args__ = (CheckConstraint("(customer_id IS NULL) <> (guest IS NULL)", name="owner"),
                      CheckConstraint("position >= 0", name="position"), CheckConstraint("inputs >= 0", name="inputs"))
    id: Mapped[str] = mapped_column(String(32), primary_key=True)  # secrets.token_urlsafe(16)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"), index=True)
    guest: Mapped[str | None] = mapped_column(String(64), index=True)
    rep_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # who orders for the customer
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"))
    revision_id: Mapped[int | None] = mapped_column(ForeignKey("revision.id"))  # the specification it came from
    proposals: Mapped[dict[str, Any]]  # what was proposed, by the keys that the steps name; see configurator.proposed
    history: Mapped[list[Any]]  # [{"name": ... or null, "choices": {...}, "shown": {...}, "proposal": key}, ...]
    position: Mapped[int] = mapped_column(default=0)  # the step shown; those after it can be redone
    inputs: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)
    customer: Mapped[Customer | None] = relationship()
    rep: Mapped[Account | None] = relationship()
    version: Mapped[Version] = relationship()
    __mapper_args__ = {  # noqa: RUF012 - of two who change what they have read, the second one starts over
        "version_id_col": updated_at, "version_id_generator": lambda _: now()}

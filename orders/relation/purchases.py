"""Which orders are purchases: what customers bought who may be looked at."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from orders.memory import consents
from orders.memory.remembered import Erasure
from orders.records import Order


def counted(currency: str, as_of: date) -> list[ColumnElement[bool]]:
    """Which orders are purchases of customers who may be looked at."""
    end = datetime.combine(as_of + timedelta(1), time(), UTC)
    return [Order.currency == currency, Order.placed_at < end, *purchased()]


def purchased() -> list[ColumnElement[bool]]:
    """The same in all currencies, until now."""
    return [Order.state != "cancelled", Order.remake_of_id.is_(None),
            Order.customer_id.not_in(select(Erasure.customer_id)),
            Order.customer_id.not_in(consents.refusers("analysis"))]


def currency(session: Session) -> str:
    """The currency of most orders; empty without any."""
    counted = func.count()
    return session.scalar(select(Order.currency).group_by(Order.currency).order_by(counted.desc())) or ""

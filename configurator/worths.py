"""What customers are worth, worked out once for each state of the orders and kept: fitting takes a moment.

Off where the shop's setting says so: nobody is looked at then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from threading import Condition

from cachetools import LRUCache, cached
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from orders import inequality, worth
from orders.inequality import Cohort, Portrait
from orders.records import Order, OrderEvent
from orders.remembered import Consent, Erasure

KEPT = 4
"""Shops, or days, whose picture is kept."""


@dataclass(frozen=True)
class Picture:
    """All customers of the currency that most orders are in; without a model, they are too few for one."""

    currency: str
    model: worth.Model | None
    portrait: Portrait
    cohorts: tuple[Cohort, ...]


def _state(session: Session, as_of: date) -> tuple[object, ...]:
    """What tells whether anything was ordered, moved, allowed, refused or erased since."""
    newest = (select(func.max(table.id)).scalar_subquery() for table in (Order, OrderEvent, Consent))
    erased = select(func.count(Erasure.customer_id)).scalar_subquery()
    return str(session.get_bind().engine.url), as_of, *session.execute(select(*newest, erased)).one()


@cached(LRUCache(KEPT), key=_state, condition=Condition())
def picture(session: Session, as_of: date) -> Picture:
    """The customers as of a day."""
    currency, model = worth.currency(session), _model(session, as_of)
    return Picture(currency, model, inequality.portrait(session, as_of, currency, model),
                   tuple(inequality.cohorts(session, as_of, currency)))


def _model(session: Session, as_of: date) -> worth.Model | None:
    try:
        return worth.fit(session, as_of)
    except worth.TooFew:
        return None

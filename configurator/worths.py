"""What customers are worth, worked out once for each state of the orders and kept: fitting takes a moment.

Off where the shop's setting says so: nobody is looked at then.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from threading import Condition

import numpy as np
from cachetools import LRUCache, cached
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from orders.memory.remembered import Consent, Erasure
from orders.records import Order, OrderEvent
from orders.relation import inequality, purchases, worth
from orders.relation.attention import Pause
from orders.relation.inequality import Cohort, Portrait
from orders.relation.outlook import Range, outlooks
from orders.relation.worth import WEEK

KEPT = 4
"""Shops, or days, of which it is kept."""
OFTEN = 2
"""Purchases after the first from which on a pause between them is called usual."""


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
    currency, fitted = purchases.currency(session), model(session, as_of)
    return Picture(currency, fitted, inequality.portrait(session, as_of, currency, fitted),
                   tuple(inequality.cohorts(session, as_of, currency)))


@cached(LRUCache(KEPT), key=_state, condition=Condition())
def model(session: Session, as_of: date) -> worth.Model | None:
    """How customers come back and what they spend, as of a day; None if they are too few to say."""
    try:
        return worth.fit(session, as_of)
    except worth.TooFew:
        return None


@cached(LRUCache(KEPT), key=_state, condition=Condition())
def pauses(session: Session, as_of: date) -> tuple[Pause, ...]:
    """Of those who bought often enough to have a usual pause, and are due or quiet."""
    return tuple(_pauses(session, as_of, purchases.currency(session)))


def _pauses(session: Session, as_of: date, currency: str) -> Iterator[Pause]:
    for some in worth.histories(session, as_of, currency):
        for n in np.flatnonzero(some.repeats >= OFTEN):
            pause = Pause(int(some.ids[n]), float(WEEK * some.recency[n] / some.repeats[n]),
                          float(WEEK * (some.age[n] - some.recency[n])))
            if pause.kind:
                yield pause


def active(session: Session, as_of: date, customers: Collection[int]) -> dict[int, Range]:
    """How likely these customers are to come back at all, as far as a model says; for a page of them."""
    fitted = model(session, as_of) if customers else None
    return {one.customer.id: one.active for one in outlooks(session, fitted, as_of, customers)
            if one.active} if fitted else {}

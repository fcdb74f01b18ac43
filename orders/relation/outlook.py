"""What to expect of single customers within a year, and between which figures that lies.

For the firm to see whom it can do more for; nobody's price or choice depends on it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from orders.records import Customer
from orders.relation.worth import Histories, Model, histories
from orders.value import LIKELY, Floats


@dataclass(frozen=True)
class Range:
    """What to expect, and between which figures LIKELY of all cases lie."""

    amount: float
    low: float
    high: float


@dataclass(frozen=True)
class Outlook:
    """What a customer bought on so many days, for how many minor units in all, and what to expect within a year:
    purchases, minor units of one, and of all. `active` is None of whoever bought once: the model cannot say.
    """

    customer: Customer
    days: int
    bought: int
    active: float | None
    purchases: Range
    value: Range
    worth: Range


def outlooks(session: Session, model: Model, as_of: date, customers: Collection[int]) -> list[Outlook]:
    """Of these customers, as far as they may be looked at, who is worth most first; for a page of them."""
    found = [one for some in histories(session, as_of, model.currency, only=customers)
             for one in _outlooks(session, model, some)]
    return sorted(found, key=lambda one: -one.worth.amount)


def _outlooks(session: Session, model: Model, some: Histories) -> Iterator[Outlook]:
    people = {one.id: one for one in session.scalars(select(Customer).where(Customer.id.in_(some.ids.tolist())))}
    worth, (purchases, values) = model.worth(some), model.ranges(some)
    sides = (1 - LIKELY) / 2, (1 + LIKELY) / 2
    low, high = np.quantile(model.futures(some), sides, axis=0)
    for n, id_ in enumerate(some.ids):
        days = int(some.repeats[n]) + 1
        yield Outlook(people[int(id_)], days, round(days * some.mean[n]), float(worth.active[n]) if days > 1 else None,
                      _range(n, worth.purchases, *purchases), _range(n, worth.value, *values),
                      _range(n, worth.worth, low, high))


def _range(n: int, amounts: Floats, low: Floats, high: Floats) -> Range:
    return Range(float(amounts[n]), float(low[n]), float(high[n]))

"""What to expect of single customers within a year, and between which figures that lies.

For the firm to see whom it can do more for; nobody's price or choice depends on it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from orders.records import Customer
from orders.relation.worth import Histories, Model, histories

FIGURES = ("active", "purchases", "value", "worth")


@dataclass(frozen=True)
class Range:
    """What to expect, and between which figures 8 cases of 10 lie."""

    amount: float
    low: float
    high: float


@dataclass(frozen=True)
class Outlook:
    """What a customer bought on so many days, for how many minor units in all, and what to expect within a year: how
    likely they are to be active still, purchases, minor units of one, and of all. `active` is None of whoever bought
    once: the model cannot say.
    """

    customer: Customer
    days: int
    bought: int
    active: Range | None
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
    told = model.worth(some), *model.ranges(some)
    for n, id_ in enumerate(some.ids):
        days = int(some.repeats[n]) + 1
        active, purchases, value, worth = (Range(*(float(getattr(of, name)[n]) for of in told)) for name in FIGURES)
        yield Outlook(people[int(id_)], days, round(days * some.mean[n]), active if days > 1 else None, purchases,
                      value, worth)

"""How unequal customers are: what each tenth of them bought and is likely to buy, when they last came, what became of
those who came in the same year.

For the firm to see where a relation is worth more work; nobody's price or choice depends on it. Money is in minor
units, weeks are weeks; customers who do not want to be looked at are left out (orders.relation.worth reads them).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import extract, func, select
from sqlalchemy.orm import Session

from orders.records import Order
from orders.relation.purchases import counted
from orders.relation.worth import Histories, Model, histories
from orders.value import LIKELY, Floats

TENTHS = 10
SAMPLED = 300
"""Customers of a tenth whose futures are drawn: how much their sum varies needs no more."""
SHOWN = 50
"""Customers of a tenth who can be looked at one by one."""
ORDERS = (1, 2, 3, 5, 10)
"""Where a row of the grid begins, in purchases."""
WEEKS = (0, 13, 26, 52, 104)
"""Where a column of the grid begins, in weeks since the last purchase."""
STANDARD = 1.2816
"""Standard deviations on either side of the mean of a normal distribution that hold LIKELY of it."""
assert LIKELY == 0.8


@dataclass(frozen=True)
class Expected:
    """A sum or number to expect, and between which ones it lies in LIKELY of all cases, if the model is right."""

    amount: int
    low: int
    high: int


@dataclass(frozen=True)
class Tenth:
    """A tenth of all customers, the first of those who are likely to buy most (who bought most, without a model)."""

    number: int
    customers: int
    bought: int
    expected: Expected | None
    first: tuple[int, ...]  # the ids of its first ones, SHOWN at most


@dataclass(frozen=True)
class Cell:
    """Customers alike in how often and how lately they bought; how many of them are still active, as far as a model
    says, and between which numbers that lies.
    """

    customers: int
    active: Expected | None


@dataclass(frozen=True)
class Cohort:
    """Customers whose first purchase was in a year: how many bought, and for how much, in that and each later one."""

    year: int
    customers: int
    buying: tuple[int, ...]
    bought: tuple[int, ...]


@dataclass(frozen=True)
class Portrait:
    """All customers of a currency together, as of a day."""

    customers: int
    tenths: tuple[Tenth, ...]
    pareto: tuple[float, ...]  # the share of all sales of the best 0, 1, ... TENTHS tenths of customers
    grid: tuple[tuple[Cell, ...], ...]  # rows as ORDERS, columns as WEEKS


def portrait(session: Session, as_of: date, currency: str, model: Model | None) -> Portrait:
    """The portrait of the customers who ordered in a currency; without a model it says nothing of the future.

    Memory: five numbers for each customer.
    """
    everybody = _together(histories(session, as_of, currency))
    bought = (everybody.repeats + 1) * everybody.mean
    worth = model.worth(everybody) if model else None
    ranked = np.argsort(-(bought if worth is None else worth.worth), kind="stable")
    return Portrait(
        len(everybody),
        tuple(Tenth(number, len(some), round(bought[some].sum()),
                    _expected(model, _some(everybody, some), worth.worth[some]) if model and worth else None,
                    tuple(everybody.ids[some[:SHOWN]].tolist()))
              for number, some in enumerate(np.array_split(ranked, TENTHS), 1) if len(some)),
        _shares(bought), _grid(everybody, None if worth is None else worth.active))


def _together(batches: Iterator[Histories]) -> Histories:
    read = list(batches)
    return Histories(*(np.concatenate([getattr(batch, field.name) for batch in read] or [np.zeros(0)])
                       for field in fields(Histories)))


def _some(everybody: Histories, which: NDArray[np.int64]) -> Histories:
    return Histories(*(getattr(everybody, field.name)[which] for field in fields(Histories)))


def _expected(model: Model, some: Histories, worth: Floats) -> Expected:
    """The sum of what these customers are worth. Its variance is that of one of them, drawn for an even sample, times
    their number: by the central limit theorem, and as if the parameters of the model were known exactly.
    """
    sample = _some(some, np.linspace(0, len(some) - 1, min(len(some), SAMPLED)).astype(np.int64))
    spent = model.futures(sample)
    deviation = STANDARD * float(np.sqrt(spent.var(axis=0).mean() * len(some)))
    total = float(worth.sum())
    return Expected(round(total), round(max(total - deviation, 0)), round(total + deviation))


def _shares(bought: Floats) -> tuple[float, ...]:
    """The Lorenz curve from its upper end: what share the best n tenths of the customers bought."""
    if not len(bought) or not bought.sum():
        return ()
    sums = np.concatenate([[0.0], np.cumsum(np.sort(bought)[::-1])])
    at = np.linspace(0, len(bought), TENTHS + 1)
    return tuple(float(share) for share in np.interp(at, np.arange(len(sums)), sums / sums[-1]))


def _grid(everybody: Histories, active: Floats | None) -> tuple[tuple[Cell, ...], ...]:
    rows = np.digitize(everybody.repeats + 1, ORDERS) - 1
    columns = np.digitize(everybody.age - everybody.recency, WEEKS) - 1
    return tuple(tuple(_cell((rows == row) & (columns == column), active) for column in range(len(WEEKS)))
                 for row in range(len(ORDERS)))


def _cell(those: NDArray[np.bool_], active: Floats | None) -> Cell:
    count = int(those.sum())
    if active is None or not count:
        return Cell(count, None)
    chances = active[those]
    deviation = STANDARD * float(np.sqrt((chances * (1 - chances)).sum()))
    stay = float(chances.sum())
    return Cell(count, Expected(round(stay), round(max(stay - deviation, 0)), round(min(stay + deviation, count))))


def cohorts(session: Session, as_of: date, currency: str) -> list[Cohort]:
    """The customers by the year of their first purchase, oldest first."""
    year = extract("year", Order.placed_at)
    rows = session.execute(select(Order.customer_id, year, func.sum(Order.total)).where(*counted(currency, as_of))
                           .group_by(Order.customer_id, year).order_by(year))
    first: dict[int, int] = {}
    buying, bought = Counter[tuple[int, int]](), Counter[tuple[int, int]]()
    for customer, at, total in rows:
        cohort = first.setdefault(customer, int(at))
        buying[cohort, int(at)] += 1
        bought[cohort, int(at)] += total
    return [Cohort(cohort, buying[cohort, cohort], *(tuple(sums[cohort, at] for at in range(cohort, as_of.year + 1))
                                                     for sums in (buying, bought)))
            for cohort in sorted(set(first.values()))]

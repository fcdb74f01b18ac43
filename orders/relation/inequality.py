"""How unequal customers are: what each tenth of them bought and is likely to buy, when they last came, what became of
those who came in the same year.

For the firm to see where a relation is worth more work; nobody's price or choice depends on it. Money is in minor
units, weeks are weeks; customers who do not want to be looked at are left out (orders.relation.worth reads them).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, Integer, cast, extract, func, select
from sqlalchemy.orm import Session

from orders.records import Order
from orders.relation.purchases import counted
from orders.relation.worth import Histories, Model, histories
from orders.value import LIKELY, Floats, likely

TENTHS = 10
SAMPLED, CASES = 100, 300
"""Customers of a tenth whose year is drawn, and how often: how much their sum varies needs no more."""
SHOWN = 50
"""Customers of a tenth who can be looked at one by one."""
ORDERS = (1, 2, 3, 5, 10)
"""Where a row of the grid begins, in purchases."""
WEEKS = (0, 13, 26, 52, 104)
"""Where a column of the grid begins, in weeks since the last purchase."""
NOBODY = Histories(np.zeros(0, np.int64), *[np.zeros(0)] * 4)
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

    Memory: three numbers for each customer, for exact tenths; all else is summed up as it is read.
    """
    batches, cells = [_Ranked(NOBODY.ids, NOBODY.mean, NOBODY.mean)], _cells(NOBODY, model)
    for some in histories(session, as_of, currency):
        bought = (some.repeats + 1) * some.mean
        batches.append(_Ranked(some.ids, bought, model.worth(some).worth if model else bought))
        cells = cells + _cells(some, model)
    everybody = _Ranked(*map(np.concatenate, zip(*batches, strict=True)))
    grid = tuple(tuple(map(_cell, row)) for row in cells.reshape(len(ORDERS), len(WEEKS), -1))
    return Portrait(len(everybody.ids), tuple(_tenths(session, everybody, model)), _shares(everybody.bought), grid)


class _Ranked(NamedTuple):
    """What tells in which tenth each customer is."""

    ids: NDArray[np.int64]
    bought: Floats
    worth: Floats


def _tenths(session: Session, everybody: _Ranked, model: Model | None) -> Iterator[Tenth]:
    ranked = np.argsort(-everybody.worth, kind="stable")
    for number, some in enumerate(np.array_split(ranked, TENTHS), 1):
        if len(some):
            yield Tenth(number, len(some), round(everybody.bought[some].sum()),
                        _expected(session, everybody.ids[some], everybody.worth[some], model) if model else None,
                        tuple(everybody.ids[some[:SHOWN]].tolist()))


def _expected(session: Session, ids: NDArray[np.int64], worth: Floats, model: Model) -> Expected:
    """The sum of what these customers are worth: of a few all cases are drawn, of more it varies as does that of an
    even sample of them.
    """
    sample = ids[np.linspace(0, len(ids) - 1, min(len(ids), SAMPLED)).astype(np.int64)]
    (some,) = histories(session, model.as_of, model.currency, only=sample.tolist())
    if len(ids) > SAMPLED:
        return _sum(float(worth.sum()), variance(model, some, len(ids)))
    low, high = likely(model.cases(some).worth.sum(axis=1))
    return Expected(round(worth.sum()), round(float(low)), round(float(high)))


def variance(model: Model, sample: Histories, customers: int) -> float:
    """Of the sum of what so many customers like these spend within a year, in square minor units: each for themselves,
    and all together with the parameters of the model.
    """
    alone = model.cases(sample, CASES).worth.var(axis=0).mean()
    return float(customers * alone + customers * (customers - 1) * model.doubt(sample))


def _sum(amount: float, variance: float, most: float = np.inf) -> Expected:
    """By the central limit theorem."""
    deviation = STANDARD * variance ** 0.5
    return Expected(round(amount), round(max(amount - deviation, 0)), round(min(amount + deviation, most)))


def _shares(bought: Floats) -> tuple[float, ...]:
    """The Lorenz curve from its upper end: what share the best n tenths of the customers bought."""
    if not len(bought) or not bought.sum():
        return ()
    sums = np.concatenate([[0.0], np.cumsum(np.sort(bought)[::-1])])
    at = np.linspace(0, len(bought), TENTHS + 1)
    return tuple(float(share) for share in np.interp(at, np.arange(len(sums)), sums / sums[-1]))


def _cells(some: Histories, model: Model | None) -> Floats:
    """For each cell of the grid how many customers; with a model how many are active, the variance of that if its
    parameters were known, and how many at the points around them.
    """
    rows, columns = np.digitize(some.repeats + 1, ORDERS) - 1, np.digitize(some.age - some.recency, WEEKS) - 1
    summed = [np.ones(len(some))]
    if model:
        chance = model.returning.alive(*some.times)
        summed += [chance, chance * (1 - chance), *model.returning.around().alive(*some.times)]
    cells = rows * len(WEEKS) + columns
    return np.stack([np.bincount(cells, each, len(ORDERS) * len(WEEKS)) for each in summed], axis=1)


def _cell(summed: Floats) -> Cell:
    customers, told = int(summed[0]), summed[1:]
    if not customers or not told.size:
        return Cell(customers, None)
    active, alone, *around = told
    return Cell(customers, _sum(active, alone + np.var(around), customers))


def cohorts(session: Session, as_of: date, currency: str) -> list[Cohort]:
    """The customers by the year of their first purchase, oldest first."""
    year = cast(extract("year", Order.placed_at), Integer)
    first = func.min(year).over(partition_by=Order.customer_id)
    years = select(first.label("first"), year.label("year"), func.sum(Order.total).label("bought")).where(
        *counted(currency, as_of)).group_by(Order.customer_id, year).subquery()
    summed = {(cohort, at): (buying, bought) for cohort, at, buying, bought in session.execute(
        select(years.c.first, years.c.year, func.count(), cast(func.sum(years.c.bought), BigInteger))
        .group_by(years.c.first, years.c.year))}
    return [Cohort(cohort, summed[cohort, cohort][0], *zip(*(summed.get((cohort, at), (0, 0))
                                                            for at in range(cohort, as_of.year + 1)), strict=True))
            for cohort in sorted({cohort for cohort, _ in summed})]

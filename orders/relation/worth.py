"""What the relation with each customer is likely to be worth, from their orders.

For the firm to see whom it can do more for, never for prices or choices, and not of customers who do not want it.

Customers are read in batches, so that a million of them are never held at once. A purchase is a day with orders;
cancelled orders and remakes are none. Weeks and minor units throughout.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from orders.records import Order
from orders.relation.purchases import counted, currency
from orders.value import DRAWS, FEW, BetaGeometric, Floats, GammaGamma, likely

BATCH = 10_000
FITTED = 10_000
"""Customers that a model is made from, evenly chosen, so that it takes no longer than a moment: the ranges say how
little more of them would tell.
"""
YEAR = 52.0
"""Weeks that are looked ahead."""
WEEK = 7


@dataclass(frozen=True)
class Histories:
    """What customers did until today: one entry each."""

    ids: NDArray[np.int64]
    repeats: Floats  # purchases after the first
    recency: Floats  # weeks from the first purchase to the last
    age: Floats  # weeks from the first purchase to today
    mean: Floats  # minor units of a purchase

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def times(self) -> tuple[Floats, Floats, Floats]:
        return self.repeats, self.recency, self.age


@dataclass(frozen=True)
class Worth:
    """What to expect of customers within a year: one entry each; or a row of them for each case."""

    ids: NDArray[np.int64]
    active: Floats  # the probability that they have not left for good
    purchases: Floats
    value: Floats  # minor units of a purchase
    worth: Floats  # minor units of the year


class TooFew(ValueError):
    """There are too few customers to say anything of one."""

    def __init__(self, customers: int) -> None:
        super().__init__(f"{customers} customers are too few: below about {FEW}, figures of one tell nothing")
        self.customers = customers


@dataclass(frozen=True)
class Model:
    """How customers of one currency come back and what they spend, as of a day."""

    returning: BetaGeometric
    spending: GammaGamma
    customers: int
    currency: str
    as_of: date

    def worth(self, histories: Histories) -> Worth:
        """What to expect of these customers."""
        purchases = self.returning.expected_purchases(YEAR, *histories.times)
        value = self.spending.expected_value(histories.repeats + 1, histories.mean)
        return Worth(histories.ids, self.returning.alive(*histories.times), purchases, value, purchases * value)

    def ranges(self, histories: Histories) -> tuple[Worth, Worth]:
        """Between which figures that lies in eight cases of ten; for a page of customers at most."""
        some = self.cases(histories)
        lows, highs = zip(*map(likely, (some.active, some.purchases, some.value, some.worth)), strict=True)
        return Worth(histories.ids, *lows), Worth(histories.ids, *highs)

    def cases(self, histories: Histories, draws: int = DRAWS) -> Worth:
        """What may come: how likely each is to be active, what they buy within a year, what a purchase comes to."""
        known = histories.repeats + 1, histories.mean
        bought = self.returning.draw_purchases(YEAR, *histories.times, draws)
        return Worth(histories.ids, self.returning.drawn(draws).alive(*histories.times), bought,
                     self.spending.draw_spent(1, *known, draws), self.spending.draw_spent(bought, *known, draws))

    def doubt(self, histories: Histories) -> float:
        """The variance of what these are worth on average that is left because the parameters are uncertain, in square
        minor units: however many customers there are, it is the same.
        """
        known, worth = (histories.repeats + 1, histories.mean), self.worth(histories)
        often = self.returning.around().expected_purchases(YEAR, *histories.times) * worth.value
        dear = self.spending.around().expected_value(*known) * worth.purchases
        return float(often.mean(axis=1).var() + dear.mean(axis=1).var())


def fit(session: Session, as_of: date) -> Model:
    """The model of the customers who ordered until the end of a day.

    Raises TooFew: of those who came within the last week alone nobody can know yet whether they come back.
    """
    money = currency(session)
    customers = session.scalar(select(func.count(Order.customer_id.distinct())).where(
        *counted(money, as_of - timedelta(WEEK)))) or 0
    if customers < FEW:
        raise TooFew(customers)
    every = 1 + customers // FITTED
    some = list(histories(session, as_of, money, Order.customer_id % every == 0))
    repeats, recency, age, mean = (np.concatenate([getattr(batch, name) for batch in some])
                                   for name in ("repeats", "recency", "age", "mean"))
    paid = mean > 0
    return Model(BetaGeometric.fit(repeats, recency, age), GammaGamma.fit(repeats[paid] + 1, mean[paid]),
                 customers, money, as_of)


def histories(session: Session, as_of: date, currency: str, *those: ColumnElement[bool],
              only: Collection[int] | None = None) -> Iterator[Histories]:
    """The histories of the customers who ordered in a currency until the end of a day, BATCH at a time."""
    if only is not None:
        wanted = sorted(only)
        for at in range(0, len(wanted), BATCH):  # no database takes any number in one statement
            some = Order.customer_id.in_(wanted[at:at + BATCH])
            yield from histories(session, as_of, currency, *those, some)
        return
    for rows in session.execute(_query(currency, as_of, those)).yield_per(BATCH).partitions():
        ids, firsts, lasts, days, totals = zip(*rows, strict=True)
        counts = np.array(days, float)
        recency = np.array([(last.date() - first.date()).days for first, last in zip(firsts, lasts, strict=True)])
        age = np.array([(as_of - first.date()).days for first in firsts])
        yield Histories(np.array(ids), counts - 1, np.where(counts > 1, recency, 0) / WEEK, age / WEEK,
                        np.array(totals, float) / counts)


def _query(currency: str, as_of: date, wanted: Sequence[ColumnElement[bool]]
           ) -> Select[int, datetime, datetime, int, int]:
    return select(Order.customer_id, func.min(Order.placed_at), func.max(Order.placed_at),
                  func.count(func.date(Order.placed_at).distinct()), func.sum(Order.total)).where(
        *counted(currency, as_of), *wanted).group_by(Order.customer_id).order_by(Order.customer_id)

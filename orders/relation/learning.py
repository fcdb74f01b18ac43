"""The learning curve: what a customer's first, second, third ... order of a product took to enter."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.records import Version
from orders.records import Order

MOST = 12
"""Orders of a customer that are looked at: few order oftener."""
ENOUGH = 5
"""Customers behind a figure; of fewer, one could guess what a single one did."""


@dataclass(frozen=True)
class Spread:
    """What half of the orders took, and between what the middle half of them lies: the quartiles, each the least value
    that so many orders do not exceed (Hyndman and Fan, Sample Quantiles in Statistical Packages, 1996, definition 1).
    """

    low: int
    median: int
    high: int


@dataclass(frozen=True)
class Step:
    """The orders that were somebody's `number`-th of a product, of so many customers.

    What they took to enter, what that would have been without memory, and how many seconds. None where too few tell, or
    where it was not counted.
    """

    number: int
    orders: int
    customers: int
    inputs: Spread | None
    unaided: Spread | None
    seconds: Spread | None


@dataclass
class Tally:
    """How many orders took how much, and whose they were."""

    customers: set[int] = field(default_factory=set)
    inputs: Counter[int] = field(default_factory=Counter)
    unaided: Counter[int | None] = field(default_factory=Counter)
    seconds: Counter[int | None] = field(default_factory=Counter)

    def add(self, customer: int, inputs: int, unaided: int | None, seconds: int | None) -> None:
        """Counts an order."""
        self.customers.add(customer)
        self.inputs[inputs] += 1
        self.unaided[unaided] += 1
        self.seconds[seconds] += 1

    def step(self, number: int, enough: int) -> Step:
        """What they took, if enough customers tell."""
        spreads = [spread(counted) for counted in (self.inputs, self.unaided, self.seconds)]
        told = spreads if len(self.customers) >= enough else [None, None, None]
        return Step(number, self.inputs.total(), len(self.customers), *told)


def curve(session: Session, product_id: int | None = None) -> list[Step]:
    """The steps of one product, or of all together: then a customer counts once for each product they ordered.

    Cancelled orders count too: somebody had to enter them. One pass over an index that holds all this: sorting 100,000
    orders by three measures in the embedded database takes three times as long as reading them.
    """
    query = select(Order.customer_id, Version.product_id, Order.inputs, Order.unaided, Order.seconds).join(Version)
    if product_id is not None:
        query = query.where(Version.product_id == product_id)
    return _steps(session.execute(query.order_by(Order.customer_id, Order.id)), ENOUGH)


def own(orders: Iterable[Order]) -> list[Step]:
    """The steps of one customer, all their products together: theirs to see, and for whoever serves them."""
    return _steps(((order.customer_id, order.version.product_id, order.inputs, order.unaided, order.seconds)
                   for order in sorted(orders, key=lambda order: order.id)), 1)


def _steps(orders: Iterable[Any], enough: int) -> list[Step]:
    """Of customer, product, inputs, unaided, seconds; a customer's orders in the order in which they were placed."""
    numbers, tallies = Counter[tuple[int, int]](), defaultdict[int, Tally](Tally)
    for customer, product, inputs, unaided, seconds in orders:
        numbers[customer, product] += 1
        if (number := numbers[customer, product]) <= MOST:
            tallies[number].add(customer, inputs, unaided, seconds)
    return [tallies[number].step(number, enough) for number in sorted(tallies)]


def spread(counted: Counter[int] | Counter[int | None]) -> Spread | None:
    """The quartiles of what was counted; None where nothing was."""
    values: Sequence[int] = sorted(value for value in counted if value is not None)
    total, seen, quartiles = sum(counted[value] for value in values), 0, list[int]()
    for value in values:
        seen += counted[value]
        while len(quartiles) < 3 and 4 * seen >= (len(quartiles) + 1) * total:
            quartiles.append(value)
    return Spread(*quartiles) if quartiles else None

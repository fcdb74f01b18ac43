"""How many kinds of things customers buy, and whether the next order is shorter for it.

A kind is a product family. Customers who do not want to be looked at are left out, and of what customers buy cancelled
orders and remakes are, too; what orders took to enter is told of at least ENOUGH customers together.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from operator import itemgetter

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.records import Version
from orders.records import Customer, Order
from orders.relation.learning import ENOUGH, MOST, Step, Tally
from orders.relation.purchases import purchased

BROAD = 2
"""Other kinds bought before, from which on more make no row of their own."""

Kinds = frozenset[int]
"""Ids of products."""


@dataclass(frozen=True)
class Baskets:
    """How many customers have bought just these kinds, by the kinds."""

    counted: Counter[Kinds]

    def customers(self, kinds: Kinds) -> int:
        """How many bought all of these, and maybe more."""
        return sum(count for bought, count in self.counted.items() if kinds <= bought)

    def share(self, kind: int, having: Kinds) -> float | None:
        """Of those who bought all kinds of `having`: the share that bought this one as well; None where fewer than
        ENOUGH tell.
        """
        alike = self.customers(having)
        return self.customers(having | {kind}) / alike if alike >= ENOUGH else None

    def by_number(self) -> dict[int, int]:
        """How many customers bought so many kinds."""
        numbers = Counter[int]()
        for bought, count in self.counted.items():
            numbers[len(bought)] += count
        return dict(sorted(numbers.items()))


def baskets(session: Session) -> Baskets:
    """What customers have bought until now."""
    kinds = defaultdict[int, set[int]](set)
    for customer, product in session.execute(
            select(Order.customer_id, Version.product_id).join(Version).where(*purchased()).distinct()):
        kinds[customer].add(product)
    return Baskets(Counter(map(frozenset, kinds.values())))


def kinds_of(session: Session, customer: Customer) -> Counter[int]:
    """How often a customer bought each kind."""
    return Counter(session.scalars(select(Version.product_id).select_from(Order).join(Version).where(
        Order.customer_id == customer.id, Order.state != "cancelled", Order.remake_of_id.is_(None))))


def by_breadth(session: Session) -> dict[int, list[Step]]:
    """What customers' first, second, ... order of a product took, by how many other kinds they had bought before it:
    none, one, BROAD or more. Told of at least ENOUGH customers; a customer counts once for each product.
    """
    tallies = defaultdict[tuple[int, int], Tally](Tally)
    bought = defaultdict[int, Counter[int]](Counter)
    for customer, product, inputs, unaided, seconds in session.execute(
            select(Order.customer_id, Version.product_id, Order.inputs, Order.unaided, Order.seconds).join(Version)
            .where(*purchased()).order_by(Order.customer_id, Order.id)):
        others = min(len(bought[customer].keys() - {product}), BROAD)
        bought[customer][product] += 1
        if (number := bought[customer][product]) <= MOST:
            tallies[others, number].add(customer, inputs, unaided, seconds)
    steps = defaultdict[int, list[Step]](list)
    for (others, number), tally in sorted(tallies.items(), key=itemgetter(0)):
        steps[others].append(tally.step(number, ENOUGH))
    return dict(steps)

"""The many customers of the demonstration: each comes by their own pause until they stay away, and orders what they had
before, or nearly what somebody else had.

So they cost no search: what is ordered again was built before, and what is otherwise is only checked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import product
from math import log
from random import Random
from string import ascii_uppercase

from sqlalchemy.orm import Session

from catalog.model import Choice, ProductModel, Text, from_plain
from catalog.nodes import Values
from catalog.pricing import price
from catalog.store import model_of
from orders.buildable import Unbuildable, check
from orders.customers import new_customer
from orders.lots import Lot
from orders.placing import Agreed, Entered, place
from orders.records import Account, Customer, Order
from orders.subjects import Whom

PAUSE, SPREAD = 140, 0.5
"""Days between two orders of most customers, and the standard deviation of its logarithm among them."""
LEAVING = 0.52
"""Of how many an order is the last one."""
SAME = 0.7
"""Of how many orders the thing is the one that they had last."""
VARIED = 4
"""Choices that somebody who orders what another had makes for themselves."""
YOUNGEST = 22
"""Days since the last of these orders: all of them are shipped."""
PATIENT = date.max
"""They agree to any day."""


@dataclass
class Regular:
    """Somebody of the crowd, who becomes a customer with their first order."""

    name: str
    orders: list[Order] = field(default_factory=list)

    def order(self, session: Session, others: Sequence[Order], at: datetime, rep: Account | None, random: Random,
              free_for: timedelta = timedelta(0)) -> Order:
        """What they had last, or what one of the others had, with their own initials on it."""
        again = bool(self.orders) and random.random() < SAME
        source = self.orders[-1] if again else random.choice(others)
        model, values = model_of(source.version), self._initialled(source)
        values = values if again else _varied(model, values, random)
        inputs = random.choice((0, 0, 0, 1, 2)) if again else self._entered(model, values)
        self.orders.append(place(
            session, Whom(self._customer(session, at, random)), Lot(source.version, model, values, 1),
            Agreed(price(model, values).total, PATIENT),
            Entered(inputs, unaided=source.unaided, seconds=round(random.gauss(30, 6)) + 9 * inputs),
            key=f"made up {at.isoformat()}", today=at.date(), placed_by=rep, at=at, free_for=free_for))
        return self.orders[-1]

    def _initialled(self, source: Order) -> Values:
        model, values = model_of(source.version), from_plain(source.values)
        initials = "".join(word[0] for word in self.name.split())
        return values | {text.name: initials for text in model.characteristics
                         if isinstance(text, Text) and values[text.name] and text.admits(initials)}

    def _entered(self, model: ProductModel, values: Values) -> int:
        """What they have to say: what is not the standard, but for what they told with what they ordered before."""
        told = {c.trait for order in self.orders for c in model_of(order.version).characteristics}
        return sum(values[c.name] != c.standard for c in model.characteristics if not c.trait or c.trait not in told)

    def _customer(self, session: Session, at: datetime, random: Random) -> Customer:
        if self.orders:
            return self.orders[0].customer
        mailbox = ".".join(self.name.lower().replace(".", "").split())
        new = new_customer(session, name=self.name, email=f"{mailbox}@example.com",
                           phone=f"+49 30 5550 {random.randrange(10_000):04}", made_up=True)
        new.created_at = at
        return new


def _varied(model: ProductModel, values: Values, random: Random) -> Values:
    """The same with a few things otherwise, as far as that can be built."""
    choices = [c for c in model.characteristics if isinstance(c, Choice)]
    for choice in random.sample(choices, min(VARIED, len(choices))):
        try:
            check(model, other := {**values, choice.name: random.choice(choice.values).name})
        except Unbuildable:
            continue
        values = other
    return values


def crowd(random: Random, orders: int, oldest: int, known: Sequence[str]) -> list[tuple[int, Regular]]:
    """How many days ago who orders: `orders` in all, none longer ago than `oldest`; nobody has a name that is known."""
    visits, names = list[tuple[int, Regular]](), _names(random, known)
    while len(visits) < orders:
        regular = Regular(next(names))
        visits += [(age, regular) for age in _ages(random, oldest)]
    return visits[:orders]


def _ages(random: Random, oldest: int) -> Iterator[int]:
    age, pause = random.uniform(YOUNGEST, oldest), random.lognormvariate(log(PAUSE), SPREAD)
    while age >= YOUNGEST:
        yield int(age)
        if random.random() < LEAVING:
            return
        age -= max(1, random.gauss(pause, pause / 5))


def _names(random: Random, known: Sequence[str]) -> Iterator[str]:
    """Names that nobody has yet, made of those that somebody has; of many, with an initial between."""
    firsts, lasts = ({name.partition(" ")[part]: None for name in known} for part in (0, 2))
    for initial in ("", *(f"{letter}. " for letter in ascii_uppercase)):
        names = [name for first, last in product(firsts, lasts) if (name := f"{first} {initial}{last}") not in known]
        random.shuffle(names)
        yield from names

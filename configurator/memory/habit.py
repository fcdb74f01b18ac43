"""How orders repeat: learnt by asking of each order which weights would have foretold its values best."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from zlib import crc32

import numpy as np

from catalog.model import ProductModel
from configurator.memory.evidence import Evidence, Statement
from configurator.memory.experience import Experience
from configurator.memory.information import Floats
from configurator.memory.ranking import is_private

STEPS = (0.45, 0.6, 0.75, 0.9)
"""What each newer statement about the same thing may leave of the weight of an older one: with the first, the newest
outweighs all the older ones together, with 0.9, three older ones that agree outweigh two newer ones."""
HALF_LIVES = (3650.0, 730.0, 180.0)
"""Days after which a statement may weigh half, where dates are known."""
WORTHS = (0.15, 0.3, 0.6, 1.2, 2.4, 4.8)
"""How many statements of the customer's own the experience of others may be worth: with the first, their own word
decides, with the last, what they said a few times gives way to what most choose."""
FIRST = (0.45, 730.0, 0.15)
HEAD_START = 20.0
"""How much better other weights must have foretold than the first ones to be taken instead, in nats."""
COMPARED = 2_000
"""After so many values the choice is made."""
ASKED = 6
"""Orders of one customer that are foretold from those before: one alone shall not decide for all."""
SEEN = 40
"""Statements that are compared to learn the weights; older ones hardly count."""
LEAST = 1e-3
"""The probability of a value that neither the customer nor others ever chose."""


@dataclass(frozen=True)
class Habit:
    """What newer statements leave of older ones, how fast they fade, and what others are worth beside them."""

    step: float = FIRST[0]
    half_life: float = FIRST[1]
    worth: float = FIRST[2]


def habit(people: Mapping[Hashable, Evidence], others: Experience, model: ProductModel) -> Habit:
    """The weights under which the orders of these people were most probable when they came.

    The same whatever order they became known in.
    """
    weights = [(step, half_life) for step in STEPS for half_life in HALF_LIVES]
    foretold = np.zeros((len(weights), len(WORTHS)))
    foretold[weights.index(FIRST[:2]), WORTHS.index(FIRST[2])] = HEAD_START
    compared = 0
    for customer in sorted(people, key=lambda customer: crc32(repr(customer).encode())):
        for found in _foretold(people[customer], others, model, np.array(weights)):
            foretold += found
            compared += 1
        if compared > COMPARED:
            break
    best, worth = np.unravel_index(int(foretold.argmax()), foretold.shape)
    return Habit(*weights[int(best)], WORTHS[int(worth)])


def _foretold(own: Evidence, others: Experience, model: ProductModel, weights: Floats) -> Iterator[Floats]:
    """By weights and worths, how probable each value of each order was, as a logarithm."""
    orders = [statement for statement in own.statements if statement.is_order]
    names = {name for order in orders for name in order.values if not is_private(model[name])}
    asked = range(0, len(orders) - 1, 1 + len(orders) // ASKED)
    for name, (place, order) in product(sorted(names), [(place, orders[place]) for place in asked]):
        before = [older for older in orders[place + 1:place + 1 + SEEN] if name in older.values]
        if before and name in order.values:
            yield _probable(order, before, name, others, weights)


def _probable(order: Statement, before: Sequence[Statement], name: str, others: Experience, weights: Floats) -> Floats:
    lags = np.arange(len(before))
    days = np.array([(order.when - older.when).days if order.when and older.when else 0 for older in before])
    votes = weights[:, :1] ** lags * 0.5 ** (days / weights[:, 1:]) * [older.count for older in before]
    right = votes[:, [older.values[name] == order.values[name] for older in before]].sum(1)
    share = max(LEAST, others.share(name, order.values[name]))
    worths = np.array(WORTHS)
    return np.asarray(np.log((right[:, None] + worths * share) / (votes.sum(1)[:, None] + worths)))

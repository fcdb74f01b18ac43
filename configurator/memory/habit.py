"""How orders repeat: learnt by asking of each order which weights would have foretold its values."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from itertools import product
from zlib import crc32

from catalog.expressions import Answer
from catalog.model import ProductModel
from configurator.memory.evidence import Evidence
from configurator.memory.experience import Experience
from configurator.memory.ranking import is_private

STEPS = (0.45, 0.7, 0.85)
"""What each newer statement about the same thing may leave of the weight of an older one: with the first, the newest
outweighs all the older ones together, with the last, three older ones that agree outweigh two newer ones."""
WORTHS = (0.15, 0.5, 1.0, 2.0, 4.0)
"""How many statements of the customer's own the experience of others may be worth: with the first, their own word
decides, with the last, what they said once or twice gives way to what most choose."""
HEAD_START = 20
"""How many more values other weights must have foretold than the first ones to be taken instead."""
COMPARED = 2_000
"""After so many values that could tell weights apart the choice is made."""
SEEN = 30
"""Statements that are compared to learn the weights; older ones hardly count."""


@dataclass(frozen=True)
class Habit:
    """The step and the worth of others that foretold most."""

    step: float = STEPS[0]
    worth: float = WORTHS[0]


def habit(people: Mapping[Hashable, Evidence], others: Experience, model: ProductModel) -> Habit:
    """What the orders of these people tell; the same whatever order they became known in."""
    foretold = dict.fromkeys(product(STEPS, WORTHS), 0)
    foretold[STEPS[0], WORTHS[0]] = HEAD_START
    compared = 0
    for customer in sorted(people, key=lambda customer: crc32(repr(customer).encode())):
        if compared > COMPARED:
            break
        compared += _compare(people[customer], others, model, foretold)
    return Habit(*max(foretold, key=lambda weights: foretold[weights]))


def _compare(own: Evidence, others: Experience, model: ProductModel, foretold: dict[tuple[float, float], int]) -> int:
    """Asks of each order but the first what it would have been; returns how many values could tell weights apart."""
    compared = 0
    orders = [statement for statement in own.statements if statement.is_order]
    for place, order in enumerate(orders[:-1]):
        before = Evidence(orders[place + 1:place + 1 + SEEN])
        alike = [1.0] * len(before.statements)
        for name, answer in order.values.items():
            stated = {statement.values[name] for statement in before.about(name)}
            usual = others.usual(name)
            if stated and len(stated | usual) > 1 and not is_private(model[name]):
                compared += 1
                for step in STEPS:
                    votes = before.votes(model[name], alike, None, step)
                    _count(foretold, step, votes, {value: others.share(name, value) for value in stated | usual},
                           answer)
    return compared


def _count(foretold: dict[tuple[float, float], int], step: float, votes: Mapping[Answer, float],
           shares: Mapping[Answer, float], answer: Answer) -> None:
    for worth in WORTHS:
        weights = {value: votes.get(value, 0.0) + worth * share for value, share in shares.items()}
        foretold[step, worth] += max(weights, key=weights.__getitem__) == answer

"""What the products of a model ask of the supply: parts, and minutes at work centres, out of the catalogue alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from threading import Lock

from cachetools import LRUCache, cached

from catalog.bounds import bounds, whole
from catalog.expressions import names, number
from catalog.model import Boolean, ProductModel
from catalog.nodes import (
    TRUE,
    And,
    Answer,
    Arithmetic,
    Choose,
    Compare,
    Condition,
    Const,
    Exact,
    Expression,
    Is,
    Not,
    Or,
    Values,
)
from orders.supplies.supply import UNIT

MOST_KNOWN = 5_000
"""Values of a term that are remembered."""


class Term:
    """A number that depends on few of a product's values, and is remembered by them: most clicks change none of it."""

    def __init__(self, reads: Iterable[str], compute: Callable[[Values], Exact]) -> None:
        self.reads = tuple(sorted(reads))
        self._compute = compute
        self._known: dict[tuple[Answer, ...], Exact] = {}

    def __call__(self, values: Values) -> Exact:
        """The number for whole values."""
        key = tuple([values[name] for name in self.reads])
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            known = self._known[key] = self._compute(values)
        return known


@dataclass(frozen=True)
class Use:
    """A part that products use: how much of it while which conditions hold, and the most of it in one piece.

    What is made here is none: it waits for what it is made of alone. `amount`: how much of it a piece takes.
    """

    number: str
    lead: int
    lines: tuple[tuple[Condition, Expression], ...]
    most: Exact
    amount: Term

    @property
    def quantity(self) -> Expression:
        """How much of it a piece takes."""
        return _quantity(self.lines)

    def thousandths(self, values: Values, pieces: int = 1) -> int:
        """How much of it so many pieces take, in thousandths of its unit, rounded up once."""
        return math.ceil(self.amount(values) * pieces * UNIT)

    def within(self, amount: int | None) -> Condition:
        """That no more is used than so many thousandths; None: any amount is there."""
        if amount is None or math.ceil(self.most * UNIT) <= amount:
            return TRUE
        if amount == 0:
            return And(tuple(Not(_used(*line)) for line in self.lines))
        return Compare("<=", self.quantity, Const(_exact(Fraction(amount, UNIT))))


@dataclass(frozen=True)
class Demand:
    """What the products of a model ask of the supply.

    `lead`: of the whole product, with its bounds; `minutes`: of the whole routing, with theirs, and `work`, the terms
    of their sum; `always`: the work centres that all pass through; `sometimes`: the others, and when.
    """

    model: ProductModel
    lead: Expression
    least: Exact
    most: Exact
    uses: tuple[Use, ...]
    minutes: Expression
    fewest: Exact
    longest: Exact
    work: tuple[Term, ...]
    always: frozenset[str]
    sometimes: tuple[tuple[str, Condition], ...]


@cached(LRUCache(64), key=id, lock=Lock())  # what is kept holds the model: its id is not given again
def demand_of(model: ProductModel) -> Demand:
    """What a model asks of the supply; worked out once per process."""
    box, lead = whole(model), model.lead_days or Const(0)
    by_centre: dict[str, list[Condition]] = {}
    for operation in model.operations:
        by_centre.setdefault(operation.work_centre, []).append(operation.when or TRUE)
    always = frozenset(centre for centre, whens in by_centre.items() if TRUE in whens)
    each = [Choose(operation.when, operation.minutes, Const(0)) if operation.when else operation.minutes
            for operation in model.operations]
    minutes = _sum(each)
    return Demand(model, lead, *bounds(lead, box, model), tuple(_uses(model)), minutes, *bounds(minutes, box, model),
                  tuple(_term(one, model) for one in each), always,
                  tuple((centre, Or(tuple(whens))) for centre, whens in by_centre.items() if centre not in always))


def _uses(model: ProductModel) -> Iterator[Use]:
    box = whole(model)
    lines: dict[str, list[tuple[Condition, Expression]]] = {}
    for part, used, quantity in _lines(model):
        if not model.part(part).made_here:
            lines.setdefault(part, []).append((used, quantity))
    for part, found in lines.items():
        quantity = _quantity(found)
        yield Use(part, model.part(part).lead_days, tuple(found), bounds(quantity, box, model)[1],
                  _term(quantity, model))


def _term(expression: Expression, model: ProductModel) -> Term:
    return Term(names(expression, model), lambda values: number(expression, values, model))


def _lines(model: ProductModel) -> Iterator[tuple[str, Condition, Expression]]:
    for characteristic in model.characteristics:
        for value in (characteristic.yes,) if isinstance(characteristic, Boolean) else characteristic.options:
            if value.part is not None:
                taken = True if isinstance(characteristic, Boolean) else value.name
                yield value.part, Is(characteristic.name, (taken,)), Const(1)
    for item in model.items:
        yield item.part, item.when or TRUE, item.quantity


def _used(used: Condition, quantity: Expression) -> Condition:
    some = Compare(">", quantity, Const(0))
    return used if isinstance(quantity, Const) and quantity.value > 0 else some if used == TRUE else And((used, some))


def _quantity(lines: Iterable[tuple[Condition, Expression]]) -> Expression:
    return _sum(Choose(used, quantity, Const(0)) for used, quantity in lines)


def _sum(expressions: Iterable[Expression]) -> Expression:
    return Arithmetic("+", (Const(0), *expressions))


def _exact(fraction: Fraction) -> Exact:
    return fraction.numerator if fraction.denominator == 1 else fraction

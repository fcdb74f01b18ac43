"""The least of a number that every product has: the cheapest, the quickest; and how far it ranges.

A sum of what little depends on is a sum of wishes (`completion`). Anything else is asked to be less and less: half of
what is open each time, until less is impossible.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import floor
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from catalog.bounds import bounds
from catalog.expressions import number
from catalog.model import ProductModel
from catalog.nodes import Answer, Arithmetic, Compare, Condition, Const, Exact, Expression, Values
from configurator.engine.completion import Optimizer, Weights, Wish, Wishes, wishes
from configurator.engine.conditions import Conditions
from configurator.engine.effort import Undecided
from configurator.engine.formula import Formula
from configurator.engine.frontier import box
from configurator.engine.slots import Slot
from configurator.engine.solver import Solver

if TYPE_CHECKING:
    from configurator.engine.engine import Engine

Truth = NDArray[np.bool_]
"""A model, as `Solver.true` gives it."""
WORN = 200_000
"""Variables of limits that were asked for, after which an objective is made afresh."""


@dataclass(frozen=True)
class Measure:
    """A whole number that every product has."""

    number: Expression

    def at_most(self, most: int) -> Condition:
        """That a product has no more of it."""
        return Compare("<=", self.number, Const(most))

    def of(self, values: Values, model: ProductModel) -> int:
        """What a whole product has of it."""
        return int(number(self.number, values, model))

    @property
    def negative(self) -> Measure:
        """The least of this is the greatest of the other, with the other sign."""
        return Measure(Arithmetic("neg", (self.number,)))


@dataclass(frozen=True)
class Stepped:
    """A whole number that is too large an expression to look into: what whole values have of it, the condition that it
    is at most so much, and what none has less of.
    """

    value: Callable[[Values], int]
    at_most: Callable[[int], Condition]
    least: int

    def of(self, values: Values, _: ProductModel) -> int:
        """What a whole product has of it."""
        return self.value(values)


@dataclass(frozen=True)
class Range:
    """The least and the greatest that products have; None where it was not found out within the budget."""

    least: int | None
    greatest: int | None


class Objective:
    """Minimises one number among the products of an engine, in a solver of its own."""

    def __init__(self, engine: Engine, measure: Measure | Stepped) -> None:
        self._engine = engine
        self._measure = measure
        self._formula = Formula(engine.formula)
        self._first = self._formula.top
        self._conditions = Conditions(engine.model, self._formula, engine.columns, engine.conditions)
        shares = self._conditions.comparisons.sums.shares(measure.number) if isinstance(measure, Measure) else None
        self._wishes = None if shares is None or shares.rest else Wishes.of(self._wished(shares.tables))
        rules = (clause for _, clause in self._formula.rules)
        self._solver = Solver(self._formula, self._conditions.comparisons.theory, rules, engine.effort)
        self._optimizer = Optimizer(self._formula, self._solver)

    @property
    def is_worn(self) -> bool:
        """Whether a fresh one serves better."""
        return self._formula.is_worn or self._optimizer.is_worn or self._formula.top > self._first + WORN

    def least(self, assumptions: Sequence[int], weights: Weights) -> tuple[Truth, int]:
        """A product that has least of the number, of these the one of the greatest weight, and how much less could be.

        There must be a product with these literals; raises Undecided if none was found within the budget.
        """
        truth, value, gap = self.bound(assumptions)
        try:
            self._engine.effort.hurry()
            kept = self._conditions.literal(self._measure.at_most(value))
            liked = wishes(self._engine.columns, self._formula, weights)
            return self._optimizer.best([*assumptions, kept], liked)[0], gap
        except Undecided:
            return truth, gap

    def exactly(self, assumptions: Sequence[int]) -> int | None:
        """The least of the number with these literals; None if that was not found out in time, or there is none."""
        try:
            _, value, gap = self.bound(assumptions)
        except (Undecided, ValueError):
            return None
        return None if gap else value

    def bound(self, assumptions: Sequence[int]) -> tuple[Truth, int, int]:
        """As `least`, of any weight; also what it has of the number."""
        if self._wishes is not None:
            truth, gap = self._optimizer.best(assumptions, self._wishes)
            return truth, self._value(truth), floor(gap)
        if not self._solver.solve(assumptions):
            raise ValueError("nothing can be built")
        truth, low = self._solver.true(), self._low(assumptions)
        tried = low
        while tried < (value := self._value(truth)):
            middle = (tried + value) // 2
            try:
                self._engine.effort.hurry()
                if self._solver.solve([*assumptions, self._conditions.literal(self._measure.at_most(middle))]):
                    truth = self._solver.true()
                    continue
                low = middle + 1
            except Undecided:  # perhaps there is something between
                pass
            tried = middle + 1
        return truth, value, value - low

    def _low(self, assumptions: Sequence[int]) -> int:
        """What the number cannot be less than, by what follows at once from the literals."""
        if isinstance(self._measure, Stepped):
            return self._measure.least
        columns, model = self._engine.columns, self._engine.model
        implied = self._solver.implied(assumptions)
        assert implied is not None, "the choices contradict each other"
        open_ = ~(implied[-columns.upper] | implied[-columns.lower])
        places = {slot: np.flatnonzero(open_[slot.columns]).tolist() for slot in columns.slots}
        return floor(bounds(self._measure.number, box(places, model), model)[0])

    def _value(self, truth: NDArray[np.bool_]) -> int:
        columns, model = self._engine.columns, self._engine.model
        taken = columns.box(truth)
        values: Mapping[str, Answer] = {c.name: columns.taken(c, taken) for c in model.characteristics}
        return self._measure.of(values, model)

    def _wished(self, tables: Mapping[tuple[Slot, ...], list[Exact]]) -> Iterator[Wish]:
        for slots, table in tables.items():
            for (less, _), (more, below) in pairwise(self._conditions.comparisons.sums.steps(slots, table)):
                yield below[0] if len(below) == 1 else self._formula.any_of(below), Fraction(more - less)

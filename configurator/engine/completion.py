"""The best whole product, guided by contradictions (OLL: Andres et al. 2012; Morgado, Dodaro, Marques-Silva 2014)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import compress, groupby, pairwise
from math import isfinite, lcm

import numpy as np
from numpy.typing import NDArray
from pysat.card import ITotalizer

from catalog.nodes import Answer
from configurator.engine.columns import Columns
from configurator.engine.effort import Undecided
from configurator.engine.formula import Formula
from configurator.engine.hitting import Contradictions, hitting
from configurator.engine.slots import Slot
from configurator.engine.solver import Solver

COUNTED = 200_000
"""Clauses of counters after which an optimiser is worn."""
NEAR = 200
"""Sets of wishes that are tried to be given up before all wishes are counted."""
MET = 10_000
"""Contradictions that are kept."""

Weights = Mapping[tuple[str, Answer], float]
"""How much is gained when a characteristic is set to a value, or a member is among the chosen of a several-of."""
Wish = tuple[int, Fraction]
"""A literal, and what it costs (more than 0) if it is false."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What wishes cost together, as whole numbers of a unit, so that sums are exact."""

    costs: Mapping[int, int]
    unit: int  # how many of them make one

    @classmethod
    def of(cls, wishes: Iterable[Wish]) -> Wishes:
        """Wishes for the same literal are added up."""
        found: dict[int, Fraction] = {}
        for literal, cost in wishes:
            found[literal] = found.get(literal, Fraction(0)) + cost
        unit = lcm(*(cost.denominator for cost in found.values()))
        return cls({literal: int(cost * unit) for literal, cost in found.items()}, unit)

    def lacking(self, model: NDArray[np.bool_]) -> Fraction:
        """What those cost together that are false in a model, as `Solver.true` gives it."""
        return Fraction(_cost(self.costs, model), self.unit)


@dataclass(slots=True)
class _Counter:
    """Outputs of a totalizer: output k is true if more than k of its literals are."""

    totalizer: ITotalizer
    size: int
    bound: int  # the output that is wished to be false

    @property
    def wish(self) -> int:
        return -int(self.totalizer.rhs[self.bound])


def wishes(columns: Columns, formula: Formula, weights: Weights) -> Wishes:
    """What weights wish for: that a slot takes its best columns, or at least one of its next best, and so on.

    Raises ValueError for a name or value that the model does not have, or a weight that is no finite number.
    """
    exact = {key: _exact(key[0], weight) for key, weight in weights.items()}
    unit = lcm(*(divisor for _, divisor in exact.values()))
    costs: dict[int, int] = defaultdict(int)
    gains: dict[int, int] = {}
    for (name, value), (dividend, divisor) in exact.items():
        gain = dividend * (unit // divisor)
        taken = columns.asked(name, value)
        if isinstance(value, frozenset):
            for literal, cost in _together([literal for column in taken for literal in columns.literals(column)],
                                           gain, formula):
                costs[literal] += cost
        else:
            gains[taken[0]] = max(gains.get(taken[0], gain), gain)
    for slot, own in groupby(sorted(gains), key=columns.slot):
        for literal, cost in _ranked(columns, slot, {column: gains[column] for column in own}):
            costs[literal] += cost
    return Wishes(costs, unit)


def _ranked(columns: Columns, slot: Slot, gains: Mapping[int, int]) -> Iterator[tuple[int, int]]:
    others = len(gains) < len(slot.values)  # they gain nothing
    levels = sorted({*gains.values(), *([0] if others else [])}, reverse=True)
    for better, worse in pairwise(levels):
        best = {column for column, gain in gains.items() if gain >= better}
        if better <= 0 and others:
            best |= set(range(slot.start, slot.columns.stop)) - gains.keys()
        yield columns.among(slot, frozenset(best)), better - worse


def _together(literals: Sequence[int], gain: int, formula: Formula) -> Iterator[tuple[int, int]]:
    """All of the literals, or not all of them if the gain is negative."""
    if gain > 0:
        yield formula.all_of(literals), gain
    elif gain < 0:
        yield formula.any_of(-literal for literal in literals), -gain


def _exact(name: str, weight: float) -> tuple[int, int]:
    """A weight as a fraction of whole numbers."""
    if not isfinite(weight):
        raise ValueError(f"the weight of {name} is {weight}")
    return weight.as_integer_ratio()


class Optimizer:
    """Optimises in a solver of its own, which the counters of earlier questions fill until it is replaced.

    Its counters are numbered by the formula, which should be its own.
    """

    def __init__(self, formula: Formula, solver: Solver) -> None:
        self._formula = formula
        self._solver = solver
        self._clauses = 0  # of counters
        self._met = Contradictions(MET)

    @property
    def is_worn(self) -> bool:
        """Whether a fresh one serves better."""
        return self._clauses > COUNTED or self._formula.is_worn

    def best(self, assumptions: Sequence[int], wishes: Wishes) -> tuple[NDArray[np.bool_], Fraction]:
        """The model, as `Solver.true` gives it, in which the false wishes cost least.

        If that takes too long, it is the best model met until then; the number says how much better another could be
        at most. Raises ValueError if nothing fulfils the assumptions, Undecided if that alone takes too long.
        """
        self._solver.prefer(list(wishes.costs))
        if (found := self._nearest(assumptions, wishes.costs)) is not None:
            return found, Fraction(0)
        wished, costs = wishes.costs, dict(wishes.costs)
        if not self._solver.solve(assumptions):
            raise ValueError("nothing can be built")
        found, self._least = self._solver.true(), 0
        with ExitStack() as totalizers:
            try:
                for model in self._models(assumptions, costs, totalizers):
                    found = found if model is None else min(found, model, key=lambda model: _cost(wished, model))
                    if self._solver.effort.is_over:
                        break
            except Undecided:
                pass
        return found, Fraction(_cost(wished, found) - self._least, wishes.unit)

    def _nearest(self, assumptions: Sequence[int], costs: Mapping[int, int]) -> NDArray[np.bool_] | None:
        """The model of the wishes left when the cheapest that stand in the way are given up; None if these are many.

        What stands in the way of one another does so whatever is wished besides: it was often met before.
        """
        fixed, order = frozenset(assumptions), sorted(costs.keys() - set(assumptions), key=lambda wish: -costs[wish])

        def missed(given: frozenset[int]) -> frozenset[int] | None:
            if self._solver.solve([*assumptions, *(wish for wish in order if wish not in given)]):
                return None
            self._met.keep(core := self._smaller())
            return core - fixed

        known = [core - fixed for core in self._met.among(fixed | costs.keys())]
        with suppress(Undecided):
            for _ in hitting(costs, known, missed, NEAR):
                return self._solver.true()
        return None

    def _models(self, assumptions: Sequence[int], costs: dict[int, int],
                totalizers: ExitStack) -> Iterator[NDArray[np.bool_] | None]:
        """Models met on the way, the last of which is the best; None after each contradiction."""
        counters: dict[int, _Counter] = {}
        floor = 0  # wishes that cost less wait; the first question is whether everything wished can be had
        while True:
            asked = sorted((wish for wish, cost in costs.items() if cost >= floor), key=lambda wish: -costs[wish])
            if not self._solver.solve([*assumptions, *asked]):
                core = sorted(self._smaller() & costs.keys())
                assert core, "the choices contradict each other"
                floor = floor or _next(list(costs.values()))
                self._relax(core, costs, counters, totalizers)
                yield None
                continue
            yield self._solver.true()
            waiting = [cost for cost in costs.values() if cost < floor]
            if not waiting:
                return
            floor = _next(waiting)

    def _smaller(self) -> frozenset[int]:
        """What contradicted in the last question, and what of that does alone, until that is no smaller."""
        core = frozenset(self._solver.core())
        while True:
            self._solver.solve(list(core))
            smaller = frozenset(self._solver.core())
            if len(smaller) == len(core):
                return core
            core = smaller

    def _relax(self, core: Sequence[int], costs: dict[int, int], counters: dict[int, _Counter],
               totalizers: ExitStack) -> None:
        """Accepts that one wish of the core is false, and wishes that it is only one."""
        cost = min(costs[wish] for wish in core)
        self._least += cost
        for wish in core:
            costs[wish] -= cost
            if not costs[wish]:
                del costs[wish]
            if wish in counters and counters[wish].bound + 1 < counters[wish].size:
                counter = counters[wish]
                self._wish(_Counter(counter.totalizer, counter.size, counter.bound + 1), cost, costs, counters)
        if len(core) > 1:
            totalizer = ITotalizer(lits=[-wish for wish in core], ubound=1, top_id=self._formula.top)
            totalizers.callback(totalizer.delete)
            self._define(totalizer, len(totalizer.cnf.clauses))
            self._wish(_Counter(totalizer, len(core), 1), cost, costs, counters)

    def _wish(self, counter: _Counter, cost: int, costs: dict[int, int], counters: dict[int, _Counter]) -> None:
        totalizer = counter.totalizer
        if counter.bound >= len(totalizer.rhs):
            totalizer.increase(ubound=counter.bound, top_id=self._formula.top)
            self._define(totalizer, totalizer.nof_new)
        costs[counter.wish] = costs.get(counter.wish, 0) + cost
        counters[counter.wish] = counter

    def _define(self, totalizer: ITotalizer, new: int) -> None:
        self._formula.top = max(self._formula.top, totalizer.top_id)
        self._clauses += new
        for clause in totalizer.cnf.clauses[-new:] if new else ():
            self._solver.learn(clause)


def _cost(wished: Mapping[int, int], model: NDArray[np.bool_]) -> int:
    false = ~model[np.fromiter(wished, dtype=np.int64, count=len(wished))]
    return sum(compress(wished.values(), false.tolist()))


def _next(costs: Sequence[int]) -> int:
    """The floor under the costs still waiting that are at least half of the dearest."""
    return -(-max(costs) // 2)

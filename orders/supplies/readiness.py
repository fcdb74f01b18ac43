"""When a product is ready, given the supply: of given values as a number, of any as a condition.

Production starts when the product's lead time is over and its last part is here. From then on the work goes forward,
operation after operation, on each day for as long as every work centre that the piece passes through has hours left:
finite forward loading in daily buckets, with the scarcest centre of a day setting the pace of that day (W. J. Hopp and
M. L. Spearman, Factory Physics, 3rd ed., 2008, chapters 3 and 15: releases follow the bottleneck). No centre is ever
given more minutes than it has, whatever the order of the operations, and more work, or less left, is never ready
sooner. The minutes that are left until a day are constants of the supply, so the rule language can say the same.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Iterator
from functools import cached_property, partial
from itertools import combinations

from catalog.expressions import holds, names, number
from catalog.model import ProductModel
from catalog.nodes import TRUE, And, Compare, Condition, Const, Not, Or, Values
from orders.supplies.demand import Term, Use, demand_of
from orders.supplies.supply import NEVER, UNIT, Available, Supply

MOST_CENTRES = 3
"""Work centres that only some products pass through and that are looked at apart; any more count as passed by all."""


class Readiness:
    """When the products of a model are ready, given the supply."""

    def __init__(self, model: ProductModel, supply: Supply) -> None:
        self.demand, self.supply = demand_of(model), supply
        self._model = model
        self._slow = [(use, available) for use in self.demand.uses
                      if (available := supply.available(use.number, use.lead)).days(math.ceil(use.most * UNIT))
                      > self.demand.least]
        self._waits = [Term(use.amount.reads, partial(_wait, use, available)) for use, available in self._slow]
        self._centres, self._apart = self._split()
        self.reads = frozenset(self._reads())
        self._of_one = Term(self.reads, self._days)

    def days(self, values: Values, quantity: int = 1) -> int:
        """The working days until so many pieces with whole values are ready."""
        return self._days(values, quantity) if quantity > 1 else int(self._of_one(values))

    def _days(self, values: Values, quantity: int = 1) -> int:
        minutes = sum(term(values) for term in self.demand.work) if quantity > 1 or self._work_matters else (
            self.demand.longest)
        return self.supply.finish(self.centres(values), self.start(values, quantity), minutes * quantity)

    def start(self, values: Values, quantity: int = 1) -> int:
        """The working days until everything for them is here."""
        waits = (wait(values) for wait in self._waits) if quantity == 1 else (
            _wait(use, self.supply.available(use.number, use.lead), values, quantity) for use in self.demand.uses)
        return max(0, math.ceil(number(self.demand.lead, values, self._model)), *map(int, waits))

    def centres(self, values: Values) -> frozenset[str]:
        """The work centres whose hours count for them."""
        return self._centres.union(centre for centre, when in self._apart if holds(when, values, self._model))

    def within(self, most: int) -> Condition:
        """That one piece is ready in so many working days: so long for what comes in, and what is left for the work.

        For each group of centres that matter, one of the days in between is that on which everything is here.
        """
        if most >= NEVER:
            return TRUE
        return And(tuple(Or((Not(And(tuple(when for _, when in group))), self._done(
            self._centres.union(centre for centre, _ in group), most)))
            if group else self._done(self._centres, most) for group in _groups(self._apart)))

    def _done(self, centres: frozenset[str], most: int) -> Condition:
        ways: dict[Hashable, tuple[int, int]] = {}
        for start in range(most - 1, -1, -1):
            left = self.supply.minutes(centres, most) - self.supply.minutes(centres, start)
            if left >= self.demand.fewest and start >= self.demand.least:
                ways[self._here(start)] = start, left  # what is here sooner leaves more for the work
            if left >= self.demand.longest:
                break
        return Or(tuple(And((self._started(start), Compare("<=", self.demand.minutes, Const(left))))
                        for start, left in ways.values()))

    def _here(self, start: int) -> Hashable:
        """What `_started` depends on."""
        return min(start, math.ceil(self.demand.most)), *(available.within(start) for _, available in self._slow)

    def _started(self, within: int) -> Condition:
        """That everything is here in so many working days."""
        parts = (use.within(available.within(within)) for use, available in self._slow)
        waits = (Compare("<=", self.demand.lead, Const(within)),) if within < self.demand.most else ()
        return And((*(part for part in parts if part != TRUE), *waits))

    @cached_property
    def _starts(self) -> tuple[int, int]:
        """The least and the most working days until everything is here, or a little outside."""
        leads = [available.days(math.ceil(use.most * UNIT)) for use, available in self._slow]
        return max(0, math.ceil(self.demand.least)), max(0, math.ceil(self.demand.most), *leads)

    @property
    def soonest(self) -> int:
        """The working days before which nothing is ready, or a little sooner."""
        return self.supply.finish(self._centres, self._starts[0], self.demand.fewest)

    @property
    def _everywhere(self) -> frozenset[str]:
        return self._centres.union(centre for centre, _ in self._apart)

    @cached_property
    def _work_matters(self) -> bool:
        """Whether some product is ready later than another one only because it takes more work."""
        first, last = self._starts
        return any(self.supply.finish(centres, start, self.demand.fewest)
                   != self.supply.finish(centres, start, self.demand.longest)
                   for centres in {self._centres, self._everywhere} for start in range(first, last + 1))

    def _reads(self) -> Iterator[str]:
        """The characteristics that may make one piece ready sooner or later."""
        terms = [*(use.amount for use, _ in self._slow), *(self.demand.work if self._work_matters else ())]
        for node in (self.demand.lead, *(when for _, when in self._apart)):
            yield from names(node, self._model)
        for term in terms:
            yield from term.reads

    def _split(self) -> tuple[frozenset[str], tuple[tuple[str, Condition], ...]]:
        """The centres that count for all products, and those that some pass through and that are ever in the way."""
        always, apart = self.demand.always, []
        room = self.supply.room(always)
        for centre, when in self.demand.sometimes:
            if self.supply.room(always | {centre}) != room:
                apart.append((centre, when))
        if len(apart) > MOST_CENTRES:
            always, apart = always.union(centre for centre, _ in apart), []
        return always, tuple(apart)


def readiness(model: ProductModel, supply: Supply) -> Readiness:
    """When the products of a model are ready; kept with the supply."""
    kept: Readiness = supply.once((Readiness, id(model)), lambda: Readiness(model, supply))
    return kept


def _wait(use: Use, available: Available, values: Values, pieces: int = 1) -> int:
    """The working days until a part for so many pieces is here."""
    return available.days(use.thousandths(values, pieces))


def _groups(apart: Iterable[tuple[str, Condition]]) -> Iterator[tuple[tuple[str, Condition], ...]]:
    several = tuple(apart)
    return (group for size in range(len(several) + 1) for group in combinations(several, size))

"""Which columns can still be taken: exact and complete, by witnesses first and the solver for the rest."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence

import numpy as np

from catalog.expressions import names
from catalog.model import ProductModel
from configurator.engine.columns import Bits, Columns
from configurator.engine.solver import Solver
from configurator.engine.sweep import Sweep
from configurator.engine.witnesses import Witnesses

REMEMBERED = 512  # sets of choices whose answer is kept
LEARNT = 12  # the longest contradiction worth keeping as a clause

Choice = tuple[int, ...]
"""The columns that are taken by choice, sorted."""


class Propagation:
    """Answers for sets of chosen columns; not safe for threads by itself."""

    def __init__(self, model: ProductModel, columns: Columns, solver: Solver) -> None:
        self._model = model
        self._columns = columns
        self._solver = solver
        self._witnesses = Witnesses(len(columns.upper))
        self._numbers = [slot for slot in columns.slots if slot.ordered]
        self._readers = {slot.name: [rule.condition for rule in model.rules if slot.name in names(rule.condition, model)]
                         for slot in self._numbers}
        self._known: OrderedDict[Choice, Bits] = OrderedDict()

    def assumptions(self, chosen: Sequence[int]) -> list[int]:
        """The literals that say that these columns are taken."""
        return [literal for column in chosen for literal in self._columns.literals(column)]

    def possible(self, chosen: Sequence[int]) -> bool:
        """Whether a product takes all these columns."""
        return bool(self._witnesses.union(chosen).any()) or self._solve(self.assumptions(chosen)) is not None

    def witness(self, box: Bits) -> None:
        """Remembers the columns of a product that is possible."""
        self._witnesses.add(box)

    def core(self, chosen: Sequence[int]) -> set[int] | None:
        """Those of the columns that cannot be taken together; None if all can."""
        if self.possible(chosen):
            return None
        literals = set(self._solver.core())
        return {column for column in chosen if literals.intersection(self._columns.literals(column))}

    def open(self, chosen: Choice, within: Bits | None = None) -> Bits:
        """The columns that some product takes together with the chosen ones, of which there must be one.

        `within`: columns outside are known to be impossible.
        """
        if chosen in self._known:
            self._known.move_to_end(chosen)
            return self._known[chosen]
        found = self._complete(chosen, within)
        self._known[chosen] = found
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return found

    def _complete(self, chosen: Choice, within: Bits | None) -> Bits:
        assumptions = self.assumptions(chosen)
        truth = self._solver.implied(assumptions)
        assert truth is not None, "the choices contradict each other"
        unknown = ~(truth[-self._columns.upper] | truth[-self._columns.lower])
        if within is not None:
            unknown &= within
        found = self._witnesses.union(chosen) & unknown  # a box may hold more values of a slot than the chosen one
        unknown &= ~found
        while (left := np.flatnonzero(unknown)).size:
            self._solver.prefer(self.assumptions(left.tolist()))
            run = self._run(unknown, int(left[0]))
            box = self._solve([*assumptions, *self._columns.within(run)])
            if box is None:
                unknown[run] = False
                continue
            for line in self._lines(box, unknown):
                self._witnesses.add(line)
                box = box | line
            found |= box
            unknown &= ~box
        return found

    def _run(self, unknown: Bits, column: int) -> slice:
        """The column, and of a number all that follow it without a gap."""
        slot = self._columns.slot(column)
        end = column + 1
        while slot.ordered and end < slot.columns.stop and unknown[end]:
            end += 1
        return slice(column, end)

    def _lines(self, box: Bits, unknown: Bits) -> Iterator[Bits]:
        """A product with one number varied, all else as it is: a box for each number about which more is asked."""
        asked = [slot for slot in self._numbers if unknown[slot.columns].any()]
        if not asked:
            return
        values = {c.name: self._columns.taken(c, box) for c in self._model.characteristics}
        for slot in asked:
            sweep = Sweep(self._model, values, slot.name, [int(value) for value in slot.values])
            line = box.copy()
            line[slot.columns] = sweep.all(self._readers[slot.name])
            yield line

    def _solve(self, assumptions: list[int]) -> Bits | None:
        """A product that fulfils the assumptions, kept as a witness; None if there is none."""
        if self._solver.solve(assumptions):
            box = self._columns.box(self._solver.true())
            self.witness(box)
            return box
        core = self._solver.core()
        if len(core) <= LEARNT:
            self._solver.learn([-literal for literal in core])
        return None

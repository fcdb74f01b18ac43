"""What single values of a product could be exchanged for while all else stays as it is, where sums are limited.

Of a product that has little of a sum nearly every value can be exchanged for one that adds more, each by itself; a
product that takes many of these together would exceed the limit, so products show few of them at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import numpy as np

from catalog.expressions import number
from catalog.model import ProductModel
from configurator.engine.clauses import Clauses, Truth
from configurator.engine.columns import Bits, Columns
from configurator.engine.formula import Clause, Formula
from configurator.engine.slots import Slot
from configurator.engine.sums import Limited
from configurator.engine.theory import Theory


class Exchanges:
    """The slots that add to the limited sums of one model by themselves.

    Whether a sum keeps its limit is told by amounts, whatever the chain says that keeps it there; whether all else
    holds by the other clauses. Slots that learnt comparisons read beside these sums are left alone.
    """

    def __init__(self, model: ProductModel, columns: Columns, formula: Formula, theory: Theory,
                 sums: Collection[Limited], light: Sequence[int]) -> None:
        """`light`: literals of what adds least to the sums."""
        self.light = light
        self._model = model
        self._columns = columns
        self._sums = tuple(sums)
        self._top = formula.top
        self.columns: Bits = np.zeros(len(columns.upper), dtype=np.bool_)
        """Those of the slots that add."""
        for slot in self._adding(theory.read({limited.condition for limited in sums})):
            self.columns[slot.columns] = True
        self._slot = np.repeat(np.arange(len(columns.slots)), columns.sizes)
        self._amounts = np.zeros((len(self._sums), len(self.columns)), dtype=object)
        for row, limited in zip(self._amounts, self._sums, strict=True):
            for slot, amounts in limited.shares.items():
                row[slot.columns] = amounts
        self._clauses = Clauses(list(self._others(formula)), formula.top) if sums else Clauses([], 0)

    def _adding(self, learnt: Collection[Slot]) -> Iterator[Slot]:
        """The slots that add to some sum, and are read otherwise by none."""
        for slot in {slot for limited in self._sums for slot in limited.shares}.difference(learnt):
            if all(slot in limited.shares or slot.name not in limited.read for limited in self._sums):
                yield slot

    def _others(self, formula: Formula) -> Iterator[Clause]:
        """The clauses about the slots, but those of the chains."""
        about = set(abs(self._columns.upper[self.columns]).tolist())
        chains = {variable for limited in self._sums for variable in limited.chain}
        for clause in formula.clauses():
            variables = set(map(abs, clause))
            if not variables.isdisjoint(about) and variables.isdisjoint(chains):
                yield clause

    def of(self, truth: Truth, asked: Bits) -> Bits:
        """The asked columns of the products that differ from a model, as `Solver.true` gives it, in one value."""
        box = self._columns.box(truth)
        columns = np.flatnonzero(asked & self.columns & ~box)
        first = np.zeros(len(self._columns.slots), dtype=np.int64)
        first[self._slot[box & self.columns]] = np.flatnonzero(box & self.columns)
        before = first[self._slot[columns]]
        more = self._amounts[:, columns] - self._amounts[:, before]
        fits = (more <= np.array([[self._room(limited, box)] for limited in self._sums], dtype=object)).all(axis=0)
        columns, before = columns[fits], before[fits]
        own = np.concatenate([truth[:self._top + 1], truth[-self._top:]])
        breaks = self._clauses.breaking(own, self._columns.upper[columns], self._columns.upper[before])
        found = np.zeros(len(box), dtype=np.bool_)
        found[columns[~breaks]] = True
        return found

    def _room(self, limited: Limited, box: Bits) -> int:
        """How much more of a sum a product could have."""
        values = {name: self._columns.taken(self._model[name], box) for name in limited.read}
        return limited.room(number(limited.difference, values, self._model))

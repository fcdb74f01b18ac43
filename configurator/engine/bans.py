"""What the clauses of a model ban of its numbers: of each number that a clause speaks of, a run of places.

A clause is broken where all else that it says is false, and each of its numbers lies in its run.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from configurator.engine.columns import Bits, Columns
from configurator.engine.formula import TRUE, Formula

Places = NDArray[np.int64]
Truth = NDArray[np.bool_]
"""A model, as `Solver.true` gives it."""


@dataclass(frozen=True)
class Runs:
    """Runs of places, an entry per clause and number, sorted by the clause, then from the narrowest number on."""

    clause: Places
    number: Places  # by its index
    low: Places
    beyond: Places
    sparing: Places  # rising: entries that spare places of their runs,
    spared: Places  # and these

    def where(self, wanted: Bits) -> Runs:
        """Some of them."""
        spares = wanted[self.sparing]
        return Runs(self.clause[wanted], self.number[wanted], self.low[wanted], self.beyond[wanted],
                    (np.cumsum(wanted) - 1)[self.sparing[spares]], self.spared[spares])


class Bans:
    """The clauses about numbers, but those that hold whatever the numbers are."""

    def __init__(self, columns: Columns, formula: Formula) -> None:
        said = np.full((3, formula.top + 1), -1, dtype=np.int64)
        for number, slot in enumerate(columns.numbers):
            for meaning in columns.meanings(slot):
                said[:, meaning.literal] = number, meaning.place, meaning.exact
        known = set(np.flatnonzero(said[0] >= 0).tolist())
        about = [clause for clause in formula.clauses() if not known.isdisjoint(map(abs, clause))] if known else []
        literal = np.fromiter(chain.from_iterable(about), dtype=np.int64)
        clause = np.repeat(np.arange(len(about)), [len(literals) for literals in about])
        self.ends = columns.sizes[[slot.ordered for slot in columns.slots]] - 1
        """The last place of each number."""
        number, place, exact = said[:, abs(literal)]
        rest = number < 0
        runs = self._runs(clause[~rest], number[~rest], place[~rest], exact[~rest] == 1, literal[~rest] > 0)
        told = np.ones(len(about), dtype=np.bool_)
        told[runs.clause[runs.low == runs.beyond]] = False
        renumbered = np.cumsum(told) - 1
        runs = runs.where(told[runs.clause])
        self.runs = Runs(renumbered[runs.clause], runs.number, runs.low, runs.beyond, runs.sparing, runs.spared)
        rest &= told[clause]
        at = np.searchsorted(renumbered[clause[rest]], np.arange(np.count_nonzero(told)))
        self._others = np.insert(literal[rest], at, -TRUE)  # each clause gets a false one, so that none has none
        self._first = at + np.arange(len(at))

    def _runs(self, clause: Places, number: Places, place: Places, exact: Bits, positive: Bits) -> Runs:
        """From literals which say that a number takes a place or, if not `exact`, at most that; or that it does not."""
        narrowest = np.argsort(self.ends, kind="stable")
        rows, row = np.unique(clause * len(narrowest) + np.argsort(narrowest)[number], return_inverse=True)
        owner, of = rows // max(1, len(narrowest)), narrowest[rows % max(1, len(narrowest))]
        low, high = np.zeros(len(rows), dtype=np.int64), self.ends[of]
        np.maximum.at(low, row[~exact & positive], place[~exact & positive] + 1)
        np.maximum.at(low, row[exact & ~positive], place[exact & ~positive])
        np.minimum.at(high, row[~positive], place[~positive])
        spares = np.flatnonzero(exact & positive & (low[row] <= place) & (place <= high[row]))
        spares = spares[np.argsort(row[spares], kind="stable")]
        return Runs(owner, of, low, np.maximum(low, high + 1), row[spares], place[spares])

    def binding(self, truth: Truth) -> Bits:
        """Of each clause whether only its numbers can keep it in a model."""
        true: Bits = np.logical_or.reduceat(truth[self._others], self._first)
        return ~true

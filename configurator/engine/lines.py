"""Many products out of one: what a number could be while all else stays as it is in a product.

A clause that nothing else in the product makes true bans a run of places of the number, but perhaps for single ones.
Each place that no clause bans makes another product, with the same literals of definitions beside its own. Where one
number moves only together with another (a bookcase from wall to wall with its alcove), the other one moves along.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from configurator.engine.columns import Bits, Columns
from configurator.engine.formula import TRUE, Clause, Formula
from configurator.engine.slots import Slot
from configurator.engine.theory import Theory

Places = NDArray[np.int64]
Truth = NDArray[np.bool_]
"""A model, as `Solver.true` gives it."""


@dataclass(frozen=True)
class Literals:
    """Literals of clauses, in the order of their clauses: in which clause each stands, and what it says of a number."""

    literal: Places
    clause: Places  # rising
    slot: Places  # by its first column; -1 if it says nothing of a number
    place: Places
    exact: Bits  # whether it says that the number takes the place, rather than that or a lower one

    def where(self, wanted: Bits) -> Literals:
        """Some of them."""
        return Literals(self.literal[wanted], self.clause[wanted], self.slot[wanted], self.place[wanted],
                        self.exact[wanted])

    def beside(self, slot: Slot) -> Bits:
        """Which of them stand in clauses that say something of a number."""
        found = np.zeros(self.clause.max(initial=-1) + 1, dtype=np.bool_)
        found[self.clause[self.slot == slot.start]] = True
        return found[self.clause]


def literals(clauses: Sequence[Clause], columns: Columns) -> Literals:
    """The literals of the clauses that say something of numbers."""
    meanings = {meaning.literal: meaning for slot in columns.numbers for meaning in columns.meanings(slot)}
    about = [clause for clause in clauses if not meanings.keys().isdisjoint(map(abs, clause))] if meanings else []
    flat = np.fromiter(chain.from_iterable(about), dtype=np.int64)
    said = np.full((3, max(meanings, default=0) + 1), -1, dtype=np.int64)
    for variable, meaning in meanings.items():
        said[:, variable] = meaning.slot.start, meaning.place, meaning.exact
    slot, place, exact = said[:, np.where(abs(flat) < said.shape[1], abs(flat), 0)]
    owner = np.repeat(np.arange(len(about)), [len(clause) for clause in about])
    return Literals(flat, owner, slot, place, exact == 1)


class Lines:
    """The clauses of one model seen from each of its numbers."""

    def __init__(self, columns: Columns, formula: Formula, theory: Theory) -> None:
        self._theory = theory
        self._columns = columns
        self._slots = {slot.start: slot for slot in columns.numbers}
        every = literals(list(formula.clauses()), columns)
        self._literals = {slot: every.where(every.beside(slot)) for slot in columns.numbers}
        self._lines = {slot: Line(slot, about) for slot, about in self._literals.items()}
        self._pairs: dict[tuple[Slot, Slot], Pair] = {}

    def through(self, truth: Truth, slot: Slot) -> Bits:
        """The places that a number could take in a model if all else stays."""
        free = self._lines[slot].free(truth)
        at = np.flatnonzero(free)
        free[at] = self._theory.along({slot: at}, truth)
        return free

    def pairs(self, truth: Truth, slot: Slot, maybe: Bits) -> Iterator[tuple[Slot, Places, Places]]:
        """A number that is in the way, and places that the two could take together in a model if all else stays.

        `maybe`: the columns that the other one may be moved to.
        """
        around = np.flatnonzero(truth[self._columns.upper[slot.columns]])[0] + np.array([-1, 1])
        line = self._lines[slot]
        for other in {start for place in around for start in line.blocking(truth, place)}:
            pair = self._pair(slot, self._slots[other])
            at, beside = pair.free(truth, maybe[pair.other.columns])
            held = self._theory.along({slot: at, pair.other: beside}, truth)
            yield pair.other, at[held], beside[held]

    def _pair(self, slot: Slot, other: Slot) -> Pair:
        if (slot, other) not in self._pairs:
            own, others = self._literals[slot], self._literals[other]
            both, back = own.beside(other), others.beside(slot)
            self._pairs[slot, other] = Pair(slot, other, own.where(both), own.where(~both), others.where(~back))
        return self._pairs[slot, other]


class Line:
    """The runs of one number that clauses ban, as arrays."""

    def __init__(self, slot: Slot, about: Literals) -> None:
        self._count = len(slot.values)
        (low, high), (self._spared, self._sparing) = _runs(about, slot)
        self._low, self._beyond = np.where(low <= high, [low, high + 1], 0)
        self._others = Others(about, slot)

    def blocking(self, truth: Truth, place: int) -> Iterator[int]:
        """The other numbers that the clauses speak of that ban a place in a model, by their first columns."""
        banning = self._others.false(truth) & (self._low <= place) & (place < self._beyond)
        yield from self._others.slots(banning)

    def free(self, truth: Truth) -> Bits:
        """The places that are not banned in a model."""
        bans = self._others.false(truth)
        size = self._count + 1
        changes = np.bincount(self._low[bans], minlength=size) - np.bincount(self._beyond[bans], minlength=size)
        spared = np.bincount(self._spared[bans[self._sparing]], minlength=size)
        free: Bits = (np.cumsum(changes) == spared)[:-1]
        return free


class Pair:
    """Two numbers: the rectangles of their places that clauses ban, and what clauses ban of either alone."""

    def __init__(self, slot: Slot, other: Slot, both: Literals, alone: Literals, beside: Literals) -> None:
        self.other = other
        self._line, self._beside = Line(slot, alone), Line(other, beside)
        (self._low, self._high), _ = _runs(both, slot)
        (self._below, self._above), _ = _runs(both, other)
        self._others = Others(both, slot, other)

    def free(self, truth: Truth, maybe: Bits) -> tuple[Places, Places]:
        """Places of the one, and beside each of them one of the other, that are not banned in a model."""
        line, beside = self._line.free(truth), self._beside.free(truth) & maybe
        low, high, below, above = (bound[self._others.false(truth)] for bound in
                                   (self._low, self._high, self._below, self._above))
        end = len(beside) - 1
        least = _highest(len(line), low, high, np.where(below == 0, above + 1, 0))
        most = end - _highest(len(line), low, high, np.where(above == end, end + 1 - below, 0))
        amid = (below > 0) & (above < end)  # such bans are taken as if they were about all places of the other
        line &= _highest(len(line), low[amid], high[amid], np.ones(np.count_nonzero(amid), dtype=np.int64)) == 0
        after = np.append(np.where(beside, np.arange(end + 1), end + 1), end + 1)
        first = np.minimum.accumulate(after[::-1])[::-1][np.minimum(least, end + 1)]
        at = np.flatnonzero(line & (first <= most))
        return at, first[at]


def _highest(count: int, low: Places, high: Places, value: Places) -> Places:
    """For each place the highest value of the runs that it lies in, 0 if in none."""
    rising, falling = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    last = high == count - 1
    np.maximum.at(rising, low[last], value[last])
    np.maximum.at(falling, high[low == 0], value[low == 0])
    found = np.maximum(np.maximum.accumulate(rising), np.maximum.accumulate(falling[::-1])[::-1])
    amid = np.flatnonzero(~last & (low > 0) & (low <= high) & (value > 0))
    for start, end, raised in zip(low[amid].tolist(), (high[amid] + 1).tolist(), value[amid].tolist(), strict=True):
        np.maximum(found[start:end], raised, out=found[start:end])
    return found


class Others:
    """Of each clause the literals that are not about certain numbers."""

    def __init__(self, about: Literals, *slots: Slot) -> None:
        rows = np.unique(about.clause, return_index=True)[0]
        rest = about.where(np.logical_and.reduce([about.slot != slot.start for slot in slots]))
        at = np.searchsorted(rest.clause, rows)  # each gets a literal that is false, so that none is empty
        self._literals = np.insert(rest.literal, at, -TRUE)
        self._slots = np.insert(rest.slot, at, -1)
        self._starts = at + np.arange(len(rows))

    def slots(self, rows: Bits) -> set[int]:
        """The numbers that some of the clauses speak of besides, by their first columns."""
        sizes = np.diff(self._starts, append=len(self._slots))
        found: set[int] = set(self._slots[np.repeat(rows, sizes)].tolist())
        return found - {-1}

    def false(self, truth: Truth) -> Bits:
        """For each clause whether all these literals are false in a model."""
        if not len(self._starts):
            return np.zeros(0, dtype=np.bool_)
        true: Bits = np.logical_or.reduceat(truth[self._literals], self._starts)
        return ~true


def _runs(about: Literals, slot: Slot) -> tuple[tuple[Places, Places], tuple[Places, Places]]:
    """What each clause bans of a number: the lowest and the highest place of a run (empty if the first is higher).

    And the places within that it spares, with the clauses that spare them (counted in the order of the clauses).
    """
    rows, row = np.unique(about.clause, return_inverse=True)
    own = about.slot == slot.start
    row, place, exact, positive = row[own], about.place[own], about.exact[own], about.literal[own] > 0
    low, high = np.zeros(len(rows), dtype=np.int64), np.full(len(rows), len(slot.values) - 1)
    np.maximum.at(low, row[~exact & positive], place[~exact & positive] + 1)
    np.minimum.at(high, row[~exact & ~positive], place[~exact & ~positive])
    np.maximum.at(low, row[exact & ~positive], place[exact & ~positive])
    np.minimum.at(high, row[exact & ~positive], place[exact & ~positive])
    spares = exact & positive & (low[row] <= place) & (place <= high[row])
    return (low, high), (place[spares], row[spares])

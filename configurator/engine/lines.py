"""Many products out of one: what a number could be while all else stays as it is in a product.

A clause that nothing else in the product makes true bans a run of places of the number, but perhaps for single ones.
Each place that no clause bans makes another product, with the same literals of definitions beside its own. Where one
number moves only together with another (a bookcase from wall to wall with its alcove), the other one moves along.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from configurator.engine.columns import Bits, Columns, Meaning, Slot
from configurator.engine.formula import TRUE, Clause, Formula
from configurator.engine.theory import Theory

Places = NDArray[np.int64]
Truth = NDArray[np.bool_]
"""A model, as `Solver.true` gives it."""
Meanings = Mapping[int, Meaning]
"""What variables say of numbers."""


class Run(NamedTuple):
    """The places of a number, from low to high but for those spared, at which no literal of a clause is true."""

    low: int
    high: int
    spared: list[int]


class Lines:
    """The clauses of one model seen from each of its numbers."""

    def __init__(self, columns: Columns, formula: Formula, theory: Theory) -> None:
        self._theory = theory
        self._columns = columns
        self._meanings = {meaning.literal: meaning for slot in columns.numbers for meaning in columns.meanings(slot)}
        self._clauses: dict[Slot, list[tuple[Clause, set[Slot]]]] = {slot: [] for slot in columns.numbers}
        for clause in formula.clauses() if self._meanings else ():
            slots = {self._meanings[abs(literal)].slot for literal in clause if abs(literal) in self._meanings}
            for slot in slots:
                self._clauses[slot].append((clause, slots))
        self._lines = {slot: Line(slot, [clause for clause, _ in about], self._meanings)
                       for slot, about in self._clauses.items()}
        self._pairs: dict[tuple[Slot, Slot], Pair] = {}

    def through(self, truth: Truth, slot: Slot) -> Bits:
        """The places that a number could take in a model if all else stays."""
        free = self._lines[slot].free(truth)
        return free & self._theory.along({slot: np.arange(len(free))}, truth)

    def pairs(self, truth: Truth, slot: Slot, maybe: Bits) -> Iterator[tuple[Slot, Places, Places]]:
        """A number that is in the way, and places that the two could take together in a model if all else stays.

        `maybe`: the columns that the other one may be moved to.
        """
        around = np.flatnonzero(truth[self._columns.upper[slot.columns]])[0] + np.array([-1, 1])
        blocking = {literal for place in around for literal in self._lines[slot].blocking(truth, place)}
        for other in {self._meanings[abs(literal)].slot for literal in blocking if abs(literal) in self._meanings}:
            if (slot, other) not in self._pairs:
                self._pairs[slot, other] = self._pair(slot, other)
            pair = self._pairs[slot, other]
            at, beside = pair.free(truth, maybe[pair.other.columns])
            held = self._theory.along({slot: at, pair.other: beside}, truth)
            yield pair.other, at[held], beside[held]

    def _pair(self, slot: Slot, other: Slot) -> Pair:
        both = [clause for clause, slots in self._clauses[slot] if other in slots]
        alone, beside = ([clause for clause, slots in self._clauses[a] if b not in slots]
                         for a, b in ((slot, other), (other, slot)))
        return Pair(slot, other, both, Line(slot, alone, self._meanings), Line(other, beside, self._meanings),
                    self._meanings)


class Line:
    """The runs of one number that clauses ban, as arrays."""

    def __init__(self, slot: Slot, clauses: Iterable[Clause], meanings: Meanings) -> None:
        found = [(run, others) for clause in clauses for run, others in [_run(clause, slot, meanings)]
                 if run.low <= run.high]
        self._count = len(slot.values)
        self._low = np.array([run.low for run, _ in found], dtype=np.int64)
        self._beyond = np.array([run.high + 1 for run, _ in found], dtype=np.int64)
        self._spared = np.array(list(chain.from_iterable(run.spared for run, _ in found)), dtype=np.int64)
        self._sparing = np.repeat(np.arange(len(found)), [len(run.spared) for run, _ in found])
        self._others = Others([others for _, others in found])

    def blocking(self, truth: Truth, place: int) -> Iterator[int]:
        """The literals of the clauses that ban a place in a model."""
        for ban in np.flatnonzero(self._others.false(truth) & (self._low <= place) & (place < self._beyond)):
            yield from self._others.of(int(ban))

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

    def __init__(self, slot: Slot, other: Slot, both: Sequence[Clause], alone: Line, beside: Line,
                 meanings: Meanings) -> None:
        self.other = other
        self._line, self._beside = alone, beside
        runs = [_run(clause, slot, meanings) for clause in both]
        besides = [_run(others, other, meanings) for _, others in runs]
        self._low, self._high = (np.array([run[end] for run, _ in runs], dtype=np.int64) for end in (0, 1))
        self._below, self._above = (np.array([run[end] for run, _ in besides], dtype=np.int64) for end in (0, 1))
        self._others = Others([others for _, others in besides])

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
    for i in np.flatnonzero(~last & (low > 0) & (low <= high)):
        found[low[i]:high[i] + 1] = np.maximum(found[low[i]:high[i] + 1], value[i])
    return found


class Others:
    """For each ban the literals of which none must be true."""

    def __init__(self, literals: list[list[int]]) -> None:
        sizes = np.array([1 + len(each) for each in literals], dtype=np.int64)
        self._literals = np.array([literal for each in literals for literal in (-TRUE, *each)], dtype=np.int64)
        self._starts = np.cumsum(sizes) - sizes

    def of(self, ban: int) -> list[int]:
        """The literals of one ban."""
        end = self._starts[ban + 1] if ban + 1 < len(self._starts) else None
        literals: list[int] = self._literals[self._starts[ban]:end].tolist()
        return literals

    def false(self, truth: Truth) -> Bits:
        """For each ban whether all its literals are false in a model."""
        if not len(self._starts):
            return np.zeros(0, dtype=np.bool_)
        true: Bits = np.logical_or.reduceat(truth[self._literals], self._starts)
        return ~true


def _run(clause: Clause, slot: Slot, meanings: Meanings) -> tuple[Run, list[int]]:
    """What a clause bans of a number, and its literals that are not about it."""
    low, high = 0, len(slot.values) - 1
    spared, others = set(), []
    for literal in clause:
        meaning = meanings.get(abs(literal))
        if meaning is None or meaning.slot is not slot:
            others.append(literal)
        elif meaning.exact and literal > 0:
            spared.add(meaning.place)
        elif meaning.exact:
            low, high = max(low, meaning.place), min(high, meaning.place)
        elif literal > 0:
            low = max(low, meaning.place + 1)
        else:
            high = min(high, meaning.place)
    return Run(low, high, [place for place in spared if low <= place <= high]), others

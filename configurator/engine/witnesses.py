"""Products known to be possible: they answer most questions without a solver.

A witness serves other choices than those it was found for. Overwrite it by what the choices imply: every clause still
holds, but perhaps those that the implied literals shorten. If what is left of each of these is true in the witness, the
overwritten witness is a product too, and what it takes beside the implied literals is possible.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from configurator.engine.columns import Bits, Columns, Slot
from configurator.engine.formula import Clause, Formula

MEMORY = 16 << 20  # bytes of one model's witnesses
MOST = 4096  # witnesses kept,
LEAST = 128  # whatever they take
WORD = 64  # bits


class Witnesses:
    """A ring of boxes. A box holds a set of columns per slot, and any product that takes one of each is possible.

    Kept as bits both ways: the columns of each box, and the boxes in which each literal is true throughout.
    """

    def __init__(self, columns: Columns, formula: Formula, strict: Iterable[int]) -> None:
        """Clauses that the formula gets later must be definitions of new literals, or about the strict ones.

        `strict`: literals that have a meaning beyond the clauses, and must be true in a witness if they are implied.
        """
        self._columns = columns
        self._top = top = formula.top
        self._clauses = _Clauses([clause for clause in formula.clauses() if len(clause) > 1], top)
        self._numbers = {slot: np.array([own.literal for own in columns.meanings(slot)], dtype=np.int64)
                         for slot in columns.numbers}
        self._strict = np.zeros(2 * top + 1, dtype=np.bool_)
        self._strict[list(strict)] = True
        self._width = len(columns.upper)
        words = (self._width + 2 * top + 1 + 7) // 8
        room = max(LEAST, min(MOST, MEMORY // words)) // WORD
        self._boxes = np.zeros((room * WORD, (self._width + 7) // 8), dtype=np.uint8)
        self._holders = np.zeros((room, 2 * top + 1), dtype=np.uint64)
        self._added = 0

    def add(self, truth: NDArray[np.bool_]) -> Bits:
        """Keeps a model, as `Solver.true` gives it, in the place of the oldest if there is no room; gives its box."""
        box = self._columns.box(truth)
        self._add(box, self._own(truth))
        return box

    def vary(self, truth: NDArray[np.bool_], slot: Slot, places: Bits) -> Bits:
        """Keeps what becomes of a model when a number takes any of these places, all else being as it is."""
        box = self._columns.box(truth)
        box[slot.columns] = places
        sure = self._own(truth)
        sure[self._numbers[slot]] = sure[-self._numbers[slot]] = False
        first, *_, last = np.flatnonzero(places).repeat(2).tolist()
        sure[self._columns.lower[slot.start:slot.start + first + 1]] = True
        sure[self._columns.upper[slot.start + last:slot.columns.stop]] = True
        self._add(box, sure)
        return box

    def _add(self, box: Bits, sure: NDArray[np.bool_]) -> None:
        row = self._added % len(self._boxes)
        self._boxes[row] = np.packbits(box, bitorder="little")
        word, bit = row // WORD, np.uint64(1 << row % WORD)
        self._holders[word] &= ~bit
        self._holders[word] |= sure * bit
        self._added += 1

    def union(self, implied: NDArray[np.bool_]) -> Bits:
        """Columns that are possible together with the implied literals, as `Solver.implied` gives them.

        (And perhaps some that are excluded by them.)
        """
        implied = self._own(implied)
        holders = self._holders[:-(-self._added // WORD)]
        holding = np.bitwise_and.reduce(holders[:, implied & self._strict], axis=1)
        holding &= self._clauses.held(implied, holders)
        rows = np.flatnonzero(np.unpackbits(holding.view(np.uint8), bitorder="little")[:self._added])
        union = np.bitwise_or.reduce(self._boxes[rows], axis=0)
        return np.unpackbits(union, bitorder="little")[:self._width].astype(np.bool_)

    def _own(self, truth: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """The truth of the literals that were there at first, a copy."""
        return np.concatenate([truth[:self._top + 1], truth[-self._top:]])


class _Clauses:
    """Clauses as arrays: the literals of each, and where each literal occurs."""

    def __init__(self, clauses: Sequence[Clause], top: int) -> None:
        sizes = np.array([len(clause) for clause in clauses], dtype=np.int64)
        literals = np.fromiter(chain.from_iterable(clauses), dtype=np.int64, count=int(sizes.sum())) % (2 * top + 1)
        self._literals = _Lists(literals, sizes)
        order = np.argsort(literals, kind="stable")
        self._occurrences = _Lists(np.repeat(np.arange(len(sizes)), sizes)[order],
                                   np.bincount(literals, minlength=2 * top + 1))

    def held(self, implied: NDArray[np.bool_], holders: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """Whose are all shortened clauses, by bits as the holders of each literal are given."""
        true = np.flatnonzero(implied)
        shortened = np.zeros(len(self._literals.sizes), dtype=np.bool_)
        shortened[self._occurrences.of(-true % len(implied))] = True
        shortened[self._occurrences.of(true)] = False
        clauses = np.flatnonzero(shortened)
        if not len(clauses):
            return np.full(len(holders), ~np.uint64(0))
        literals, sizes = self._literals.of(clauses), self._literals.sizes[clauses]
        left = ~implied[-literals]
        lefts = np.add.reduceat(left, np.cumsum(sizes) - sizes, dtype=np.int64)
        starts = np.cumsum(lefts) - lefts
        clauses_held = np.bitwise_or.reduceat(holders[:, literals[left]], starts, axis=1)
        held: NDArray[np.uint64] = np.bitwise_and.reduce(clauses_held, axis=1)
        return held


class _Lists:
    """Many short lists in one array."""

    def __init__(self, items: NDArray[np.int64], sizes: NDArray[np.int64]) -> None:
        self._items = items
        self.sizes = sizes
        self._starts = np.cumsum(sizes) - sizes

    def of(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """The items of these lists, one list after the other."""
        sizes = self.sizes[rows]
        before = np.cumsum(sizes) - sizes
        items: NDArray[np.int64] = self._items[np.repeat(self._starts[rows] - before, sizes) + np.arange(sizes.sum())]
        return items

"""Products known to be possible: they answer most questions without a solver.

A witness serves other choices than those it was found for. Overwrite it by what the choices imply: every clause still
holds, but perhaps those that the implied literals shorten. If what is left of each of these is true in the witness, the
overwritten witness is a product too, and what it takes beside the implied literals is possible. Where clauses break,
what makes them true in a product of the choices can be taken over from that one: most of the witness stays.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from configurator.engine.clauses import WORD, Clauses, Truth, Words
from configurator.engine.columns import Bits, Columns
from configurator.engine.formula import Formula
from configurator.engine.slots import Slot

MEMORY = 16 << 20  # bytes of one model's witnesses
MOST = 4096  # witnesses kept,
LEAST = 1024  # whatever they take
FOUNDERS = 8  # words of those found first, which stay: they show most of what is possible at all
EIGHT = 8  # models in a row that are kept at once

Rows = NDArray[np.int64]
ALL = ~np.uint64(0)


class Witnesses:
    """A ring of boxes. A box holds a set of columns per slot, and any product that takes one of each is possible.

    Kept as bits both ways: the columns of each box, and the boxes in which each literal is true throughout.
    """

    def __init__(self, columns: Columns, formula: Formula, strict: Iterable[int]) -> None:
        """Clauses that the formula gets later must be definitions of new literals, or about the strict ones.

        `strict`: literals that have a meaning beyond the clauses, and must be true in a witness if they are implied.
        """
        self._columns = columns
        self._formula = formula
        self._top = top = formula.top
        self._clauses = Clauses([clause for clause in formula.clauses() if len(clause) > 1], top)
        self._numbers = {slot: np.array([own.literal for own in columns.meanings(slot)], dtype=np.int64)
                         for slot in columns.numbers}
        self._strict = np.zeros(2 * top + 1, dtype=np.bool_)
        self._strict[list(strict)] = True
        self._width = len(columns.upper)
        words = (self._width + 2 * top + 1 + 7) // 8
        room = max(LEAST, min(MOST, MEMORY // words)) // WORD
        self._boxes = np.zeros((room * WORD, (self._width + 7) // 8), dtype=np.uint8)
        self._holders = np.zeros((room, 2 * top + 1), dtype=np.uint64)
        self._whole = np.zeros(room * WORD, dtype=np.bool_)  # boxes of one product each
        self._added = 0

    def add(self, truth: Truth) -> Bits:
        """Keeps a model, as `Solver.true` gives it, in the place of the oldest if there is no room; gives its box."""
        box = self._columns.box(truth)
        self._whole[self._add(box, self._own(truth))] = True
        return box

    def vary(self, truth: Truth, slot: Slot, places: Bits) -> Bits:
        """Keeps what becomes of a model when a number takes any of these places, all else being as it is."""
        box = self._columns.box(truth)
        box[slot.columns] = places
        sure = self._own(truth)
        sure[self._numbers[slot]] = sure[-self._numbers[slot]] = False
        first, *_, last = np.flatnonzero(places).repeat(2).tolist()
        sure[self._columns.lower[slot.start:slot.start + first + 1]] = True
        sure[self._columns.upper[slot.start + last:slot.columns.stop]] = True
        self._whole[self._add(box, sure)] = False
        return box

    def _add(self, box: Bits, sure: Truth) -> int:
        row = self._row(1)
        self._boxes[row] = np.packbits(box, bitorder="little")
        word, bit = row // WORD, np.uint64(1 << row % WORD)
        self._holders[word] &= ~bit
        self._holders[word] |= sure * bit
        return row

    def _row(self, count: int) -> int:
        """The first of so many rows to write."""
        at = -(-self._added // count) * count
        self._added = at + count
        stay = FOUNDERS * WORD
        return at if at < stay else stay + (at - stay) % (len(self._boxes) - stay)

    def serving(self, implied: Truth) -> Rows:
        """The witnesses that serve the implied literals, as `Solver.implied` gives them."""
        implied = self._own(implied)
        holders = self._holders[:-(-self._added // WORD)]
        holding = np.bitwise_and.reduce(holders[:, implied & self._strict], axis=1)
        holding &= self._clauses.held(implied, holders)
        return np.flatnonzero(np.unpackbits(holding.view(np.uint8), bitorder="little")[:self._added])

    def union(self, serving: Rows) -> Bits:
        """Columns that are possible together with the implied literals that the witnesses serve.

        (And perhaps some that are excluded by them.)
        """
        union = np.bitwise_or.reduce(self._boxes[serving], axis=0)
        return np.unpackbits(union, bitorder="little")[:self._width].astype(np.bool_)

    def model(self, serving: Rows, implied: Truth) -> Truth | None:
        """The last witness that is one product, overwritten by the implied literals that it serves; None without."""
        whole = serving[self._whole[serving]]
        if not len(whole):
            return None
        word, bit = divmod(int(whole[-1]), WORD)
        implied = self._own(implied)
        held = (self._holders[word] >> np.uint64(bit) & np.uint64(1)).astype(np.bool_)
        found: Truth = (held | implied) & ~_opposite(implied)
        later = np.zeros(2 * (self._formula.top - self._top), dtype=np.bool_)  # what was defined since binds nothing
        return np.concatenate([found[:self._top + 1], later, found[self._top + 1:]])

    def drawn(self, implied: Truth, model: Truth, unknown: Bits) -> Bits:
        """Columns that are possible together with the implied literals, by the founders drawn towards a model of them.

        Those that show most of the unknown columns are kept.
        """
        model = self._own(model)
        settled = self._own(implied) | (model & self._strict)
        held = self._holders[:min(FOUNDERS, -(-self._added // WORD))].copy()
        held |= settled * ALL
        held &= ~_opposite(settled) * ALL
        whole = np.packbits(self._whole[:len(held) * WORD], bitorder="little").view(np.uint64)[:, None]
        if not self._clauses.mend(held, whole, self._clauses.shortened(settled), model):
            return np.zeros(self._width, dtype=np.bool_)
        held &= whole  # of the others not all clauses were mended
        taken = held.take(self._columns.upper, axis=1)
        numbers = ~self._columns.direct
        taken[:, numbers] &= held[:, self._columns.lower[numbers]]
        self._keep(held, taken, unknown)
        return np.asarray(taken.any(axis=0))

    def _keep(self, held: Words, taken: Words, unknown: Bits) -> None:
        """Keeps those eight models in a row that show most of the unknown columns."""
        eights = taken.view(np.uint8).reshape(len(held), -1, EIGHT)
        shown = np.count_nonzero(eights[:, unknown], axis=1)
        word, byte = divmod(int(shown.argmax()), EIGHT)
        row = self._row(EIGHT)
        bits = np.unpackbits(eights[word, :, byte], bitorder="little").reshape(-1, EIGHT)
        self._boxes[row:row + EIGHT] = np.packbits(bits.T, axis=1, bitorder="little")
        self._holders[row // WORD].view(np.uint8)[row % WORD // EIGHT::EIGHT] = held[word].view(np.uint8)[byte::EIGHT]
        self._whole[row:row + EIGHT] = self._whole[word * WORD + byte * EIGHT:][:EIGHT]

    def _own(self, truth: Truth) -> Truth:
        """The truth of the literals that were there at first, a copy."""
        return np.concatenate([truth[:self._top + 1], truth[-self._top:]])


def _opposite(truth: Truth) -> Truth:
    """The negations of the true literals."""
    return np.concatenate([truth[:1], truth[:0:-1]])

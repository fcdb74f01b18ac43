"""Products known to be possible: they answer most questions without a solver.

A witness serves other choices than those it was found for. Overwrite it by what the choices imply: every clause still
holds, but perhaps those that the implied literals shorten. If what is left of each of these is true in the witness, the
overwritten witness is a product too, and what it takes beside the implied literals is possible. Where clauses break,
what makes them true in a product of the choices can be taken over from that one: most of the witness stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from configurator.engine.clauses import WORD, Clauses, Truth, Words
from configurator.engine.columns import Bits, Columns
from configurator.engine.formula import TRUE, Formula
from configurator.engine.slots import Slot

MEMORY = 16 << 20  # bytes of one model's witnesses
MOST = 4096  # witnesses kept,
LEAST = 1024  # whatever they take
FOUNDERS = 8  # words of those found first, which stay: they show most of what is possible at all
EIGHT = 8  # models in a row that are kept at once
BITS = np.uint8(1) << np.arange(EIGHT, dtype=np.uint8)[:, None]  # of a byte

Rows = NDArray[np.int64]
Literals = NDArray[np.int32]
T = TypeVar("T", bound=np.generic)
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
        self._clauses.mend(held, whole, self._clauses.shortened(settled), model)
        return self._shown(held, whole, unknown, 1)

    def last(self, implied: Truth) -> Words:
        """A word of models of the implied literals, to have others laid over: the last that are known, in turns."""
        serving = self.serving(implied)
        implied = self._own(implied)
        held = np.zeros((1, len(implied)), dtype=np.uint64)
        for at, row in enumerate(np.resize(serving[self._whole[serving]][-WORD:], WORD).tolist()):
            held |= (self._holders[row // WORD] >> np.uint64(row % WORD) & np.uint64(1)) << np.uint64(at)
        return (held | implied * ALL) & ~(_opposite(implied) * ALL)

    def laid(self, held: Words, implied: Truth, other: Truth, unknown: Bits,
             follows: Sequence[Literals]) -> tuple[Words, Bits, Bits]:
        """What becomes of a word of models with literals laid over them; the columns taken, and which lists are laid.

        Each list of what follows from something is laid over one of the models, unless that contradicts what was laid
        there before, and what breaks is mended towards another model. The implied literals stay. What shows unknown
        columns is kept.
        """
        settled = self._own(implied) * ALL | held & (self._strict * ALL)
        kept, fits = self._dealt(settled, follows)
        found = (held | kept) & ~_opposite(kept)
        broken = self._clauses.having(-np.flatnonzero(kept[0] & ~held))
        whole = np.full((1, 1), ALL)
        self._clauses.mend(found, whole, broken, self._own(other), kept)
        whole &= ~np.bitwise_or.reduce(settled & ~found, axis=1)[:, None]
        taken = self._shown(found, whole, unknown, EIGHT)
        return found | held & ~whole, taken, fits

    def _dealt(self, settled: Words, follows: Sequence[Literals]) -> tuple[Words, Bits]:
        """What is laid over each of a word of models, and what is settled; and which of the lists are in it.

        They are dealt out in turns, until most of a turn contradicts what was dealt before.
        """
        fits = np.zeros(len(follows), dtype=np.bool_)
        found = np.unpackbits(settled.T.view(np.uint8), axis=1, bitorder="little").view(np.bool_)
        for start in range(0, len(follows), WORD):
            own = follows[start:start + WORD]
            literals, sizes = np.concatenate(own), np.array([len(literals) for literals in own], dtype=np.int64)
            literals[abs(literals) > self._top] = TRUE  # what was defined since binds nothing
            at = np.repeat(np.arange(len(own)), sizes)
            fit = ~np.logical_or.reduceat(found[-literals, at], np.cumsum(sizes) - sizes)
            fits[start:start + WORD] = fit
            fit = fit.repeat(sizes)
            found[literals[fit], at[fit]] = True
            if 2 * np.count_nonzero(fits[start:start + WORD]) < len(own):
                break
        words: Words = np.packbits(found, axis=1, bitorder="little").view(np.uint64).T
        return words, fits

    def _shown(self, held: Words, whole: Words, unknown: Bits, most: int) -> Bits:
        """The columns that the whole ones of assignments take.

        Of each eight of them in a row those are kept, at `most` so many, that show most of the unknown columns.
        """
        held &= whole  # of the others not all clauses were mended
        taken = held.take(self._columns.upper, axis=1)
        numbers = ~self._columns.direct
        taken[:, numbers] &= held[:, self._columns.lower[numbers]]
        eights = taken.view(np.uint8).reshape(len(held), -1, EIGHT)
        shown = np.count_nonzero(eights[:, unknown], axis=1).ravel()
        for best in np.argsort(-shown)[:most][:np.count_nonzero(shown)].tolist():
            word, byte = divmod(best, EIGHT)
            row = self._row(EIGHT)
            self._boxes[row:row + EIGHT] = np.packbits(eights[word, :, byte] & BITS, axis=1, bitorder="little")
            own = held[word].view(np.uint8)[byte::EIGHT]
            self._holders[row // WORD].view(np.uint8)[row % WORD // EIGHT::EIGHT] = own
            self._whole[row:row + EIGHT] = np.unpackbits(whole[word].view(np.uint8)[byte], bitorder="little")
        return np.asarray(taken.any(axis=0))

    def _own(self, truth: Truth) -> Truth:
        """The truth of the literals that were there at first, a copy."""
        return np.concatenate([truth[:self._top + 1], truth[-self._top:]])


def _opposite(truth: NDArray[T]) -> NDArray[T]:
    """What is so of the negation of each literal."""
    return np.concatenate([truth[..., :1], truth[..., :0:-1]], axis=-1)

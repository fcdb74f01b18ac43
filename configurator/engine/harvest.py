"""What one model shows beside itself: numbers that could be otherwise in it, and witnesses drawn towards it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from configurator.engine.clauses import Truth
from configurator.engine.columns import Bits, Columns
from configurator.engine.lines import Lines
from configurator.engine.search import Search
from configurator.engine.slots import Slot
from configurator.engine.witnesses import Witnesses

FEW = 12  # unknown places of a number for which others are not moved along
DRAWING = 50  # unknown columns for which witnesses are drawn towards a model


class Harvest:
    """Gathers columns that are possible from a model, and keeps the products that it finds as witnesses."""

    def __init__(self, columns: Columns, witnesses: Witnesses, lines: Lines) -> None:
        self._columns = columns
        self._witnesses = witnesses
        self._lines = lines

    def draw(self, implied: Truth, model: Truth | None, search: Search) -> bool:
        """Draws witnesses towards a model, if there is one and that may pay; whether it may pay again."""
        asked = search.asked
        if model is None or np.count_nonzero(asked & self._columns.direct) < DRAWING:
            return True
        return search.take(self._witnesses.drawn(implied, model, asked)) >= DRAWING

    def boxes(self, truth: Truth, search: Search) -> Iterator[Bits]:
        """The columns of a model, and those of the numbers that could be otherwise in it."""
        yield self._witnesses.add(truth)
        unknown, maybe = search.asked, search.unknown | search.found
        for slot in self._columns.numbers:
            if unknown[slot.columns].any():
                places = self._lines.through(truth, slot)
                if (places & unknown[slot.columns]).any():
                    yield self._witnesses.vary(truth, slot, places)
                if np.count_nonzero(unknown[slot.columns] & ~places) > FEW:
                    yield from self._together(truth, slot, maybe)

    def _together(self, truth: Truth, slot: Slot, maybe: Bits) -> Iterator[Bits]:
        for other, at, beside in self._lines.pairs(truth, slot, maybe):
            kept = maybe[slot.start + at]  # a number that was chosen stays where it is
            at, beside = at[kept], beside[kept]
            found = np.zeros(len(maybe), dtype=np.bool_)
            found[slot.start + at] = found[other.start + beside] = True
            yield found

"""What one model shows beside itself: numbers that could be otherwise in it, and witnesses drawn towards it."""

from __future__ import annotations

import numpy as np

from configurator.engine.around import Around, Numbers
from configurator.engine.clauses import Truth
from configurator.engine.columns import Columns
from configurator.engine.search import Search
from configurator.engine.witnesses import Witnesses

DRAWING = 50


class Harvest:
    """Gathers columns that are possible from a model, and keeps the products that it finds as witnesses."""

    def __init__(self, columns: Columns, witnesses: Witnesses, numbers: Numbers) -> None:
        self._columns = columns
        self._witnesses = witnesses
        self._numbers = numbers

    def draw(self, implied: Truth, model: Truth | None, search: Search) -> bool:
        """Draws witnesses towards a model, if there is one and that may pay; whether it may pay again."""
        asked = search.asked
        if model is None or np.count_nonzero(asked & self._columns.direct) < DRAWING:
            return True
        return search.take(self._witnesses.drawn(implied, model, asked)) >= DRAWING

    def take(self, truth: Truth, search: Search) -> None:
        """Takes the columns of a model, and those of the numbers that could be otherwise in it."""
        search.take(self._witnesses.add(truth))
        self.move(truth, search)

    def move(self, truth: Truth, search: Search) -> None:
        """Takes what the numbers of a model could be; once they are all that is asked for."""
        asked = search.asked
        if not asked.any() or (asked & self._columns.direct).any():
            return
        around = Around(self._numbers, truth, search.unknown | search.found)
        for slot in self._columns.numbers:
            if asked[slot.columns].any():
                places = around.line(slot)
                if (places & asked[slot.columns]).any():
                    search.take(self._witnesses.vary(truth, slot, places))
        if (asked := search.asked).any():
            search.take(around.moved(asked))

"""What one model shows beside itself: numbers that could be otherwise in it, and witnesses drawn towards it."""

from __future__ import annotations

import numpy as np

from configurator.engine.around import Around, Numbers
from configurator.engine.clauses import WORD, Places, Truth
from configurator.engine.columns import Columns
from configurator.engine.search import Search
from configurator.engine.solver import Solver
from configurator.engine.witnesses import Literals, Witnesses

DRAWING = 50
LAID = 2048  # columns that are laid over models at once
DEAR, BEGIN = 30, 4  # to lay a column takes as long as so many literals, and to begin as long as so many models;
MODELS = 16  # so many shall be spared at least


class Harvest:
    """Gathers columns that are possible from a model, and keeps the products that it finds as witnesses."""

    def __init__(self, columns: Columns, witnesses: Witnesses, numbers: Numbers, solver: Solver) -> None:
        self._columns = columns
        self._solver = solver
        self._random = np.random.default_rng(0)
        self._witnesses = witnesses
        self._numbers = numbers

    def draw(self, implied: Truth, model: Truth | None, search: Search) -> bool:
        """Draws witnesses towards a model, if there is one and that may pay; whether it may pay again."""
        asked = search.asked
        if model is None or np.count_nonzero(asked & self._columns.direct) < DRAWING:
            return True
        return search.take(self._witnesses.drawn(implied, model, asked)) >= DRAWING

    def take(self, truth: Truth, search: Search) -> int:
        """Takes the columns of a model, and those of the numbers that could be otherwise in it; how many it shows."""
        shown = search.take(self._witnesses.add(truth))
        self.move(truth, search)
        return shown

    def lay(self, implied: Truth, other: Truth | None, shown: int, search: Search) -> bool:
        """Lays what is asked for over models, if that tells more than other models would; whether it may pay again.

        By what was `shown` by the last model the number of models can be guessed that would show the rest. One takes as
        long as there are literals, and to lay a column as long as literals follow from it.
        """
        many = np.count_nonzero(search.asked & self._columns.direct)
        each = (DEAR + self._solver.spread) / (len(implied) // 2)
        if other is None or many <= shown * (MODELS + many * each):
            return True
        held, tried, pays = self._witnesses.last(implied), np.zeros_like(search.unknown), True
        while pays:
            columns = np.flatnonzero(search.asked & self._columns.direct & ~tried)
            if not len(columns):
                break
            some, room = self._random.permutation(columns)[:LAID], WORD * len(implied) // 2
            columns, follows = self._following(some, room, search)
            held, found, fits = self._witnesses.laid(held, implied, other, search.asked, follows)
            taken = search.take(found)
            pays = taken > 0 and 2 * taken >= shown * (BEGIN + len(columns) * each)  # with room for chance
            if not (pays or tried.any()):
                return False
            tried[columns[fits]] = True
        return True

    def _following(self, columns: Places, room: int, search: Search) -> tuple[Places, list[Literals]]:
        """Some of the columns, and what follows from each, as far as there is room; refuses what contradicts itself."""
        found: list[Literals] = []
        for literal in self._columns.upper[columns].tolist():
            found.append(self._solver.consequences(literal))
            room -= len(found[-1])
            if room < 0:
                break
        possible = np.array([len(literals) > 0 for literals in found])
        columns = columns[:len(found)]
        search.unknown[columns[~possible]] = False
        return columns[possible], [literals for literals in found if len(literals)]

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

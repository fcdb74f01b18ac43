"""What the solver tries first, so that one model shows as many unknown columns as can be taken together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from configurator.engine.columns import Bits, Columns
from configurator.engine.slots import Slot
from configurator.engine.solver import Solver

NEEDED = 64  # unknown columns whose consequences are tried too
HALVED = 16  # numbers in a row of which one half is asked for at a time


class Phases:
    """Literals to prefer: those of unknown columns, and what makes room for them."""

    def __init__(self, columns: Columns, solver: Solver, guards: Sequence[int]) -> None:
        """`guards`: literals that require something; what is not required shall bind nothing."""
        self._columns = columns
        self._solver = solver
        self.loose = [-guard for guard in guards]
        """What is to be tried first whatever is wanted."""
        self._random = np.random.default_rng(0)
        self._low = True  # whether numbers are wanted at their low end this time: the ends take turns
        solver.prefer(self.loose)

    def wanted(self, unknown: Bits, found: Bits) -> list[int]:
        """Literals of as many unknown columns as can be taken together: of a number, those of a place in a run of them.

        First what some of them need, so that the room for them is made before it is decided otherwise. Where only
        numbers are open, all else is put somewhere at random: other choices make other room for them.
        """
        direct = unknown & self._columns.direct
        if direct.any():
            wanted: list[int] = self._columns.upper[direct].tolist()
            return [*self.loose, *self._needed(wanted), *wanted]
        self._low = not self._low
        wanted = self._anywhere(found)
        for slot in self._columns.numbers:
            if unknown[slot.columns].any():
                wanted += self._columns.order(slot, self.run(slot, unknown, found)[1])
            elif len(places := np.flatnonzero(found[slot.columns])):
                wanted += self._columns.order(slot, int(self._random.choice(places)))
        return [*self.loose, *wanted]

    def run(self, slot: Slot, unknown: Bits, found: Bits) -> tuple[slice, int]:
        """Unknown columns of a number in a row, and the place that is wanted, to show most of them.

        Between places that are known it is the middle: the line through a product there goes both ways, where one at
        their edge would creep on. Beyond them it is the end, and if the row is long only the half towards it is asked.
        """
        places, known = np.flatnonzero(unknown[slot.columns]), np.flatnonzero(found[slot.columns])
        rows = np.split(places, np.flatnonzero(np.diff(places) > 1) + 1)
        first, *_, last = rows[0 if self._low else -1][[0, -1]].tolist()
        middle, below, above = (first + last) // 2, (known < first).any(), (known > last).any()
        if below and above:
            wanted = middle
        elif below or not (above or self._low):
            first, wanted = middle if last - first > HALVED else first, last
        else:
            last, wanted = middle if last - first > HALVED else last, first
        return slice(slot.start + first, slot.start + last + 1), wanted

    def _anywhere(self, found: Bits) -> list[int]:
        """Literals of one column of each slot, at random."""
        chance = np.where(found & self._columns.direct, self._random.random(len(found)), 0)
        best = np.maximum.reduceat(chance, self._columns.starts)
        taken = self._columns.direct & (chance > 0)
        taken[taken] = chance[taken] == np.repeat(best, self._columns.sizes)[taken]
        upper = self._columns.upper
        return [*(-upper[self._columns.direct & ~taken]).tolist(), *upper[taken].tolist()]

    def _needed(self, wanted: Sequence[int]) -> list[int]:
        """What follows from some of the wanted literals."""
        found, room = [], len(self._columns.upper) // 2
        for i in self._random.integers(len(wanted), size=min(NEEDED, len(wanted))).tolist():
            found.append(self._solver.consequences(wanted[i]))
            room -= len(found[-1])
            if room < 0:
                break
        literals: list[int] = np.concatenate(found).tolist()
        return literals

"""What the solver tries first, so that one model shows as many unknown columns as can be taken together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from configurator.engine.columns import Bits, Columns
from configurator.engine.solver import Solver

NEEDED = 64  # unknown columns whose consequences are tried too


class Phases:
    """Literals to prefer: those of unknown columns, and what makes room for them."""

    def __init__(self, columns: Columns, solver: Solver, guards: Sequence[int]) -> None:
        """`guards`: literals that require something; what is not required shall bind nothing."""
        self._columns = columns
        self._solver = solver
        self._loose = [-guard for guard in guards]
        self._random = np.random.default_rng(0)
        self.low = True
        """Whether numbers are wanted at their low end this time: the ends take turns."""
        solver.prefer(self._loose)

    def wanted(self, unknown: Bits, found: Bits) -> list[int]:
        """Literals of as many unknown columns as can be taken together: of a number, those of one of its ends.

        First what some of them need, so that the room for them is made before it is decided otherwise. Where only
        numbers are open, all else is put somewhere at random: other choices make other room for them.
        """
        direct = unknown & self._columns.direct
        settled = not direct.any()
        wanted: list[int] = self._columns.upper[direct].tolist()
        needed = self._anywhere(found) if settled else self._needed(wanted)
        self.low = not self.low
        for slot in self._columns.numbers:
            places = np.flatnonzero(unknown[slot.columns])
            if len(places):
                wanted += self._columns.order(slot, int(places[0 if self.low else -1]))
            elif settled and len(places := np.flatnonzero(found[slot.columns])):
                wanted += self._columns.order(slot, int(self._random.choice(places)))
        return [*self._loose, *needed, *wanted]

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
        found: list[int] = []
        for i in self._random.integers(len(wanted), size=min(NEEDED, len(wanted))).tolist():
            found += self._solver.consequences(wanted[i])
            if len(found) > len(self._columns.upper) // 2:
                break
        return found

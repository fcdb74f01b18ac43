"""What is known of the columns while it is found out which can still be taken, and what is known in the end."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from configurator.engine.columns import Bits, Columns

MANY = 32  # columns that are asked for at once at first


class Left(NamedTuple):
    """What choices leave: columns that some product takes with them, that were not decided within the budget, and that
    nobody has asked for yet. The others are impossible.
    """

    possible: Bits
    undecided: Bits
    unasked: Bits

    @property
    def open(self) -> Bits:
        """What was asked for and is possible, or not known to be impossible."""
        return self.possible | self.undecided


class Search:
    """The columns that are known to be possible, those that are not known yet, and which of them are asked for."""

    def __init__(self, found: Bits, unknown: Bits, columns: Columns, wanted: Bits | None) -> None:
        self.unknown = unknown
        self.found = found
        self.many = MANY  # that are asked for together where refusals follow one another
        self._columns = columns
        self._wanted = wanted

    @property
    def asked(self) -> Bits:
        """The unknown columns that are wanted; if none were named, those of slots with fewer than two known ones."""
        if self._wanted is not None:
            return self.unknown & self._wanted
        single = np.add.reduceat(self.found, self._columns.starts) < 2
        return self.unknown & np.repeat(single, self._columns.sizes)

    def take(self, box: Bits) -> int:
        """Notes that the columns of a box are possible; returns how many were unknown."""
        new = box & self.unknown
        self.found |= new
        self.unknown &= ~new
        return int(np.count_nonzero(new))

"""Products known to be possible, as boxes of columns: they answer most questions without a solver."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from configurator.engine.columns import Bits

MEMORY = 8 << 20  # bytes of one model's witnesses


class Witnesses:
    """A ring of boxes. A box holds a set of columns per slot, and any product that takes one of each is possible."""

    def __init__(self, columns: int) -> None:
        self._columns = columns
        self._words = (columns + 63) // 64
        self._rows = np.zeros((min(4096, max(64, MEMORY // (8 * self._words))), self._words), dtype=np.uint64)
        self._added = 0

    def add(self, box: Bits) -> None:
        """Keeps a box, in the place of the oldest if there is no room."""
        padded = np.zeros(self._words * 64, dtype=np.bool_)
        padded[:self._columns] = box
        self._rows[self._added % len(self._rows)] = np.packbits(padded, bitorder="little").view(np.uint64)
        self._added += 1

    def union(self, chosen: Sequence[int]) -> Bits:
        """The columns of all boxes that hold every chosen column."""
        rows = self._rows[:self._added]
        for column in chosen:
            rows = rows[rows[:, column >> 6] >> np.uint64(column & 63) & np.uint64(1) != 0]
        union = np.bitwise_or.reduce(rows, axis=0) if len(rows) else np.zeros(self._words, dtype=np.uint64)
        return np.unpackbits(union.view(np.uint8), bitorder="little")[:self._columns].astype(np.bool_)

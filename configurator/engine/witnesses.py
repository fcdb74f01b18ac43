"""Products known to be possible, as boxes of columns: they answer most questions without a solver."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from configurator.engine.columns import Bits

MEMORY = 8 << 20  # bytes of one model's witnesses


class Witnesses:
    """A ring of boxes. A box holds a set of columns per slot, and any product that takes one of each is possible.

    Kept as bits both ways: the columns of each box, and the boxes of each column.
    """

    def __init__(self, columns: int) -> None:
        self._columns = columns
        self._words = (columns + 63) // 64
        room = min(4096, max(64, MEMORY // (8 * self._words))) // 64
        self._boxes = np.zeros((room * 64, self._words), dtype=np.uint64)
        self._holders = np.zeros((columns, room), dtype=np.uint64)
        self._added = 0

    def add(self, box: Bits) -> None:
        """Keeps a box, in the place of the oldest if there is no room."""
        row = self._added % len(self._boxes)
        word, bit = row // 64, np.uint64(1 << row % 64)
        if self._added >= len(self._boxes):
            self._holders[:, word] &= ~bit
        padded = np.zeros(self._words * 64, dtype=np.bool_)
        padded[:self._columns] = box
        self._boxes[row] = np.packbits(padded, bitorder="little").view(np.uint64)
        self._holders[np.flatnonzero(box), word] |= bit
        self._added += 1

    def union(self, chosen: Sequence[int]) -> Bits:
        """The columns of all boxes that hold every chosen column."""
        boxes = self._boxes[:self._added]
        if chosen:
            holders = np.bitwise_and.reduce(self._holders[list(chosen)], axis=0)
            boxes = self._boxes[np.flatnonzero(np.unpackbits(holders.view(np.uint8), bitorder="little"))]
        union = np.bitwise_or.reduce(boxes, axis=0) if len(boxes) else np.zeros(self._words, dtype=np.uint64)
        return np.unpackbits(union.view(np.uint8), bitorder="little")[:self._columns].astype(np.bool_)

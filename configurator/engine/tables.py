"""Tables of allowed combinations as clauses that unit propagation alone keeps consistent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from configurator.engine.columns import Columns
from configurator.engine.formula import Emit, Formula
from configurator.engine.slots import Slot

Row = tuple[int, ...]
"""One column per slot."""
Block = tuple[frozenset[int], ...]
"""Columns per slot, all combinations of which are allowed."""
Ids = NDArray[np.int64]
"""Sets by their numbers: a line per block, a place per slot."""


def require_row(slots: Sequence[Slot], rows: Collection[Row], columns: Columns, formula: Formula, emit: Emit) -> None:
    """Emits that the slots take one of the rows: every value of a row needs one (Bacchus 2007)."""
    if not rows:
        emit([])
        return
    for slot, taken in zip(slots, zip(*rows, strict=True), strict=True):
        columns.require_among(slot, frozenset(taken), emit)
    if len(slots) == 2:  # a value of the one is supported by values of the other
        _support(((a, columns.equal(b)) for row in rows for a, b in (row, row[::-1])), columns, emit)
    elif len(slots) > 2 and len(found := blocks(rows)) > 1:
        chosen = [(block, _chosen(slots, block, columns, formula)) for block in found]
        _support(((column, literal) for block, literal in chosen for column in chain(*block)), columns, emit)


def blocks(rows: Collection[Row]) -> list[Block]:
    """The rows as fewer blocks: those that differ in one slot only are joined (Katsirelos and Walsh 2007).

    Each time in the slot where most can be joined.
    """
    ids = np.array(sorted(rows), dtype=np.int64)
    sets = [frozenset([column]) for column in range(int(ids.max()) + 1)]
    numbers = {one: number for number, one in enumerate(sets)}
    while True:
        position = int(np.argmin(_apart(ids, len(sets))))
        joined = _joined(ids, position, sets, numbers)
        if len(joined) == len(ids):
            return [tuple(sets[number] for number in line) for line in ids.tolist()]
        ids = joined


def _apart(ids: Ids, count: int) -> list[int]:
    """For each position how many different lines are left without it (by their sums of random numbers)."""
    keys = np.random.default_rng(0).integers(1 << 63, size=(ids.shape[1], count), dtype=np.uint64)
    hashes = [key[column] for key, column in zip(keys, ids.T, strict=True)]
    whole = np.sum(hashes, axis=0, dtype=np.uint64)
    return [len(np.unique(whole - own)) for own in hashes]


def _joined(ids: Ids, position: int, sets: list[frozenset[int]], numbers: dict[frozenset[int], int]) -> Ids:
    """Lines that differ only at a position as one; sets that are new get a number."""
    rest = np.delete(ids, position, axis=1)
    order = np.lexsort(rest.T)
    new = np.append(True, (np.diff(rest[order], axis=0) != 0).any(axis=1))
    found: Ids = ids[order[new]]
    for line, group in enumerate(np.split(ids[order, position], np.flatnonzero(new)[1:])):
        if len(group) > 1:
            joined = frozenset().union(*(sets[number] for number in group.tolist()))
            if joined not in numbers:
                numbers[joined] = len(sets)
                sets.append(joined)
            found[line, position] = numbers[joined]
    return found


def _chosen(slots: Sequence[Slot], block: Block, columns: Columns, formula: Formula) -> int:
    """A literal that implies that every slot takes one of its columns in a block."""
    found = formula.fresh()
    for slot, taken in zip(slots, block, strict=True):
        columns.require_among(slot, taken, formula.guarded(found))
    return found


def _support(supports: Iterable[tuple[int, int]], columns: Columns, emit: Emit) -> None:
    """Emits that a column is taken only together with one of the literals that support it."""
    found: dict[int, list[int]] = defaultdict(list)
    for column, literal in supports:
        found[column].append(literal)
    for column, literals in found.items():
        emit([-columns.equal(column), *literals])

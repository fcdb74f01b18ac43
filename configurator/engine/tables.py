"""Tables of allowed combinations as clauses that unit propagation alone keeps consistent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from itertools import chain

from configurator.engine.columns import Columns, Slot
from configurator.engine.formula import Emit, Formula

Row = tuple[int, ...]
"""One column per slot."""
Block = tuple[frozenset[int], ...]
"""Columns per slot, all combinations of which are allowed."""


def require_row(slots: Sequence[Slot], rows: Collection[Row], columns: Columns, formula: Formula, emit: Emit) -> None:
    """Emits that the slots take one of the rows: every value of a row needs one (Bacchus 2007)."""
    if not rows:
        emit([])
        return
    for slot, taken in zip(slots, zip(*rows, strict=True), strict=True):
        _require_among(slot, frozenset(taken), columns, emit)
    if len(slots) == 2:  # a value of the one is supported by values of the other
        _support(((a, columns.equal(b)) for row in rows for a, b in (row, row[::-1])), columns, emit)
    elif len(found := blocks(rows)) > 1:
        chosen = [(block, _chosen(slots, block, columns, formula)) for block in found]
        _support(((column, literal) for block, literal in chosen for column in chain(*block)), columns, emit)


def blocks(rows: Iterable[Row]) -> list[Block]:
    """The rows as fewer blocks: those that differ in one slot only are joined (Katsirelos and Walsh 2007)."""
    found: list[Block] = [tuple(frozenset([column]) for column in row) for row in rows]
    count = len(found) + 1
    while len(found) < count:
        count = len(found)
        found = min((_joined(found, position) for position in range(len(found[0]))), key=len)
    return found


def _joined(found: Iterable[Block], position: int) -> list[Block]:
    """Blocks that differ only at a position as one."""
    like: dict[Block, set[int]] = defaultdict(set)
    for block in found:
        like[block[:position] + block[position + 1:]] |= block[position]
    return [(*rest[:position], frozenset(joined), *rest[position:]) for rest, joined in like.items()]


def _chosen(slots: Sequence[Slot], block: Block, columns: Columns, formula: Formula) -> int:
    """A literal that implies that every slot takes one of its columns in a block."""
    found = formula.fresh()
    for slot, taken in zip(slots, block, strict=True):
        _require_among(slot, taken, columns, formula.guarded(found))
    return found


def _require_among(slot: Slot, taken: frozenset[int], columns: Columns, emit: Emit) -> None:
    if slot.ordered or len(taken) == 1:
        columns.require_among(slot, taken, emit)
        return
    for column in set(range(slot.columns.start, slot.columns.stop)) - taken:
        emit([-columns.equal(column)])


def _support(supports: Iterable[tuple[int, int]], columns: Columns, emit: Emit) -> None:
    """Emits that a column is taken only together with one of the literals that support it."""
    found: dict[int, list[int]] = defaultdict(list)
    for column, literal in supports:
        found[column].append(literal)
    for column, literals in found.items():
        emit([-columns.equal(column), *literals])

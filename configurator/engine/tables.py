"""Tables of allowed combinations as clauses that unit propagation alone keeps consistent (support encoding)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from configurator.engine.columns import Columns, Slot
from configurator.engine.formula import Emit, Formula

Row = tuple[int, ...]
"""One column per slot."""


def require_row(slots: Sequence[Slot], rows: Collection[Row], columns: Columns, formula: Formula, emit: Emit) -> None:
    """Emits that the slots take one of the rows (Bacchus 2007: a literal per row, and every value needs one)."""
    if not rows:
        emit([])
        return
    if len(slots) == 1:
        emit([columns.equal(column) for (column,) in rows])
        return
    chosen = {row: _row(row, columns, formula, len(slots)) for row in rows}
    for position, slot in enumerate(slots):
        supports: dict[int, list[int]] = defaultdict(list)
        for row, literal in chosen.items():
            support = columns.equal(row[1 - position]) if len(slots) == 2 else literal
            supports[row[position]].append(support)
        for column in range(slot.columns.start, slot.columns.stop):
            if column in supports or not slot.ordered:
                emit([-columns.equal(column), *supports[column]])
        if slot.ordered:
            columns.require_among(slot, supports, emit)


def _row(row: Row, columns: Columns, formula: Formula, width: int) -> int:
    if width == 2:
        return 0
    chosen = formula.fresh()
    for column in row:
        formula.define([-chosen, columns.equal(column)])
    return chosen

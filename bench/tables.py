"""A table of measured figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).parents[2] / "shared/data"
"""Public data that is read where it is, never copied; what is absent is said and left out."""


Cell = str | float


@dataclass(frozen=True)
class Table:
    """`rows` of figures under `columns`; `note` says how they were measured."""

    title: str
    note: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]

    def markdown(self) -> str:
        """The table as docs/bench.md holds it."""
        lines = [f"## {self.title}", "", self.note, "", _line(self.columns), _line(["---"] * len(self.columns))]
        return "\n".join([*lines, *(_line([_figure(cell) for cell in row]) for row in self.rows), ""])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _figure(cell: Cell) -> str:
    """Three digits, more only of large numbers."""
    return cell if isinstance(cell, str) else f"{cell:,.0f}" if cell == int(cell) or cell >= 100 else f"{cell:.3g}"

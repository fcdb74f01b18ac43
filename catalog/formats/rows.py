"""The rows of a table rule: there are many, so each cell is looked up, and only a wrong row is looked at closely."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from catalog.formats.leaves import FLAGS
from catalog.language import listed, nearest, quoted
from catalog.model import Boolean, Choice, Number
from catalog.occurrences import Path
from catalog.problems import MOST_PROBLEMS

Column = Choice | Boolean | Number
"""What a column of a table can be about."""
Row = tuple[str | bool | int, ...]
_Cells = Mapping[Any, str | bool | int]
"""What a cell may say, and what it means."""


def read_rows(columns: Sequence[Column], rows: list[Any]) -> tuple[tuple[Row, ...], list[tuple[Path, str]]]:
    """The rows, and the first problems: where in them, and what is wrong."""
    cells = [_cells(column) for column in columns]
    found: list[Row] = []
    wrong: list[tuple[Path, str]] = []
    for index, row in enumerate(rows):
        try:
            found.append(tuple([known[cell] for known, cell in zip(cells, row, strict=True)]))
        except (KeyError, ValueError, TypeError):
            wrong += (((index, *at), message) for at, message in _problems(columns, cells, row))
            if len(wrong) >= MOST_PROBLEMS:
                break
    return tuple(found), list(islice(wrong, MOST_PROBLEMS))


def _cells(column: Column) -> _Cells:
    match column:
        case Choice(values=values):
            return {value.name: value.name for value in values}
        case Boolean():
            return FLAGS
    return Numbers(column)


def _problems(columns: Sequence[Column], cells: Sequence[_Cells], row: Any) -> Iterator[tuple[Path, str]]:
    if not isinstance(row, list) or len(row) != len(columns):
        yield (), f"expected a row of {len(columns)} values: {', '.join(column.name for column in columns)}"
        return
    for index, (column, known, cell) in enumerate(zip(columns, cells, row, strict=True)):
        if isinstance(cell, list | dict) or cell not in known:
            near = nearest(str(cell), map(str, known))
            hint = f"did you mean {near}?" if near else f"expected {listed(map(str, known))}"
            yield (index,), f"{column.name} has no value {quoted(str(cell))}; {hint}"


class Numbers(Mapping[Any, int]):
    """The numbers a characteristic can be, by themselves and by their text."""

    def __init__(self, characteristic: Number) -> None:
        self.range = characteristic.range

    def __getitem__(self, cell: Any) -> int:
        number = int(cell) if isinstance(cell, str) and re.fullmatch(r"-?[0-9]{1,16}", cell) else cell
        if not isinstance(number, int) or isinstance(number, bool) or number not in self.range:
            raise KeyError(cell)
        return number

    def __iter__(self) -> Iterator[int]:
        return iter(self.range[:8])

    def __len__(self) -> int:
        return len(self.range)

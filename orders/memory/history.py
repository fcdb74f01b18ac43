"""Reading past orders from a CSV file: which rows can be built, which cannot, and why.

The columns are the characteristics of a product; others are left out and reported. An empty cell says nothing, several
values of one characteristic are joined with `|`.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from pathlib import Path
from typing import IO, TextIO

from catalog.language import listed, nearest, quoted
from catalog.model import Boolean, Characteristic, Choice, Number, ProductModel, Several
from catalog.nodes import Answer, Values

LONGEST_LINE = 1_000_000
MOST_CONFLICTS = 1_000
"""So many conflicts are kept to recognise them in later rows."""
YES, NO = frozenset({"yes", "true", "1"}), frozenset({"no", "false", "0"})

Pairs = tuple[tuple[str, Answer], ...]
"""Values that can be counted: (characteristic, answer), in the order of the columns."""


class HistoryError(ValueError):
    """A file that is no history of the product; says what was expected."""


@dataclass(frozen=True)
class Layout:
    """The columns that are no characteristics: who ordered (the customer's number), when, and how many alike."""

    customer: str | None = None
    date: str | None = None
    count: str | None = None


@dataclass(frozen=True)
class Conflict:
    """What these characteristics are set to cannot stand together, by these rules (ids)."""

    names: frozenset[str]
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """What a row of the file says."""

    values: Pairs
    customer: str | None = None
    placed_on: date | None = None


@dataclass
class Report:
    """What a file held. `valid` counts the rows that can be built, the others are counted by what is wrong first."""

    left_out: tuple[str, ...] = ()  # columns that the product does not have
    rows: int = 0
    valid: int = 0
    malformed: Counter[str] = field(default_factory=Counter)  # what was expected
    unknown: Counter[tuple[str, str]] = field(default_factory=Counter)  # (column, text): several may be in one row
    with_unknown: int = 0
    excluded: Counter[tuple[str, ...]] = field(default_factory=Counter)  # by rules: their ids, one or several together
    orders: Counter[Row] = field(default_factory=Counter)  # the valid rows, identical ones together

    @property
    def invalid(self) -> int:
        return self.rows - self.valid


def read(path: Path, model: ProductModel, conflict: Callable[[Values], Conflict | None], layout: Layout | None = None,
         progress: Callable[[int], object] = lambda _: None) -> Report:
    """Reads a .csv or .csv.gz file; `conflict` says what keeps values from being completed to a product, if anything.

    `progress` is told how many bytes of the file were read since it was last told. Raises HistoryError if the file
    as a whole cannot be read.
    """
    layout = layout or Layout()
    report = Report()
    with path.open("rb") as file:
        done = 0
        rows = _rows(file, path.name)
        header = next(rows, [])
        columns = _columns(header, model, layout, path.name)
        report.left_out = tuple(name for name in header if name not in columns)
        judge = _Judge(conflict)
        for cells in rows:
            report.rows += 1
            _count(report, dict(zip(header, cells, strict=False)) if len(cells) == len(header) else {}, columns,
                   layout, judge)
            progress(file.tell() - done)
            done = file.tell()
    return report


def _rows(file: IO[bytes], name: str) -> Iterator[list[str]]:
    """The rows of a CSV file, separated by commas, semicolons or tabs: whatever the first line has most of."""
    packed = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    text = io.TextIOWrapper(gzip.GzipFile(fileobj=file) if packed else file, "utf-8-sig", newline="")
    try:
        lines = _lines(text)
        first = next(lines, "")
        separator = max(",;\t", key=first.count)
        yield from filter(None, csv.reader(chain([first], lines), delimiter=separator, strict=True))
    except (csv.Error, OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise HistoryError(f"{name}: expected a CSV file in UTF-8, packed with gzip or not: {error}") from error


def _lines(text: TextIO) -> Iterator[str]:
    """The lines of a file that may be hostile: a small packed file can hold an endless one."""
    while line := text.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise csv.Error(f"a line is longer than {LONGEST_LINE:,} characters")
        yield line


def _columns(header: list[str], model: ProductModel, layout: Layout, file: str) -> dict[str, Characteristic | None]:
    """The columns that are read: characteristics, and those of the layout (None)."""
    twice = [name for name, count in Counter(header).items() if count > 1]
    if twice:
        raise HistoryError(f"{file}: expected each column once, found {listed(map(quoted, twice))} again")
    special = [name for name in (layout.customer, layout.date, layout.count) if name is not None]
    for name in special:
        if name not in header:
            near = nearest(name, header)
            raise HistoryError(f"{file}: no column {quoted(name)}" + (f"; did you mean {near}?" if near else ""))
    known = {name: model[name] for name in header if name in model and name not in special}
    if not known:
        raise HistoryError(f"{file}: expected the first line to name characteristics of {model.name}, "
                           f"such as {listed((c.name for c in model.characteristics), 5)}")
    return {**known, **dict.fromkeys(special)}


class _Judge:
    """Asks once what alike rows have in conflict: many rows share a few conflicts."""

    def __init__(self, conflict: Callable[[Values], Conflict | None]) -> None:
        self._ask = conflict
        self._possible: set[Pairs] = set()
        self._known: dict[frozenset[tuple[str, Answer]], Conflict] = {}

    def conflict(self, values: Pairs) -> Conflict | None:
        """Why the values cannot be built, None if they can."""
        if values in self._possible:
            return None
        pairs = frozenset(values)
        for known, conflict in self._known.items():
            if known <= pairs:
                return conflict
        found = self._ask(dict(values))
        if found is None:
            self._possible.add(values)
        elif len(self._known) < MOST_CONFLICTS:
            self._known[frozenset(pair for pair in values if pair[0] in found.names)] = found
        return found


def _count(report: Report, cells: Mapping[str, str], columns: Mapping[str, Characteristic | None], layout: Layout,
           judge: _Judge) -> None:
    """Adds one row to the report."""
    try:
        if not cells:
            raise ValueError("as many cells as columns")
        placed_on = date.fromisoformat(cells[layout.date]) if layout.date and cells[layout.date] else None
        count = _positive(cells[layout.count]) if layout.count else 1
    except ValueError as error:
        report.malformed[str(error)] += 1
        return
    values, unknown = _answers(cells, columns)
    if unknown:
        report.with_unknown += 1
        report.unknown.update(unknown)
        return
    if found := judge.conflict(values):
        report.excluded[found.rules] += 1
    else:
        report.valid += 1
        customer = cells[layout.customer].strip() or None if layout.customer else None
        report.orders[Row(values, customer, placed_on)] += count


def _answers(cells: Mapping[str, str], columns: Mapping[str, Characteristic | None]
             ) -> tuple[Pairs, list[tuple[str, str]]]:
    """What the cells of a row answer, and those that are no answer, by their columns; an empty cell says nothing."""
    values: list[tuple[str, Answer]] = []
    unknown: list[tuple[str, str]] = []
    for name, characteristic in columns.items():
        if characteristic is not None and (text := cells[name].strip()):
            answer = _answer(characteristic, text)
            if answer is None:
                unknown.append((name, text))
            else:
                values.append((name, answer))
    return tuple(values), unknown


def _positive(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text[:10]) < 10**9):
        raise ValueError(f"a count of 1 or more, found {quoted(text)}")
    return int(text)


def _answer(characteristic: Characteristic, text: str) -> Answer | None:
    """The answer that a cell says; None if it is none of this characteristic."""
    answer: Answer | None = text
    match characteristic:
        case Boolean():
            answer = True if text.lower() in YES else False if text.lower() in NO else None
        case Number():
            answer = int(text) if re.fullmatch("-?[0-9]{1,15}", text) else None
        case Several():
            answer = frozenset(filter(None, map(str.strip, text.split("|"))))
        case Choice():
            pass
    return answer if characteristic.admits(answer) else None

"""The parts in stock as a table, to count in and to bring along: one line a part, in UTF-8, comma or semicolon between.

A text that a spreadsheet would take for a formula has an apostrophe before it; reading takes it off.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from configurator.portable.document import RISKY
from orders.records import Account
from orders.supplies import stock
from orders.supplies.snapshot import lock
from orders.supplies.stock import MOST_AMOUNT, MOST_DAYS
from orders.supplies.supplied import Stock
from orders.supplies.supply import UNIT

COLUMNS = ("number", "title", "unit", "supplier", "lead_days", "lot", "reorder", "on_hand")
LONGEST = {"number": 250, "title": 250, "unit": 80, "supplier": 200}
MOST_LINES = 100_000
Said = TypeVar("Said", str, int)


class StockFileError(ValueError):
    """What is wrong with a file, line by line: nothing of it was kept."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Row:
    """A part as a line of the file says it; None: the line does not say."""

    number: str
    title: str | None
    unit: str | None
    supplier: str | None
    lead_days: int | None
    lot: int | None
    reorder: int | None
    on_hand: int | None


def write(session: Session) -> str:
    """All parts in stock, by number."""
    table = io.StringIO(newline="")
    writer = csv.writer(table, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for part in session.scalars(select(Stock).order_by(Stock.number)):
        texts = part.number, part.title, part.unit, part.supplier.name if part.supplier else ""
        writer.writerow([*(RISKY.sub(r"'\g<0>", text) for text in texts), part.lead_days,
                         *map(_plain, (part.lot, part.reorder, part.on_hand))])
    return table.getvalue()


def bring(session: Session, text: str, account: Account | None) -> int:
    """Keeps the parts of a file as it says and counts them: how many. Parts that it does not name stay as they are.

    Raises StockFileError, and then nothing is changed.
    """
    rows = read(text)
    lock(session)
    known = {part.number: part for part in session.scalars(select(Stock))}
    if problems := [f"line {line}: part {row.number} is counted in {known[row.number].unit or 'pieces'} already"
                    for line, row in rows.items()
                    if row.number in known and row.unit not in (None, known[row.number].unit)]:
        raise StockFileError(problems)
    for row in rows.values():
        was = known.get(row.number)
        stock.keep(
            session, row.number, _or(row.title, was.title if was else row.number),
            _or(row.unit, was.unit if was else ""), lead_days=_or(row.lead_days, was.lead_days if was else 0),
            lot=_or(row.lot, was.lot if was else 0), reorder=_or(row.reorder, was.reorder if was else 0),
            supplier=_or(row.supplier, was.supplier.name if was and was.supplier else ""))
        if row.on_hand is not None:
            stock.count(session, row.number, row.on_hand, account)
    return len(rows)


def read(text: str) -> dict[int, Row]:
    """The parts of a file by line; raises StockFileError with everything that is wrong."""
    first, _, _ = text.removeprefix("\ufeff").partition("\n")
    lines = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True,
                       delimiter=";" if first.count(";") > first.count(",") else ",")
    problems: list[str] = []
    rows: dict[int, Row] = {}
    try:
        head = _head(next(lines, []))
        for cells in lines:
            if len(rows) >= MOST_LINES:
                raise StockFileError([f"line {lines.line_num}: a file is of at most {MOST_LINES:,} parts"])
            if any(cells):
                found = list(_problems(head, cells))
                problems += [f"line {lines.line_num}: {problem}" for problem in found]
                if not found:
                    rows[lines.line_num] = _row(dict(zip(head, cells, strict=True)))
    except csv.Error as error:
        problems.append(f"line {lines.line_num}: {error}")
    twice = _twice(rows)
    if problems or twice:
        raise StockFileError([*problems, *twice])
    return rows


def _head(cells: list[str]) -> list[str]:
    """The names of the columns; raises StockFileError for what are none."""
    head = [name.strip() for name in cells]
    if "number" not in head or set(head) - set(COLUMNS) or len(set(head)) < len(head):
        raise StockFileError([f"line 1: expected the columns {', '.join(COLUMNS)}, each once and the first one at "
                              f"least, not {', '.join(head)[:200] or 'nothing'}"])
    return head


def _twice(rows: Mapping[int, Row]) -> list[str]:
    first: dict[str, int] = {}
    return [f"line {line}: part {row.number} is on line {first[row.number]} already"
            for line, row in rows.items() if first.setdefault(row.number, line) != line]


def _problems(head: list[str], cells: list[str]) -> Iterator[str]:
    if len(cells) != len(head):
        yield f"expected {len(head)} cells, as in line 1, not {len(cells)}"
        return
    for name, cell in zip(head, map(str.strip, cells), strict=True):
        if name in LONGEST:
            if len(cell) > LONGEST[name] or not cell.isprintable() or (name == "number" and not cell):
                yield f"{name} is one line of at most {LONGEST[name]} characters, not {cell[:40]!r}"
        elif name == "lead_days":
            if cell and not (cell.isdecimal() and cell.isascii() and int(cell[:9]) <= MOST_DAYS and len(cell) < 9):
                yield f"lead_days is a whole number from 0 to {MOST_DAYS}, not {cell[:40]!r}"
        elif cell and _amount(cell) is None:
            yield f"{name} is an amount of 0 or more with at most three decimals, such as 12.5, not {cell[:40]!r}"


def _row(cells: Mapping[str, str]) -> Row:
    texts = {name: cells[name].strip().removeprefix("'") if name in cells else None for name in LONGEST}
    numbers = {name: _amount(cells[name].strip()) if cells.get(name, "").strip() else None
               for name in ("lot", "reorder", "on_hand")}
    days = cells.get("lead_days", "").strip()
    return Row(texts["number"] or "", texts["title"], texts["unit"], texts["supplier"], int(days) if days else None,
               **numbers)


def _amount(text: str) -> int | None:
    """Thousandths of a unit; None if it is none."""
    try:
        exact = Decimal(text.replace(",", ".")) * UNIT if len(text) <= 20 and text.isascii() else Decimal("NaN")
    except InvalidOperation:
        return None
    return int(exact) if exact.is_finite() and 0 <= exact <= MOST_AMOUNT and exact == int(exact) else None


def _plain(amount: int) -> str:
    """An amount as every spreadsheet reads it."""
    whole, rest = divmod(amount, UNIT)
    return f"{whole}.{rest:03}".rstrip("0").rstrip(".") if rest else str(whole)


def _or(said: Said | None, was: Said) -> Said:
    return was if said is None else said

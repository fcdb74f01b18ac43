"""A sheet as CSV, for spreadsheets and machines: its parts, its steps. docs/fulfilment.md explains the columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from orders.sheets.printing import Paper

PARTS = ("order", "revision", "operation", "operation_title", "part", "title", "quantity", "each", "unit", "measures",
         "bin", "note", "made_here")
STEPS = ("order", "revision", "operation", "operation_title", "work_centre", "setup", "step", "do", "value", "part",
         "station", "tool", "check", "nominal", "least", "most", "unit")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What makes a spreadsheet compute a text; see OWASP, CSV injection."""


def parts(papers: Iterable[Paper]) -> str:
    """The parts lists of sheets: one row a line, operation 0 for what belongs to none."""
    return _table(PARTS, [
        {**_common(paper, place, operation), "part": line["number"], "title": line["title"],
         "quantity": line["quantity"], "each": line["each"], "unit": line["unit"], "bin": line["bin"],
         "note": line["note"], "measures": "; ".join(f"{name} {size}" for name, size in line["measures"].items()),
         "made_here": "yes" if line.get("made_here") else ""}  # older sheets do not say it
        for paper in papers
        for place, operation in enumerate([{"title": "", "parts": paper.sheet["parts"]}, *paper.sheet["operations"]])
        for line in operation["parts"]])


def steps(papers: Iterable[Paper]) -> str:
    """The steps of sheets, one a row, with what is measured."""
    return _table(STEPS, [
        {**_common(paper, place, operation), "work_centre": operation["work_centre"],
         "setup": operation.get("setup", ""), "step": number, "do": step["text"], "value": step["value"],
         "part": step.get("part", ""), "station": step["station"], "tool": step["tool"],
         **_check(step.get("check"))}
        for paper in papers
        for place, operation in enumerate(paper.sheet["operations"], 1)
        for number, step in enumerate(operation["steps"], 1)])


def _common(paper: Paper, place: int, operation: Mapping[str, Any]) -> dict[str, Any]:
    return {"order": paper.number, "revision": paper.revision, "operation": place,
            "operation_title": operation["title"]}


def _check(check: Mapping[str, Any] | None) -> dict[str, Any]:
    if check is None:
        return {}
    return {"check": check["name"], **{key: check[key] for key in ("nominal", "least", "most", "unit")}}


def _table(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """RFC 4180, with a byte order mark, by which spreadsheets know that it is UTF-8."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({column: harmless(cell) for column, cell in row.items()} for row in rows)
    return "\N{BYTE ORDER MARK}" + text.getvalue()


def harmless(cell: object) -> object:
    """A number as it is; a text that a spreadsheet would compute with a quote before it."""
    return f"'{cell}" if isinstance(cell, str) and cell.lstrip(" ").startswith(FORMULA) else cell

"""Build sheets as a PDF: A4, of each a summary and a page for each operation; one or a hundred in one file.

Paper is made from the frozen sheets alone. The data reaches the template as JSON and stays text there, whatever it
says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import typst
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal

from catalog.units import written
from orders.buildsheet import lines
from orders.records import Order
from orders.sheets import pictures
from orders.sheets.language import ENGLISH, Language
from orders.sheets.typesetting import batches, joined

TEMPLATE, PALE = (Path(__file__).with_name(name) for name in ("sheet.typ", "pale.typ"))
AT_ONCE = 10
"""Sheets that are set together: each part of a file has its own fonts."""
PLAIN = ".pic { fill: none; stroke: #17191b; stroke-width: 5 }"
"""A style for pictures, if no better one is given."""
WIDTH, HEIGHT = 182, 32
"""The millimetres on paper that a picture may take, as in the template."""
PX = 25.4 / 96
"""The millimetres of a CSS pixel."""
_RULE = re.compile(r"([^{}]+)\{[^{}]*\}")
_CLASS = re.compile(r"\.([\w-]+)")

@dataclass(frozen=True)
class Paper:
    """A sheet to print: the number of its order, what was frozen, and the revision that took its place, if one did."""

    number: str
    sheet: Mapping[str, Any]
    superseded_by: int | None = None

    @property
    def revision(self) -> int:
        """Which sheet of its order it is."""
        return int(self.sheet.get("revision", 1))

    @classmethod
    def of(cls, order: Order) -> Paper:
        """The sheet that an order has now."""
        return cls(order.number, order.sheet)


Link = Callable[[Paper, int], str]
"""The address of a page of a sheet: 0 is its summary, n its operation n."""


def plainly(paper: Paper, page: int) -> str:
    """What a code says where there is no address: the order's number."""
    return paper.number


def pdf(papers: Iterable[Paper], *, link: Link = plainly, language: Language = ENGLISH, style: str = PLAIN) -> bytes:
    """The sheets as one PDF, pages counted for each of them.

    `link` is what the QR codes say; `style` is CSS for the pictures. One sheet is tagged, for those who have it read
    out; many are for a printer, and tags would be most of the file.
    """
    papers = list(papers)
    common = {**language.for_template(), "numbers": ", ".join(paper.number for paper in papers)}
    parts = ({**common, "sheets": [_shown(paper, link, language.locale, style) for paper in some]}
             for some in batches(papers, AT_ONCE))
    return joined(partial(_set, tagged=len(papers) == 1), parts)


def _set(data: Mapping[str, Any], tagged: bool) -> bytes:
    """One part of the file."""
    faint = json.dumps([sheet["faint"] for sheet in data["sheets"]])
    pale = typst.compile(PALE, sys_inputs={"pictures": faint}, pdf_tags=False)
    return typst.compile(TEMPLATE, sys_inputs={"data": json.dumps({**data, "pale": list(pale)})}, pdf_tags=tagged)


def _shown(paper: Paper, link: Link, locale: str, style: str) -> dict[str, Any]:
    """The sheet with numbers and dates as the locale writes them, and its pictures with their style inside."""
    sheet = paper.sheet
    titles = {line["number"]: line["title"] for line in lines(sheet)}
    overlays = _overlays(sheet)
    links = [link(paper, page) for page in range(len(sheet["operations"]) + 1)]
    return {
        "remake": False, **sheet, "revision": paper.revision, "number": paper.number,
        "superseded_by": paper.superseded_by,
        "customer": {"for": [], **sheet["customer"]},
        "rows": [{"measured": True, "position": f"{g}.{r}", **row}
                 for g, group in enumerate(sheet["groups"], 1) for r, row in enumerate(group["rows"], 1)],
        "codes": [{"link": to, "svg": pictures.document(pictures.qr(to))} for to in links],
        "placed_on": format_date(date.fromisoformat(sheet["placed_on"]), "long", locale),
        "promised_on": format_skeleton("yMMMEd", date.fromisoformat(sheet["promised_on"]), locale=locale),
        "picture": printable(sheet["picture"], style), "room": _room_shown(sheet.get("room"), style),
        "faint": printable(pictures.faint(sheet["picture"]), style) if overlays else "",
        "overlays": {name: printable(overlay, style) for name, overlay in overlays.items()},
        "minutes": format_decimal(sum(operation["minutes"] for operation in sheet["operations"]), locale=locale),
        "parts": _parts_shown(sheet["parts"], locale),
        "operations": [_operation_shown(operation, overlays, titles, locale) for operation in sheet["operations"]],
    }


def _operation_shown(operation: Mapping[str, Any], overlays: Mapping[str, str], titles: Mapping[str, str], locale: str
                     ) -> dict[str, Any]:
    steps = operation["steps"]
    return {
        "setup": "", **operation, "minutes": format_decimal(operation["minutes"], locale=locale),
        "parts": _parts_shown(operation["parts"], locale),
        "tools": sorted({step["tool"] for step in steps if step["tool"]}),
        "steps": [{
            "part": "", **step, "part_title": titles.get(step.get("part", ""), ""),
            "picture": key if (key := _key(step)) in overlays else "",
            "check": _check_shown(step.get("check"), locale)} for step in steps]}


def _key(step: Mapping[str, Any]) -> str:
    """What steps about the same layers have in common."""
    return json.dumps(step.get("picture") or [])


def _overlays(sheet: Mapping[str, Any]) -> dict[str, str]:
    """The layers that steps are about, each set of them once."""
    steps = [step for operation in sheet["operations"] for step in operation["steps"] if step.get("picture")]
    found = {_key(step): pictures.overlay(sheet["picture"], step["picture"]) for step in steps}
    return {key: overlay for key, overlay in found.items() if overlay}


def tolerance(check: Mapping[str, Any], show: Callable[[float], str]) -> str:
    """How far a measure may be off: "± 0.5", "+ 1", "\N{MINUS SIGN} 0.2 + 0.5"; nothing if it may not."""
    minus, plus = (round(check["nominal"] - check["least"], 6), round(check["most"] - check["nominal"], 6))
    if minus == plus:
        return f"± {show(plus)}" if plus else ""
    return " ".join(f"{sign} {show(off)}" for sign, off in (("\N{MINUS SIGN}", minus), ("+", plus)) if off)


def _check_shown(check: Mapping[str, Any] | None, locale: str) -> dict[str, str] | None:
    if check is None:
        return None

    def shown(number: float) -> str:
        return str(format_decimal(number, locale=locale, group_separator=False))
    return {"name": check["name"], "unit": written(check["unit"]), "tolerance": tolerance(check, shown),
            **{key: shown(check[key]) for key in ("nominal", "least", "most")}}


def _room_shown(room: Mapping[str, Any] | None, style: str) -> dict[str, Any] | None:
    return {**room, "picture": printable(room["picture"], style)} if room else None


def printable(svg: str, style: str = PLAIN, width: float = WIDTH, height: float = HEIGHT) -> str:
    """The picture for so many millimetres, with its style inside, for there is no page that brings it; "" stays "".

    Rules about classes that it does not have are left out: a hundred sheets have thousands of pictures. Strokes given
    in px keep their weight at any scale on a page. Here they are brought to scale, for a PDF's pictures know no such
    strokes.
    """
    if not (view := re.search(r'viewBox="\S+ \S+ (\S+) (\S+)"', svg)):
        return svg
    unit = max(float(view[1]) / width, float(view[2]) / height) * PX
    classes = {"pic", *" ".join(re.findall(r'class="([^"]*)"', svg)).split()}
    worn = re.sub(r"stroke-width: ([\d.]+)px", lambda px: f"stroke-width: {float(px[1]) * unit:.3f}",
                  _about(frozenset(classes), style))
    return pictures.document(svg).replace(">", f"><style>{worn}</style>", 1)


@lru_cache(maxsize=512)
def _about(classes: frozenset[str], style: str) -> str:
    """The rules of a style about any of these classes; kept, for most pictures of a product have the same."""
    return "".join(rule[0] for rule in _RULE.finditer(style) if classes.intersection(_CLASS.findall(rule[1])))


def _parts_shown(parts: Sequence[Mapping[str, Any]], locale: str) -> list[dict[str, Any]]:
    """Measures are written without thousands separators, as on drawings."""
    def shown(number: float, grouped: bool = True) -> str:
        return str(format_decimal(number, locale=locale, group_separator=grouped))
    return [{**part, "quantity": shown(part["quantity"]), "unit": written(part["unit"]), "each": shown(part["each"]),
             "measures": [f"{name} {shown(measure, False)}" for name, measure in part["measures"].items()]}
            for part in parts]

"""Labels as a PDF, one a page: for each piece its box (100 x 70 mm), for each part its bag (89 x 36 mm).

A part that is cut to measure has a label for every piece of it, numbered, for each is carried on by itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import typst
from babel.dates import format_skeleton
from babel.numbers import format_decimal

from catalog.units import written
from orders.sheets.language import ENGLISH, Language
from orders.sheets.pictures import document, qr
from orders.sheets.printing import Link, Paper, plainly
from orders.sheets.typesetting import batches, joined

TEMPLATE = Path(__file__).with_name("labels.typ")
BOX, PART = "box", "part"
KINDS = (BOX, PART)
MOST = 10_000
"""Labels in one file."""
AT_ONCE = 500
"""Labels that are set together."""


class TooMany(ValueError):
    """More labels than one file holds."""


def pdf(papers: Iterable[Paper], *, link: Link = plainly, language: Language = ENGLISH, kinds: Iterable[str] = KINDS
        ) -> bytes:
    """The labels of these kinds for some sheets; raises TooMany for more than MOST, LookupError if there are none.

    A single one is tagged, for those who have it read out; many are for a printer.
    """
    wanted = frozenset(kinds)
    labels: list[dict[str, Any]] = []
    for paper in papers:
        found = (label for label in _labels(paper, link, language.locale) if label["kind"] in wanted)
        labels += islice(found, MOST + 1 - len(labels))
        if len(labels) > MOST:
            raise TooMany(f"expected at most {MOST:,} labels in one file: choose fewer orders")
    if not labels:
        raise LookupError("there is nothing to label")
    return joined(partial(_set, tagged=len(labels) == 1),
                  ({**language.for_template(), "labels": some} for some in batches(labels, AT_ONCE)))


def _set(data: Mapping[str, Any], tagged: bool) -> bytes:
    return typst.compile(TEMPLATE, sys_inputs={"data": json.dumps(data)}, pdf_tags=tagged)


def _labels(paper: Paper, link: Link, locale: str) -> Iterator[dict[str, Any]]:
    sheet = paper.sheet
    codes = [{"link": to, "svg": document(qr(to))} for to in (
        link(paper, page) for page in range(len(sheet["operations"]) + 1))]
    common = {"order": paper.number, "revision": paper.revision}
    for piece in range(1, sheet["quantity"] + 1):
        yield {"kind": BOX, **common, "code": codes[0], "piece": piece, "pieces": sheet["quantity"],
               "product": sheet["product"]["title"], "for": ", ".join(sheet["customer"].get("for", ())),
               "customer": f"{sheet['customer']['number']}, {sheet['customer']['name']}",
               "promised_on": format_skeleton("yMMMEd", date.fromisoformat(sheet["promised_on"]), locale=locale)}
    for page, (title, lines) in enumerate([("", sheet["parts"]),
                                           *((o["title"], o["parts"]) for o in sheet["operations"])]):
        operation = f"{page * 10} {title}" if page else ""
        for line in lines:
            for of, quantity in _bags(line):
                yield {"kind": PART, **common, "code": codes[page], "operation": operation, "of": of,
                       **_line(line, quantity, locale)}


def _bags(line: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """What is carried by itself, how much of it, and which of how many it is."""
    count = line["quantity"]
    if line["measures"] and not line["unit"] and count == int(count):
        yield from ((f"{number}/{count}", 1) for number in range(1, int(count) + 1))
    else:
        yield "", count


def _line(line: Mapping[str, Any], quantity: float, locale: str) -> dict[str, Any]:
    def shown(number: float, grouped: bool = True) -> str:
        return str(format_decimal(number, locale=locale, group_separator=grouped))
    return {"part": line["number"], "title": line["title"], "note": line["note"], "bin": line["bin"],
            "quantity": shown(quantity), "unit": written(line["unit"]) or "\N{MULTIPLICATION SIGN}",
            "measures": [f"{name} {shown(measure, False)}" for name, measure in line["measures"].items()]}

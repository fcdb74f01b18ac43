"""The build sheet: all that the workshop needs, frozen with the order, as data and as a PDF.

The page and the PDF are made from this data alone, so that a later catalogue changes nothing in them.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import segno
import typst
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal

from catalog.expressions import Exact, Values
from catalog.model import Characteristic, ProductModel, from_plain
from catalog.parts import BillLine, Stage, Task, bill, routing
from catalog.picture import caption, draw
from catalog.records import Version
from catalog.store import model_of
from catalog.wording import WORDS, title
from orders import floorplan
from orders.promises import Offer
from orders.records import Order, Revision
from orders.specifications import Difference, differences, grouped, said
from orders.standing import Sizes, Standing
from orders.subjects import Whom

TEMPLATE = Path(__file__).with_name("buildsheet.typ")
PLAIN = ".pic { fill: none; stroke: #17191b; stroke-width: 5 }"
"""A style for pictures, if no better one is given."""
WIDTH, HEIGHT = 182, 38
"""The millimetres on paper that a picture may take, as in the template."""
PX = 25.4 / 96
"""The millimetres of a CSS pixel."""


def freeze(model: ProductModel, values: Values, offer: Offer, *, whom: Whom, version: Version,
           revision: Revision | None, placed_on: date, previous: Order | None,
           remake: bool = False, standing: Standing | None = None) -> dict[str, Any]:
    """All that the sheet shows, as plain JSON: numbers as numbers, money in minor units, dates as ISO 8601.

    `previous` is the order that differences are marked against, and that this one is made in the place of if it is a
    `remake`; `standing` is where in the plan of its place it goes. Quantities and minutes (whole ones) are for the
    whole lot; `each` is for one piece.
    """
    was = _differences(previous, model, values)
    stages = routing(model, values)
    named = {stage.name for stage in stages}
    return {
        "revision": 1, "product": {"name": model.name, "title": title(model), "version": version.number},
        "customer": {"number": whom.customer.number, "name": whom.customer.name, "for": [
            subject.name for subject in whom.subjects if not subject.themself]},
        "specification": _specification(revision),
        "placed_on": placed_on.isoformat(), "promised_on": offer.promised_on.isoformat(), "quantity": offer.quantity,
        "previous": previous.number if previous else None, "remake": remake,
        "groups": [{"title": heading, "rows": [_row(c, values, was) for c in members]}
                   for heading, members in grouped(model)],
        "parts": [_part(line, offer.quantity) for line in bill(model, values) if line.operation not in named],
        "operations": [_operation(stage, offer.quantity) for stage in stages] or [_whole(model)],
        "price": {"currency": model.currency, "piece": offer.price.total, "vat": offer.price.vat, "total": offer.total,
                  "tax": offer.tax, "charged": offer.vat.plain(), "discount": offer.discount, "quote": offer.quote,
                  "lines": [{"rule": line.rule, "title": line.title, "amount": line.amount}
                            for line in offer.price.lines]},
        "picture": draw(model, values), "caption": caption(model, values),
        "room": _room(model, values, whom, standing),
    }


def _room(model: ProductModel, values: Values, whom: Whom, standing: Standing | None) -> dict[str, Any] | None:
    """Where it goes, with the plan as it is now; `area` is x, y, width and depth of what it covers, in mm."""
    if standing is None or whom.place is None:
        return None
    sizes = Sizes.of(model, values)
    area = standing.area(sizes)
    return {"place": whom.place.name, **standing.plain(), "area": [area.x, area.y, area.width, area.depth],
            "picture": floorplan.draw(standing.plan, whom.place.name, standing, sizes, name=title(model))}


def _differences(previous: Order | None, model: ProductModel, values: Values) -> dict[str, Difference]:
    if previous is None:
        return {}
    before = model_of(previous.version), from_plain(previous.values)
    return {difference.name: difference for difference in differences(*before, model, values)}


def _specification(revision: Revision | None) -> dict[str, Any] | None:
    if revision is None:
        return None
    return {"number": revision.specification.number, "name": revision.specification.name, "revision": revision.letter}


def _row(characteristic: Characteristic, values: Values, was: Mapping[str, Difference]) -> dict[str, Any]:
    """`was` is what the last order had (empty if it was not asked), `standard` what the maker's standard would be; both
    are None where they are the same.
    """
    answer, standard = values[characteristic.name], characteristic.standard
    return {
        "name": characteristic.name, "title": title(characteristic), "said": said(characteristic, answer),
        "operation": characteristic.operation,
        "was": (was[characteristic.name].was or "") if characteristic.name in was else None,
        "standard": said(characteristic, standard) if standard is not None and standard != answer else None,
    }


def _operation(stage: Stage, quantity: int) -> dict[str, Any]:
    """An operation without steps is one step, so that it can be signed off."""
    return {"name": stage.name, "title": stage.title, "work_centre": stage.work_centre, "setup": stage.setup,
            "minutes": math.ceil(stage.minutes * quantity), "parts": [_part(line, quantity) for line in stage.lines],
            "steps": [_task(task) for task in stage.tasks] or [_step(stage.title)]}


def _task(task: Task) -> dict[str, Any]:
    """`picture` names the layers of the sheet's picture that the step is about; `check` is right from least to most."""
    check = task.check and {
        "name": task.check.name, "unit": task.check.unit, "nominal": _number(task.check.nominal),
        "least": _number(task.check.least), "most": _number(task.check.most)}
    return {"text": task.text, "value": task.value, "station": task.station, "tool": task.tool, "part": task.part,
            "picture": list(task.layers), "check": check}


def _whole(model: ProductModel) -> dict[str, Any]:
    """The one operation of a product whose routing is empty."""
    return {"name": "build", "title": title(model), "work_centre": "", "setup": "", "minutes": 0, "parts": [],
            "steps": [_step(WORDS["Build as specified"])]}


def _step(text: str) -> dict[str, Any]:
    return {"text": text, "value": "", "station": "", "tool": "", "part": "", "picture": [], "check": None}


def _part(line: BillLine, quantity: int) -> dict[str, Any]:
    return {"number": line.part.number, "title": title(line.part), "unit": line.part.unit, "bin": line.part.bin,
            "quantity": _number(line.quantity * quantity), "each": _number(line.quantity), "note": line.note,
            "measures": {name: _number(measure) for name, measure in line.measures.items()}}


def _number(exact: Exact) -> int | float:
    """As JSON has it, to a thousandth: what nobody computes with any more."""
    return exact if isinstance(exact, int) else float(round(exact, 3))


def qr(text: str) -> str:
    """A QR code as an SVG element without a ground: put it on white."""
    return str(segno.make(text, error="m", micro=False).svg_inline(border=2, omitsize=True))


def pdf(order: Order, *, link: str = "", locale: str = "en", words: Mapping[str, str] | None = None,
        style: str = PLAIN) -> bytes:
    """The sheet as a PDF: A4, a summary and a page for each operation.

    `link` is what the QR code says (the order's number if empty); `words` translates the template's own words; `style`
    is CSS for the picture. The data reaches the template as JSON and stays text there, whatever it says.
    """
    link = link or order.number
    data = {"number": order.number, "link": link, "qr": _document(qr(link)), "lang": locale[:2],
            "words": dict(words or {}), **_shown(order.sheet, locale, style)}
    return typst.compile(TEMPLATE, sys_inputs={"data": json.dumps(data)})


def _shown(sheet: Mapping[str, Any], locale: str, style: str) -> dict[str, Any]:
    """The sheet with numbers and dates as the locale writes them, and a picture with its style inside."""
    return {
        "remake": False, **sheet, "customer": {"for": [], **sheet["customer"]},
        "placed_on": format_date(date.fromisoformat(sheet["placed_on"]), "long", locale),
        "promised_on": format_skeleton("yMMMEd", date.fromisoformat(sheet["promised_on"]), locale=locale),
        "picture": _printable(sheet["picture"], style), "room": _room_shown(sheet.get("room"), style),
        "parts": _parts_shown(sheet["parts"], locale),
        "operations": [{**operation, "minutes": format_decimal(operation["minutes"], locale=locale),
                        "parts": _parts_shown(operation["parts"], locale)} for operation in sheet["operations"]],
    }


def _room_shown(room: Mapping[str, Any] | None, style: str) -> dict[str, Any] | None:
    return {**room, "picture": _printable(room["picture"], style)} if room else None


def _printable(svg: str, style: str) -> str:
    """The picture with its style inside, for there is no page that brings it; "" stays "".

    Strokes given in px keep their weight at any scale on a page. Here they are brought to scale, for a PDF's pictures
    know no such strokes.
    """
    if not (view := re.search(r'viewBox="\S+ \S+ (\S+) (\S+)"', svg)):
        return svg
    unit = max(float(view[1]) / WIDTH, float(view[2]) / HEIGHT) * PX
    style = re.sub(r"stroke-width: ([\d.]+)px", lambda px: f"stroke-width: {float(px[1]) * unit:.3f}", style)
    return _document(svg).replace(">", f"><style>{style}</style>", 1)


def _document(svg: str) -> str:
    """An element of a page as a document of its own."""
    return svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)


def _parts_shown(parts: Iterable[Mapping[str, Any]], locale: str) -> list[dict[str, Any]]:
    """Measures are written without thousands separators, as on drawings."""
    def shown(number: float, grouped: bool = True) -> str:
        return str(format_decimal(number, locale=locale, group_separator=grouped))
    return [{**part, "quantity": shown(part["quantity"]), "each": shown(part["each"]),
             "measures": [f"{name} {shown(measure, False)}" for name, measure in part["measures"].items()]}
            for part in parts]

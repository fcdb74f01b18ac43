"""The build sheet: all that the workshop needs, frozen with the order.

Pages, paper, labels and tables (`orders.sheets`) are made from this data alone, so that a later catalogue changes
nothing in them.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from catalog.model import Characteristic, ProductModel, from_plain
from catalog.nodes import Exact, Values
from catalog.parts import BillLine, Stage, Task, bill, routing
from catalog.picture import caption, draw
from catalog.store import model_of
from catalog.wording import WORDS, title
from orders.lots import Lot
from orders.places import floorplan
from orders.places.standing import Sizes
from orders.promises import Offer
from orders.records import Order, Revision
from orders.specifications import NOTHING, Difference, differences, grouped, said
from orders.subjects import Whom


@dataclass(frozen=True)
class Issue:
    """What a sheet says besides the lot and whom it is for: the day on which it was ordered, and the order that
    differences are marked against; `guessed` is what nobody measured, `number` counts the sheets of the order.
    """

    placed_on: date
    previous: Order | None = None
    guessed: Collection[str] = ()
    number: int = 1


def freeze(whom: Whom, lot: Lot, offer: Offer, issue: Issue) -> dict[str, Any]:
    """All that the sheet shows, as plain JSON: numbers as numbers, money in minor units, dates as ISO 8601.

    Quantities and minutes (whole ones) are for the whole lot; `each` is for one piece.
    """
    return {
        "revision": issue.number, "product": {"name": lot.model.name, "title": title(lot.model),
                                              "version": lot.version.number},
        "customer": {"number": whom.customer.number, "name": whom.customer.name, "for": [
            subject.name for subject in whom.subjects if not subject.themself]},
        "specification": _specification(lot.revision),
        "placed_on": issue.placed_on.isoformat(), "quantity": lot.quantity, **promised(lot.model, offer),
        "previous": issue.previous.number if issue.previous else None, "remake": lot.remake_of is not None,
        "groups": list(_groups(lot, issue)), **_made(lot),
        "picture": draw(lot.model, lot.values), "caption": caption(lot.model, lot.values), "room": _room(whom, lot),
    }


def lines(sheet: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The lines of a sheet's parts, those of no operation first."""
    yield from sheet["parts"]
    for operation in sheet["operations"]:
        yield from operation["parts"]


def taken(lines: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Of some lines those that are taken from a bin: what is made here lies in none, what it is cut from does."""
    return (line for line in lines if not line.get("made_here"))  # older sheets do not say it


def parts_of(order: Order) -> dict[str, Mapping[str, Any]]:
    """The lines of the order's sheet, one for each part, by its number."""
    return {line["number"]: line for line in lines(order.sheet)}


def promised(model: ProductModel, offer: Offer) -> dict[str, Any]:
    """What of the sheet is as it was offered: the day and the price."""
    return {
        "promised_on": offer.promised_on.isoformat(),
        "price": {"currency": model.currency, "piece": offer.price.total, "vat": offer.price.vat, "total": offer.total,
                  "tax": offer.tax, "charged": offer.vat.plain(), "discount": offer.discount, "quote": offer.quote,
                  "fee": offer.fee, "waived": offer.waived, "tier": offer.tier,
                  "lines": [{"rule": line.rule, "title": line.title, "amount": line.amount}
                            for line in offer.price.lines]},
    }


def _room(whom: Whom, lot: Lot) -> dict[str, Any] | None:
    """Where it goes, with the plan as it is now; `area` is x, y, width and depth of what it covers, in mm."""
    if lot.standing is None or whom.place is None:
        return None
    sizes = Sizes.of(lot.model, lot.values)
    area = lot.standing.area(sizes)
    return {"place": whom.place.name, **lot.standing.plain(), "area": [area.x, area.y, area.width, area.depth],
            "picture": floorplan.draw(lot.standing.plan, whom.place.name, lot.standing, sizes, name=title(lot.model))}


def _made(lot: Lot) -> dict[str, Any]:
    """The routing with the parts of each operation, and the parts of none."""
    stages = routing(lot.model, lot.values)
    named = {stage.name for stage in stages}
    return {"parts": [_part(line, lot.quantity) for line in bill(lot.model, lot.values) if line.operation not in named],
            "operations": [_operation(stage, lot.quantity) for stage in stages] or [_whole(lot.model)]}


def _groups(lot: Lot, issue: Issue) -> Iterator[dict[str, Any]]:
    """What is built, group by group; what the last order had and the catalogue has no more comes last."""
    was = _differences(issue.previous, lot.model, lot.values)
    for heading, members in grouped(lot.model):
        yield {"title": heading, "rows": [_row(one, lot.values, was, issue.guessed) for one in members]}
    if lost := [difference for name, difference in was.items() if name not in lot.model]:
        yield {"title": "", "rows": [_lost(difference) for difference in lost]}


def _differences(previous: Order | None, model: ProductModel, values: Values) -> dict[str, Difference]:
    if previous is None:
        return {}
    before = model_of(previous.version), from_plain(previous.values)
    return {difference.name: difference for difference in differences(*before, model, values)}


def _specification(revision: Revision | None) -> dict[str, Any] | None:
    if revision is None:
        return None
    return {"number": revision.specification.number, "name": revision.specification.name, "revision": revision.letter}


def _row(characteristic: Characteristic, values: Values, was: Mapping[str, Difference], guessed: Collection[str]
         ) -> dict[str, Any]:
    """`was` is what the last order had (empty if it was not asked), `standard` what the maker's standard would be; both
    are None where they are the same.
    """
    answer, standard = values[characteristic.name], characteristic.standard
    return {
        "name": characteristic.name, "title": title(characteristic), "said": said(characteristic, answer),
        "operation": characteristic.operation, "measured": characteristic.name not in guessed,
        "was": (was[characteristic.name].was or "") if characteristic.name in was else None,
        "standard": said(characteristic, standard) if standard is not None and standard != answer else None,
    }


def _lost(difference: Difference) -> dict[str, Any]:
    return {"name": difference.name, "title": difference.title, "said": NOTHING, "operation": "", "measured": True,
            "was": difference.was, "standard": None}


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
            "made_here": line.part.made_here,
            "quantity": _number(line.quantity * quantity), "each": _number(line.quantity), "note": line.note,
            "measures": {name: _number(measure) for name, measure in line.measures.items()}}


def _number(exact: Exact) -> int | float:
    """As JSON has it, to a thousandth: what nobody computes with any more."""
    return exact if isinstance(exact, int) else float(round(exact, 3))

"""What goes with a box: a packing list (A4) and a label for its outside (100 x 150 mm), as PDFs, without any price."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import typst
from babel.dates import format_skeleton
from babel.numbers import format_decimal

from catalog.model import Characteristic, Number, Text, from_plain
from catalog.nodes import Answer
from catalog.store import model_of
from catalog.wording import title
from orders.records import Order
from orders.sheets.language import ENGLISH, Language
from orders.sheets.pictures import document, qr
from orders.shipments.shipped import Shipment
from orders.specifications import Say, said

TEMPLATE = Path(__file__).with_name("parcel.typ")


@dataclass(frozen=True)
class Parcel:
    """A box: whose order is in it, how it was sent, if it was, and the day on which it leaves, where the shop is."""

    order: Order
    shipment: Shipment | None
    day: date


def pdf(kind: Literal["list", "label"], parcel: Parcel, *, maker: str, link: str = "", language: Language = ENGLISH,
        say: Say = said) -> bytes:
    """The packing list of a parcel, or the label of its box.

    `link` is what the QR code says, the order's number if empty; `say`: how whoever opens the box reads an answer.
    """
    link = link or parcel.order.number
    data = {"kind": kind, **language.for_template(), "maker": maker, "link": link, "qr": document(qr(link)),
            "rows": contents(parcel.order, say), **_shown(parcel, language.locale)}
    return typst.compile(TEMPLATE, sys_inputs={"data": json.dumps(data)})


def contents(order: Order, say: Say = said) -> list[tuple[str, str]]:
    """What is in the box: what was chosen of the product, and what is written on it.

    A list that travels says nothing of the body or the home that a piece was made for, and nothing of what nobody
    wanted: that is not in the box.
    """
    model, values = model_of(order.version), from_plain(order.values)
    told = [c for c in model.characteristics if c.about == "product" or isinstance(c, Text)]
    return [(title(c), say(c, values[c.name])) for c in told if c.name in values and _is_there(c, values[c.name])]


def _is_there(characteristic: Characteristic, answer: Answer) -> bool:
    """A number always is, 0 too; a text if it says something; of the values chosen one that is not `none`."""
    if isinstance(characteristic, Number | Text):
        return answer != ""
    return not all(value.absent for value in characteristic.chosen(answer))


def _shown(parcel: Parcel, locale: str) -> dict[str, Any]:
    order, shipment, sheet = parcel.order, parcel.shipment, parcel.order.sheet
    return {
        "number": order.number, "revision": order.sheet_number, "product": sheet["product"]["title"],
        "customer": sheet["customer"]["name"], "customer_number": sheet["customer"]["number"],
        "for": sheet["customer"].get("for", []), "remake": sheet["previous"] if sheet.get("remake") else "",
        "quantity": format_decimal(sheet["quantity"], locale=locale),
        "day": format_skeleton("yMMMd", parcel.day, locale=locale),
        "carrier": shipment.carrier.name if shipment and shipment.carrier else "",
        "tracking": shipment.tracking if shipment else ""}

"""What goes with a box: a packing list (A4) and a label for its outside (100 x 150 mm), as PDFs, without any price."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Literal

import typst
from babel.dates import format_skeleton
from babel.numbers import format_decimal

from orders.records import Order
from orders.sheets.pictures import document, qr
from orders.shipments.shipped import Shipment

TEMPLATE = Path(__file__).with_name("parcel.typ")


def pdf(kind: Literal["list", "label"], order: Order, shipment: Shipment | None, *, day: date, maker: str,
        link: str = "", locale: str = "en", words: Mapping[str, str] | None = None) -> bytes:
    """The packing list of an order, or the label of its box.

    `day`: on which it leaves, where the shop is; `link` is what the QR code says, the number if empty.
    """
    link = link or order.number
    data = {"kind": kind, "lang": locale[:2], "words": dict(words or {}), "maker": maker, "link": link,
            "qr": document(qr(link)), **_shown(order, shipment, day, locale)}
    return typst.compile(TEMPLATE, sys_inputs={"data": json.dumps(data)})


def contents(order: Order) -> list[tuple[str, str]]:
    """What is in the box, answer by answer, in the words of the frozen sheet."""
    return [(row["title"], row["said"]) for group in order.sheet["groups"] for row in group["rows"]]


def _shown(order: Order, shipment: Shipment | None, day: date, locale: str) -> dict[str, Any]:
    sheet = order.sheet
    return {
        "number": order.number, "revision": order.sheet_number, "product": sheet["product"]["title"],
        "customer": sheet["customer"]["name"], "customer_number": sheet["customer"]["number"],
        "for": sheet["customer"].get("for", []), "remake": sheet["previous"] if sheet.get("remake") else "",
        "quantity": format_decimal(sheet["quantity"], locale=locale), "rows": contents(order),
        "day": format_skeleton("yMMMd", day, locale=locale),
        "carrier": shipment.carrier.name if shipment and shipment.carrier else "",
        "tracking": shipment.tracking if shipment else ""}

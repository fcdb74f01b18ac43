"""A quote on paper, out of a frozen document alone. The data reaches the template as JSON and stays text there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import typst
from babel.dates import format_date, format_skeleton
from babel.numbers import format_currency, format_decimal, get_currency_precision

from orders.quotation.vat import WORDS
from orders.sheets.language import ENGLISH, Language

PICTURE = 30, 22
"""Millimetres on paper that the picture of a line may take, as in the template."""
TEMPLATE = Path(__file__).with_name("quote.typ")
MINUS = "\N{MINUS SIGN}"
Plain = Callable[[int], str]
"""Minor units as a column shows them, without the currency."""


def pdf(document: Mapping[str, Any], *, maker: str = "", language: Language = ENGLISH, pictures: Sequence[str] = (),
        stamp: str = "") -> bytes:
    """The document as a PDF: A4, its lines with what they are, what they add up to, terms.

    `pictures` are SVG documents, one for each line ("": none); the words of `orders.quotation.vat.WORDS` are among the
    language's; `maker` is who offers; `stamp` is what became of the offer, in a sentence of its own: the document
    itself says for ever what was sent.
    """
    data = {"maker": maker, "stamp": stamp, **language.for_template(), "pictures": list(pictures),
            **_shown(document, language.locale, language.words)}
    return typst.compile(TEMPLATE, sys_inputs={"data": json.dumps(data)})


def _shown(document: Mapping[str, Any], locale: str, words: Mapping[str, str]) -> dict[str, Any]:
    """The document with money, numbers and dates as the locale writes them."""
    def money(minor: int) -> str:
        return str(format_currency(_major(minor, document["currency"]), document["currency"], locale=locale))

    def plain(minor: int) -> str:
        places = get_currency_precision(document["currency"])
        pattern = "#,##0" + ("." + "0" * places if places else "")
        return str(format_decimal(_major(minor, document["currency"]), pattern, locale=locale)).replace("-", MINUS)

    totals = document["totals"]
    return {
        "number": document["quote"], "revision": document["revision"],
        "customer": {"company": "", **document["customer"]},  # it was not kept of the first quotes
        "rep": document["rep"], "issued_on": format_date(date.fromisoformat(document["issued_on"]), "long", locale),
        "valid_until": format_date(date.fromisoformat(document["valid_until"]), "long", locale),
        "ready_days": document["ready_days"],
        "ready_on": format_skeleton("yMMMEd", date.fromisoformat(document["ready_on"]), locale=locale),
        "currency": document["currency"],
        "lines": [_line(line, plain, locale) for line in document["lines"]],
        "after_lines": plain(totals["after_lines"]), "share": plain(-totals["share"]) if totals["share"] else "",
        "granted": _granted(document["discount"], locale), "net": plain(totals["net"]),
        "total": money(totals["gross"]),
        "taxes": list(_taxes(document, plain, locale, words)),
        "letter": document["words"], "delivery": document["delivery"], "terms": document["terms"],
    }


def _line(line: Mapping[str, Any], plain: Plain, locale: str) -> dict[str, Any]:
    return {"title": line["title"], "for": line["for"], "specification": line["specification"],
            "said": [pair for pair in line["said"] if pair[1]], "quantity": line["quantity"],
            "piece": plain(line["piece"]), "listed": plain(line["listed"]), "gross": plain(line["gross"]),
            "share": plain(-line["share"]) if line["share"] else "", "after": plain(line["listed"] - line["discount"]),
            "tax": plain(line["tax"]), "net": plain(line["net"]), "rate": _rate(line["vat"]["rate"], locale),
            "discount": plain(-line["discount"]) if line["discount"] else "",
            "granted": _granted(line["granted"], locale)}


def _taxes(document: Mapping[str, Any], plain: Plain, locale: str, words: Mapping[str, str]
           ) -> Iterator[dict[str, str]]:
    for tax in document["taxes"]:
        why = WORDS[tax["treatment"]]
        yield {"rate": _rate(tax["rate"], locale), "net": plain(tax["net"]), "tax": plain(tax["tax"]),
               "why": words.get(why, why)}


def _granted(discount: Mapping[str, Any], locale: str) -> str:
    if not discount["value"] or discount["kind"] == "amount":
        return ""
    return f"{format_decimal(Decimal(discount['value']) / 100, locale=locale)} %"


def _rate(text: str, locale: str) -> str:
    rate = Fraction(text)
    return f"{format_decimal(Decimal(rate.numerator) / rate.denominator, '#,##0.##', locale=locale)} %"


def _major(minor: int, currency: str) -> Decimal:
    return Decimal(minor).scaleb(-get_currency_precision(currency))

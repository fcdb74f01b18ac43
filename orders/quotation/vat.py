"""Value added tax: what a customer is charged, from the table that the firm keeps.

Catalogue prices include the maker's own tax. For somebody who is charged otherwise it is taken out of the price of a
piece and theirs is put on, rounded once; where nothing in the table speaks of a customer, the catalogue's own rate
stays. The rules of the table are the firm's: a country, a kind of customer, what is charged, from which day on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any, Literal, cast

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from catalog.nodes import Exact
from catalog.pricing import Line, PriceSheet
from catalog.wording import plain
from orders.quotation.quoted import TREATMENTS, VatRule
from orders.quotation.rounding import nearest
from orders.records import CUSTOMERS, Account, Customer

Treatment = Literal["own", "rate", "reverse", "export"]
ELSEWHERE = ""
"""The country of the rules for every country that has none."""
HUNDREDTHS = 100
WORDS: Mapping[str, str] = {
    "own": "", "rate": "", "reverse": "Reverse charge: the recipient owes the VAT", "export": "Export, free of VAT"}
"""Why there is no tax, as a document has to say."""
STANDARD: Mapping[str, int] = {
    "AT": 2000, "BE": 2100, "BG": 2000, "HR": 2500, "CY": 1900, "CZ": 2100, "DK": 2500, "EE": 2400, "FI": 2550,
    "FR": 2000, "DE": 1900, "GR": 2400, "HU": 2700, "IE": 2300, "IT": 2200, "LV": 2100, "LT": 2100, "LU": 1700,
    "MT": 1800, "NL": 2100, "PL": 2300, "PT": 2300, "RO": 2100, "SK": 2300, "SI": 2200, "ES": 2100, "SE": 2500}
"""The standard rates in the European Union, as its member states have them since August 2025 (European Commission,
Taxes in Europe Database): what a table can begin with. Whoever keeps it answers for it.
"""
VAT_ID = re.compile(r"[A-Z]{2}[A-Z0-9+*]{2,13}")


@dataclass(frozen=True)
class Vat:
    """What is charged: so many per cent, included in the amounts, and why."""

    rate: Exact
    treatment: Treatment = "own"

    @classmethod
    def from_plain(cls, data: Mapping[str, Any]) -> Vat:
        """The inverse of `plain`."""
        return cls(Fraction(data["rate"]), data["treatment"])

    def plain(self) -> dict[str, Any]:
        """As JSON data."""
        return {"rate": str(Fraction(self.rate)), "treatment": self.treatment}


def included(gross: int, rate: Exact) -> Fraction:
    """The tax in an amount, exact."""
    return Fraction(gross * rate) / (100 + rate)


def of(session: Session, customer: Customer | None, own: Exact, day: date) -> Vat:
    """What a customer is charged on a day for something with the maker's `own` rate in its price."""
    rule = _rule(session, customer, day) if customer and customer.country else None
    match rule.treatment if rule else "own":
        case "rate" if rule:
            return Vat(Fraction(rule.rate, HUNDREDTHS), "rate")
        case "reverse" | "export" as treatment:
            return Vat(Fraction(0), cast(Treatment, treatment))
    return Vat(own)


def charged(sheet: PriceSheet, own: Exact, vat: Vat) -> PriceSheet:
    """The price of one piece for somebody who is charged `vat`: a line more, where that is not the catalogue's own."""
    if vat.rate == own:
        return sheet
    total = gross(sheet.total, own, vat)
    title = f"{plain(vat.rate, 2)} % instead of {plain(own, 2)} % VAT"
    line = Line("vat", title, total - sheet.total)
    return replace(sheet, lines=(*sheet.lines, line), total=total, vat=nearest(included(total, vat.rate)))


def gross(amount: int, own: Exact, vat: Vat) -> int:
    """An amount with the maker's `own` tax in it, for somebody who is charged `vat`."""
    return nearest(Fraction(amount) * (100 + Fraction(vat.rate)) / (100 + Fraction(own)))


def kind(customer: Customer) -> str:
    """Which rules speak of a customer: a firm that has not told its number is charged as a person is."""
    return "firm" if customer.kind == "firm" and customer.vat_id else "person"


def settle(customer: Customer, country: str, kind: str, vat_id: str) -> None:
    """Notes where and what a customer is; raises ValueError for what cannot be."""
    country, vat_id = country.strip().upper(), re.sub(r"[\s.-]", "", vat_id).upper()
    if kind not in CUSTOMERS:
        raise ValueError(f"a customer is one of {', '.join(CUSTOMERS)}")
    if country and not re.fullmatch("[A-Z]{2}", country):
        raise ValueError("a country has two letters")
    if vat_id and not VAT_ID.fullmatch(vat_id):
        raise ValueError("a VAT number begins with the two letters of its country, such as ATU12345678")
    customer.country, customer.kind, customer.vat_id = country, kind, vat_id if kind == "firm" else ""


def rules(session: Session) -> list[VatRule]:
    """The whole table: country by country, the newest rules first; those for every other country at the end."""
    return sorted(session.scalars(select(VatRule)), key=lambda rule: (
        rule.country == ELSEWHERE, rule.country, rule.kind != "person", -rule.valid_from.toordinal()))


def note(session: Session, country: str, kind: str, treatment: str, rate: int, valid_from: date,
         account: Account | None) -> VatRule:
    """A rule of the table; it takes the place of one for the same country, kind and day. Raises ValueError."""
    if kind not in CUSTOMERS or treatment not in TREATMENTS or not re.fullmatch("([A-Z]{2})?", country):
        raise ValueError("a rule is for a country, a kind of customer and a treatment")
    if not 0 <= rate <= 100 * HUNDREDTHS:
        raise ValueError("a rate is of 0 to 100 per cent")
    where = {"country": country, "kind": kind, "valid_from": valid_from}
    session.execute(delete(VatRule).filter_by(**where))
    rule = VatRule(**where, treatment=treatment, rate=rate if treatment == "rate" else 0, account=account)
    session.add(rule)
    session.flush()
    return rule


def begin(session: Session, home: str, valid_from: date, account: Account | None) -> None:
    """Fills an empty table for a maker in a country of the European Union: see STANDARD. Raises ValueError.

    People are charged what their country charges, firms with a number elsewhere in the Union owe it themselves, and
    what leaves the Union is free of it.
    """
    if home not in STANDARD:
        raise ValueError(f"{home} is no member state of the European Union")
    if session.scalar(select(VatRule.id).limit(1)):
        raise ValueError("the table has rules already")
    for country, rate in STANDARD.items():
        abroad: Iterable[tuple[str, str]] = (("person", "rate"), ("firm", "reverse"))
        for who, treatment in abroad if country != home else (("person", "own"), ("firm", "own")):
            note(session, country, who, treatment, rate, valid_from, account)
    for who in CUSTOMERS:
        note(session, ELSEWHERE, who, "export", 0, valid_from, account)


def _rule(session: Session, customer: Customer, day: date) -> VatRule | None:
    """The newest rule of the customer's country; of every other, if there is none."""
    return session.scalar(
        select(VatRule).where(VatRule.country.in_((customer.country, ELSEWHERE)), VatRule.kind == kind(customer),
                              VatRule.valid_from <= day)
        .order_by((VatRule.country == ELSEWHERE), VatRule.valid_from.desc()).limit(1))

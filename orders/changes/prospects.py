"""What an order would be with another lot: its price, its day, its sheet, and what a change of it costs."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.model import from_plain
from catalog.nodes import Values
from catalog.store import model_of
from orders import buildsheet
from orders.changes.consequences import touched
from orders.lifecycle import MADE
from orders.lots import Lot
from orders.placing import waivable
from orders.promises import Offer, offered, promised
from orders.quotation.rounding import nearest
from orders.quotation.vat import Vat, gross, included
from orders.records import Order, Revision
from orders.relation import tiers
from orders.subjects import Whom
from orders.supplies.snapshot import supply
from orders.supplies.supply import Supply


@dataclass(frozen=True)
class Charge:
    """What is `due` for a change, and what a `tier` waives of it, in minor units."""

    due: int
    waived: int = 0
    tier: str = ""


@dataclass(frozen=True)
class Prospect:
    """What an order would be with another lot: `sheet` is the next revision of its sheet, as it is offered."""

    offer: Offer
    sheet: dict[str, Any]
    charge: Charge


def would_be(session: Session, order: Order, lot: Lot, today: date, guessed: Collection[str] = (), fee: int = 0
             ) -> Prospect:
    """What an order would be with another lot; `guessed` as in changing.Edit, `fee` as for `charged`.

    The price moves by what the lot costs more or less, and by the fee of a change, see `charged`; what was taken off it
    in a quote stays off, see `_discount`, and a remake without a charge stays one.
    The day moves by as many days as the lot alone takes longer or less, and is never before it can be ready if work is
    lost.
    """
    left = supply(session, today)
    was = _offered(order, from_plain(order.values), order.quantity, left)
    new = _offered(order, lot.values, lot.quantity, left)
    held, discount = order.sheet["price"], _discount(order, new.total)
    waived = waivable(new.total, order.remake_of) if order.remake_of and held.get("waived") else 0
    charge = charged(session, order, fee)
    fees = held.get("fee", 0) + charge.due
    total = new.total - discount - waived + fees
    sheet = _frozen(session, order, lot, new, guessed)
    ready = _moved(order.promised_on, left.until(new.promised_on) - left.until(was.promised_on), left)
    if {made.operation for made in order.sign_offs} & set(touched(order.sheet, sheet)):
        ready = max(ready, new.promised_on)
    offer = replace(new, total=total, promised_on=ready, discount=discount, quote=held.get("quote", ""), fee=fees,
                    waived=waived, tier=held.get("tier", ""), tax=nearest(included(total, new.vat.rate)))
    return Prospect(offer, {**sheet, **buildsheet.promised(lot.model, offer)}, charge)


def charged(session: Session, order: Order, fee: int) -> Charge:
    """What a change of an order costs now, at the shop's `fee` for one (with the catalogue's own tax in it): nothing
    before the release, nor while the customer's tier has free ones left.
    """
    if not fee or order.state not in MADE:
        return Charge(0)
    due = gross(fee, model_of(order.version).vat, taxed(order))
    tier = tiers.giving(session, order.customer, "change")
    return Charge(0, due, tier.name) if tier else Charge(due)


def taxed(order: Order) -> Vat:
    """How it is taxed: as when it was placed."""
    charged = order.sheet["price"].get("charged")
    return Vat.from_plain(charged) if charged else Vat(model_of(order.version).vat)


def saved(order: Order, values: Values) -> Revision | None:
    """The saved specification that was ordered, if it is still what it says."""
    kept = order.revision
    return kept if kept and from_plain(kept.values) == values else None


def _discount(order: Order, listed: int) -> int:
    """What stays off another price of an order: as much as was granted, and no larger part of it than that was.

    So what is added costs what it costs, and what is left out takes its part of the discount along.
    """
    off, fee = order.sheet["price"].get("discount", 0), order.sheet["price"].get("fee", 0)
    return min(off, nearest(Fraction(off * listed, order.total + off - fee))) if off else 0


def _offered(order: Order, values: Values, quantity: int, left: Supply) -> Offer:
    """The full price, charged as the order is, and the day."""
    return promised(offered(model_of(order.version), values, left, quantity)).charged(taxed(order))


def _frozen(session: Session, order: Order, lot: Lot, offer: Offer, guessed: Collection[str]) -> dict[str, Any]:
    """The next revision of an order's sheet, for another lot: what it is compared with stays what it was."""
    previous = session.scalar(select(Order).where(Order.number == order.sheet["previous"]))
    same = replace(lot, version=order.version, revision=saved(order, lot.values), remake_of=order.remake_of)
    issue = buildsheet.Issue(date.fromisoformat(order.sheet["placed_on"]), previous, guessed, order.sheet_number + 1)
    return buildsheet.freeze(Whom.of(order), same, offer, issue)


def _moved(day: date, days: int, left: Supply) -> date:
    """So many working days later, or earlier."""
    return left.after(max(0, left.until(day) + days)) if days else day

"""Placing an order: what is promised is frozen whole, in one transaction, once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from catalog.database import now
from catalog.model import to_plain
from catalog.nodes import Values
from catalog.records import Version
from catalog.store import current, model_of
from orders import buildsheet, lifecycle, numbers, subjects
from orders.buildable import Problem, Unbuildable, check, still
from orders.changes import requests
from orders.lots import Lot
from orders.memory import evidence, facts
from orders.promises import Offer, offered, promised
from orders.quotation import vat
from orders.quotation.rounding import nearest
from orders.quotation.vat import included
from orders.records import STATES, Account, Customer, Order
from orders.relation import tiers
from orders.subjects import Whom
from orders.supplies import reservations
from orders.supplies.snapshot import fresh, lock

MOST = 999
"""Pieces in one order."""
LARGEST_TOTAL = 2**31 - 1
"""Minor units that the database can hold."""


@dataclass(frozen=True)
class Change:
    """Something that is no longer what the customer agreed to."""

    what: str  # "version" (numbers), "total", "tax" (minor units), "promise" or "validity" (dates)
    agreed: int | date
    now: int | date


class Changed(Exception):
    """The offer is not what the customer agreed to; nothing was ordered, so that they can decide."""

    def __init__(self, changes: tuple[Change, ...]) -> None:
        super().__init__("; ".join(f"{change.what}: {change.agreed} is now {change.now}" for change in changes))
        self.changes = changes


@dataclass(frozen=True)
class Quoted:
    """Where what was agreed to was quoted: in a revision and what it is called, as a part of which it costs `listed`
    before discounts and has this `tax` in its total.
    """

    revision_id: int
    name: str
    listed: int
    tax: int


@dataclass(frozen=True)
class Agreed:
    """What the customer saw and agreed to: minor units for all pieces, tax included, and the day they are ready.

    If it was `quoted`, the total may be less than what is offered now, and the day later.
    """

    total: int
    promised_on: date
    quoted: Quoted | None = None


@dataclass(frozen=True)
class Entered:
    """What was entered for an order: so many `inputs`.

    `told`: the values that somebody stated, all if not given: only these become facts about the person or the place;
    `corrected`: by the names that the person ordering set or changed, what had been proposed; `unaided`: the inputs it
    would have taken somebody unknown; `seconds`: how long they were at work on it; `guessed`: what is about the person
    or the place and nobody gave, which the sheet says and nobody learns from.
    """

    inputs: int
    told: Values | None = None
    corrected: Values | None = None
    unaided: int | None = None
    seconds: int | None = None
    guessed: Collection[str] = ()


def place(session: Session, whom: Whom, lot: Lot, agreed: Agreed, entered: Entered, *, key: str, today: date,
          placed_by: Account | None = None, at: datetime | None = None, free_for: timedelta = timedelta(0)) -> Order:
    """The order of a lot for somebody, or the one that they placed with this key before.

    `placed_by` is the rep, if there was one; `at` the moment, now if not given; `free_for`: how long it may be changed
    freely before the floor gets it. Two calls with the same key at the same time make one order: the database refuses
    the second, which then finds the first.

    Raises Unbuildable; Changed; ValueError for a quantity or total out of bounds, for a revision of somebody else and
    for a customer who is erased.
    """
    subjects.alive(session, whom.customer)
    if placed := _placed(session, whom.customer, key):
        return placed
    orderable(whom.customer, lot)
    whom = subjects.settled(session, whom, lot.model)
    lock(session)  # what is promised from here on is promised to nobody else
    offer = _offer(session, whom.customer, lot, agreed, today)
    order = _order(whom, lot, offer, entered, _sheet(session, whom, lot, offer, entered, today))
    order.key, order.placed_by, order.placed_at = key, placed_by.id if placed_by else None, at or now()
    order.quote_revision_id = agreed.quoted.revision_id if agreed.quoted else None
    if (stored := _stored(session, whom.customer, order)) is order:
        reservations.reserve(session, order, today)
        by = placed_by or lifecycle.CUSTOMER
        lifecycle.begin(session, order, by, free_for)
        if order.remake_of:
            asked = requests.ask(session, order, "remake", by)
            if offer.waived:
                tiers.note(session, order, "remake", offer.waived, asked.id, order.placed_at)
        else:
            tiers.note(session, order, "priority", at=order.placed_at)
        _remember(session, whom, lot, entered, order, placed_by)
    return stored


def remade(session: Session, customer: Customer | None, first: Order | None, offer: Offer) -> Offer:
    """The same offer; for a remake of `first` without a charge, if the customer's tier gives them that."""
    tier = tiers.giving(session, customer, "remake") if customer and first else None
    if tier is None or first is None:
        return offer
    waived = waivable(offer.total, first)
    total = offer.total - waived
    return replace(offer, total=total, tax=nearest(included(total, offer.vat.rate)), waived=waived, tier=tier.name)


def waivable(total: int, first: Order) -> int:
    """What of a total is not charged if a first order is made again without a charge: as much as that one cost, so that
    what is more or better than it is paid for.
    """
    return min(total, first.total + int(first.sheet["price"].get("waived", 0)))


def orderable(customer: Customer, lot: Lot) -> None:
    """Raises Unbuildable, and ValueError for a quantity out of bounds or what was made from somebody else's."""
    check(lot.model, lot.values)
    if lot.standing and lot.standing.broken(lot.model, lot.values):
        raise Unbuildable((Problem("rule", "standing", "It does not fit where it was placed."),))
    if not 1 <= lot.quantity <= MOST:
        raise ValueError(f"an order is of 1 to {MOST} pieces, not {lot.quantity}")
    made_from = lot.revision and lot.revision.specification, lot.remake_of
    if {kept.customer_id for kept in made_from if kept} - {customer.id}:
        raise ValueError("the specification or order is somebody else's")


def _sheet(session: Session, whom: Whom, lot: Lot, offer: Offer, entered: Entered, today: date) -> dict[str, Any]:
    previous = lot.remake_of or last(session, whom, lot.version.product_id)
    return buildsheet.freeze(whom, lot, offer, buildsheet.Issue(today, previous, entered.guessed))


def _order(whom: Whom, lot: Lot, offer: Offer, entered: Entered, sheet: dict[str, Any]) -> Order:
    """Without what tells when and by whom it is placed."""
    return Order(
        customer_id=whom.customer.id, person=whom.person, place=whom.place, remake_of=lot.remake_of,
        version_id=lot.version.id, revision_id=lot.revision.id if lot.revision else None, state=STATES[0],
        values=to_plain(lot.values), sheet=sheet, quantity=lot.quantity, currency=lot.model.currency,
        total=offer.total, promised_on=offer.promised_on, questions=len(lot.model.characteristics),
        inputs=entered.inputs, unaided=entered.unaided, seconds=entered.seconds)


def _remember(session: Session, whom: Whom, lot: Lot, entered: Entered, order: Order, by: Account | None) -> None:
    """What was stated, and that it was ordered."""
    occasion = evidence.Occasion(f"order {order.number}", order=order, by=by, at=order.placed_at)
    known = {name: value for name, value in lot.values.items() if name not in entered.guessed}
    facts.tell(session, whom, lot.model, known if entered.told is None else entered.told, occasion.source,
               occasion.at)
    evidence.keep(session, whom, evidence.Said("order", lot.version, known, entered.corrected), occasion)


def _offer(session: Session, customer: Customer, lot: Lot, agreed: Agreed, today: date) -> Offer:
    """What was agreed to, if it is still offered, and of the newest version; else raises Changed."""
    changes, model = [], lot.model
    newest = current(session, lot.version.product.slug)
    if newest is not None and newest.id != lot.version.id:
        changes.append(Change("version", lot.version.number, newest.number))
        model = still(model_of(newest), lot.values) or model
    offer = promised(offered(model, lot.values, fresh(session, today), lot.quantity))
    offer = remade(session, customer, lot.remake_of, offer.charged(vat.of(session, customer, model.vat, today)))
    listed, quoted = agreed.quoted.listed if agreed.quoted else agreed.total, agreed.quoted
    if offer.total != listed:
        changes.append(Change("total", listed, offer.total))
    if offer.promised_on > agreed.promised_on:
        changes.append(Change("promise", agreed.promised_on, offer.promised_on))
    if changes:
        raise Changed(tuple(changes))
    if quoted:
        offer = replace(offer, total=agreed.total, promised_on=agreed.promised_on, tax=quoted.tax,
                        discount=listed - agreed.total, quote=quoted.name)
    if not 0 <= offer.total <= LARGEST_TOTAL:
        raise ValueError(f"{offer.total} minor units of {model.currency} cannot be ordered")
    return offer


def _stored(session: Session, customer: Customer, order: Order) -> Order:
    """The order, numbered and stored; or the one with its key, if another transaction was first."""
    try:
        with session.begin_nested():
            order.number = numbers.take(session, "order")
            session.add(order)
            session.flush()
    except IntegrityError:
        if placed := _placed(session, customer, order.key):
            return placed
        raise
    return order


def _placed(session: Session, customer: Customer, key: str) -> Order | None:
    return session.scalar(select(Order).where(Order.customer_id == customer.id, Order.key == key))


def last(session: Session, whom: Whom, product_id: int) -> Order | None:
    """The last order of the product for the same person and place, cancelled ones not counted."""
    key = dict(zip(("customer_id", "person_id", "place_id"), whom.key, strict=True))
    return session.scalar(
        select(Order).filter_by(**key).join(Version).where(
            Version.product_id == product_id, Order.state != "cancelled").order_by(Order.id.desc()).limit(1))

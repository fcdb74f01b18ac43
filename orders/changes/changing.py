"""Changing what was ordered: freely until it is released to the floor, from then on by a request that the floor grants.

A change stays in the catalogue version of the order, so that nothing is dearer or later but for what is changed. What
the order was before is kept: see orders.changes.changed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import insert, literal, select
from sqlalchemy.orm import Session

from catalog.database import now
from catalog.model import from_plain, to_plain
from catalog.nodes import Values
from catalog.store import model_of
from orders import buildsheet
from orders.changes import consequences, requests
from orders.changes.changed import LONGEST_WORD, Request, Superseded
from orders.changes.consequences import touched
from orders.floor import picking, production
from orders.floor.steps import steps
from orders.floor.worked import Measurement, Picked
from orders.lifecycle import MADE, NotAllowed, enter, locked, may, move
from orders.memory import evidence, facts
from orders.names import remark
from orders.placing import Agreed, Change, Changed, Lot, orderable, waivable
from orders.promises import Offer, offered, promised
from orders.quotation.rounding import nearest
from orders.quotation.vat import Vat, gross, included
from orders.records import Account, Order, SignOff
from orders.relation import tiers
from orders.subjects import Whom, alive
from orders.supplies import capacity, stock
from orders.supplies.snapshot import lock, supply
from orders.supplies.supply import Supply


class Outdated(ValueError):
    """The order was changed by somebody else since it was looked at."""

    def __init__(self, order: Order) -> None:
        super().__init__(f"order {order.number} has revision {order.sheet_number} of its sheet by now")


@dataclass(frozen=True)
class Edit:
    """What an order shall be: `lot` in its own version, `number` the revision that was looked at.

    `guessed`: what is about the person or the place and nobody gave; `why`: a word with it.
    """

    lot: Lot
    number: int
    guessed: Collection[str] = ()
    why: str = ""


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
    """What an order would be with another lot; `guessed` as in Edit, `fee` as for `charged`.

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
    due = gross(fee, model_of(order.version).vat, _vat(order))
    tier = tiers.giving(session, order.customer, "change")
    return Charge(0, due, tier.name) if tier else Charge(due)


def revise(session: Session, order: Order, edit: Edit, agreed: Agreed, account: Account, today: date) -> None:
    """Makes of an order that is not released what is agreed to: its sheet gets its next revision.

    Raises NotAllowed if it is released (then `ask` for it) or not theirs to change; Outdated; Unbuildable; Changed if
    it costs or takes something else than what is agreed to; ValueError.
    """
    if not may(locked(session, order), "placed", account):
        raise NotAllowed(order, "placed")
    sheet = _agreed(session, order, edit, agreed, today).sheet
    _become(session, order, edit.lot.values, sheet, account, edit.why, today)


def ask(session: Session, order: Order, edit: Edit, agreed: Agreed, account: Account, today: date, fee: int = 0
        ) -> Request:
    """Asks the floor to change an order that is released, for a fee; raises as `revise` does, and requests.Pending."""
    if locked(session, order).state not in MADE:
        raise NotAllowed(order, order.state)
    prospect = _agreed(session, order, edit, agreed, today, fee)
    request = requests.ask(session, order, "change", account, edit.why)
    request.values, request.quantity = to_plain(edit.lot.values), edit.lot.quantity
    request.total, request.promised_on = prospect.offer.total, prospect.offer.promised_on
    request.sheet = prospect.sheet
    session.flush()
    if prospect.charge.waived:
        tiers.note(session, order, "change", prospect.charge.waived, request.id)
    return request


def cancel(session: Session, order: Order, account: Account, why: str = "") -> Request | None:
    """Cancels an order that is not released; of one that is, asks the floor to: the request.

    Raises NotAllowed, requests.Pending, ValueError.
    """
    if locked(session, order).state in MADE:
        return requests.ask(session, order, "cancel", account, why)
    move(session, order, "cancelled", account)
    stock.release(session, order)
    if asked := requests.pending(session, order):  # whether it is a remake
        requests.settle(session, asked, "withdrawn", account, why)
    return None


def release(session: Session, order: Order, account: Account) -> None:
    """Gives an order to the floor before its time; raises NotAllowed, also for a remake that is not granted."""
    if locked(session, order).state != "placed" or requests.pending(session, order):
        raise NotAllowed(order, "released")
    move(session, order, "released", account)


def withdraw(session: Session, request: Request, account: Account) -> None:
    """Takes back what was asked; a remake is cancelled with it. Raises requests.Answered."""
    locked(session, request.order)
    requests.settle(session, request, "withdrawn", account)
    if request.kind == "remake":
        move(session, request.order, "cancelled", account)
        stock.release(session, request.order)


def refuse(session: Session, request: Request, account: Account, word: str) -> None:
    """The floor says no, and why; what would have been a remake is cancelled. Raises requests.Answered, ValueError."""
    locked(session, request.order)
    if not word.strip():
        raise ValueError("whoever refuses says why")
    requests.settle(session, request, "refused", account, word)
    if request.kind == "remake":
        move(session, request.order, "cancelled", account)
        stock.release(session, request.order)


def approve(session: Session, request: Request, account: Account, word: str, today: date,
            promised_on: date | None = None, spoilt: Collection[str] = (), ours: bool = False) -> None:
    """The floor says yes, and it is done: the order changes, is cancelled, or is released as a remake.

    `promised_on`: the day that the floor says, if it is another one; `spoilt`: the parts of what went into operations
    that are done again (consequences.Used) which are no good for that; `ours`: a remake is made without a charge,
    because the firm did something wrong. Raises requests.Answered, NotAllowed for an order that left the floor
    meanwhile, ValueError for a day that is past.
    """
    order = locked(session, request.order)
    with session.begin_nested():  # what cannot be done is not approved
        requests.settle(session, request, "approved", account, word)
        if request.kind == "change":
            for used in consequences.used(order, request.sheet or {}):
                if used.number in spoilt:
                    picking.spoil(session, order, used.number, used.amount, account)
            _grant(session, order, request, promised_on or _later(request.promised_on, today), account, today)
        else:
            if request.kind == "remake" and ours:
                _make_good(session, request, account, today)
            move(session, order, "cancelled" if request.kind == "cancel" else "released", account)
        if request.kind == "cancel":
            stock.release(session, order)


def superseded(session: Session, order: Order) -> list[Superseded]:
    """The revisions of an order's sheet before the one that counts, the newest first."""
    return list(session.scalars(select(Superseded).where(Superseded.order_id == order.id)
                                .order_by(Superseded.number.desc())))


def _grant(session: Session, order: Order, request: Request, day: date, account: Account, today: date) -> None:
    if not may(order, order.state, account):
        raise NotAllowed(order, order.state)
    if day < today:
        raise ValueError(f"{day} is past")
    assert request.sheet
    sheet = {**request.sheet, "promised_on": day.isoformat()}
    lost = touched(order.sheet, sheet)
    why = request.why or request.word
    _become(session, order, from_plain(request.values or {}), sheet, account, why, today, lost)
    for operation in lost:
        production.void(session, order, operation)
    _follow(session, order, account)


def _make_good(session: Session, request: Request, account: Account, today: date) -> None:
    """A remake costs nothing, whatever the customer's tier gives: that is not used up."""
    order, price = request.order, request.order.sheet["price"]
    assert order.remake_of
    waived = waivable(order.total + price.get("waived", 0), order.remake_of)
    total = order.total + price.get("waived", 0) - waived
    sheet = {**order.sheet, "revision": order.sheet_number + 1, "price": {
        **price, "total": total, "tax": nearest(included(total, _vat(order).rate)), "waived": waived, "tier": ""}}
    _become(session, order, from_plain(order.values), sheet, account, request.word, today)
    tiers.give_back(session, request.id)


def _agreed(session: Session, order: Order, edit: Edit, agreed: Agreed, today: date, fee: int = 0) -> Prospect:
    """What it would be, if that is what was agreed to, and of the order as it is."""
    alive(session, order.customer)
    lock(session)  # what is promised from here on is promised to nobody else
    if order.sheet_number != edit.number:
        raise Outdated(order)
    orderable(order.customer, edit.lot)
    remark(edit.why, LONGEST_WORD)
    prospect = would_be(session, order, edit.lot, today, edit.guessed, fee)
    offer = prospect.offer
    changes = [Change(what, was, is_) for what, was, is_ in (
        ("total", agreed.total, offer.total), ("promise", agreed.promised_on, offer.promised_on)) if was != is_]
    if changes:
        raise Changed(tuple(changes))
    return prospect


def _discount(order: Order, listed: int) -> int:
    """What stays off another price of an order: as much as was granted, and no larger part of it than that was.

    So what is added costs what it costs, and what is left out takes its part of the discount along.
    """
    off, fee = order.sheet["price"].get("discount", 0), order.sheet["price"].get("fee", 0)
    return min(off, nearest(Fraction(off * listed, order.total + off - fee))) if off else 0


def _offered(order: Order, values: Values, quantity: int, left: Supply) -> Offer:
    """The full price, charged as the order is, and the day."""
    return promised(offered(model_of(order.version), values, left, quantity)).charged(_vat(order))


def _vat(order: Order) -> Vat:
    """How it is taxed: as when it was placed."""
    charged = order.sheet["price"].get("charged")
    return Vat.from_plain(charged) if charged else Vat(model_of(order.version).vat)


def _frozen(session: Session, order: Order, lot: Lot, offer: Offer, guessed: Collection[str]) -> dict[str, Any]:
    """The next revision of an order's sheet, for another lot: what it is compared with stays what it was."""
    previous = session.scalar(select(Order).where(Order.number == order.sheet["previous"]))
    whom = Whom(order.customer, order.person, order.place)
    return buildsheet.freeze(
        lot.model, lot.values, offer, whom=whom, version=order.version, revision=_revision(order, lot.values),
        placed_on=date.fromisoformat(order.sheet["placed_on"]), previous=previous, remake=order.remake_of is not None,
        standing=lot.standing, guessed=guessed, number=order.sheet_number + 1)


def _revision(order: Order, values: Values) -> Any:
    """The saved specification that was ordered, if it is still what it says."""
    kept = order.revision
    return kept if kept and from_plain(kept.values) == values else None


def _become(session: Session, order: Order, values: Values, sheet: dict[str, Any], account: Account, why: str,
            today: date, lost: Iterable[str] = ()) -> None:
    """The order is what the sheet says from now on, and what it was is kept."""
    before = from_plain(order.values)
    turns = stock.release(session, order)
    _keep(session, order, _done(session, order, lost), account, remark(why, LONGEST_WORD))
    order.revision = _revision(order, values)
    order.values, order.sheet, order.sheet_number = to_plain(values), sheet, order.sheet_number + 1
    order.total, order.quantity = sheet["price"]["total"], sheet["quantity"]
    order.promised_on = date.fromisoformat(sheet["promised_on"])
    session.flush()
    _reserve(session, order, turns, set(lost), today)
    enter(session, order, order.state, account)
    _remember(session, order, before, values)


def _keep(session: Session, order: Order, done: list[Any], account: Account, why: str) -> None:
    """Copies the revision that counted until now, in the database itself: it lets the order change only then."""
    columns = "values", "sheet", "total", "quantity", "promised_on"
    session.flush()
    session.execute(insert(Superseded).from_select(
        ["order_id", "customer_id", "number", *columns, "done", "why", "account_id", "at"],
        select(Order.id, Order.customer_id, Order.sheet_number, *(getattr(Order, name) for name in columns),
               literal(done, Superseded.done.type), literal(why), literal(account.id),
               literal(now(), Superseded.at.type)).where(Order.id == order.id)))


def _done(session: Session, order: Order, operations: Iterable[str]) -> list[dict[str, Any]]:
    """What was signed off and measured in operations, as it is kept: who did it by their account."""
    lost = set(operations)
    signed = [{"operation": one.operation, "step": one.step, "account": one.account_id, "at": one.at.isoformat()}
              for one in session.scalars(select(SignOff).where(SignOff.order_id == order.id)) if one.operation in lost]
    measured = [{"operation": one.operation, "step": one.step, "piece": one.piece, "value": one.value,
                 "account": one.account_id, "at": one.at.isoformat()}
                for one in session.scalars(select(Measurement).where(Measurement.order_id == order.id))
                if one.operation in lost]
    return signed + measured


def _reserve(session: Session, order: Order, turns: stock.Turns, lost: set[str], today: date) -> None:
    """Promises the order what it is made of now, but for what was picked for it and the hours of what is done."""
    picked = {one.part: one.amount for one in session.scalars(select(Picked).where(Picked.order_id == order.id))}
    stock.reserve(session, order, today, turns, picked)
    left = {step[0] for step in set(steps(order)) - {(one.operation, one.step) for one in order.sign_offs
                                                    if one.operation not in lost}}
    for operation in {step[0] for step in steps(order)} - left:
        capacity.done(session, order, operation)
    session.flush()


def _remember(session: Session, order: Order, before: Values, values: Values) -> None:
    """What was changed was stated; what was ordered is what it is now."""
    changed = {name: value for name, value in values.items() if before.get(name) != value}
    whom = Whom(order.customer, order.person, order.place)
    facts.tell(session, whom, model_of(order.version), changed, f"order {order.number}")
    evidence.ordered_otherwise(session, order, values, {name: before[name] for name in changed if name in before})


def _follow(session: Session, order: Order, account: Account) -> None:
    """Moves the order to where what is left of its signatures puts it."""
    done, all_ = production.progress(order)
    if order.state == "built" and done < all_:
        move(session, order, "in_production", account)
    if order.state == "in_production" and done == all_:
        move(session, order, "built", account)


def _later(day: date | None, today: date) -> date:
    return max(day or today, today)


def _moved(day: date, days: int, left: Supply) -> date:
    """So many working days later, or earlier."""
    return left.after(max(0, left.until(day) + days)) if days else day

"""The floor answers what it is asked: it says yes, and it is done, or no, and why."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy.orm import Session

from catalog.model import from_plain
from orders.changes import consequences, requests
from orders.changes.changed import Request
from orders.changes.consequences import touched
from orders.changes.prospects import taxed
from orders.changes.revising import become
from orders.floor import picking, production
from orders.lifecycle import NotAllowed, locked, may, move
from orders.placing import waivable
from orders.quotation.rounding import nearest
from orders.quotation.vat import included
from orders.records import Account, Order
from orders.relation import tiers
from orders.supplies import reservations


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
            reservations.release(session, order)


def refuse(session: Session, request: Request, account: Account, word: str) -> None:
    """The floor says no, and why; what would have been a remake is cancelled. Raises requests.Answered, ValueError."""
    locked(session, request.order)
    if not word.strip():
        raise ValueError("whoever refuses says why")
    requests.settle(session, request, "refused", account, word)
    if request.kind == "remake":
        move(session, request.order, "cancelled", account)
        reservations.release(session, request.order)


def _grant(session: Session, order: Order, request: Request, day: date, account: Account, today: date) -> None:
    if not may(order, order.state, account):
        raise NotAllowed(order, order.state)
    if day < today:
        raise ValueError(f"{day} is past")
    assert request.sheet
    sheet = {**request.sheet, "promised_on": day.isoformat()}
    lost = touched(order.sheet, sheet)
    why = request.why or request.word
    become(session, order, from_plain(request.values or {}), sheet, account, why, today, lost)
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
        **price, "total": total, "tax": nearest(included(total, taxed(order).rate)), "waived": waived, "tier": ""}}
    become(session, order, from_plain(order.values), sheet, account, request.word, today)
    tiers.give_back(session, request.id)


def _follow(session: Session, order: Order, account: Account) -> None:
    """Moves the order to where what is left of its signatures puts it."""
    done, all_ = production.progress(order)
    if order.state == "built" and done < all_:
        move(session, order, "in_production", account)
    if order.state == "in_production" and done == all_:
        move(session, order, "built", account)


def _later(day: date | None, today: date) -> date:
    return max(day or today, today)

"""Changing what was ordered: freely until it is released to the floor, from then on by a request to the floor.

A change stays in the catalogue version of the order, so that nothing is dearer or later but for what is changed. What
the order was before is kept: see orders.changes.changed.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from catalog.model import to_plain
from orders.changes import requests
from orders.changes.changed import LONGEST_WORD, Request
from orders.changes.prospects import Prospect, would_be
from orders.changes.revising import become
from orders.lifecycle import MADE, NotAllowed, locked, may, move
from orders.lots import Lot
from orders.names import remark
from orders.placing import Agreed, Change, Changed, orderable
from orders.records import Account, Order
from orders.relation import tiers
from orders.subjects import alive
from orders.supplies import reservations
from orders.supplies.snapshot import lock


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


def revise(session: Session, order: Order, edit: Edit, agreed: Agreed, account: Account, today: date) -> None:
    """Makes of an order that is not released what is agreed to: its sheet gets its next revision.

    Raises NotAllowed if it is released (then `ask` for it) or not theirs to change; Outdated; Unbuildable; Changed if
    it costs or takes something else than what is agreed to; ValueError.
    """
    if not may(locked(session, order), "placed", account):
        raise NotAllowed(order, "placed")
    sheet = _agreed(session, order, edit, agreed, today).sheet
    become(session, order, edit.lot.values, sheet, account, edit.why, today)


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
    reservations.release(session, order)
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
        reservations.release(session, request.order)


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

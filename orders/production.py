"""The workshop: what to build next, and which steps are done."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload, undefer

from orders.lifecycle import MADE as OPEN
from orders.lifecycle import NotAllowed, locked, move
from orders.records import Account, Order, SignOff


class NotYours(PermissionError):
    """A sign-off is taken back by whoever made it."""


def queue(session: Session) -> list[Order]:
    """Orders to build or to ship, those promised first at the top."""
    return list(session.scalars(select(Order).where(Order.state.in_(OPEN)).order_by(Order.promised_on, Order.id)
                                .options(selectinload(Order.sign_offs), undefer(Order.sheet))))


def steps(order: Order) -> list[tuple[str, int]]:
    """Every step of the frozen sheet as (operation, number from 1)."""
    return [(operation["name"], number) for operation in order.sheet["operations"]
            for number, _ in enumerate(operation["steps"], 1)]


def progress(order: Order) -> tuple[int, int]:
    """How many steps are signed off, of how many."""
    return len(order.sign_offs), len(steps(order))


def sign_off(session: Session, order: Order, operation: str, step: int, account: Account) -> SignOff:
    """Notes that a step is done; one that was signed already stays as it is.

    The first one puts the order in production, the last one makes it built. Raises LookupError for a step that the
    sheet does not have, NotAllowed if the order is shipped or cancelled.
    """
    _workable(session, order, "in_production")
    if (operation, step) not in steps(order):
        raise LookupError(f"order {order.number} has no step {step} in operation {operation!r}")
    if signed := _of(order, operation, step):
        return signed
    signed = SignOff(order=order, operation=operation, step=step, account=account)
    session.add(signed)
    session.flush()
    if order.state == "released":
        move(session, order, "in_production", account)
    if len(order.sign_offs) == len(steps(order)):
        move(session, order, "built", account)
    return signed


def take_back(session: Session, order: Order, operation: str, step: int, account: Account) -> None:
    """Undoes a mistaken sign-off, and the move of the order that it made; one that is not there is no error.

    Raises NotYours for somebody else's, NotAllowed if the order is shipped or cancelled.
    """
    _workable(session, order, "in_production")
    signed = _of(order, operation, step)
    if signed is None:
        return
    if signed.account_id != account.id:
        raise NotYours(f"step {step} of {operation} was signed off by somebody else")
    order.sign_offs.remove(signed)
    session.delete(signed)
    session.flush()
    if order.state == "built":
        move(session, order, "in_production", account)
    if not order.sign_offs:
        move(session, order, "released", account)


def _workable(session: Session, order: Order, state: str) -> None:
    if locked(session, order).state not in OPEN:
        raise NotAllowed(order, state)
    session.refresh(order, ["sign_offs"])


def _of(order: Order, operation: str, step: int) -> SignOff | None:
    return next((s for s in order.sign_offs if (s.operation, s.step) == (operation, step)), None)

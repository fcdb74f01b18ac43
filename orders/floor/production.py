"""The workshop: what to build next, and which steps are done."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from catalog.database import now
from orders.floor import measuring, outlines, picking, queues, troubles, working
from orders.floor.outlines import Outline
from orders.floor.steps import Step, planned, signed, steps, workable
from orders.floor.worked import Counted, Measurement
from orders.lifecycle import move
from orders.records import Account, Order, SignOff
from orders.supplies import capacity


class NotYours(PermissionError):
    """A sign-off is taken back by whoever made it."""


class BeyondLot(ValueError):
    """Not a number of pieces that the lot has."""


def queue(session: Session) -> list[tuple[Order, Outline]]:
    """Orders to build or to ship, those promised first at the top; of one day first those whose tier goes first."""
    first = queues.ahead(session)
    return sorted(outlines.on_floor(session), key=lambda one: (one[0].promised_on, one[0].id not in first, one[0].id))


def progress(order: Order, outline: Outline | None = None) -> tuple[int, int]:
    """How many steps are signed off, of how many; with its outline, the order's sheet is not read."""
    planned_ = outline.steps if outline else steps(order)
    return len(signed(order) & set(planned_)), len(planned_)


def sign_off(session: Session, order: Order, operation: str, step: int, account: Account,
             at: datetime | None = None) -> SignOff:
    """Notes that a step is done, at a moment, now if not given; one that was signed already stays as it is.

    The first one puts the order in production, the last one makes it built. Raises LookupError for a step that the
    sheet does not have, measuring.Unmeasured and troubles.Unsettled if something stands against it, NotAllowed if the
    order is not on the floor.
    """
    workable(session, order)
    planned(order, operation, step)
    if made := _of(order, operation, step):
        return made
    measuring.settled(session, order, (operation, step))
    troubles.settled(session, order, (operation, step))
    made = SignOff(order=order, operation=operation, step=step, account=account, at=at or now())
    session.add(made)
    session.flush()
    working.finish(session, order, (operation, step), account, made.at)
    if order.state == "released":
        move(session, order, "in_production", account)
    done = signed(order)
    if all(one in done for one in steps(order) if one[0] == operation):
        capacity.done(session, order, operation)
    if done >= set(steps(order)):
        picking.complete(session, order, account)
        move(session, order, "built", account)
    return made


def count(session: Session, order: Order, operation: str, step: int, pieces: int, account: Account) -> None:
    """Notes for how many pieces of the lot a step is done by now; for all of them it is signed off.

    Raises BeyondLot for more pieces than the lot has, and whatever sign_off raises.
    """
    workable(session, order)
    planned(order, operation, step)
    if not 0 <= pieces <= order.quantity:
        raise BeyondLot(f"order {order.number} is of {order.quantity} pieces, not {pieces}")
    if _of(order, operation, step):
        return
    if pieces == order.quantity:
        sign_off(session, order, operation, step, account)
    counted = _counted(session, order, operation, step) or Counted(order_id=order.id, operation=operation, step=step)
    counted.pieces, counted.account_id, counted.at = pieces, account.id, now()
    session.add(counted)
    session.flush()


def take_back(session: Session, order: Order, operation: str, step: int, account: Account) -> None:
    """Undoes a mistaken sign-off, and the move of the order that it made; one that is not there is no error.

    Raises NotYours for somebody else's, NotAllowed if the order is not on the floor.
    """
    workable(session, order)
    made = _of(order, operation, step)
    if made is None:
        return
    if made.account_id != account.id:
        raise NotYours(f"step {step} of {operation} was signed off by somebody else")
    order.sign_offs.remove(made)
    session.delete(made)
    if counted := _counted(session, order, operation, step):
        session.delete(counted)
    session.flush()
    capacity.undone(session, order, operation, made.at.date())
    if order.state == "built":
        move(session, order, "in_production", account)
    if not order.sign_offs and not working.was_begun(session, order):
        move(session, order, "released", account)


def counts(session: Session, order: Order) -> dict[Step, int]:
    """By step, for how many pieces of the lot it is done."""
    counted = session.scalars(select(Counted).where(Counted.order_id == order.id))
    return {(one.operation, one.step): one.pieces for one in counted}


def _counted(session: Session, order: Order, operation: str, step: int) -> Counted | None:
    return session.scalar(select(Counted).filter_by(order_id=order.id, operation=operation, step=step))


def _of(order: Order, operation: str, step: int) -> SignOff | None:
    return next((s for s in order.sign_offs if (s.operation, s.step) == (operation, step)), None)


def void(session: Session, order: Order, operation: str) -> None:
    """Forgets how far an operation is, for it is made otherwise from now on: what was done has to be done anew.

    The minutes and the batches that went into it stay, and the problems. The caller says what becomes of the order's
    state.
    """
    for record in SignOff, Counted, Measurement:
        session.execute(delete(record).where(record.order_id == order.id, record.operation == operation))
    for work in working.at_work(session, order):
        if work.operation == operation:
            work.ended = now()
    session.flush()
    session.refresh(order, ["sign_offs"])

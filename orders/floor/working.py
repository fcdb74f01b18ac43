"""Who is at which step: begun, paused, done. Nobody is kept out by it, but everybody is told."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalog.database import now
from orders.floor.steps import Step, planned, signed, steps, workable
from orders.floor.worked import Work
from orders.lifecycle import move
from orders.records import Account, Order, OrderEvent

LONGEST = timedelta(hours=4)
"""Nobody is at a step for longer without a pause: what was not ended by then was forgotten, and tells nothing."""


def begin(session: Session, order: Order, step: Step, account: Account, at: datetime | None = None) -> Work | None:
    """Notes that somebody is at a step from a moment on, now if not given; whatever else they were at, they leave.

    Twice is once; a step that is done is not begun again. Raises LookupError for a step that the sheet does not have,
    NotAllowed if the order is not on the floor.
    """
    workable(session, order)
    planned(order, *step)
    if step in signed(order):
        return None
    at = at or now()
    for work in _open(session, account):
        if (work.order_id, work.operation, work.step) == (order.id, *step) and at - work.started < LONGEST:
            return work
        _end(work, at)
    if order.state == "released":
        move(session, order, "in_production", account)
    return _start(session, order, step, account, at)


def pause(session: Session, order: Order, account: Account, at: datetime | None = None) -> None:
    """Notes that somebody leaves the order; who was not at it leaves nothing."""
    for work in _open(session, account):
        if work.order_id == order.id:
            _end(work, at or now())
    session.flush()


def finish(session: Session, order: Order, step: Step, account: Account, at: datetime) -> None:
    """A step is done: whoever was at it leaves it, and who did it goes on with the next one of the operation."""
    left = [work for work in at_work(session, order) if (work.operation, work.step) == step]
    for work in left:
        _end(work, at)
    done = signed(order)
    following = next((one for one in steps(order) if one[0] == step[0] and one not in done), None)
    if following and any(work.account_id == account.id for work in left):
        _start(session, order, following, account, at)


def believed(session: Session, order: Order, step: Step, told: datetime) -> datetime:
    """A moment that somebody's clock tells of something done at a step, as far as it can be: not to come, and not
    before the order was released and the step first begun.
    """
    released = select(func.min(OrderEvent.at)).where(OrderEvent.order_id == order.id, OrderEvent.state == "released")
    begun = select(func.min(Work.started)).where(Work.order_id == order.id, Work.operation == step[0],
                                                 Work.step == step[1])
    return min(max([told, *filter(None, map(session.scalar, (released, begun)))]), now())


def at_work(session: Session, *orders: Order) -> list[Work]:
    """Who is at these orders now, and since when; who came first stands first."""
    return list(session.scalars(select(Work).where(
        Work.order_id.in_(order.id for order in orders), Work.ended.is_(None), Work.started > now() - LONGEST)
        .order_by(Work.started, Work.id)))


def was_begun(session: Session, order: Order) -> bool:
    """Whether anybody has ever been at the order."""
    return session.scalar(select(Work.id).where(Work.order_id == order.id).limit(1)) is not None


def _start(session: Session, order: Order, step: Step, account: Account, at: datetime) -> Work:
    work = Work(order=order, operation=step[0], step=step[1], account=account, started=at)
    session.add(work)
    session.flush()
    return work


def _open(session: Session, account: Account) -> list[Work]:
    return list(session.scalars(select(Work).where(Work.account_id == account.id, Work.ended.is_(None))))


def _end(work: Work, at: datetime) -> None:
    work.ended = max(at, work.started)

"""What is late, or will be, and why: the promised day against what is left to do, and whatever stands in the way."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from orders import measuring, production, queues, snapshot, stock, troubles
from orders.changed import Request
from orders.lifecycle import MADE
from orders.queues import Job
from orders.records import Counter, Order, OrderEvent, SignOff
from orders.supply import DAY_MINUTES
from orders.worked import Measurement, Trouble, Work


@dataclass(frozen=True)
class Entry:
    """An order on the floor: what is left of it, and what stands in its way.

    `days` are the working days from today to the promised one, both counted; 0 if that is past.
    """

    order: Order
    jobs: tuple[Job, ...]
    days: int
    late: bool
    waits: tuple[stock.Wait, ...]
    troubles: tuple[Trouble, ...]
    undecided: tuple[Measurement, ...]
    request: Request | None

    @property
    def minutes(self) -> int:
        """The planned minutes that are left."""
        return sum(job.minutes for job in self.jobs)

    @property
    def tight(self) -> bool:
        """Whether more is left to do than working days of eight hours hold until it is promised."""
        return self.minutes > self.days * DAY_MINUTES

    @property
    def missed(self) -> bool:
        """Whether a part that it waits for comes too late, or was not even ordered."""
        return any(wait.due is None or wait.due >= self.order.promised_on for wait in self.waits)

    @property
    def stands(self) -> bool:
        """Whether something keeps it that somebody has to decide."""
        return bool(self.troubles or self.undecided or self.request)


def board(session: Session, today: date) -> tuple[list[Entry], int]:
    """The orders that are late, will be, or are kept by something, those that are late first, then by promise; and how
    many others there are.
    """
    orders = production.queue(session)
    entries = [entry for entry in _entries(session, orders, today)
               if entry.late or entry.tight or entry.missed or entry.stands]
    entries.sort(key=lambda entry: (not entry.late, entry.order.promised_on, entry.order.id))
    return entries, len(orders) - len(entries)


def _entries(session: Session, orders: list[Order], today: date) -> list[Entry]:
    supply, waits = snapshot.supply(session, today), stock.waiting(session, orders)
    jobs, problems = queues.jobs(session, orders), troubles.open_(session, *orders)
    requests = {one.order_id: one for one in session.scalars(select(Request).where(
        Request.order_id.in_(order.id for order in orders), Request.state == "asked"))}
    wrong = measuring.out(session, *orders)
    return [Entry(
        order, tuple(job for job in jobs if job.order is order), max(0, supply.until(order.promised_on) + 1),
        order.promised_on < today, tuple(waits.get(order.id, ())),
        tuple(one for one in problems if one.order_id == order.id),
        tuple(one for one in wrong if one.order_id == order.id), requests.get(order.id)) for order in orders]


def stamp(session: Session, today: date) -> str:
    """What changes whenever the board may: worked out in one query, without reading any sheet."""
    orders = select(Order.id).where(Order.state.in_(MADE))
    of: dict[Any, ColumnElement[bool]] = {
        Order: Order.state.in_(MADE), SignOff: SignOff.order_id.in_(orders), Work: Work.ended.is_(None),
        Measurement: Measurement.order_id.in_(orders), Trouble: Trouble.settled_at.is_(None),
        Request: Request.state == "asked"}
    asked = [
        select(func.max(OrderEvent.id)), select(func.sum(Order.sheet_number)).where(of[Order]),
        select(func.count()).where(of[Measurement], Measurement.decision != ""),
        select(func.max(Counter.last)).where(Counter.kind == snapshot.COUNTER),
        *(select(figure(record.id)).where(condition) for record, condition in of.items()
          for figure in (func.count, func.sum))]
    found = session.execute(select(*(query.scalar_subquery() for query in asked))).one()
    return hashlib.sha256(repr((today, *found)).encode()).hexdigest()[:20]

"""What is late, or will be, and why: the promised day against what is left to do, and whatever stands in the way."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from orders.changes.changed import Request
from orders.floor import measuring, outlines, queues, troubles
from orders.floor.outlines import Outline
from orders.floor.queues import Job
from orders.floor.worked import Measurement, Trouble, Work
from orders.lifecycle import MADE
from orders.records import Counter, Order, OrderEvent, SignOff
from orders.supplies import capacity, reservations, snapshot
from orders.supplies.supplied import Stock

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Entry:
    """An order on the floor: what is left of it, and what stands in its way.

    `days` are the working days from today to the promised one, both counted; 0 if that is past. `hours`: the minutes
    in which all the work centres that it still passes through work until then.
    """

    order: Order
    product: str
    jobs: tuple[Job, ...]
    days: int
    hours: int
    late: bool
    waits: tuple[reservations.Wait, ...]
    troubles: tuple[Trouble, ...]
    undecided: tuple[Measurement, ...]
    request: Request | None

    @property
    def minutes(self) -> int:
        """The planned minutes that are left."""
        return sum(job.minutes for job in self.jobs)

    @property
    def tight(self) -> bool:
        """Whether more is left to do than its work centres have hours until it is promised."""
        return self.minutes > self.hours

    @property
    def missed(self) -> bool:
        """Whether it waits for parts that come after production should begin."""
        return bool(self.waits)

    @property
    def stands(self) -> bool:
        """Whether something keeps it that somebody has to decide."""
        return bool(self.troubles or self.undecided or self.request)


def board(session: Session, today: date) -> tuple[list[Entry], int]:
    """The orders that are late, will be, or are kept by something, those that are late first, then by promise; and how
    many others there are.
    """
    outlined = outlines.on_floor(session)
    entries = [entry for entry in _entries(session, outlined, today)
               if entry.late or entry.tight or entry.missed or entry.stands]
    entries.sort(key=lambda entry: (not entry.late, entry.order.promised_on, entry.order.id))
    return entries, len(outlined) - len(entries)


def _entries(session: Session, outlined: list[tuple[Order, Outline]], today: date) -> list[Entry]:
    orders, supply = [order for order, _ in outlined], snapshot.supply(session, today)
    jobs = _by_order(queues.jobs(session, outlined), lambda job: job.order.id)
    problems = _by_order(troubles.open_(session, *orders), lambda trouble: trouble.order_id)
    wrong = _by_order(measuring.out(session, *orders), lambda one: one.order_id)
    waits = _waits(session, today)
    requests = {one.order_id: one for one in session.scalars(select(Request).where(
        Request.order_id.in_(order.id for order in orders), Request.state == "asked"))}
    names = {title: name for name, title in capacity.centres(session).items()}

    def hours(order: Order) -> int:
        centres = {names.get(job.operation.work_centre, "") for job in jobs.get(order.id, ())}
        return supply.hours(centres, order.promised_on)
    return [Entry(order, outline.product, tuple(jobs.get(order.id, ())),
                  max(0, supply.until(order.promised_on) + 1), hours(order), order.promised_on < today,
                  tuple(waits.get(order.id, ())), tuple(problems.get(order.id, ())), tuple(wrong.get(order.id, ())),
                  requests.get(order.id)) for order, outline in outlined]


def _by_order(things: Iterable[Thing], of: Callable[[Thing], int]) -> dict[int, list[Thing]]:
    found: dict[int, list[Thing]] = {}
    for thing in things:
        found.setdefault(of(thing), []).append(thing)
    return found


def _waits(session: Session, today: date) -> dict[int, list[reservations.Wait]]:
    """The parts that come too late, or should have been ordered; of what the firm does not keep nothing is known."""
    kept = session.scalars(select(Stock.number)).all()
    waits = ((held.order_id, wait) for held, waits in reservations.allotted(session, kept) for wait in waits
             if max(wait.due or today, today) > wait.needed_on)  # what is overdue does not come before today
    return {id_: reservations.together(wait for _, wait in one)
            for id_, one in _by_order(waits, lambda pair: pair[0]).items()}


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

"""What waits at each work centre: ready to start on top, by promise, alike set-ups together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from orders.floor import outlines, troubles, working
from orders.floor.outlines import Operation, Outline
from orders.floor.steps import signed
from orders.floor.worked import Work
from orders.lifecycle import MADE
from orders.records import Order
from orders.relation.followed import TierUse


@dataclass(frozen=True)
class Job:
    """An operation of an order that is not done: the `at`-th from 1, with what it waits for, if for anything.

    `done` is how many of its steps are; `before` the title of the first operation before it that is not; `here` who is
    at it; `stopped` whether a problem is open at it; `ahead` whether it goes before others promised for the same day.
    """

    order: Order
    product: str
    at: int
    operation: Operation
    done: int
    before: str | None
    here: tuple[Work, ...]
    stopped: bool
    ahead: bool

    @property
    def ready(self) -> bool:
        """Whether it can be started, or is under way."""
        return not self.stopped and (self.before is None or self.done > 0)

    @property
    def minutes(self) -> int:
        """The planned minutes of the steps that are not done, all taken as equally long."""
        return round(self.operation.minutes * (self.operation.steps - self.done) / self.operation.steps)


@dataclass(frozen=True)
class Queue:
    """The jobs of a work centre: ready ones in groups of the same set-up ("": none), and those that wait."""

    centre: str
    ready: tuple[tuple[str, tuple[Job, ...]], ...]
    waiting: tuple[Job, ...]

    @property
    def jobs(self) -> tuple[Job, ...]:
        """All of them, in the order in which they are shown."""
        return tuple(job for _, group in self.ready for job in group) + self.waiting

    @property
    def minutes(self) -> int:
        """The planned minutes that wait here."""
        return sum(job.minutes for job in self.jobs)


def ahead(session: Session) -> set[int]:
    """The ids of the orders on the floor whose tier goes first among what is promised for the same day."""
    return set(session.scalars(select(TierUse.order_id).join(Order, TierUse.order_id == Order.id).where(
        TierUse.what == "priority", Order.state.in_(MADE))))


def queues(session: Session) -> list[Queue]:
    """The queue of each work centre that has anything to do, by the centre's title."""
    by_centre: dict[str, list[Job]] = {}
    for job in jobs(session, outlines.on_floor(session)):
        by_centre.setdefault(job.operation.work_centre, []).append(job)
    return [_queue(centre, by_centre[centre]) for centre in sorted(by_centre)]


def jobs(session: Session, outlined: Iterable[tuple[Order, Outline]]) -> list[Job]:
    """What is to be done of these orders, in the order of their operations."""
    outlined = list(outlined)
    orders = [order for order, _ in outlined]
    here: dict[tuple[int, str], list[Work]] = {}
    for work in working.at_work(session, *orders):
        here.setdefault((work.order_id, work.operation), []).append(work)
    stopped = {(trouble.order_id, trouble.operation) for trouble in troubles.open_(session, *orders)}
    first = ahead(session)
    return [job for order, outline in outlined for job in _jobs(order, outline, here, stopped, order.id in first)]


def _jobs(order: Order, outline: Outline, here: Mapping[tuple[int, str], list[Work]],
          stopped: set[tuple[int, str]], first: bool) -> Iterator[Job]:
    done, before = signed(order), None
    for at, operation in enumerate(outline.operations, 1):
        made = sum((operation.name, number) in done for number in range(1, operation.steps + 1))
        if made < operation.steps:
            key = order.id, operation.name
            yield Job(order, outline.product, at, operation, made, before, tuple(here.get(key, ())), key in stopped,
                      first)
            before = before or operation.title


def _queue(centre: str, jobs: list[Job]) -> Queue:
    """A group stands where the first of it is promised; jobs without a set-up stand each for itself."""
    ready = sorted((job for job in jobs if job.ready), key=_promise)
    first: dict[str, tuple[date, bool, int]] = {}
    for job in ready:
        first.setdefault(job.operation.setup, _promise(job))
    ready.sort(key=lambda job: (first[job.operation.setup] if job.operation.setup else _promise(job),
                                job.operation.setup, _promise(job)))
    groups = tuple((setup, tuple(group)) for setup, group in groupby(ready, key=lambda job: job.operation.setup))
    return Queue(centre, groups, tuple(sorted((job for job in jobs if not job.ready), key=_promise)))


def _promise(job: Job) -> tuple[date, bool, int]:
    return job.order.promised_on, not job.ahead, job.order.id

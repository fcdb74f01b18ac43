"""What waits at each work centre: ready to start on top, by promise, alike set-ups together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy.orm import Session

from orders import production, troubles, working
from orders.records import Order
from orders.steps import signed
from orders.worked import Work


@dataclass(frozen=True)
class Job:
    """An operation of an order that is not done: the `at`-th from 1, with what it waits for, if for anything.

    `before` is the title of the first operation before it that is not done; `here` who is at it; `stopped` whether a
    problem is open at it.
    """

    order: Order
    at: int
    operation: Mapping[str, Any]
    done: int
    before: str | None
    here: tuple[Work, ...]
    stopped: bool

    @property
    def ready(self) -> bool:
        """Whether it can be started, or is under way."""
        return not self.stopped and (self.before is None or self.done > 0)

    @property
    def setup(self) -> str:
        """What the work centre is set up for; "" if there is nothing to set up."""
        return str(self.operation.get("setup") or "")

    @property
    def minutes(self) -> int:
        """The planned minutes of the steps that are not done, all taken as equally long."""
        steps = len(self.operation["steps"])
        return round(int(self.operation["minutes"]) * (steps - self.done) / steps)


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


def queues(session: Session) -> list[Queue]:
    """The queue of each work centre that has anything to do, by the centre's title."""
    by_centre: dict[str, list[Job]] = {}
    for job in jobs(session, production.queue(session)):
        by_centre.setdefault(job.operation["work_centre"], []).append(job)
    return [_queue(centre, by_centre[centre]) for centre in sorted(by_centre)]


def jobs(session: Session, orders: list[Order]) -> list[Job]:
    """What is to be done of these orders, in the order of their operations."""
    here = working.at_work(session, *orders)
    stopped = {(trouble.order_id, trouble.operation) for trouble in troubles.open_(session, *orders)}
    return [job for order in orders for job in _jobs(order, here, stopped)]


def _jobs(order: Order, here: list[Work], stopped: set[tuple[int, str]]) -> Iterable[Job]:
    done, before = signed(order), None
    for at, operation in enumerate(order.sheet["operations"], 1):
        name = operation["name"]
        made = sum((name, number) in done for number in range(1, len(operation["steps"]) + 1))
        if made < len(operation["steps"]):
            there = tuple(work for work in here if (work.order_id, work.operation) == (order.id, name))
            yield Job(order, at, operation, made, before, there, (order.id, name) in stopped)
            before = before or operation["title"]


def _queue(centre: str, jobs: list[Job]) -> Queue:
    """A group stands where the first of it is promised; jobs without a set-up stand each for itself."""
    ready = sorted((job for job in jobs if job.ready), key=_promise)
    first: dict[str, tuple[date, int]] = {}
    for job in ready:
        first.setdefault(job.setup, _promise(job))
    ready.sort(key=lambda job: (first[job.setup] if job.setup else _promise(job), _promise(job)))
    groups = tuple((setup, tuple(group)) for setup, group in groupby(ready, key=lambda job: job.setup))
    return Queue(centre, groups, tuple(sorted((job for job in jobs if not job.ready), key=_promise)))


def _promise(job: Job) -> tuple[date, int]:
    return job.order.promised_on, job.order.id

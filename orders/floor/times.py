"""What operations really take, against what was planned: means over orders, never over the people who worked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from statistics import mean
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload, undefer

from orders.floor.steps import signed
from orders.floor.worked import Work
from orders.floor.working import LONGEST
from orders.records import Order

FEWEST = 3
"""Orders that a mean is made of: of fewer it would tell how long somebody took once."""


@dataclass(frozen=True)
class Taken:
    """The means of an operation over so many orders, in minutes for a piece."""

    product: str
    operation: str
    orders: int
    planned: float
    real: float

    @property
    def more(self) -> float:
        """By which share it took longer than planned; less than 0 if it was quicker."""
        return self.real / self.planned - 1 if self.planned else 0.0


def taken(session: Session, since: datetime) -> list[Taken]:
    """The operations that were done since a moment, those first whose plan is furthest from what they took.

    An operation counts if all of its steps are done, and if nobody forgot to end the work at it.
    """
    spans: dict[int, dict[str, list[Work]]] = defaultdict(lambda: defaultdict(list))
    for work in session.scalars(select(Work).where(Work.started >= since)):
        spans[work.order_id][work.operation].append(work)
    found: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for order in session.scalars(select(Order).where(Order.id.in_(spans)).options(
            selectinload(Order.sign_offs), undefer(Order.sheet))):
        done = signed(order)
        for operation in order.sheet["operations"]:
            if works := _whole(operation, done, spans[order.id][operation["name"]]):
                minutes = sum((work.ended - work.started).total_seconds() for work in works if work.ended) / 60
                found[order.sheet["product"]["title"], operation["title"]].append(
                    (operation["minutes"] / order.quantity, minutes / order.quantity))
    rows = [Taken(*names, len(pairs), mean(planned for planned, _ in pairs), mean(real for _, real in pairs))
            for names, pairs in found.items() if len(pairs) >= FEWEST]
    return sorted(rows, key=lambda row: (-abs(row.more), row.product, row.operation))


def _whole(operation: Mapping[str, Any], done: set[tuple[str, int]], works: list[Work]) -> list[Work]:
    """The work at an operation, if that is all there was."""
    complete = all((operation["name"], step) in done for step in range(1, len(operation["steps"]) + 1))
    return works if complete and all(work.ended and work.ended - work.started < LONGEST for work in works) else []

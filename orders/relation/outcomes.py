"""What became of the orders of a period: how they were entered, what was right, what had to be made again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from orders.memory.feedback import stands
from orders.memory.remembered import Evidence
from orders.records import Order
from orders.shipments.shipping import came_back

INPUTS = (0, 1, 3, 6, 11, 21)
"""Where each row of the orders by their inputs begins."""


@dataclass(frozen=True)
class Row:
    """Orders that took from `least` to `most` inputs (None: or more), and that would have without memory."""

    least: int
    most: int | None
    orders: int
    unaided: int


@dataclass(frozen=True)
class Outcomes:
    """The orders that were placed in a period; `returned`: how many of them came back; `right`: of those answered for,
    nothing should have been otherwise.
    """

    orders: int
    cancelled: int
    remakes: int
    returned: int
    answered: int
    right: int
    rows: tuple[Row, ...]


def within(since: date, until: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """That an order was placed from the day `since` until the end of the day `until`."""
    first, end = (datetime.combine(day, time(), UTC) for day in (since, until + timedelta(1)))
    return Order.placed_at >= first, Order.placed_at < end


def outcomes(session: Session, since: date, until: date) -> Outcomes:
    """The outcomes of the orders placed from `since` to `until`; cancelled ones are counted as such alone."""
    those = within(since, until)
    inputs, unaided = Counter[int](), Counter[int | None]()
    for took, alone, many in session.execute(select(Order.inputs, Order.unaided, func.count()).where(
            *those, Order.state != "cancelled").group_by(Order.inputs, Order.unaided)):
        inputs[took] += many
        unaided[alone] += many
    said = list(session.scalars(select(Evidence.verdicts).join(Evidence.order).where(
        *those, Evidence.kind == "verdict", stands())))
    right = sum(all(verdict["is"] == "right" for verdict in verdicts.values()) for verdicts in said)
    count = select(func.count(Order.id)).where(*those)
    return Outcomes(
        inputs.total(), session.scalar(count.where(Order.state == "cancelled")) or 0,
        session.scalar(count.where(Order.remake_of_id.is_not(None), Order.state != "cancelled")) or 0,
        session.scalar(count.where(came_back())) or 0, len(said), right,
        tuple(_row(least, most, inputs, unaided) for least, most in zip(INPUTS, [*INPUTS[1:], None], strict=True)))


def _row(least: int, below: int | None, inputs: Counter[int], unaided: Counter[int | None]) -> Row:
    def between(counted: Counter[int] | Counter[int | None]) -> int:
        return sum(count for took, count in counted.items()
                   if took is not None and took >= least and (below is None or took < below))
    return Row(least, None if below is None else below - 1, between(inputs), between(unaided))

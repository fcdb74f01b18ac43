"""The curve of inputs per order: what remembering is worth to one customer, as points to draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orders.records import Order

MOST = 12
"""Orders shown: the last ones; the table beside the curve has them all."""
LEFT, RIGHT, TOP, BASE = 18, 282, 22, 120
"""Where the curve stands in its view of 300 x 150."""


@dataclass(frozen=True)
class Point:
    """An order on the curve; `label` is its year, where it is not the year of the order before."""

    x: float
    y: float
    order: Order
    label: str


def points(orders: Sequence[Order]) -> list[Point]:
    """The orders, oldest first, from left to right; their inputs upwards from the base line. Cancelled ones count too:
    the customer had to enter them.
    """
    shown = sorted(orders, key=lambda order: order.id)[-MOST:]
    most = max((order.inputs for order in shown), default=0) or 1
    step = (RIGHT - LEFT) / max(len(shown) - 1, 1)
    years = [str(order.placed_at.year) for order in shown]
    return [Point(round(LEFT + step * n, 1), round(BASE - (BASE - TOP) * order.inputs / most, 1), order,
                  years[n] if n == 0 or years[n] != years[n - 1] else "")
            for n, order in enumerate(shown)]

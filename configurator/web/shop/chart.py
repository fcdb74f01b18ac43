"""The curve of inputs by the number of an order: what remembering is worth, as marks to draw, beside what it would be
without.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from orders.relation.learning import Step

LEFT, RIGHT, TOP, BASE = 18, 282, 22, 120
"""Where the curve stands in its view of 300 x 150."""


@dataclass(frozen=True)
class Mark:
    """The orders of one number on the curve: the median, the middle half, the median without memory."""

    x: float
    y: float
    low: float
    high: float
    alone: float | None
    step: Step


def marks(steps: Iterable[Step]) -> list[Mark]:
    """The steps of which enough is known, from left to right."""
    shown = [(step, step.inputs) for step in steps if step.inputs]
    most = _most(*(inputs.high for _, inputs in shown),
                 *(step.unaided.median for step, _ in shown if step.unaided))
    return [Mark(_across(n, len(shown)), _height(inputs.median, most), _height(inputs.low, most),
                 _height(inputs.high, most), _known(step.unaided.median if step.unaided else None, most), step)
            for n, (step, inputs) in enumerate(shown)]


def _most(*values: int | None) -> int:
    return max((value for value in values if value is not None), default=0) or 1


def _across(n: int, count: int) -> float:
    return round(LEFT + (RIGHT - LEFT) / max(count - 1, 1) * n, 1)


def _height(value: int, most: int) -> float:
    return round(BASE - (BASE - TOP) * value / most, 1)


def _known(value: int | None, most: int) -> float | None:
    return None if value is None else _height(value, most)

"""A number's bounds as a ruler: what it could be, what is still allowed, what it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from catalog.model import Number
from catalog.nodes import Exact
from catalog.units import convert
from configurator.web.formatting import number

LEFT, WIDTH = 18, 324
TICKS = 8
"""At most so many steps of the scale."""
APART = 34
"""Between two labels, in the units of the drawing."""


class Ruler(NamedTuple):
    """Places along the ruler; labels are (place, text)."""

    start: float
    end: float
    allowed: tuple[tuple[float, float], ...]
    ticks: tuple[float, ...]
    stops: tuple[float, ...]  # where what is allowed ends before the ruler does
    at: float
    labels: tuple[tuple[float, str], ...]


def ruler(characteristic: Number, intervals: Sequence[tuple[int, int]], value: int) -> Ruler:
    """The ruler of a number that may be in the intervals and is shown as `value`."""
    span = characteristic.range
    least, most = span[0], span[-1]

    def place(exact: Exact) -> float:
        return round(LEFT + WIDTH * float(exact - least) / max(most - least, 1), 1)

    stops = [end for interval in intervals for end in interval if end not in (least, most)]
    labels: list[tuple[float, str]] = []
    for exact in (least, most, *stops[:1], *stops[-1:]):
        if all(abs(place(exact) - other) >= APART for other, _ in labels):
            shown = convert(exact, characteristic.unit, characteristic.shown or characteristic.unit)
            labels.append((place(exact), number(shown)))
    return Ruler(LEFT, LEFT + WIDTH, tuple((place(first), place(last)) for first, last in intervals),
                 tuple(map(place, _scale(least, most))), tuple(map(place, stops)), place(value), tuple(labels))


def _scale(least: int, most: int) -> range:
    """Round numbers between the ends."""
    step = 1
    while (most - least) // step > TICKS:
        step *= 5 if str(step)[0] == "2" or (str(step)[0] == "1" and (most - least) // (step * 2) > TICKS) else 2
    return range(-(-least // step) * step, most + 1, step)

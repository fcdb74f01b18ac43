"""How far the parts of a reckoned number may move before it says something else."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor, inf

from catalog.intervals import Interval, enclose
from catalog.nodes import Exact
from configurator.engine.nodes import Node, Point

FINEST = 1000  # bounds are whole multiples of one part in so many
ERROR = 1e-9  # of machine numbers, more than it can be
SHARES = (1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 64)  # of the way that bounds are moved together

Box = list[list[float]]
"""Of each part the least and the greatest that it may be, in machine numbers."""


def widest(name: str, below: Sequence[Node], operator: str, bound: Exact, at: Point) -> dict[Node, Interval]:
    """Bounds of what a step is reckoned from, as wide as can be, within which it never compares so.

    They are looked for in machine numbers, and hold in exact ones.
    """
    parts = list(dict.fromkeys(below))
    places = [parts.index(part) for part in below]
    ends = [(float(part.bounds[0]), float(part.bounds[1])) for part in parts]
    box = [[float(at.value(part))] * 2 for part in parts]
    limit = float(bound)

    def never(tried: Box) -> bool:
        low, high = _nearly(name, [tried[place] for place in places])
        return low > limit + ERROR * abs(low) if operator in ("<", "<=") else high < limit - ERROR * abs(high)

    def together(tight: Sequence[tuple[int, int]]) -> Box:
        """All moved by one share of the way, so that no one of them takes all the room."""
        for share in SHARES:
            wider = [[*both] for both in box]
            for i, end in tight:
                wider[i][end] = _towards(box[i][end], ends[i][end], share)
            if never(wider):
                return wider
        return box

    every = [(i, end) for i in sorted(range(len(parts)), key=lambda i: ends[i][1] - ends[i][0]) for end in (0, 1)]
    box = together(every)
    for i, end in every:
        near, box[i][end] = box[i][end], ends[i][end]
        if not never(box):
            box[i][end] = near
    box = together([(i, end) for i, end in every if box[i][end] != ends[i][end]])
    sides = {part: _exact(part, at.value(part), *both) for part, both in zip(parts, box, strict=True)}
    try:
        if never_so(operator, enclose(name, [sides[part] for part in below]), bound):
            return sides
    except (ZeroDivisionError, OverflowError):  # so wide that nothing is known
        pass
    return {part: (at.value(part), at.value(part)) for part in parts}


def never_so(operator: str, interval: Interval, bound: Exact) -> bool:
    """Whether nothing in an interval compares so with the bound, by <, <=, > or >=."""
    low, high = interval
    if operator in ("<", "<="):
        return low > bound or (low == bound and operator == "<")
    return high < bound or (high == bound and operator == ">")


def _nearly(name: str, operands: Sequence[Sequence[float]]) -> Sequence[float]:
    """As `catalog.intervals.enclose`, in machine numbers; a division by what can be 0 can give anything."""
    first, *rest = operands
    match name:
        case "+":
            return sum(low for low, _ in operands), sum(high for _, high in operands)
        case "-":
            return first[0] - rest[0][1], first[1] - rest[0][0]
        case "*":
            for other in rest:
                corners = [a * b for a in first for b in other]
                first = min(corners), max(corners)
            return first
        case "/":
            if rest[0][0] <= 0 <= rest[0][1]:
                return -inf, inf
            corners = [a / b for a in first for b in rest[0]]
            return min(corners), max(corners)
        case "neg":
            return -first[1], -first[0]
        case "abs":
            return (0 if first[0] <= 0 <= first[1] else min(map(abs, first))), max(map(abs, first))
        case "floor":
            return floor(first[0]), floor(first[1])
        case "ceil":
            return ceil(first[0]), ceil(first[1])
    of = min if name == "min" else max
    return of(low for low, _ in operands), of(high for _, high in operands)


def _towards(value: float, end: float, share: float) -> float:
    """So much of the way to an end, or a little less: a whole number, or a short fraction if that is not far."""
    way = (end - value) * share
    finest = 1 if abs(way) > 2 else FINEST
    parts = (value + way) * finest
    return (ceil(parts) if way < 0 else floor(parts)) / finest


def _exact(part: Node, value: Exact, low: float, high: float) -> Interval:
    """Exact bounds near to machine numbers, around a value; the ends of what the part can be are exact already."""
    least, greatest = part.bounds
    return (least if low == float(least) else min(value, max(least, _short(low))),
            greatest if high == float(greatest) else max(value, min(greatest, _short(high))))


def _short(number: float) -> Exact:
    """The multiple of the finest part nearest to a machine number."""
    parts = round(number * FINEST)
    return Fraction(parts, FINEST) if parts % FINEST else parts // FINEST

"""How numbers are reckoned, step by step, and what each step can come to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor, inf

import numpy as np
from numpy.typing import NDArray

from catalog import intervals
from catalog.bounds import bounds, whole
from catalog.expressions import Whole, calculate, holds, names, number
from catalog.intervals import Interval, enclose, hull
from catalog.model import ProductModel, Text
from catalog.nodes import (
    Arithmetic,
    Attribute,
    Choose,
    Condition,
    Const,
    Count,
    Exact,
    Expression,
    Is,
    Quantity,
    Read,
    Size,
    Values,
)
from configurator.engine.columns import Columns
from configurator.engine.slots import Slot

WIDEST = 64  # places of a slot whose amounts are listed
FINEST = 1000  # bounds are whole multiples of one part in so many
ERROR = 1e-9  # of machine numbers, more than it can be
SHARES = (1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 64)  # of the way that bounds are moved together

Sides = dict["Node", list[Exact]]
"""For each node the least and the greatest that it may be."""


@dataclass(eq=False, slots=True)
class Node:
    """One step: of which others it is reckoned, and what it can be at least and at most."""

    expression: Expression
    below: tuple[Node, ...]
    bounds: Interval
    slot: Slot | None = None  # that it depends on alone,
    amounts: Sequence[Exact] = ()  # and what it is at each place
    rises: bool = False  # from place to place
    promises: dict[str, list[tuple[Exact, int]]] = field(default_factory=dict)  # by operator, in rising order

    def made(self, model: NDArray[np.bool_]) -> Iterator[tuple[str, Exact, int]]:
        """The promises that a model makes, with its bound and its literal; of each operator the one that says most."""
        for operator, promises in self.promises.items():
            kept = [promise for promise in promises if model[promise[1]]]
            if kept:
                yield operator, *kept[0 if operator in ("<", "<=") else -1]


class Point:
    """Whole values, and what each node comes to with them."""

    def __init__(self, values: Values, model: ProductModel) -> None:
        self._values = Whole(values)
        self._model = model
        self._known: dict[Node, Exact] = {}

    def value(self, node: Node) -> Exact:
        """What the node comes to."""
        if node not in self._known:
            match node.expression:
                case Arithmetic(operator) if node.below:
                    self._known[node] = calculate(operator, [self.value(part) for part in node.below])
                case Choose(condition) if node.below:
                    self._known[node] = self.value(node.below[not self.holds(condition)])
                case _:
                    self._known[node] = number(node.expression, self._values, self._model)
        return self._known[node]

    def holds(self, condition: Condition) -> bool:
        """Whether a condition is true."""
        return holds(condition, self._values, self._model)


class Nodes:
    """The nodes of one model, made when they are first needed."""

    def __init__(self, model: ProductModel, columns: Columns) -> None:
        self._model = model
        self._columns = columns
        self._known: dict[Expression, Node] = {}

    def of(self, expression: Expression) -> Node:
        """The node of an expression."""
        if isinstance(expression, Quantity):
            return self.of(self._model.quantity(expression.name).expression)
        if expression not in self._known:
            self._known[expression] = self._made(expression)
        return self._known[expression]

    def _made(self, expression: Expression) -> Node:
        slots = [slot for name in sorted(names(expression, self._model)) for slot in self._columns.of[name]]
        if not slots:
            value = number(expression, {}, self._model)
            return Node(expression, (), (value, value))
        if len(slots) == 1 and (len(slots[0].values) <= WIDEST or isinstance(expression, Read | Size)):
            slot, = slots
            answers = ["x" * size for size in slot.values if isinstance(size, int)] if isinstance(
                self._model[slot.name], Text) else slot.answers
            amounts = [number(expression, {slot.name: answer}, self._model) for answer in answers]
            rises = slot.ordered and all(less < more for less, more in pairwise(amounts))
            return Node(expression, (), (min(amounts), max(amounts)), slot, amounts, rises)
        match expression:
            case Count(conditions):
                return self._sum([Choose(condition, Const(1), Const(0)) for condition in conditions])
            case Attribute(name, attribute):
                return self._sum([Choose(Is(name, (value.name,)), Const(value.attributes.get(attribute, 0)), Const(0))
                                  for value in self._model[name].options])
            case Size(name):
                return self._sum([Choose(Is(name, (value.name,)), Const(1), Const(0))
                                  for value in self._model[name].options])
            case Choose(_, then, otherwise):
                branches = self.of(then), self.of(otherwise)
                return Node(expression, branches, hull([branch.bounds for branch in branches]))
        assert isinstance(expression, Arithmetic)
        below = tuple(self.of(operand) for operand in expression.operands)
        try:
            return Node(expression, below, enclose(expression.operator, [part.bounds for part in below]))
        except (ZeroDivisionError, OverflowError):  # but `bounds` knows that it is not so
            return Node(expression, below, bounds(expression, whole(self._model), self._model))

    def _sum(self, parts: Sequence[Expression]) -> Node:
        return self.of(Arithmetic("+", (Const(0), *parts)))


def widest(name: str, below: Sequence[Node], operator: str, bound: Exact, at: Point) -> Sides:
    """Bounds of what a step is reckoned from, as wide as can be, within which it never compares so."""
    sides = point = {part: [at.value(part)] * 2 for part in below}

    def never(tried: Sides) -> bool:
        low, high = _nearly(name, [(float(tried[part][0]), float(tried[part][1])) for part in below])
        return low > float(bound) + ERROR * abs(low) if operator in ("<", "<=") else (
            high < float(bound) - ERROR * abs(high))

    def moved(tight: Sequence[tuple[Node, int]]) -> Sides:
        """All together by one share of the way, so that no one of them takes all the room."""
        for share in SHARES:
            wider = {part: [*both] for part, both in sides.items()}
            for part, end in tight:
                wider[part][end] = _towards(wider[part][end], part.bounds[end], share)
            if never(wider):
                return wider
        return sides

    every = [(part, end) for part in sorted(sides, key=lambda part: part.bounds[1] - part.bounds[0])
             for end in (0, 1)]
    sides = moved(every)
    for part, end in every:
        wider = {**sides, part: [*sides[part]]}
        wider[part][end] = part.bounds[end]
        if never(wider):
            sides = wider
    sides = moved([(part, end) for part, end in every if sides[part][end] != part.bounds[end]])
    try:
        exact = enclose(name, [(sides[part][0], sides[part][1]) for part in below])
    except (ZeroDivisionError, OverflowError):  # so wide that nothing is known
        return point
    return sides if never_so(operator, exact, bound) else point


def never_so(operator: str, interval: Interval, bound: Exact) -> bool:
    """Whether nothing in an interval compares so with the bound."""
    return intervals.compare(operator, (interval[0] - bound, interval[1] - bound)) is False


def _nearly(name: str, operands: Sequence[tuple[float, float]]) -> tuple[float, float]:
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


def _towards(value: Exact, end: Exact, share: float) -> Exact:
    """So much of the way to an end, or a little less: a whole number, or a short fraction if that is not far."""
    way = (float(end) - float(value)) * share
    finest = 1 if abs(way) > 2 else FINEST
    parts = (float(value) + way) * finest
    near: Exact = Fraction(ceil(parts) if way < 0 else floor(parts), finest)
    if finest == 1:
        near = int(near)
    return near if min(value, end) <= near <= max(value, end) else value

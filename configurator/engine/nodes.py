"""How numbers are reckoned, step by step, and what each step can come to."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

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
        """The promises that a model makes, with its bound and its literal; of each operator the one that says most.

        Each implies those that say less.
        """
        for operator, promises in self.promises.items():
            if operator in ("<", "<="):
                first = bisect_left(promises, True, key=lambda promise: bool(model[promise[1]]))
                if first < len(promises):
                    yield operator, *promises[first]
            elif end := bisect_left(promises, True, key=lambda promise: not model[promise[1]]):
                yield operator, *promises[end - 1]


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

"""Why a number is too large or too small, step by step of how it is reckoned.

Each step of an expression is a node. A promise is a literal that implies that a node is below or above a bound; what
breaks a promise in a model is told by promises about the nodes directly below it, down to places of slots: lazy clause
generation for arithmetic (Ohrimenko, Stuckey and Codish 2009). The clauses are short, and nodes are shared by all that
reads them, so that little has to be learnt twice.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor, inf

import numpy as np
from numpy.typing import NDArray

from catalog import intervals
from catalog.bounds import bounds, whole
from catalog.expressions import (
    Answer,
    Arithmetic,
    Attribute,
    Choose,
    Compare,
    Condition,
    Const,
    Count,
    Exact,
    Expression,
    Is,
    Not,
    Quantity,
    Read,
    Size,
    Values,
    Whole,
    calculate,
    compare,
    holds,
    names,
    number,
)
from catalog.intervals import Interval, enclose, hull
from catalog.model import ProductModel, Text
from configurator.engine.columns import Bits, Columns, Slot
from configurator.engine.formula import Formula
from configurator.engine.sweep import COMPARISONS, Sweep

WIDEST = 64  # places of a slot whose amounts are listed
FINEST = 1000  # bounds are whole multiples of one part in so many
ZERO = np.zeros(1, dtype=np.int64)
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


Promise = tuple[Node, str, Exact, int]
"""That a node compares so with a bound, and the literal."""


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


class Reckoning:
    """The nodes of one model, made when they are first needed."""

    def __init__(self, model: ProductModel, formula: Formula, columns: Columns, base: Reckoning | None = None) -> None:
        """`base`: that of the formula's base, whose comparisons are to be right as well."""
        self._model = model
        self._formula = formula
        self._columns = columns
        self._nodes: dict[Expression, Node] = {}
        self._promising: list[Node] = []
        self._asked: dict[Node, tuple[Slot, ...]] = {}  # what comparisons speak of, and all that it depends on
        self._best: dict[tuple[Node, str], tuple[Exact, Bits]] = {}  # what keeps a comparison most easily
        self._away: list[int] = []  # literals that lead away from what was excluded last
        self.implying: Callable[[Condition], int]
        """Gives a literal that implies a condition."""
        for node in base._asked if base else ():
            for operator, promises in node.promises.items():
                for bound, literal in promises:
                    self._promised(self._root(node.expression), operator, bound, literal)

    def __bool__(self) -> bool:
        return bool(self._asked)

    def literal(self, condition: Compare) -> int:
        """A literal that implies a comparison with <, <=, > or >=."""
        number, bound = condition.left, condition.right
        if not isinstance(bound, Const):
            number, bound = Arithmetic("-", (number, bound)), Const(0)
        node = self._root(number)
        return self._known(node, condition.operator, bound.value) or self._promised(
            node, condition.operator, bound.value, self._formula.fresh())

    @property
    def literals(self) -> frozenset[int]:
        """Every literal whose truth can change what a comparison says."""
        columns = {column for slots in self._asked.values() for slot in slots
                   for column in range(slot.columns.start, slot.columns.stop)}
        found = {literal for column in columns for literal in self._columns.literals(column)} | {
            literal for node in self._asked for promises in node.promises.values() for _, literal in promises}
        return frozenset(literal for variable in found for literal in (variable, -variable))

    def along(self, places: Mapping[Slot, NDArray[np.int64]], model: NDArray[np.bool_]) -> Bits:
        """At which places of numbers every comparison holds that a model says to hold, all else being as it is."""
        held = np.ones(len(next(iter(places.values()))), dtype=np.bool_)
        for node, slots in self._asked.items():
            moved = {slot: at for slot, at in places.items() if slot in slots}
            for operator, bound, _ in node.made(model) if moved else ():
                still = self._answers([slot for slot in slots if slot not in moved], self._columns.box(model))
                difference = Sweep(self._model, still, moved).number(
                    Arithmetic("-", (node.expression, Const(bound)))).over.array
                held &= COMPARISONS[operator](difference, ZERO)
        return held

    def refute(self, model: NDArray[np.bool_]) -> list[int] | None:
        """None if a model, as `Solver.true` gives it, gets every comparison right, whatever else it promises.

        Else it is excluded, and literals are given that lead back to what has got them right, or away from it.
        """
        asked = [(node, *promise) for node in self._asked for promise in node.made(model)]
        if not asked:
            return None
        box = self._columns.box(model)
        at = Point(self._answers({slot for slots in self._asked.values() for slot in slots}, box), self._model)
        wrong = _broken(asked, at)
        if not wrong:
            self._keep(asked, box, at)
            return None
        self._away = []
        made = [(node, *promise) for node in self._promising for promise in node.made(model)]
        for node, operator, bound, literal in _broken(made, at):
            self.explain(literal, node, operator, bound, at)
        return [literal for node, operator, *_ in wrong if (node, operator) in self._best
                for slot in self._asked[node] for literal in self._as_in(slot, self._best[node, operator][1])
                ] or self._away

    def _keep(self, kept: Iterable[Promise], box: Bits, at: Point) -> None:
        for node, operator, *_ in kept:
            value = at.value(node) if operator in ("<", "<=") else -at.value(node)
            best = self._best.get((node, operator))
            if best is None or value < best[0]:
                self._best[node, operator] = value, box

    def _as_in(self, slot: Slot, box: Bits) -> list[int]:
        """The literals of a slot as they are in a box."""
        place = self._columns.place(slot, box)
        if slot.ordered:
            return self._columns.order(slot, place)
        return [self._columns.equal(column) * (1 if column == slot.start + place else -1)
                for column in range(slot.columns.start, slot.columns.stop)]

    def _answers(self, slots: Iterable[Slot], box: Bits) -> dict[str, Answer]:
        return {name: self._columns.taken(self._model[name], box) for name in {slot.name for slot in slots}}

    def _root(self, expression: Expression) -> Node:
        node = self.node(expression)
        if node not in self._asked:
            self._asked[node] = tuple(slot for name in sorted(names(expression, self._model))
                                      for slot in self._columns.of[name])
        return node

    # why not

    def explain(self, literal: int, node: Node, operator: str, bound: Exact, at: Point) -> None:
        """Defines why a literal that implies that a node compares so cannot be true at a point where it does not."""
        reasons = self._reasons(node, operator, bound, at)
        self._formula.define([-literal, *reasons])

    def _reasons(self, node: Node, operator: str, bound: Exact, at: Point) -> list[int]:
        """Literals one of which is true wherever the node compares so."""
        match node.expression:
            case _ if node.slot:
                return self._kept(node, operator, bound)
            case Choose(condition):
                taken = at.holds(condition)
                branch, other = node.below if taken else node.below[::-1]
                away = [] if _never(operator, other.bounds, bound) else [
                    self.implying(Not(condition) if taken else condition)]
                return [*away, *self._promise(branch, operator, bound, at)]
            case Arithmetic(name) if node.below:
                sides = self._sides(name, node.below, operator, bound, at)
                return [literal for part, (low, high) in sides.items() for beyond, end in (("<", low), (">", high))
                        for literal in self._promise(part, beyond, end, at)]
        return []

    def _promise(self, node: Node, operator: str, bound: Exact, at: Point) -> list[int]:
        """Literals one of which is true if, and only if they say so, the node compares so; at the point it does not."""
        if _never(operator, node.bounds, bound):
            return []
        if node.slot:
            kept = self._kept(node, operator, bound)
            self._away += kept[:1]
            return kept
        near = (bound + at.value(node)) / Fraction(2)  # a promise that is known says nearly as much
        for other, literal in node.promises.get(operator, ()):
            if (bound <= other <= near) if operator == "<" else (near <= other <= bound):
                return [literal]
        literal = self._promised(node, operator, bound, self._formula.fresh())
        self.explain(literal, node, operator, bound, at)
        return [literal]

    def _known(self, node: Node, operator: str, bound: Exact) -> int | None:
        promises = node.promises.get(operator, [])
        place = bisect_left(promises, (bound, 0))
        return promises[place][1] if place < len(promises) and promises[place][0] == bound else None

    def _promised(self, node: Node, operator: str, bound: Exact, literal: int) -> int:
        """The literal, which now implies that the node compares so."""
        if not node.promises:
            self._promising.append(node)
        promises = node.promises.setdefault(operator, [])
        place = bisect_left(promises, (bound, literal))
        promises.insert(place, (bound, literal))
        for less, more in pairwise(promises[max(place - 1, 0):place + 2]):
            tight, loose = (less, more) if operator in ("<", "<=") else (more, less)
            self._formula.define([-tight[1], loose[1]])
        return literal

    def _kept(self, node: Node, operator: str, bound: Exact) -> list[int]:
        """The literals of the places of a slot at which it compares so."""
        slot = node.slot
        assert slot is not None
        if node.rises:
            if operator in ("<", "<="):
                count = (bisect_left if operator == "<" else bisect_right)(node.amounts, bound)
                return [self._columns.at_most(slot, count - 1)] if count else []
            count = (bisect_right if operator == ">" else bisect_left)(node.amounts, bound)
            return [-self._columns.at_most(slot, count - 1)] if count < len(node.amounts) else []
        places = [place for place, amount in enumerate(node.amounts) if compare(operator, amount, bound)]
        if slot.ordered and places:
            first, last, end = places[0], places[-1], len(slot.values) - 1
            if first == 0 and last == len(places) - 1:
                return [self._columns.at_most(slot, last)]
            if last == end and first == end + 1 - len(places):
                return [-self._columns.at_most(slot, first - 1)]
        return [self._columns.equal(slot.start + place) for place in places]

    def _sides(self, name: str, below: Sequence[Node], operator: str, bound: Exact, at: Point) -> Sides:
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
        return sides if _never(operator, enclose(name, [(sides[part][0], sides[part][1]) for part in below]),
                               bound) else point

    # nodes

    def node(self, expression: Expression) -> Node:
        """The node of an expression."""
        if isinstance(expression, Quantity):
            return self.node(self._model.quantity(expression.name).expression)
        if expression not in self._nodes:
            self._nodes[expression] = self._made(expression)
        return self._nodes[expression]

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
                branches = self.node(then), self.node(otherwise)
                return Node(expression, branches, hull([branch.bounds for branch in branches]))
        assert isinstance(expression, Arithmetic)
        below = tuple(self.node(operand) for operand in expression.operands)
        try:
            return Node(expression, below, enclose(expression.operator, [part.bounds for part in below]))
        except (ZeroDivisionError, OverflowError):  # but `bounds` knows that it is not so
            return Node(expression, below, bounds(expression, whole(self._model), self._model))

    def _sum(self, parts: Sequence[Expression]) -> Node:
        return self.node(Arithmetic("+", (Const(0), *parts)))


def _broken(promises: Iterable[Promise], at: Point) -> list[Promise]:
    return [promise for promise in promises if not compare(promise[1], at.value(promise[0]), promise[2])]


def _never(operator: str, interval: Interval, bound: Exact) -> bool:
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

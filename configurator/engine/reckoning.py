"""Why a number is too large or too small, step by step of how it is reckoned.

Each step of an expression is a node. A promise is a literal that implies that a node is below or above a bound; what
breaks a promise in a model is told by promises about the nodes directly below it, down to places of slots: lazy clause
generation for arithmetic (Ohrimenko, Stuckey and Codish 2009). The clauses are short, and nodes are shared by all that
reads them, so that little has to be learnt twice.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from fractions import Fraction
from itertools import pairwise
from math import inf

import numpy as np
from numpy.typing import NDArray

from catalog.expressions import compare, names
from catalog.model import ProductModel
from catalog.nodes import Answer, Arithmetic, Choose, Compare, Condition, Const, Exact, Expression, Not
from configurator.engine.columns import Bits, Columns
from configurator.engine.formula import Formula
from configurator.engine.nodes import Node, Nodes, Point
from configurator.engine.slots import Slot
from configurator.engine.sweep import COMPARISONS, Sweep
from configurator.engine.widening import never_so, widest

ZERO = np.zeros(1, dtype=np.int64)
Promise = tuple[Node, str, Exact, int]
"""That a node compares so with a bound, and the literal."""


class Reckoning:
    """The comparisons of one model whose numbers are reckoned in steps."""

    def __init__(self, model: ProductModel, formula: Formula, columns: Columns, base: Reckoning | None = None) -> None:
        """`base`: that of the formula's base, whose comparisons are to be right as well."""
        self._model = model
        self._formula = formula
        self._columns = columns
        self._nodes = Nodes(model, columns)
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
        number, bound = _compared(condition)
        node = self._root(number)
        return self._known(node, condition.operator, bound.value, bound.value) or self._promised(
            node, condition.operator, bound.value, self._formula.fresh())

    def read(self, besides: Iterable[Compare]) -> set[Slot]:
        """The slots that comparisons read, but for these."""
        left = {_compared(condition)[0] for condition in besides}
        return {slot for node, slots in self._asked.items() if node.expression not in left for slot in slots}

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

    def refute(self, model: NDArray[np.bool_], hard: Callable[[], AbstractContextManager[None]]) -> list[int] | None:
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
        with hard():
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
        node = self._nodes.of(expression)
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
                away = [] if never_so(operator, other.bounds, bound) else [
                    self.implying(Not(condition) if taken else condition)]
                return [*away, *self._promise(branch, operator, bound, at)]
            case Arithmetic(name) if node.below:
                sides = widest(name, node.below, operator, bound, at)
                return [literal for part, (low, high) in sides.items() for beyond, end in (("<", low), (">", high))
                        for literal in self._promise(part, beyond, end, at)]
        return []

    def _promise(self, node: Node, operator: str, bound: Exact, at: Point) -> list[int]:
        """Literals one of which is true if, and only if they say so, the node compares so; at the point it does not."""
        if never_so(operator, node.bounds, bound):
            return []
        if node.slot:
            kept = self._kept(node, operator, bound)
            self._away += kept[:1]
            return kept
        if known := self._known(node, operator, bound, (bound + at.value(node)) / Fraction(2)):  # nearly as much
            return [known]
        literal = self._promised(node, operator, bound, self._formula.fresh())
        self.explain(literal, node, operator, bound, at)
        return [literal]

    def _known(self, node: Node, operator: str, bound: Exact, furthest: Exact) -> int | None:
        """The promise that says most of those that a bound implies, if its own is no further away than that."""
        promises = node.promises.get(operator, [])
        if operator in ("<", "<="):
            place = bisect_left(promises, (bound, 0))
            return promises[place][1] if place < len(promises) and promises[place][0] <= furthest else None
        place = bisect_right(promises, (bound, inf))
        return promises[place - 1][1] if place and promises[place - 1][0] >= furthest else None

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


def _compared(condition: Compare) -> tuple[Expression, Const]:
    """A number, and what it is compared with."""
    if isinstance(condition.right, Const):
        return condition.left, condition.right
    return Arithmetic("-", (condition.left, condition.right)), Const(0)


def _broken(promises: Iterable[Promise], at: Point) -> list[Promise]:
    return [promise for promise in promises if not compare(promise[1], at.value(promise[0]), promise[2])]

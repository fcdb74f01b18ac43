"""What a condition means at many points at once: exact, by arrays.

Numbers are ratios of arrays. They stay machine integers while nothing can overflow and become Python's beyond that.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from math import lcm
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from catalog.expressions import (
    And,
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
    Implies,
    Is,
    Not,
    Or,
    Quantity,
    Read,
    Size,
    Table,
)
from catalog.model import Boolean, ProductModel, Several, Text
from configurator.engine.columns import Slot

Numbers = NDArray[Any]  # of int64, or of Python's ints as objects
Truths = NDArray[np.bool_]
COMPARISONS: Mapping[str, Callable[[Numbers, Numbers], Truths]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
SAFE = 1 << 62
ONE = np.array([1], dtype=np.int64)


class Ratio(NamedTuple):
    """Numerators over denominators, which are positive."""

    over: Numbers
    under: Numbers


class Sweep:
    """Many points: what stands still by its answer, what varies by the places of its slots, as arrays of one shape.

    (Or of shapes that broadcast.) All members of a several-of vary, or none.
    """

    def __init__(self, model: ProductModel, answers: Mapping[str, Answer], places: Mapping[Slot, NDArray[np.int64]]) -> None:
        self._model = model
        self._answers = answers
        self._slots: dict[str, dict[Slot, NDArray[np.int64]]] = {}
        self._shared: dict[str, Ratio] = {}
        for slot, at in places.items():
            self._slots.setdefault(slot.name, {})[slot] = at

    def all(self, conditions: Iterable[Condition]) -> Truths:
        """For each point whether all conditions hold; one entry if that is the same everywhere."""
        return reduce(operator.and_, map(self.holds, conditions), np.array([True]))

    def holds(self, condition: Condition) -> Truths:
        """For each point whether the condition holds; one entry if that is the same everywhere."""
        match condition:
            case Is(name, values):
                return self._is(name, values)
            case Compare(comparison, left, right):
                a, b = self.number(left), self.number(right)
                return COMPARISONS[comparison](times(a.over, b.under), times(b.over, a.under))
            case Not(operand):
                return ~self.holds(operand)
            case And(operands):
                return self.all(operands)
            case Or(operands):
                return reduce(operator.or_, map(self.holds, operands), np.array([False]))
            case Implies(when, then):
                return ~self.holds(when) | self.holds(then)
            case Table():
                return self._table(condition)

    def number(self, expression: Expression) -> Ratio:
        """What the expression means at each point; one entry if that is the same everywhere."""
        match expression:
            case Const(value):
                return ratios([value])
            case Read(name) | Size(name):
                return self._read(name)
            case Attribute(name, attribute):
                return self._attribute(name, attribute)
            case Quantity(name):
                if name not in self._shared:
                    self._shared[name] = self.number(self._model.quantity(name).expression)
                return self._shared[name]
            case Count(conditions):
                return Ratio(sum((self.holds(condition).astype(np.int64) for condition in conditions), start=ONE - 1), ONE)
            case Choose(condition, then, otherwise):
                decision = self.holds(condition)
                if len(decision) == 1:
                    return self.number(then if decision[0] else otherwise)
                return either(decision, self.number(then), self.number(otherwise))
            case Arithmetic(name, operands):
                return calculate(name, [self.number(operand) for operand in operands])

    def _read(self, name: str) -> Ratio:
        """A number, the size of a text, or how many members are chosen."""
        if name not in self._slots:
            answer = self._answers[name]
            return ratios([len(answer) if isinstance(answer, str | frozenset) else answer])
        if isinstance(self._model[name], Several):
            return Ratio(np.asarray(sum(self._slots[name].values())), ONE)
        (slot, places), = self._slots[name].items()
        assert isinstance(slot.values, range)
        return Ratio(slot.values.start + slot.values.step * places, ONE)

    def _attribute(self, name: str, attribute: str) -> Ratio:
        characteristic = self._model[name]
        if name not in self._slots:
            return ratios([characteristic.attribute(self._answers[name], attribute)])
        parts = []
        for slot, places in self._slots[name].items():
            answers = [frozenset([slot.member] if chosen else []) for chosen in slot.values] if slot.member else slot.values
            of = ratios([characteristic.attribute(answer, attribute) for answer in answers])  # type: ignore[arg-type]
            parts.append(Ratio(of.over[places], of.under))
        return reduce(plus, parts)

    def _is(self, name: str, values: tuple[str | bool, ...]) -> Truths:
        if name not in self._slots:
            answer = self._answers[name]
            return np.array([bool(answer.intersection(values)) if isinstance(answer, frozenset) else answer in values])
        characteristic = self._model[name]
        if isinstance(characteristic, Text):  # which is only compared with the empty one
            return (self._read(name).over == 0) & ("" in values)
        if isinstance(characteristic, Several):
            return np.asarray(sum(places for slot, places in self._slots[name].items() if slot.member in values)) > 0
        (slot, places), = self._slots[name].items()
        return np.array([value in values for value in slot.values])[places]

    def _table(self, table: Table) -> Truths:
        """Whether a row agrees, by the number that the places make with the sizes of their slots as digits."""
        fixed = [(i, self._answers[name]) for i, name in enumerate(table.names) if name not in self._slots]
        varied = [(i, *next(iter(self._slots[name].items()))) for i, name in enumerate(table.names) if name in self._slots]
        rows = [row for row in table.rows if all(row[i] == answer for i, answer in fixed)]
        code, codes = np.array([0], dtype=object), [0] * len(rows)
        for i, slot, places in varied:
            index = {value: place for place, value in enumerate(slot.values)}
            code = code * len(index) + places
            codes = [-1 if before < 0 or row[i] not in index else before * len(index) + index[row[i]]
                     for before, row in zip(codes, rows, strict=True)]
        inside = set(codes) - {-1}
        return np.array([(one in inside) == table.allowed for one in code.ravel()]).reshape(code.shape)


def ratios(values: Iterable[Exact]) -> Ratio:
    """Exact numbers, with one denominator."""
    numbers = list(values)
    under = lcm(*(number.denominator for number in numbers))
    return Ratio(array([int(number * under) for number in numbers]), array([under]) if under > 1 else ONE)


def array(numbers: list[int]) -> Numbers:
    """Whole numbers, in machine integers if they fit."""
    return np.array(numbers, dtype=np.int64 if max(map(abs, numbers)) < SAFE else object)


def calculate(name: str, operands: list[Ratio]) -> Ratio:
    """One step of arithmetic, as `catalog.expressions.calculate`."""
    first = operands[0]
    match name:
        case "floor":
            return Ratio(first.over // first.under, ONE)
        case "ceil":
            return Ratio(-(-first.over // first.under), ONE)
        case "neg":
            return Ratio(-first.over, first.under)
        case "abs":
            return Ratio(abs(first.over), first.under)
        case "-":
            return plus(first, Ratio(-operands[1].over, operands[1].under))
        case "/":
            sign = np.where(operands[1].over < 0, -1, 1)
            return multiply(first, Ratio(operands[1].under * sign, abs(operands[1].over)))
    return reduce({"+": plus, "*": multiply, "min": least, "max": most}[name], operands)


def plus(a: Ratio, b: Ratio) -> Ratio:
    if a.under is b.under:
        return Ratio(times(a.over, ONE, 2) + times(b.over, ONE, 2), a.under)
    return Ratio(times(a.over, b.under, 2) + times(b.over, a.under, 2), times(a.under, b.under))


def multiply(a: Ratio, b: Ratio) -> Ratio:
    return Ratio(times(a.over, b.over), times(a.under, b.under))


def least(a: Ratio, b: Ratio) -> Ratio:
    return either(times(a.over, b.under) <= times(b.over, a.under), a, b)


def most(a: Ratio, b: Ratio) -> Ratio:
    return either(times(a.over, b.under) >= times(b.over, a.under), a, b)


def either(first: Truths, a: Ratio, b: Ratio) -> Ratio:
    """The first where that is true, else the second."""
    return Ratio(np.where(first, a.over, b.over), a.under if a.under is b.under else np.where(first, a.under, b.under))


def times(a: Numbers, b: Numbers, room: int = 1) -> Numbers:
    """The products, exact; in machine integers if even `room` times as much fits."""
    if a.dtype != object and b.dtype != object and int(abs(a).max()) * int(abs(b).max()) * room < SAFE:
        return a if b is ONE else b if a is ONE else a * b
    return a.astype(object) * b.astype(object)

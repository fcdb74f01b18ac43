"""What a condition means while one number runs through many values and all else stays: exact, and all at once.

Numbers are ratios of arrays. They stay machine integers while nothing can overflow and become Python's beyond that.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from typing import Any

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
from catalog.model import ProductModel

Numbers = NDArray[Any]  # of int64, or of Python's ints as objects
Truths = NDArray[np.bool_]
COMPARISONS: Mapping[str, Callable[[Numbers, Numbers], Truths]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
SAFE = 1 << 62


@dataclass(frozen=True, slots=True)
class Ratio:
    """Numerators over denominators, which are positive."""

    over: Numbers
    under: Numbers


class Sweep:
    """Values in which one characteristic, a number or the size of a text, runs through `numbers`."""

    def __init__(self, model: ProductModel, values: Mapping[str, Answer], name: str, numbers: Sequence[int]) -> None:
        self._model = model
        self._values = values
        self._name = name
        self._numbers = np.array(numbers, dtype=np.int64)

    def all(self, conditions: Iterable[Condition]) -> Truths:
        """For each of the numbers whether all conditions hold."""
        found: Truths = np.ones(len(self._numbers), dtype=np.bool_)
        with np.errstate(divide="ignore", invalid="ignore"):
            for condition in conditions:
                found &= self.holds(condition)
        return found

    def holds(self, condition: Condition) -> Truths:
        """For each of the numbers whether the condition holds; one entry if that is the same for all."""
        match condition:
            case Is(name, values):
                return self._is(name, values)
            case Compare(comparison, left, right):
                a, b = self.number(left), self.number(right)
                return COMPARISONS[comparison](times(a.over, b.under), times(b.over, a.under))
            case Not(operand):
                return ~self.holds(operand)
            case And(operands):
                return reduce(operator.and_, map(self.holds, operands), self._same(True))
            case Or(operands):
                return reduce(operator.or_, map(self.holds, operands), self._same(False))
            case Implies(when, then):
                return ~self.holds(when) | self.holds(then)
            case Table():
                return self._table(condition)

    def number(self, expression: Expression) -> Ratio:
        """What the expression means for each of the numbers; one entry if that is the same for all."""
        match expression:
            case Const(value):
                return ratio(value)
            case Read(name):
                return Ratio(self._numbers, ONE) if name == self._name else ratio(int(self._values[name]))  # type: ignore[arg-type]
            case Size(name):
                return Ratio(self._numbers, ONE) if name == self._name else ratio(len(self._values[name]))  # type: ignore[arg-type]
            case Attribute(name, attribute):
                return ratio(self._model[name].attribute(self._values[name], attribute))
            case Quantity(name):
                return self.number(self._model.quantity(name).expression)
            case Count(conditions):
                return Ratio(sum((self.holds(condition).astype(np.int64) for condition in conditions), start=ONE - 1), ONE)
            case Choose(condition, then, otherwise):
                decision, a, b = self.holds(condition), self.number(then), self.number(otherwise)
                return Ratio(np.where(decision, a.over, b.over), np.where(decision, a.under, b.under))
            case Arithmetic(name, operands):
                return calculate(name, [self.number(operand) for operand in operands])

    def _is(self, name: str, values: tuple[str | bool, ...]) -> Truths:
        if name == self._name:  # a text, which is only compared with the empty one
            return (self._numbers == 0) & ("" in values)
        answer = self._values[name]
        return self._same(bool(answer.intersection(values)) if isinstance(answer, frozenset) else answer in values)

    def _table(self, table: Table) -> Truths:
        if self._name not in table.names:
            return self._same((tuple(self._values[name] for name in table.names) in table.rows) == table.allowed)
        at = table.names.index(self._name)
        others = [(i, self._values[name]) for i, name in enumerate(table.names) if i != at]
        inside = {row[at] for row in table.rows if all(row[i] == answer for i, answer in others)}
        return np.isin(self._numbers, [int(number) for number in inside]) == table.allowed

    def _same(self, truth: bool) -> Truths:
        return np.array([truth])


ONE = np.array([1], dtype=np.int64)


def ratio(value: Exact) -> Ratio:
    """One exact number."""
    fraction = Fraction(value)
    return Ratio(array(fraction.numerator), array(fraction.denominator))


def array(number: int) -> Numbers:
    return np.array([number], dtype=np.int64 if abs(number) < SAFE else object)


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
            return product(first, Ratio(operands[1].under * sign, abs(operands[1].over)))
    return reduce({"+": plus, "*": product, "min": least, "max": most}[name], operands)


def plus(a: Ratio, b: Ratio) -> Ratio:
    return Ratio(times(a.over, b.under, 2) + times(b.over, a.under, 2), times(a.under, b.under))


def product(a: Ratio, b: Ratio) -> Ratio:
    return Ratio(times(a.over, b.over), times(a.under, b.under))


def least(a: Ratio, b: Ratio) -> Ratio:
    return _either(times(a.over, b.under) <= times(b.over, a.under), a, b)


def most(a: Ratio, b: Ratio) -> Ratio:
    return _either(times(a.over, b.under) >= times(b.over, a.under), a, b)


def _either(first: Truths, a: Ratio, b: Ratio) -> Ratio:
    return Ratio(np.where(first, a.over, b.over), np.where(first, a.under, b.under))


def times(a: Numbers, b: Numbers, room: int = 1) -> Numbers:
    """The products, exact; in machine integers if even `room` times as much fits."""
    if a.dtype != object and b.dtype != object and int(abs(a).max()) * int(abs(b).max()) * room < SAFE:
        return a if b is ONE else b if a is ONE else a * b
    return a.astype(object) * b.astype(object)

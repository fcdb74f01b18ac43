"""What a condition means at many points at once: exact, by arrays.

Numbers are ratios of arrays. They stay machine integers while nothing can overflow and become Python's beyond that.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from functools import cache, reduce
from math import lcm
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from catalog.model import ProductModel, Several, Text
from catalog.nodes import (
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
from configurator.engine.slots import Slot

Truths = NDArray[np.bool_]
COMPARISONS: Mapping[str, Callable[[NDArray[Any], NDArray[Any]], Truths]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
SAFE = 1 << 62


class Whole(NamedTuple):
    """Whole numbers, none further from 0 than the bound: as int64 if that is safe, else as Python's."""

    array: NDArray[Any]
    bound: int


class Ratio(NamedTuple):
    """Numerators over denominators, which are positive."""

    over: Whole
    under: Whole


ONE = Whole(np.array([1], dtype=np.int64), 1)


class Sweep:
    """Many points: what stands still by its answer, what varies by the places of its slots, as arrays of one shape.

    (Or of shapes that broadcast.) All members of a several-of vary, or none.
    """

    def __init__(self, model: ProductModel, answers: Mapping[str, Answer], places: Mapping[Slot, NDArray[np.int64]],
                 tables: dict[tuple[Slot, str], Ratio] | None = None) -> None:
        self._model = model
        self._answers = answers
        self._slots: dict[str, dict[Slot, NDArray[np.int64]]] = {}
        self._tables = {} if tables is None else tables  # attributes by place, which sweeps of one model can share
        self._quantities: dict[str, Ratio] = {}
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
                return COMPARISONS[comparison](times(a.over, b.under).array, times(b.over, a.under).array)
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
                return constant(value)
            case Read(name) | Size(name):
                return self._read(name)
            case Attribute(name, attribute):
                return self._attribute(name, attribute)
            case Quantity(name):
                if name not in self._quantities:
                    self._quantities[name] = self.number(self._model.quantity(name).expression)
                return self._quantities[name]
            case Count(conditions):
                counts = (self.holds(condition).astype(np.int64) for condition in conditions)
                return Ratio(Whole(sum(counts, start=np.array([0])), len(conditions)), ONE)
            case Choose(condition, then, otherwise):
                decision = self.holds(condition)
                if decision.size == 1:
                    return self.number(then if decision.item() else otherwise)
                return either(decision, self.number(then), self.number(otherwise))
            case Arithmetic(name, operands):
                return calculate(name, [self.number(operand) for operand in operands])

    def _read(self, name: str) -> Ratio:
        """A number, the size of a text, or how many members are chosen."""
        if name not in self._slots:
            answer = self._answers[name]
            return ratios([len(answer) if isinstance(answer, str | frozenset) else answer])
        slots = self._slots[name]
        if isinstance(self._model[name], Several):
            return Ratio(Whole(np.asarray(sum(slots.values())), len(slots)), ONE)
        (slot, places), = slots.items()
        values = slot.values
        assert isinstance(values, range)
        return Ratio(Whole(values.start + values.step * places, max(abs(values[0]), abs(values[-1]))), ONE)

    def _attribute(self, name: str, attribute: str) -> Ratio:
        if name not in self._slots:
            return ratios([self._model[name].attribute(self._answers[name], attribute)])
        parts = []
        for slot, places in self._slots[name].items():
            over, under = self._table_of(slot, attribute)
            parts.append(Ratio(Whole(over.array[places], over.bound), under))
        return reduce(plus, parts)

    def _table_of(self, slot: Slot, attribute: str) -> Ratio:
        """The attribute of each place of a slot."""
        if (slot, attribute) not in self._tables:
            of = self._model[slot.name]
            self._tables[slot, attribute] = ratios(of.attribute(answer, attribute) for answer in slot.answers)
        return self._tables[slot, attribute]

    def _is(self, name: str, values: tuple[str | bool, ...]) -> Truths:
        if name not in self._slots:
            answer = self._answers[name]
            return np.array([bool(answer.intersection(values)) if isinstance(answer, frozenset) else answer in values])
        characteristic = self._model[name]
        if isinstance(characteristic, Text):  # which is only compared with the empty one
            return np.asarray((self._read(name).over.array == 0) & ("" in values))
        if isinstance(characteristic, Several):
            return np.asarray(sum(places for slot, places in self._slots[name].items() if slot.member in values)) > 0
        (slot, places), = self._slots[name].items()
        return np.array([value in values for value in slot.values])[places]

    def _table(self, table: Table) -> Truths:
        """Whether a row agrees, by the number that the places make with the sizes of their slots as digits."""
        fixed = [(i, self._answers[name]) for i, name in enumerate(table.names) if name not in self._slots]
        varied = [(i, *found) for i, name in enumerate(table.names) for found in self._slots.get(name, {}).items()]
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
    return Ratio(whole([int(number * under) for number in numbers]), whole([under]) if under > 1 else ONE)


@cache
def constant(value: Exact) -> Ratio:
    """One exact number."""
    return ratios([value])


def whole(numbers: list[int]) -> Whole:
    """Whole numbers, of any size."""
    bound = max(map(abs, numbers))
    return Whole(np.array(numbers, dtype=np.int64 if bound < SAFE else object), bound)


def calculate(name: str, operands: list[Ratio]) -> Ratio:
    """One step of arithmetic, as `catalog.expressions.calculate`."""
    over, under = operands[0]
    match name:
        case "floor":
            return Ratio(floor(over, under), ONE)
        case "ceil":
            return Ratio(negative(floor(negative(over), under)), ONE)
        case "neg":
            return Ratio(negative(over), under)
        case "abs":
            return Ratio(Whole(abs(over.array), over.bound), under)
        case "-":
            return plus(operands[0], Ratio(negative(operands[1].over), operands[1].under))
        case "/":
            by, of = operands[1]
            sign = Whole(np.where(by.array < 0, -1, 1), 1)
            return multiply(operands[0], Ratio(times(of, sign), Whole(abs(by.array), by.bound)))
    return reduce({"+": plus, "*": multiply, "min": least, "max": most}[name], operands)


def floor(over: Whole, under: Whole) -> Whole:
    """The quotients, rounded down."""
    return over if under is ONE else Whole(over.array // under.array, over.bound + 1)


def negative(numbers: Whole) -> Whole:
    """The numbers with the other sign."""
    return Whole(-numbers.array, numbers.bound)


def plus(a: Ratio, b: Ratio) -> Ratio:
    """The sums."""
    if a.under is b.under:
        return Ratio(add(a.over, b.over), a.under)
    return Ratio(add(times(a.over, b.under), times(b.over, a.under)), times(a.under, b.under))


def multiply(a: Ratio, b: Ratio) -> Ratio:
    """The products."""
    return Ratio(times(a.over, b.over), times(a.under, b.under))


def least(a: Ratio, b: Ratio) -> Ratio:
    """The lesser ones."""
    return either(times(a.over, b.under).array <= times(b.over, a.under).array, a, b)


def most(a: Ratio, b: Ratio) -> Ratio:
    """The greater ones."""
    return either(times(a.over, b.under).array >= times(b.over, a.under).array, a, b)


def either(first: Truths, a: Ratio, b: Ratio) -> Ratio:
    """The first where that is true, else the second."""
    def pick(one: Whole, other: Whole) -> Whole:
        return one if one is other else Whole(np.where(first, one.array, other.array), max(one.bound, other.bound))

    return Ratio(pick(a.over, b.over), pick(a.under, b.under))


def times(a: Whole, b: Whole) -> Whole:
    """The products of whole numbers."""
    if a is ONE or b is ONE:
        return b if a is ONE else a
    a, b = _roomy(a, b, a.bound * b.bound)
    return Whole(a.array * b.array, a.bound * b.bound)


def add(a: Whole, b: Whole) -> Whole:
    """The sums of whole numbers."""
    a, b = _roomy(a, b, a.bound + b.bound)
    return Whole(a.array + b.array, a.bound + b.bound)


def _roomy(a: Whole, b: Whole, result: int) -> tuple[Whole, Whole]:
    """The same numbers, so that a result of this bound can be computed: with closer bounds, or as Python's."""
    if result < SAFE:
        return a, b
    a, b = (Whole(numbers.array, int(abs(numbers.array).max(initial=0))) for numbers in (a, b))
    if a.bound * b.bound < SAFE and a.bound + b.bound < SAFE:
        return a, b
    return Whole(a.array.astype(object), a.bound), Whole(b.array.astype(object), b.bound)

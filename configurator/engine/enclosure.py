"""What a condition can mean in many boxes at once: quick, and sound by rounding outwards.

The same interval arithmetic as `catalog.bounds`, in machine numbers and over arrays of boxes. It decides a little less
(where what is computed is equal to the last bit), and never wrongly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, reduce
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from catalog.model import ProductModel, Several
from catalog.nodes import (
    And,
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

Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]


class Interval(NamedTuple):
    """Low and high of each box; not a number where nothing is known."""

    low: Floats
    high: Floats


class Verdict(NamedTuple):
    """Of each box whether a condition holds in all of it, and whether it may hold anywhere in it."""

    surely: Truths
    maybe: Truths


class Enclosure:
    """Boxes: of a number the least and the greatest place of each box, of another slot which places each may take."""

    def __init__(self, model: ProductModel, ranges: Mapping[Slot, tuple[NDArray[np.int64], NDArray[np.int64]]],
                 places: Mapping[Slot, Truths], tables: dict[tuple[Slot, str], Interval]) -> None:
        self._model = model
        self._numbers = {slot.name: _values(slot, low, high) for slot, (low, high) in ranges.items()}
        self._slots: dict[str, dict[Slot, Truths]] = {}
        self._tables = tables  # attributes by place, which enclosures of one model share
        self._quantities: dict[str, Interval] = {}
        for slot, mask in places.items():
            self._slots.setdefault(slot.name, {})[slot] = mask

    def number(self, expression: Expression) -> Interval:
        """Bounds of a number in each box."""
        match expression:
            case Const(value):
                return _exact(value)
            case Read(name) | Size(name):
                return self._numbers[name] if name in self._numbers else self._size(name)
            case Attribute(name, attribute):
                return self._attribute(name, attribute)
            case Quantity(name):
                if name not in self._quantities:
                    self._quantities[name] = self.number(self._model.quantity(name).expression)
                return self._quantities[name]
            case Count(conditions):
                verdicts = [self.truth(condition) for condition in conditions]
                return Interval(_counted([v.surely for v in verdicts]), _counted([v.maybe for v in verdicts]))
            case Choose(condition, then, otherwise):
                return _either(self.truth(condition), self.number(then), self.number(otherwise))
            case Arithmetic(operator, operands):
                return OPERATIONS[operator]([self.number(operand) for operand in operands])

    def truth(self, condition: Condition) -> Verdict:
        """Whether a condition holds in each box."""
        match condition:
            case Is(name, values):
                return self._is(name, values)
            case Compare(operator, left, right):
                a, b = self.number(left), self.number(right)
                return _compare(operator, Interval(a.low - b.high, a.high - b.low))
            case Not(operand):
                surely, maybe = self.truth(operand)
                return Verdict(~maybe, ~surely)
            case And(operands):
                return reduce(_both, map(self.truth, operands), Verdict(np.array([True]), np.array([True])))
            case Or(operands):
                return self.truth(Not(And(tuple(Not(operand) for operand in operands))))
            case Implies(when, then):
                return self.truth(Or((Not(when), then)))
            case Table(names, rows, allowed):
                maybe = reduce(np.logical_or, (self._may_take(names, row) for row in rows), np.array([False]))
                surely = reduce(np.logical_and, map(self._is_single, names), maybe)
                return Verdict(surely, maybe) if allowed else Verdict(~maybe, ~surely)

    def _may_take(self, names: Sequence[str], row: Sequence[str | bool | int]) -> Truths:
        return reduce(np.logical_and, map(self._may_be, names, row), np.array([True]))

    def _may_be(self, name: str, value: str | bool | int) -> Truths:
        if name in self._numbers:
            low, high = self._numbers[name]
            return np.asarray((low <= int(value)) & (int(value) <= high))
        (slot, mask), = self._slots[name].items()
        return mask[:, slot.values.index(value)] if value in slot.values else np.array([False])

    def _is_single(self, name: str) -> Truths:
        if name in self._numbers:
            low, high = self._numbers[name]
            return np.asarray(low == high)
        mask, = self._slots[name].values()
        return np.asarray(mask.sum(axis=1) == 1)

    def _is(self, name: str, values: tuple[str | bool, ...]) -> Verdict:
        if name in self._numbers:  # a text, which is only compared with the empty one
            low, high = self._numbers[name]
            return Verdict(np.asarray((high == 0) & ("" in values)), np.asarray((low == 0) & ("" in values)))
        if isinstance(self._model[name], Several):
            among = [mask for slot, mask in self._slots[name].items() if slot.member in values]
            return Verdict(reduce(np.logical_or, (~mask[:, 0] for mask in among), np.array([False])),
                           reduce(np.logical_or, (mask[:, 1] for mask in among), np.array([False])))
        (slot, mask), = self._slots[name].items()
        inside = np.array([value in values for value in slot.values])
        return Verdict(np.asarray(~mask[:, ~inside].any(axis=1)), np.asarray(mask[:, inside].any(axis=1)))

    def _size(self, name: str) -> Interval:
        masks = self._slots[name].values()
        return Interval(_counted([~mask[:, 0] for mask in masks]), _counted([mask[:, 1] for mask in masks]))

    def _attribute(self, name: str, attribute: str) -> Interval:
        found = []
        for slot, mask in self._slots[name].items():
            low, high = self._table_of(slot, attribute)
            found.append(Interval(np.where(mask, low, np.inf).min(axis=1), np.where(mask, high, -np.inf).max(axis=1)))
        return reduce(lambda a, b: _plus([a, b]), found)

    def _table_of(self, slot: Slot, attribute: str) -> Interval:
        """The attribute of each place of a slot."""
        if (slot, attribute) not in self._tables:
            of = [_exact(self._model[slot.name].attribute(answer, attribute)) for answer in slot.answers]
            self._tables[slot, attribute] = Interval(*(np.concatenate(ends) for ends in zip(*of, strict=True)))
        return self._tables[slot, attribute]


def _values(slot: Slot, low: NDArray[np.int64], high: NDArray[np.int64]) -> Interval:
    assert isinstance(slot.values, range)
    start, step = float(slot.values.start), float(slot.values.step)
    return Interval(start + step * low.astype(np.float64), start + step * high.astype(np.float64))


def _counted(truths: list[Truths]) -> Floats:
    """Of each box how many are true."""
    return np.asarray(sum((truth.astype(np.float64) for truth in truths), start=np.zeros(1)))


@cache
def _exact(value: Exact) -> Interval:
    near = np.array([float(value)])
    return Interval(near, near) if near[0] == value else _outwards(near, near)


def _outwards(low: Floats, high: Floats) -> Interval:
    return Interval(np.nextafter(low, -np.inf), np.nextafter(high, np.inf))


def _plus(operands: list[Interval]) -> Interval:
    return reduce(lambda a, b: _outwards(a.low + b.low, a.high + b.high), operands)


def _minus(operands: list[Interval]) -> Interval:
    a, b = operands
    return _outwards(a.low - b.high, a.high - b.low)


def _times(operands: list[Interval]) -> Interval:
    return reduce(lambda a, b: _corners(a, b, np.multiply), operands)


def _over(operands: list[Interval]) -> Interval:
    a, b = operands
    safe = (b.low > 0) | (b.high < 0)
    low, high = _corners(a, b, np.divide)
    return Interval(np.where(safe, low, np.nan), np.where(safe, high, np.nan))


def _corners(a: Interval, b: Interval, of: Callable[[Floats, Floats], Floats]) -> Interval:
    corners = [of(a.low, b.low), of(a.low, b.high), of(a.high, b.low), of(a.high, b.high)]
    return _outwards(reduce(np.minimum, corners), reduce(np.maximum, corners))


def _abs(operands: list[Interval]) -> Interval:
    low, high = operands[0]
    least, most = np.minimum(abs(low), abs(high)), np.maximum(abs(low), abs(high))
    return Interval(np.where((low <= 0) & (high >= 0), 0, least), most)


def _rising(of: Callable[[Floats], Floats]) -> Callable[[list[Interval]], Interval]:
    return lambda operands: Interval(of(operands[0].low), of(operands[0].high))


def _extreme(of: Callable[[Floats, Floats], Floats]) -> Callable[[list[Interval]], Interval]:
    return lambda operands: reduce(lambda a, b: Interval(of(a.low, b.low), of(a.high, b.high)), operands)


OPERATIONS: Mapping[str, Callable[[list[Interval]], Interval]] = {
    "+": _plus, "-": _minus, "*": _times, "/": _over, "min": _extreme(np.minimum), "max": _extreme(np.maximum),
    "neg": lambda operands: Interval(-operands[0].high, -operands[0].low), "abs": _abs,
    "floor": _rising(np.floor), "ceil": _rising(np.ceil)}


def _either(condition: Verdict, then: Interval, otherwise: Interval) -> Interval:
    def hull(a: Floats, b: Floats, of: Callable[[Floats, Floats], Floats]) -> Floats:
        return np.where(condition.surely, a, np.where(condition.maybe, of(a, b), b))

    return Interval(hull(then.low, otherwise.low, np.minimum), hull(then.high, otherwise.high, np.maximum))


def _both(a: Verdict, b: Verdict) -> Verdict:
    return Verdict(a.surely & b.surely, a.maybe & b.maybe)


def _compare(operator: str, difference: Interval) -> Verdict:
    """From left - right: rounded to the nearest, its sign is right. Every comparison with what is not a number is
    false, and so is decided as unknown.
    """
    low, high = difference
    match operator:
        case "<":
            return Verdict(high < 0, ~(low >= 0))
        case "<=":
            return Verdict(high <= 0, ~(low > 0))
        case ">":
            return Verdict(low > 0, ~(high <= 0))
        case ">=":
            return Verdict(low >= 0, ~(high < 0))
        case "=":
            return Verdict((low == 0) & (high == 0), ~((low > 0) | (high < 0)))
    surely, maybe = _compare("=", difference)
    return Verdict(~maybe, ~surely)

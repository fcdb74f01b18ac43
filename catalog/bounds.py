"""What an expression can mean while its characteristics are only partly known.

A box says for each characteristic what it may still be. `bounds` encloses a number over all of a box, `truth` decides a
condition for all of it where it can. Both are sound: they contain what `catalog.expressions` means at every point of
the box. They are tight where each characteristic is read once, and where a number rises or falls throughout with each
one that is read more often (interval arithmetic with the monotonicity test: R. E. Moore, R. B. Kearfott and M. J.
Cloud, Introduction to Interval Analysis, SIAM 2009, chapter 6).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from catalog.expressions import (
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
    Node,
    Not,
    Or,
    Quantity,
    Read,
    Size,
    Table,
    children,
    names,
)
from catalog.intervals import Interval, Truth, compare, enclose, every, negate
from catalog.model import Boolean, Number, ProductModel, Several, Text


@dataclass(frozen=True, slots=True)
class Members:
    """What a several-of may be: all of the required, some of the possible, least to most together."""

    required: frozenset[str]
    possible: frozenset[str]
    least: int
    most: int

    @property
    def sizes(self) -> tuple[int, int]:
        """The fewest and the most values that it can hold."""
        return max(self.least, len(self.required)), min(self.most, len(self.possible))


Possible = frozenset[str] | frozenset[bool] | tuple[int, int] | Members
"""The values of a choice or yes/no; least and most of a number or of the size of a text; `Members` of a several-of."""
Box = Mapping[str, Possible]


def whole(model: ProductModel) -> dict[str, Possible]:
    """The box of everything that each characteristic can be, rules left aside."""
    box: dict[str, Possible] = {}
    for characteristic in model.characteristics:
        match characteristic:
            case Number():
                box[characteristic.name] = characteristic.range[0], characteristic.range[-1]
            case Text(least=least, most=most):
                box[characteristic.name] = least, most
            case Several(values=values, least=least):
                names = frozenset(value.name for value in values)
                box[characteristic.name] = Members(frozenset(), names, least, characteristic.limit)
            case Boolean():
                box[characteristic.name] = frozenset([True, False])
            case _:
                box[characteristic.name] = frozenset(value.name for value in characteristic.options)
    return box


def bounds(expression: Expression, box: Box, model: ProductModel) -> Interval:
    """The least and the greatest that an expression can be in a box, or a little outside.

    Raises ZeroDivisionError where a divisor can be 0.
    """
    least = most = box
    for name in _repeated(expression, box, model):
        slope = _slope(expression, name, box, model)
        if slope is not None and (slope[0] >= 0 or slope[1] <= 0):
            low, high = _interval(box[name])
            start, end = (low, high) if slope[0] >= 0 else (high, low)
            least, most = {**least, name: (start, start)}, {**most, name: (end, end)}
    if least is most:
        return _bounds(expression, box, model)
    return _bounds(expression, least, model)[0], _bounds(expression, most, model)[1]


def _bounds(expression: Expression, box: Box, model: ProductModel) -> Interval:
    match expression:
        case Const(value):
            return value, value
        case Read(name):
            return _interval(box[name])
        case Attribute(name, attribute):
            return _attribute(name, attribute, box, model)
        case Size(name):
            possible = box[name]
            return possible.sizes if isinstance(possible, Members) else _interval(possible)
        case Quantity(name):
            return _bounds(model.quantity(name).expression, box, model)
        case Count(conditions):
            truths = [truth(condition, box, model) for condition in conditions]
            return truths.count(True), len(truths) - truths.count(False)
        case Choose(condition, then, otherwise):
            return _choose(condition, then, otherwise, box, model)
        case Arithmetic(operator, operands):
            return enclose(operator, [_bounds(operand, box, model) for operand in operands])


def truth(condition: Condition, box: Box, model: ProductModel) -> Truth:
    """True or False if the condition is that in all of a box, None if it depends or is too hard to tell."""
    match condition:
        case Is(name, values):
            return _is(box[name], values)
        case Compare(operator, left, right):
            return compare(operator, bounds(Arithmetic("-", (left, right)), box, model))
        case Not(operand):
            return negate(truth(operand, box, model))
        case And(operands):
            return every(truth(operand, box, model) for operand in operands)
        case Or(operands):
            return negate(every(negate(truth(operand, box, model)) for operand in operands))
        case Implies(when, then):
            return truth(Or((Not(when), then)), box, model)
        case Table():
            return _table(condition, box, model)


def narrowed(condition: Condition, box: Box, model: ProductModel, holds: bool = True) -> Box | None:
    """A part of a box that contains all its points where the condition holds (or does not); None if there are none."""
    match condition:
        case Not(operand):
            return narrowed(operand, box, model, not holds)
        case And(operands) if holds:
            return _narrowed_by(operands, box, model, holds)
        case Or(operands) if not holds:
            return _narrowed_by(operands, box, model, holds)
        case Implies(when, then) if not holds:
            return _narrowed_by((when, Not(then)), box, model, True)
        case Is(name, values):
            return _put(box, name, _narrowed_values(box[name], values, holds))
        case Compare(operator, Read(name) | Size(name), right):
            return _limited(box, name, operator if holds else _NEGATED[operator], bounds(right, box, model))
        case Compare(operator, left, Read(name) | Size(name)):
            turned = _TURNED[operator]
            return _limited(box, name, turned if holds else _NEGATED[turned], bounds(left, box, model))
    return None if truth(condition, box, model) is (not holds) else box


# Numbers


def _interval(possible: Possible) -> tuple[int, int]:
    assert isinstance(possible, tuple)
    return possible


def _attribute(name: str, attribute: str, box: Box, model: ProductModel) -> Interval:
    characteristic, possible = model[name], box[name]
    if isinstance(characteristic, Boolean):
        mine = characteristic.yes.attributes.get(attribute, 0)
        amounts = [mine if answer else 0 for answer in possible]
        return min(amounts), max(amounts)
    of = {value.name: value.attributes.get(attribute, 0) for value in characteristic.options}
    if isinstance(possible, Members):
        return _summed(of, possible)
    amounts = [of[value] for value in possible]  # type: ignore[index, union-attr]
    return min(amounts), max(amounts)


def _summed(of: Mapping[str, Exact], members: Members) -> Interval:
    """The least and the greatest sum over what a several-of may hold: the best of the free ones are added."""
    certain = sum(of[name] for name in members.required)
    free = sorted(of[name] for name in members.possible - members.required)
    fewest, most = (size - len(members.required) for size in members.sizes)

    def least(amounts: list[Exact]) -> Exact:
        return sum(amounts[:fewest]) + sum(min(amount, 0) for amount in amounts[fewest:most])

    return certain + least(free), certain - least([-amount for amount in reversed(free)])


def _choose(condition: Condition, then: Expression, otherwise: Expression, box: Box, model: ProductModel) -> Interval:
    """Each branch is bounded where its condition leads to it: `if n > 0 then 10 / n else 0` divides by no 0."""
    decided = truth(condition, box, model)
    found = []
    for branch, holds in ((then, True), (otherwise, False)):
        part = narrowed(condition, box, model, holds) if decided is not (not holds) else None
        if part is not None:
            found.append(_bounds(branch, part, model))
    if not found:  # nothing is in the box
        return _bounds(then, box, model)
    return _hull(found)


# Monotonicity


def _repeated(expression: Expression, box: Box, model: ProductModel) -> list[str]:
    """The numbers and text sizes that an expression reads more than once and that are not known yet."""
    read: Counter[str] = Counter()
    pending: list[Node] = [expression]
    while pending:
        match pending.pop():
            case Read(name) | Size(name):
                read[name] += 1
            case Quantity(name):
                pending.append(model.quantity(name).expression)
            case node:
                pending.extend(children(node))
    return [name for name, count in read.items()
            if count > 1 and isinstance(possible := box[name], tuple) and possible[0] < possible[1]]


def _slope(expression: Expression, name: str, box: Box, model: ProductModel) -> Interval | None:
    """Bounds of the change of a number per step of one of the whole numbers it reads; None if there are none.

    These are differences, not derivatives: floor and ceil have them too, and between whole numbers they change by less
    than one more than what they round.
    """
    match expression:
        case Read(other) | Size(other) if other == name:
            return 1, 1
        case Quantity(quantity):
            return _slope(model.quantity(quantity).expression, name, box, model)
        case Arithmetic(operator, operands):
            slopes = [_slope(operand, name, box, model) for operand in operands]
            if any(slope is None for slope in slopes):
                return None
            return _combined(operator, [s for s in slopes if s], [_bounds(o, box, model) for o in operands])
        case Choose(condition, then, otherwise) if name not in names(condition, model):
            either = _slope(then, name, box, model), _slope(otherwise, name, box, model)
            return None if None in either else _hull([slope for slope in either if slope])
        case Choose() | Count() if name in names(expression, model):
            return None
    return 0, 0


def _combined(operator: str, slopes: list[Interval], values: list[Interval]) -> Interval:
    """The slope of one step of arithmetic from those of its operands and their values."""
    match operator:
        case "min" | "max":
            return _hull(slopes)
        case "abs":
            return _hull([enclose("*", [slopes[0], sign]) for sign in _signs(values[0])])
        case "floor" | "ceil":
            low, high = slopes[0]
            return low - 1 if low < 0 else 0, high + 1 if high > 0 else 0
        case "*":
            slope, value = slopes[0], values[0]
            for other, by in zip(slopes[1:], values[1:], strict=True):
                slope = enclose("+", [enclose("*", [slope, by]), enclose("*", [value, other])])
                value = enclose("*", [value, by])
            return slope
        case "/":
            rise = enclose("-", [enclose("*", [slopes[0], values[1]]), enclose("*", [values[0], slopes[1]])])
            return enclose("/", [rise, enclose("*", [values[1], values[1]])])
    return enclose(operator, slopes)


def _hull(intervals: list[Interval]) -> Interval:
    return min(low for low, _ in intervals), max(high for _, high in intervals)


def _signs(value: Interval) -> list[Interval]:
    """What the absolute value multiplies a slope by."""
    return [(sign, sign) for sign, met in ((1, value[1] > 0), (-1, value[0] < 0)) if met] or [(0, 0)]


# Conditions


def _is(possible: Possible, values: tuple[str | bool, ...]) -> Truth:
    if isinstance(possible, tuple):  # a text: empty or not
        return False if not values or possible[0] > 0 else True if possible[1] == 0 else None
    if isinstance(possible, Members):
        fewest, most = possible.sizes
        if possible.required.intersection(values) or len(possible.possible.difference(values)) < fewest:
            return True
        return None if most > len(possible.required) and possible.possible.intersection(values) else False
    if possible.isdisjoint(values):
        return False
    return True if possible.issubset(values) else None


def _table(table: Table, box: Box, model: ProductModel) -> Truth:
    """Whether none of the box's rows is in the table, or all are: as many as the box has."""
    admitted = [_admitted(name, box, model) for name in table.names]
    inside: set[tuple[str | bool | int, ...]] = {row for row in table.rows if all(cell in cells for cell, cells in zip(row, admitted, strict=True))}
    if not inside:
        return not table.allowed
    return table.allowed if len(inside) == math.prod(map(len, admitted)) else None


def _admitted(name: str, box: Box, model: ProductModel) -> range | frozenset[str] | frozenset[bool]:
    possible, characteristic = box[name], model[name]
    if isinstance(characteristic, Number):
        low, high = _interval(possible)
        first = low + (characteristic.least - low) % characteristic.step
        return range(first, high + 1, characteristic.step)
    assert isinstance(possible, frozenset)
    return possible


# Narrowing

_NEGATED = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_TURNED = {"=": "=", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


def _put(box: Box, name: str, possible: Possible | None) -> Box | None:
    return None if possible is None else {**box, name: possible}


def _narrowed_by(conditions: Iterable[Condition], box: Box, model: ProductModel, holds: bool) -> Box | None:
    part: Box | None = box
    for condition in conditions:
        part = narrowed(condition, part, model, holds) if part is not None else None
    return part


def _narrowed_values(possible: Possible, values: tuple[str | bool, ...], holds: bool) -> Possible | None:
    if _is(possible, values) is (not holds):
        return None
    if isinstance(possible, tuple):
        return (0, 0) if holds else (max(possible[0], 1), possible[1])
    if isinstance(possible, Members):
        if not holds:
            return replace(possible, possible=possible.possible.difference(values))
        return replace(possible, required=possible.required | {values[0]}) if len(values) == 1 else possible
    return possible.intersection(values) if holds else possible.difference(values)


def _limited(box: Box, name: str, operator: str, by: Interval) -> Box | None:
    """The box where a number or size compares so with one between two bounds."""
    possible = box[name]
    low, high = possible.sizes if isinstance(possible, Members) else _interval(possible)
    match operator:
        case "=":
            low, high = max(low, math.ceil(by[0])), min(high, math.floor(by[1]))
        case "<" | "<=":
            most = math.floor(by[1]) if operator == "<=" else math.ceil(by[1]) - 1
            high = min(high, most)
        case ">" | ">=":
            least = math.ceil(by[0]) if operator == ">=" else math.floor(by[0]) + 1
            low = max(low, least)
        case "!=" if by[0] == by[1]:
            low, high = low + (low == by[0]), high - (high == by[0])
    if low > high:
        return None
    return {**box, name: replace(possible, least=low, most=high) if isinstance(possible, Members) else (low, high)}

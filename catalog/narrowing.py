"""Narrowing a box to where a condition holds, as far as that is plain to see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from catalog.boxes import Box, Members, Possible, interval, kept, limited
from catalog.intervals import Interval
from catalog.model import Boolean, ProductModel
from catalog.nodes import And, Attribute, Compare, Condition, Const, Exact, Expression, Implies, Is, Not, Or, Read, Size

_NEGATED = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_TURNED = {"=": "=", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


def narrowed(condition: Condition, box: Box, model: ProductModel, holds: bool = True) -> Box | None:
    """A part of a box that contains all its points where the condition holds (or does not); None if there are none.

    Only what is plain to see is narrowed: names compared with values, names and numbers, and what joins those.
    """
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
            return _put(box, name, kept(box[name], values, holds))
        case Compare(operator, left, right):
            comparison = operator if holds else _NEGATED[operator]
            part = _compared(left, comparison, right, box, model)
            return part if part is None else _compared(right, _TURNED[comparison], left, part, model)
    return box


def _compared(left: Expression, operator: str, right: Expression, box: Box, model: ProductModel) -> Box | None:
    """The box where a name on the left compares so with something simple on the right."""
    if isinstance(left, Read | Size) and isinstance(right, Const | Read | Size | Attribute):
        return _put(box, left.name, limited(box[left.name], operator, read(right, box, model)))
    return box


def _put(box: Box, name: str, possible: Possible | None) -> Box | None:
    return None if possible is None else {**box, name: possible}


def _narrowed_by(conditions: Iterable[Condition], box: Box, model: ProductModel, holds: bool) -> Box | None:
    part: Box | None = box
    for condition in conditions:
        part = narrowed(condition, part, model, holds) if part is not None else None
    return part


def read(number: Const | Read | Size | Attribute, box: Box, model: ProductModel) -> Interval:
    """The least and the greatest of a number that is read rather than computed."""
    match number:
        case Const(value):
            return value, value
        case Attribute(name, attribute):
            return _attribute(name, attribute, box, model)
    return interval(box[number.name])


def _attribute(name: str, attribute: str, box: Box, model: ProductModel) -> Interval:
    characteristic, possible = model[name], box[name]
    if isinstance(characteristic, Boolean):
        of: dict[object, Exact] = {True: characteristic.yes.attributes.get(attribute, 0), False: 0}
    else:
        of = {value.name: value.attributes.get(attribute, 0) for value in characteristic.options}
    if isinstance(possible, Members):
        return _summed(of, possible)
    assert isinstance(possible, frozenset)
    amounts = [of[value] for value in possible]
    return min(amounts), max(amounts)


def _summed(of: Mapping[object, Exact], members: Members) -> Interval:
    """The least and the greatest sum over what a several-of may hold: the best of the free ones are added."""
    certain = sum(of[name] for name in members.required)
    free = sorted(of[name] for name in members.possible - members.required)
    fewest, most = (size - len(members.required) for size in members.sizes)

    def least(amounts: list[Exact]) -> Exact:
        return sum(amounts[:fewest]) + sum(min(amount, 0) for amount in amounts[fewest:most])

    return certain + least(free), certain - least([-amount for amount in reversed(free)])

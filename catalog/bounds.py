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

from catalog.boxes import Box, Members, Possible, admitted, among, interval, whole
from catalog.expressions import names
from catalog.intervals import Interval, Truth, compare, enclose, every, hull, negate
from catalog.model import ProductModel
from catalog.narrowing import narrowed, read
from catalog.nodes import (
    And,
    Arithmetic,
    Attribute,
    Choose,
    Compare,
    Condition,
    Const,
    Count,
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
)

__all__ = ["Box", "Members", "Possible", "bounds", "narrowed", "rates", "truth", "whole"]

MOST_RATES = 16
"""So many numbers that are read more than once are tested for monotonicity,"""
MOST_READ = 500
"""in expressions of so many nodes: the test costs their product."""

_Rates = dict[str, Interval | None]
"""How much a number changes per step of one that it reads; None: unknown; not there: not at all."""


def bounds(expression: Expression, box: Box, model: ProductModel) -> Interval:
    """The least and the greatest that an expression can be in a box, or a little outside.

    Raises ZeroDivisionError where a divisor can be 0, OverflowError where a number can be too large.
    """
    return _tight(expression, box, model, parts=True)


def truth(condition: Condition, box: Box, model: ProductModel) -> Truth:
    """True or False if the condition is that in all of a box, None if it depends or is too hard to tell.

    Raises as `bounds` does.
    """
    return _truth(condition, box, model, parts=True)


def _tight(expression: Expression, box: Box, model: ProductModel, parts: bool) -> Interval:
    """Bounds at the corners of the box where the number is least and greatest, as far as it is known where they are."""
    least = most = box
    for name, rate in _repeated(expression, box, model).items():
        if rate is not None and (rate[0] >= 0 or rate[1] <= 0):
            start, end = interval(box[name]) if rate[0] >= 0 else reversed(interval(box[name]))
            least, most = {**least, name: (start, start)}, {**most, name: (end, end)}
    lowest = _plain(expression, least, model, parts)
    return lowest if least is most else (lowest[0], _plain(expression, most, model, parts)[1])


def _plain(expression: Expression, box: Box, model: ProductModel, parts: bool) -> Interval:
    """Interval arithmetic. Divisors and comparisons inside are bounded tightly if `parts`, but not theirs in turn."""
    match expression:
        case Const() | Read() | Size() | Attribute():
            return read(expression, box, model)
        case Quantity(name):
            return _plain(model.quantity(name).expression, box, model, parts)
        case Count(conditions):
            truths = [_truth(condition, box, model, parts) for condition in conditions]
            return truths.count(True), len(truths) - truths.count(False)
        case Choose():
            return hull([_plain(branch, part, model, parts)
                         for branch, part in _branches(expression, box, model, parts)])
        case Arithmetic("/", (over, under)) if parts:
            return enclose("/", [_plain(over, box, model, True), _tight(under, box, model, False)])
        case Arithmetic(operator, operands):
            return enclose(operator, [_plain(operand, box, model, parts) for operand in operands])


def _truth(condition: Condition, box: Box, model: ProductModel, parts: bool) -> Truth:
    match condition:
        case Is(name, values):
            return among(box[name], values)
        case Compare(operator, left, right):
            difference = Arithmetic("-", (left, right))
            enclosed = _tight(difference, box, model, False) if parts else _plain(difference, box, model, False)
            return compare(operator, enclosed)
        case Not(operand):
            return negate(_truth(operand, box, model, parts))
        case And(operands):
            return every(_truth(operand, box, model, parts) for operand in operands)
        case Or(operands):
            return negate(every(negate(_truth(operand, box, model, parts)) for operand in operands))
        case Implies(when, then):
            return _truth(Or((Not(when), then)), box, model, parts)
        case Table():
            return _table(condition, box, model)


def _branches(choose: Choose, box: Box, model: ProductModel, parts: bool) -> list[tuple[Expression, Box]]:
    """The branches that can be met, each with the part of the box that leads there.

    So `if n > 0 then 10 / n else 0` divides by no 0.
    """
    decided = _truth(choose.condition, box, model, parts)
    met = [(branch, part) for branch, holds in ((choose.then, True), (choose.otherwise, False))
           if decided is not (not holds) and (part := narrowed(choose.condition, box, model, holds)) is not None]
    return met or [(choose.then, box)]  # of an empty box


def _table(table: Table, box: Box, model: ProductModel) -> Truth:
    """Whether none of the box's rows is in the table, or all are: as many as the box has."""
    cells = [admitted(name, box, model) for name in table.names]
    inside: set[tuple[str | bool | int, ...]] = {
        row for row in table.rows if all(cell in among for cell, among in zip(row, cells, strict=True))}
    if not inside:
        return not table.allowed
    return table.allowed if len(inside) == math.prod(map(len, cells)) else None


# Monotonicity


def rates(expression: Expression, of: Iterable[str], box: Box, model: ProductModel) -> Mapping[str, Interval | None]:
    """How much a number changes per step of each of some numbers (or sizes of texts) in a box; None: unknown.

    Raises as `bounds` does.
    """
    wanted = frozenset(of)
    return dict.fromkeys(wanted, (0, 0)) | _rates(expression, wanted, box, model)[1]


def _repeated(expression: Expression, box: Box, model: ProductModel) -> _Rates:
    """How an expression changes with each number (or size of a text) that it reads more than once and that is open."""
    read: Counter[str] = Counter()
    pending: list[Node] = [expression]
    nodes = 0
    while pending:
        nodes += 1
        if nodes > MOST_READ:
            return {}
        match pending.pop():
            case Read(name) | Size(name):
                read[name] += 1
            case Quantity(name):
                pending.append(model.quantity(name).expression)
            case node:
                pending.extend(children(node))
    open_ = [name for name, count in read.items() if count > 1 and _is_open(box[name])]
    try:
        return _rates(expression, frozenset(open_[:MOST_RATES]), box, model)[1] if open_ else {}
    except (OverflowError, ZeroDivisionError):  # of a rate alone, perhaps
        return {}


def _is_open(possible: Possible) -> bool:
    return isinstance(possible, tuple) and possible[0] < possible[1]


def _rates(expression: Expression, of: frozenset[str], box: Box, model: ProductModel) -> tuple[Interval, _Rates]:
    """The bounds of a number and how much it changes per step of some of the whole numbers that it reads.

    Found as in automatic differentiation; but these are differences, not derivatives, so floor and ceil have them too.
    """
    match expression:
        case Read(name) | Size(name) if name in of:
            return interval(box[name]), {name: (1, 1)}
        case Quantity(name):
            return _rates(model.quantity(name).expression, of, box, model)
        case Arithmetic(operator, operands):
            parts = [_rates(operand, of, box, model) for operand in operands]
            values = [value for value, _ in parts]
            changing = {name for _, rates in parts for name in rates}
            return enclose(operator, values), {
                name: _rate(operator, [rates.get(name, (0, 0)) for _, rates in parts], values) for name in changing}
        case Choose(condition):
            parts = [_rates(branch, of, part, model) for branch, part in _branches(expression, box, model, False)]
            changing = {name for _, rates in parts for name in rates}
            rates = {name: _rate("min", [rates.get(name, (0, 0)) for _, rates in parts], []) for name in changing}
            unknown: _Rates = dict.fromkeys(of & names(condition, model))
            return hull([value for value, _ in parts]), rates | unknown
    unknown = dict.fromkeys(of & names(expression, model)) if isinstance(expression, Count) else {}
    return _plain(expression, box, model, False), unknown


def _rate(operator: str, rates: list[Interval | None], values: list[Interval]) -> Interval | None:
    """The rate of one step of arithmetic from those of its operands and their values."""
    known = [rate for rate in rates if rate is not None]
    if len(known) < len(rates):
        return None
    match operator:
        case "min" | "max":
            return hull(known)
        case "abs":
            signs = [sign for sign, met in ((1, values[0][1] > 0), (-1, values[0][0] < 0)) if met] or [0]
            return hull([enclose("*", [known[0], (sign, sign)]) for sign in signs])
        case "floor" | "ceil":  # between whole numbers, by less than one more than what is rounded
            low, high = known[0]
            return low - 1 if low < 0 else 0, high + 1 if high > 0 else 0
        case "*":
            rate, value = known[0], values[0]
            for other, by in zip(known[1:], values[1:], strict=True):
                rate = enclose("+", [enclose("*", [rate, by]), enclose("*", [value, other])])
                value = enclose("*", [value, by])
            return rate
        case "/" if known[1] == (0, 0):
            return enclose("/", [known[0], values[1]])
        case "/":
            rise = enclose("-", [enclose("*", [known[0], values[1]]), enclose("*", [values[0], known[1]])])
            return enclose("/", [rise, enclose("*", [values[1], values[1]])])
    return enclose(operator, known)

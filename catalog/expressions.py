"""What an expression means for given values: `catalog.nodes` says what expressions are made of.

This is the definition that every other part (engine, prices, parts, pictures) is tested against.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache, partial
from operator import itemgetter
from typing import TYPE_CHECKING, Any

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
    Node,
    Not,
    Or,
    Quantity,
    Read,
    Size,
    Table,
    Values,
    children,
)

if TYPE_CHECKING:
    from catalog.model import ProductModel

Meaning = Callable[[Values], Any]
"""What a node means: a number or a truth for whole values."""
KEPT = 5_000
"""Quantities of a model that are remembered as they were computed."""
NODES = 50_000
"""Nodes of a model whose meanings are kept."""


class Whole(dict[str, Answer]):
    """Whole values of one model that never change again and so remember the quantities computed from them."""

    def __init__(self, values: Values, quantities: dict[str, Exact] | None = None) -> None:
        super().__init__(values)
        self.quantities = {} if quantities is None else quantities

    @classmethod
    def of(cls, values: Values) -> Whole:
        """The values themselves if they remember already."""
        return values if isinstance(values, Whole) else cls(values)

    def counting(self, counter: str, turn: int) -> Whole:
        """These with the counter of a repeated picture layer, which no quantity reads."""
        return Whole({**self, counter: turn}, self.quantities)


def number(expression: Expression, values: Values, model: ProductModel) -> Exact:
    """The exact number that an expression means for whole values.

    Raises KeyError if a characteristic it reads has no value, ZeroDivisionError for a division by zero.
    """
    found: Exact = meaning(expression, model)(values)
    return found


def holds(condition: Condition, values: Values, model: ProductModel) -> bool:
    """Whether a condition is true for whole values; raises as `number` does."""
    found: bool = meaning(condition, model)(values)
    return found


def meaning(node: Node, model: ProductModel) -> Meaning:
    """A node as a function of whole values: a page asks for the same nodes again and again, so a model keeps them."""
    found = model.meanings.get(id(node))
    if found is None:
        if len(model.meanings) >= NODES:
            model.meanings.clear()
        found = model.meanings[id(node)] = node, _MEANINGS[type(node)](node, model)  # with the node, whose id it is
    return found[1]


def _constant(constant: Const, _: ProductModel) -> Meaning:
    value = constant.value
    return lambda values: value


def _read(read: Read, _: ProductModel) -> Meaning:
    return itemgetter(read.name)


def _attribute(attribute: Attribute, model: ProductModel) -> Meaning:
    name, of = attribute.name, lru_cache(KEPT)(partial(model[attribute.name].attribute, attribute=attribute.attribute))
    return lambda values: of(values[name])


def _size(size: Size, _: ProductModel) -> Meaning:
    name = size.name
    return lambda values: len(values[name])  # type: ignore[arg-type]  # of a text or a set, as was checked


def _quantity(quantity: Quantity, model: ProductModel) -> Meaning:
    """A new answer changes few quantities: what was computed of the same answers is remembered."""
    name, read, computed = quantity.name, model.read_by(quantity.name), model.computed
    expression = model.quantity(name).expression

    def quantified(values: Values) -> Exact:
        known = values.quantities if isinstance(values, Whole) else {}
        found = known.get(name)
        if found is None:
            key = name, *[values[other] for other in read]
            found = computed.get(key)
            if found is None:
                if len(computed) >= KEPT:
                    computed.clear()
                found = computed[key] = number(expression, values, model)
            known[name] = found
        return found
    return quantified


def _count(count: Count, model: ProductModel) -> Meaning:
    conditions = [meaning(condition, model) for condition in count.conditions]
    return lambda values: sum([condition(values) for condition in conditions])


def _arithmetic(arithmetic: Arithmetic, model: ProductModel) -> Meaning:
    operands = [meaning(operand, model) for operand in arithmetic.operands]
    step = _OPERATORS.get(arithmetic.operator)
    if step and len(operands) == 2:
        first, second = operands
        return lambda values: step(first(values), second(values))
    name = arithmetic.operator
    return lambda values: calculate(name, [operand(values) for operand in operands])


def _choose(choose: Choose, model: ProductModel) -> Meaning:
    condition, then, otherwise = (meaning(part, model) for part in (choose.condition, choose.then, choose.otherwise))
    return lambda values: then(values) if condition(values) else otherwise(values)


def _compare(comparison: Compare, model: ProductModel) -> Meaning:
    left, right, compared = meaning(comparison.left, model), meaning(comparison.right, model), _COMPARISONS[
        comparison.operator]
    return lambda values: compared(left(values), right(values))


def _is(condition: Is, _: ProductModel) -> Meaning:
    name, named = condition.name, condition.values

    def is_one(values: Values) -> bool:
        answer = values[name]
        return bool(answer.intersection(named)) if isinstance(answer, frozenset) else answer in named
    return is_one


def _not(condition: Not, model: ProductModel) -> Meaning:
    operand = meaning(condition.operand, model)
    return lambda values: not operand(values)


def _and(condition: And, model: ProductModel) -> Meaning:
    operands = [meaning(operand, model) for operand in condition.operands]

    def all_hold(values: Values) -> bool:
        for operand in operands:  # noqa: SIM110 - twice as fast as all()
            if not operand(values):
                return False
        return True
    return all_hold


def _or(condition: Or, model: ProductModel) -> Meaning:
    operands = [meaning(operand, model) for operand in condition.operands]

    def any_holds(values: Values) -> bool:
        for operand in operands:  # noqa: SIM110 - twice as fast as any()
            if operand(values):
                return True
        return False
    return any_holds


def _implies(condition: Implies, model: ProductModel) -> Meaning:
    when, then = meaning(condition.when, model), meaning(condition.then, model)
    return lambda values: not when(values) or then(values)


def _table(table: Table, _: ProductModel) -> Meaning:
    names, rows, allowed = table.names, frozenset(table.rows), table.allowed
    return lambda values: (tuple([values[name] for name in names]) in rows) == allowed


_MEANINGS: Mapping[type, Callable[[Any, ProductModel], Meaning]] = {
    Const: _constant, Read: _read, Attribute: _attribute, Size: _size, Quantity: _quantity, Count: _count,
    Arithmetic: _arithmetic, Choose: _choose, Compare: _compare, Is: _is, Not: _not, And: _and, Or: _or,
    Implies: _implies, Table: _table}


def calculate(name: str, operands: list[Exact]) -> Exact:
    """One step of arithmetic; whole quotients are ints, so that only true fractions stay slow."""
    match name:
        case "+":
            return sum(operands)
        case "*":
            return math.prod(operands)
        case "min":
            return min(operands)
        case "max":
            return max(operands)
        case "neg":
            return -operands[0]
        case "abs":
            return max(operands[0], -operands[0])
        case "floor":
            return math.floor(operands[0])
        case "ceil":
            return math.ceil(operands[0])
    first, second = operands
    found: Exact = _OPERATORS[name](first, second)
    return found


def divide(dividend: Exact, divisor: Exact) -> Exact:
    """The quotient; raises ZeroDivisionError."""
    if isinstance(dividend, int) and isinstance(divisor, int):
        whole, rest = divmod(dividend, divisor)
        return Fraction(dividend, divisor) if rest else whole
    quotient = Fraction(dividend) / divisor
    return quotient.numerator if quotient.denominator == 1 else quotient


_OPERATORS: Mapping[str, Callable[[Exact, Exact], Exact]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": divide, "min": min, "max": max}
_COMPARISONS: Mapping[str, Callable[[Exact, Exact], bool]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def compare(name: str, left: Exact, right: Exact) -> bool:
    """Whether `left name right`, where the name is that of a comparison."""
    return _COMPARISONS[name](left, right)


def names(node: Node, model: ProductModel) -> frozenset[str]:
    """The characteristics that a node reads, through the quantities it uses."""
    match node:
        case Read(name) | Attribute(name, _) | Size(name) | Is(name, _):
            return frozenset([name])
        case Quantity(name):
            return frozenset(model.read_by(name))
        case Table(columns, _, _):
            return frozenset(columns)
        case _:
            return frozenset().union(*(names(child, model) for child in children(node)))

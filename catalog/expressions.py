"""What an expression means for given values.

This is the definition that every other part (engine, prices, parts, pictures) is tested against. An expression is a
tree of the frozen nodes below; `catalog.language` reads and writes their text. Numbers are exact: int, or Fraction
after a division.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache, partial
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from catalog.model import ProductModel

Exact = int | Fraction
"""A number of the rule language."""
Answer = str | bool | int | frozenset[str]
"""What a characteristic can be set to: a value's name or a text, yes/no, a whole number, a set of value names."""
Values = Mapping[str, Answer]
"""Answers by the name of their characteristic."""
Comparison = Literal["=", "!=", "<", "<=", ">", ">="]

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


@dataclass(frozen=True, slots=True)
class Const:
    """A number as written."""

    value: Exact


@dataclass(frozen=True, slots=True)
class Read:
    """The number that a numeric characteristic (or the counter of a repeated picture layer) is set to."""

    name: str


@dataclass(frozen=True, slots=True)
class Attribute:
    """`name.attribute`: the attribute of the chosen value; summed over the values of a several-of; 0 where absent."""

    name: str
    attribute: str


@dataclass(frozen=True, slots=True)
class Size:
    """`size(name)`: the characters of a text, or how many values of a several-of are chosen."""

    name: str


@dataclass(frozen=True, slots=True)
class Quantity:
    """The number that the model computes under this name (`ProductModel.quantities`)."""

    name: str


@dataclass(frozen=True, slots=True)
class Count:
    """How many of the conditions hold; `at least n of (...)` compares it with n."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`+ * min max` of two or more operands, `- /` of two, `neg abs floor ceil` of one."""

    operator: Literal["+", "-", "*", "/", "min", "max", "neg", "abs", "floor", "ceil"]
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Choose:
    """`if condition then a else b`, for numbers."""

    condition: Condition
    then: Expression
    otherwise: Expression


@dataclass(frozen=True, slots=True)
class Compare:
    """A comparison of two numbers."""

    operator: Comparison
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Is:
    """`name = value`, `name in {a, b}`, a bare yes/no name; for a several-of (`name has a`): any of them is chosen.

    For a yes/no characteristic the values are True or False; texts can only be compared with the empty text.
    """

    name: str
    values: tuple[str | bool, ...]


@dataclass(frozen=True, slots=True)
class Not:
    operand: Condition


@dataclass(frozen=True, slots=True)
class And:
    operands: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or:
    operands: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Implies:
    """`when ... then ...`."""

    when: Condition
    then: Condition


@dataclass(frozen=True, slots=True)
class Table:
    """The named characteristics (choices, yes/no or numbers) take one of the rows, or none if not `allowed`."""

    names: tuple[str, ...]
    rows: tuple[tuple[str | bool | int, ...], ...]
    allowed: bool = True


Expression = Const | Read | Attribute | Size | Quantity | Count | Arithmetic | Choose
"""A node whose meaning is a number."""
Condition = Compare | Is | Not | And | Or | Implies | Table
"""A node whose meaning is true or false."""
Node = Expression | Condition

TRUE = And(())
FALSE = Or(())


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
            return names(model.quantity(name).expression, model)
        case Table(columns, _, _):
            return frozenset(columns)
        case _:
            return frozenset().union(*(names(child, model) for child in children(node)))


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below a node."""
    match node:
        case Count(operands) | And(operands) | Or(operands):
            return operands
        case Arithmetic(_, numbers):
            return numbers
        case Choose(condition, then, otherwise):
            return condition, then, otherwise
        case Compare(_, left, right):
            return left, right
        case Implies(when, then):
            return when, then
        case Not(operand):
            return (operand,)
        case _:
            return ()

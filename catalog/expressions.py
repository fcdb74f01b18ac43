"""What an expression means for given values.

This is the definition that every other part (engine, prices, parts, pictures) is tested against. An expression is a
tree of the frozen nodes below; `catalog.language` reads and writes their text. Numbers are exact: int, or Fraction
after a division.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from catalog.model import ProductModel

Exact = int | Fraction
"""A number of the rule language."""
Answer = str | bool | int | frozenset[str]
"""What a characteristic can be set to: a value's name or a text, yes/no, a whole number, a set of value names."""
Values = Mapping[str, Answer]
"""Answers by the name of their characteristic."""


KEPT = 5_000
"""Quantities of a model that are remembered as they were computed."""


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

    operator: Literal["=", "!=", "<", "<=", ">", ">="]
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
    return _NUMBERS[type(expression)](expression, values, model)


def _quantity(expression: Quantity, values: Values, model: ProductModel) -> Exact:
    """A new answer changes few quantities: what was computed of the same answers is remembered."""
    known = values.quantities if isinstance(values, Whole) else {}
    name = expression.name
    found = known.get(name)
    if found is None:
        key = name, *[values[read] for read in model.read_by(name)]
        found = model.computed.get(key)
        if found is None:
            found = number(model.quantity(name).expression, values, model)
            if len(model.computed) >= KEPT:
                model.computed.clear()
            model.computed[key] = found
        known[name] = found
    return found


def _size(expression: Size, values: Values, _: ProductModel) -> int:
    answer = values[expression.name]
    assert isinstance(answer, str | frozenset)
    return len(answer)


_NUMBERS: Mapping[type, Callable[[Any, Values, ProductModel], Exact]] = {  # sooner found than matched: pages ask much
    Arithmetic: lambda e, values, model: calculate(e.operator, [number(o, values, model) for o in e.operands]),
    Const: lambda e, values, model: e.value,
    Read: lambda e, values, model: _whole(values[e.name]),
    Attribute: lambda e, values, model: model[e.name].attribute(values[e.name], e.attribute),
    Size: _size,
    Quantity: _quantity,
    Count: lambda e, values, model: sum(holds(condition, values, model) for condition in e.conditions),
    Choose: lambda e, values, model: number(
        e.then if holds(e.condition, values, model) else e.otherwise, values, model)}


def calculate(operator: str, operands: list[Exact]) -> Exact:
    """One step of arithmetic; integral results are ints, so that only true fractions stay slow."""
    first, *rest = operands
    match operator:
        case "+":
            return sum(operands)
        case "-":
            return first - rest[0]
        case "*":
            return math.prod(operands)
        case "/":
            quotient = Fraction(first) / rest[0]
            return quotient.numerator if quotient.denominator == 1 else quotient
        case "min":
            return min(operands)
        case "max":
            return max(operands)
        case "neg":
            return -first
        case "abs":
            return max(first, -first)
        case "floor":
            return math.floor(first)
        case "ceil":
            return math.ceil(first)
    raise ValueError(f"unknown operator {operator!r}")


def holds(condition: Condition, values: Values, model: ProductModel) -> bool:
    """Whether a condition is true for whole values; raises as `number` does."""
    return _CONDITIONS[type(condition)](condition, values, model)


def _is(condition: Is, values: Values, _: ProductModel) -> bool:
    answer = values[condition.name]
    return bool(answer.intersection(condition.values)) if isinstance(answer, frozenset) else answer in condition.values


def _implies(condition: Implies, values: Values, model: ProductModel) -> bool:
    return not holds(condition.when, values, model) or holds(condition.then, values, model)


_CONDITIONS: Mapping[type, Callable[[Any, Values, ProductModel], bool]] = {
    Is: _is,
    Compare: lambda c, values, model: compare(
        c.operator, number(c.left, values, model), number(c.right, values, model)),
    Not: lambda c, values, model: not holds(c.operand, values, model),
    And: lambda c, values, model: all(holds(operand, values, model) for operand in c.operands),
    Or: lambda c, values, model: any(holds(operand, values, model) for operand in c.operands),
    Implies: _implies,
    Table: lambda c, values, model: (tuple(values[name] for name in c.names) in c.rows) == c.allowed}


def compare(operator: str, left: Exact, right: Exact) -> bool:
    """Whether `left operator right`."""
    match operator:
        case "=":
            return left == right
        case "!=":
            return left != right
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case ">=":
            return left >= right
    raise ValueError(f"unknown comparison {operator!r}")


def _whole(answer: Answer) -> int:
    assert isinstance(answer, int)
    return answer


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

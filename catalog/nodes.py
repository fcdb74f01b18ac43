"""What expressions of the rule language are made of: a tree of frozen nodes.

`catalog.expressions` says what they mean, `catalog.language` reads and writes their text. Numbers are exact: int, or
Fraction after a division.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Exact = int | Fraction
"""A number of the rule language."""
Answer = str | bool | int | frozenset[str]
"""What a characteristic can be set to: a value's name or a text, yes/no, a whole number, a set of value names."""
Values = Mapping[str, Answer]
"""Answers by the name of their characteristic."""
Comparison = Literal["=", "!=", "<", "<=", ">", ">="]


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

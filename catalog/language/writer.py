"""Nodes -> text that reads as the same nodes."""

from __future__ import annotations

from collections.abc import Iterable

from catalog.language.literals import write_name, write_number
from catalog.language.reader import QUANTIFIERS
from catalog.language.scope import Scope
from catalog.model import Several
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
)

_CONDITIONAL, _IMPLICATION, _ANY, _ALL, _NEGATION, _COMPARISON, _SUM, _PRODUCT, _UNARY, _ATOM = range(10)
_LEVELS = {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT}


def write(node: Node, scope: Scope) -> str:
    """The text that `read_expression` or `read_condition` reads as this node."""
    return _Writer(scope).text(node)[0]


class _Writer:
    """Texts of nodes with how tightly they hold together (the levels above), so that parentheses stand where needed."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def at(self, node: Node, level: int) -> str:
        text, own = self.text(node)
        return text if own >= level else f"({text})"

    def several(self, nodes: Iterable[Node], joint: str = ", ", level: int = _CONDITIONAL) -> str:
        return joint.join(self.at(node, level) for node in nodes)

    def text(self, node: Node) -> tuple[str, int]:
        match node:
            case Const(value):
                text = write_number(value)
                return text, _PRODUCT if "/" in text else _UNARY if value < 0 else _ATOM
            case Read(name) | Quantity(name):
                return write_name(name), _ATOM
            case Attribute(name, attribute):
                return f"{write_name(name)}.{write_name(attribute)}", _ATOM
            case Size(name):
                return f"size({write_name(name)})", _ATOM
            case Count(conditions):
                return f"count({self.several(conditions)})", _ATOM
            case Arithmetic(operator, operands):
                return self._arithmetic(operator, operands)
            case Choose(condition, then, otherwise):
                return (f"if {self.at(condition, _IMPLICATION)} then {self.text(then)[0]} "
                        f"else {self.text(otherwise)[0]}"), _CONDITIONAL
            case Implies(when, then):
                return f"{self.at(when, _ANY)} implies {self.at(then, _IMPLICATION)}", _IMPLICATION
            case Or(operands):
                return self._joined(operands, "or", "any", "false")
            case And(operands):
                return self._joined(operands, "and", "all", "true")
            case Not(Is() as inner):
                return self._is(inner, positive=False)
            case Not(operand):
                return f"not {self.at(operand, _NEGATION)}", _NEGATION
            case Compare():
                return self._compare(node), _COMPARISON
            case Is():
                return self._is(node, positive=True)
            case Table(names, rows, allowed):
                among = ", ".join(f"({', '.join(map(_cell_text, row))})" for row in rows)
                return f"({', '.join(map(write_name, names))}) {'in' if allowed else 'not in'} {{{among}}}", _COMPARISON

    def _arithmetic(self, operator: str, operands: tuple[Expression, ...]) -> tuple[str, int]:
        if operator == "neg":
            literal = isinstance(operands[0], Const)
            return "-" + (f"({self.text(operands[0])[0]})" if literal else self.at(operands[0], _UNARY)), _UNARY
        if operator not in _LEVELS:
            return f"{operator}({self.several(operands)})", _ATOM
        level = _LEVELS[operator]
        first, *rest = operands
        # A first operand of the same kind would melt into the chain: a + b + c is one node, (a + b) + c are two.
        melts = operator in "+*" and isinstance(first, Arithmetic) and first.operator == operator
        literal = operator == "/" and isinstance(first, Const) and isinstance(rest[0], Const)
        head = f"({self.text(first)[0]})" if melts or literal else self.at(first, level)
        return f"{head} {operator} {self.several(rest, f' {operator} ', level + 1)}", level

    def _joined(self, operands: tuple[Condition, ...], word: str, function: str, empty: str) -> tuple[str, int]:
        if not operands:
            return empty, _ATOM
        if len(operands) == 1:
            return f"{function}({self.several(operands)})", _ATOM
        level = _ANY if word == "or" else _ALL
        return self.several(operands, f" {word} ", level + 1), level

    def _compare(self, node: Compare) -> str:
        match node:
            case Compare("=" | "<=" | ">=" as operator, Count(conditions), Const(int(count))) if count >= 0:
                words = {symbol: word for word, symbol in QUANTIFIERS.items()}
                return f"{words[operator]} {count} of ({self.several(conditions)})"
        return f"{self.at(node.left, _SUM)} {node.operator} {self.at(node.right, _SUM)}"

    def _is(self, node: Is, positive: bool) -> tuple[str, int]:
        name, values = write_name(node.name), node.values
        if values == (True,) and not isinstance(values[0], str):
            return (name, _ATOM) if positive else (f"not {name}", _NEGATION)
        members = ", ".join(map(_cell_text, values))
        if isinstance(self.scope.characteristics.get(node.name), Several):
            text = f"{name} has {members}" if len(values) == 1 else f"{name} has any of {{{members}}}"
            return (text, _COMPARISON) if positive else (f"not {text}", _NEGATION)
        if len(values) == 1:
            return f"{name} {'=' if positive else '!='} {members}", _COMPARISON
        return f"{name} {'in' if positive else 'not in'} {{{members}}}", _COMPARISON


def _cell_text(cell: str | bool | int) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return str(cell) if isinstance(cell, int) else write_name(cell)

"""What a parsed text means: every name resolved, every type checked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from typing import Literal, TypeVar, cast

from lark import Token, Tree

from catalog.language.literals import exact, read_number
from catalog.language.names import Names, kind, wrong
from catalog.language.scope import LanguageError, Scope, quoted
from catalog.language.syntax import DEEPEST, Part, deeper, is_number, is_word, parts
from catalog.model import Boolean, Number, Several, Text
from catalog.nodes import (
    FALSE,
    TRUE,
    And,
    Arithmetic,
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
    Size,
    Table,
    children,
)

_FUNCTIONS = {"min": None, "max": None, "abs": 1, "floor": 1, "ceil": 1}  # how many operands; None: one or more
_CONDITIONS: dict[object, type[And] | type[Or]] = {"all": And, "any": Or}
_CALLS = (*_FUNCTIONS, "size", "count", "all", "any")
_CONSTANTS: dict[str, Condition] = {"true": TRUE, "false": FALSE}
QUANTIFIERS: dict[str, Literal[">=", "<=", "="]] = {"at least": ">=", "at most": "<=", "exactly": "="}
"""The comparison that each of these stands for."""
_N = TypeVar("_N", bound=Node)


def shallow(node: _N) -> _N:
    """The node, if it is not too deep: a - b - c nests too. Raises LanguageError."""
    if deeper(cast(Node, node), children, DEEPEST) is not None:
        raise LanguageError(f"expected at most {DEEPEST} levels of nesting", 1, 1)
    return node


class Reader:
    """Turns the parts of a parsed text into nodes, by what names mean in a scope; raises LanguageError."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._names = Names(scope)

    def number(self, part: Part) -> Expression:
        """The number that a part means."""
        if isinstance(part, Token):
            return self._literal(part) if is_number(part) else self._names.number(part)
        match part.data, part.children:
            case "group", [inner]:
                return self.number(inner)
            case "sum", operands:
                return self._chain(operands, "+")
            case "product", operands:
                return self._chain(operands, "*")
            case "negative", [_, operand]:
                if is_number(operand):
                    return Const(-self._literal(operand).value)
                return Arithmetic("neg", (self.number(operand),))
            case "attribute", [name, attribute]:
                return self._names.attribute(name, attribute)
            case "choose", [condition, then, otherwise]:
                return Choose(self.condition(condition), self.number(then), self.number(otherwise))
            case "call", [function, *operands] if function not in _CONDITIONS:
                return self._call(function, operands)
        raise wrong(part, "expected a number, found a condition (use if ... then ... else, or count(...))")

    def condition(self, part: Part) -> Condition:
        """The condition that a part means."""
        if isinstance(part, Token):
            return self._named_condition(part)
        match part.data, part.children:
            case "group", [inner]:
                return self.condition(inner)
            case "all", operands:
                return And(tuple(map(self.condition, operands)))
            case "any", operands:
                return Or(tuple(map(self.condition, operands)))
            case "implies", [when, then]:
                return Implies(self.condition(when), self.condition(then))
            case "negation", [operand]:
                return Not(self.condition(operand))
            case "comparison", [left, operator, right]:
                return self._comparison(left, operator, right)
            case "among", [left, members]:
                return self._among(left, members)
            case "outside", [left, members]:
                among = self._among(left, members)
                return replace(among, allowed=False) if isinstance(among, Table) else Not(among)
            case "has", [left, value]:
                return self._has(left, [value])
            case "has_any", [left, members]:
                return self._has(left, parts(members))
            case "quantified", [Token() as quantifier, Token() as count, *conditions]:
                return self._quantified(quantifier, count, conditions)
            case "call", [function, *operands] if function in _CONDITIONS:
                return _CONDITIONS[function](tuple(map(self.condition, operands)))
        raise wrong(part, "expected a condition, found a number (compare it with something)")

    # numbers

    def _literal(self, part: Part) -> Const:
        try:
            return Const(read_number(str(part)))
        except ValueError as error:
            raise wrong(part, str(error)) from None

    def _call(self, token: Part, operands: list[Part]) -> Expression:
        assert isinstance(token, Token)
        function = str(token)
        if function == "count":
            return Count(tuple(map(self.condition, operands)))
        if function == "size":
            return self._size(token, operands)
        if function not in _FUNCTIONS:
            raise wrong(token, f"there is no function {quoted(function)}", _CALLS, function)
        count = _FUNCTIONS[function]
        if not operands or count not in (None, len(operands)):
            raise wrong(token, f"{function} takes {count or 'one or more'}, found {len(operands)}")
        return _arithmetic(function, map(self.number, operands))

    def _size(self, token: Token, operands: list[Part]) -> Size:
        if len(operands) != 1 or not is_word(operands[0]):
            raise wrong(token, "size takes the name of a text or a several-of")
        characteristic = self._names.characteristic(operands[0])
        if not isinstance(characteristic, Text | Several):
            raise wrong(operands[0], f"size is for a text or a several-of, {characteristic.name} is "
                         f"{kind(characteristic)}")
        return Size(characteristic.name)

    def _chain(self, chain: list[Part], joining: str) -> Expression:
        """a + b - c + d, from left to right; runs of + (or *) become one node, two literals as in 1/3 one number."""
        run = [self.number(chain[0])]
        for index in range(1, len(chain), 2):
            operator, operand = str(chain[index]), self.number(chain[index + 1])
            if operator == joining:
                run.append(operand)
                continue
            if operator == "/" and operand == Const(0):
                raise wrong(chain[index + 1], "expected a divisor that is not 0")
            match run, operand:
                case [Const(over)], Const(under) if operator == "/" and is_number(_unsigned(chain[0])) and is_number(
                        chain[index + 1]):
                    run = [Const(exact(Fraction(over) / under))]
                case _:
                    run = [_arithmetic(operator, [_joined(joining, run), operand])]
        return _joined(joining, run)

    # conditions

    def _named_condition(self, token: Token) -> Condition:
        if token in _CONSTANTS:
            return _CONSTANTS[token]
        if is_number(token):
            raise wrong(token, "expected a condition, found a number (compare it with something)")
        characteristic = self._names.characteristic(token)
        if isinstance(characteristic, Boolean):
            return Is(characteristic.name, (True,))
        raise wrong(token, f"expected a condition, but {characteristic.name} is {kind(characteristic)}: compare it")

    def _comparison(self, left: Part, operator: Part, right: Part) -> Condition:
        characteristic = self._names.valued(left)
        if characteristic is None:
            return Compare(str(operator), self.number(left), self.number(right))  # type: ignore[arg-type]  # as above
        name = characteristic.name
        if operator not in ("=", "!="):
            raise wrong(operator, f"{name} is {kind(characteristic)}: expected =, != or in", ["=", "!=", "in"])
        if isinstance(characteristic, Several):
            raise wrong(operator, f"{name} may hold several values: expected {name} has ...", ["has"])
        found = Is(name, (self._names.value(name, right),))
        return found if operator == "=" else Not(found)

    def _among(self, left: Part, members: Part) -> Condition:
        if isinstance(left, Tree) and left.data == "group":
            return self._table(left, members)
        characteristic = self._names.valued(left)
        name = characteristic.name if characteristic else ""
        if isinstance(characteristic, Several):
            raise wrong(left, f"{name} may hold several values: expected {name} has any of {{...}}", ["has any of"])
        if characteristic is not None:
            return Is(name, tuple(self._names.value(name, member) for member in parts(members)))
        number = self.number(left)
        return Or(tuple(Compare("=", number, self.number(member)) for member in parts(members)))

    def _has(self, left: Part, members: list[Part]) -> Is:
        several = self._names.characteristic(left)
        if not isinstance(several, Several):
            raise wrong(left, f"has is for a several-of, {several.name} is {kind(several)}")
        return Is(several.name, tuple(self._names.value(several.name, member) for member in members))

    def _quantified(self, quantifier: Token, count: Token, conditions: list[Part]) -> Compare:
        if "." in count:
            raise wrong(count, "expected a whole number")
        operator = QUANTIFIERS[" ".join(quantifier.split())]
        return Compare(operator, Count(tuple(map(self.condition, conditions))), self._literal(count))

    def _table(self, left: Part, members: Part) -> Table:
        names = tuple(self._names.characteristic(part).name for part in parts(left))
        rows = []
        for row in parts(members):
            if not isinstance(row, Tree) or row.data != "row" or len(row.children) != len(names):
                raise wrong(row, f"expected a row of {len(names)}, as in ({', '.join(names)})")
            rows.append(tuple(map(self._cell, names, row.children)))
        return Table(names, tuple(rows))

    def _cell(self, name: str, part: Part) -> str | bool | int:
        characteristic = self._scope.characteristics[name]
        if not isinstance(characteristic, Number):
            return self._names.value(name, part)
        cell = self.number(part)
        if not isinstance(cell, Const) or not isinstance(cell.value, int):
            raise wrong(part, f"expected a whole number for {name}")
        return cell.value

def _unsigned(part: Part) -> Part:
    return part.children[1] if isinstance(part, Tree) and part.data == "negative" else part


def _joined(operator: str, run: list[Expression]) -> Expression:
    return run[0] if len(run) == 1 else _arithmetic(operator, run)


def _arithmetic(operator: str, operands: Iterable[Expression]) -> Arithmetic:
    return Arithmetic(operator, tuple(operands))  # type: ignore[arg-type]  # the grammar has only these operators

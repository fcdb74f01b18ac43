"""The rule language: text <-> the nodes of `catalog.expressions`.

Reading resolves every name and checks every type, so that an expression that was read can be evaluated. Text is
untrusted: length, nesting and numbers are bounded, and nothing is ever executed. The language is described in
docs/catalogue.md, its grammar in grammar.lark.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from lark import Lark, Token, Tree, UnexpectedCharacters, UnexpectedInput, UnexpectedToken

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
)
from catalog.model import Boolean, Characteristic, Number, Several, Shown, Template, Text, Value

if TYPE_CHECKING:
    from catalog.model import ProductModel

LONGEST = 100_000
"""Characters in one expression."""
DEEPEST = 64
"""Levels of nesting in one expression."""
LARGEST = 10**15
"""No number in a catalogue, and none that it can compute, is larger."""

RESERVED = frozenset({"and", "or", "not", "implies", "in", "has", "if", "then", "else", "exactly", "true", "false"})
"""Words that are names only in quotes."""
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

_FUNCTIONS = {"min": None, "max": None, "abs": 1, "floor": 1, "ceil": 1}  # how many operands; None: one or more
_CONDITIONS = {"all": And, "any": Or}
_CALLS = (*_FUNCTIONS, "size", "count", *_CONDITIONS)
_YES_NO = {"yes": True, "true": True, "no": False, "false": False}
_QUANTIFIERS = {"at least": ">=", "at most": "<=", "exactly": "="}

_PARSER = Lark(Path(__file__).with_name("grammar.lark").read_text("utf-8"), parser="lalr", propagate_positions=True)
_Part = Token | Tree[Token]
_T = TypeVar("_T")


class LanguageError(ValueError):
    """Text that is not the rule language; `str()` says why, where and what was expected."""

    def __init__(self, message: str, line: int, column: int, expected: Sequence[str] = (), nearest: str | None = None
                 ) -> None:
        self.message = message + (f"; did you mean {nearest}?" if nearest else "")
        self.line, self.column = line, column  # 1-based, within the text
        self.expected, self.nearest = tuple(expected), nearest
        super().__init__(f"{self.message} (line {line}, column {column})")


@dataclass(frozen=True)
class Scope:
    """The names that an expression may use."""

    characteristics: Mapping[str, Characteristic]
    quantities: Collection[str] = frozenset()
    counters: frozenset[str] = frozenset()  # of the picture layer that is repeated

    @classmethod
    def of(cls, model: ProductModel) -> Scope:
        """Everything that the expressions of a model may use."""
        return cls({c.name: c for c in model.characteristics}, frozenset(q.name for q in model.quantities))

    def within(self, counter: str) -> Scope:
        """The scope inside a layer that is repeated by this counter."""
        return replace(self, counters=self.counters | {counter})

    @cached_property
    def attributes(self) -> dict[str, frozenset[str]]:
        """By characteristic, the attributes that at least one of its values has."""
        return {name: frozenset(attribute for value in valued(characteristic) for attribute in value.attributes)
                for name, characteristic in self.characteristics.items()}

    @cached_property
    def values(self) -> dict[str, frozenset[str]]:
        """By characteristic, the names of its values."""
        return {name: frozenset(value.name for value in characteristic.options)
                for name, characteristic in self.characteristics.items()}

    def nearest(self, name: str) -> str | None:
        """The name in scope that is most like this one."""
        return nearest(name, [*self.characteristics, *self.quantities, *self.counters])


def valued(characteristic: Characteristic) -> tuple[Value, ...]:
    """Everything of a characteristic that can carry attributes: its values, or the yes of a yes/no."""
    return (characteristic.yes,) if isinstance(characteristic, Boolean) else characteristic.options


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that is most like this one, if any is."""
    lowered = {candidate.lower(): candidate for candidate in known}
    found = get_close_matches(name.lower(), lowered, n=1)
    return lowered[found[0]] if found else None


def read_expression(text: str, scope: Scope) -> Expression:
    """The number that a text means; raises LanguageError."""
    return _shallow(_Reader(scope).number(_parse(text)), text)


def read_condition(text: str, scope: Scope) -> Condition:
    """The condition that a text means; raises LanguageError."""
    return _shallow(_Reader(scope).condition(_parse(text)), text)


def read_template(text: str, scope: Scope) -> Template:
    """Text with places, `Cut {shelves} shelves`; `{{` and `}}` are braces. Raises LanguageError."""
    pieces: list[str | Expression | Shown] = []
    for literal, start, place in _places(text):
        if literal:
            pieces.append(literal)
        if place is not None:
            try:
                pieces.append(_place(place, scope))
            except LanguageError as error:
                raise _moved(error, text, start) from None
    return Template(pieces=tuple(pieces))


def read_number(text: str) -> Exact:
    """A number as written in a catalogue, "2.5" or "1/3", exactly; raises ValueError."""
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+|/[0-9]*[1-9][0-9]*)?", text) or len(text) > 64:
        raise ValueError(f"expected a number, found {quoted(text)}")
    return exact(Fraction(text))


def exact(value: Exact) -> Exact:
    """The same number, as an int if it is whole."""
    return value.numerator if value.denominator == 1 else value


def quoted(text: str) -> str:
    """The text as it may stand in a message: quoted and not too long."""
    return json.dumps(text if len(text) <= 60 else text[:57] + "...", ensure_ascii=False)


def listed(names: Iterable[str], most: int = 8) -> str:
    """Names for a message: a, b or c."""
    shown = sorted(names)
    if len(shown) > most:
        shown = [*shown[:most], f"{len(shown) - most} more"]
    return " or ".join(filter(None, [", ".join(shown[:-1]), *shown[-1:]])) or "nothing"


# Syntax


def _parse(text: str) -> _Part:
    if len(text) > LONGEST:
        raise LanguageError(f"expected at most {LONGEST:,} characters, found {len(text):,}", 1, 1)
    try:
        tree = _PARSER.parse(text)
    except UnexpectedInput as error:
        raise _syntax_error(error, text) from None
    deep = _deeper(tree, lambda part: part.children if isinstance(part, Tree) else (), 2 * DEEPEST)
    if deep is not None:
        raise LanguageError(f"expected at most {DEEPEST} levels of nesting", *_at(deep))
    return tree


def _deeper(root: _T, below: Callable[[_T], Iterable[_T]], limit: int) -> _T | None:
    """Something more than `limit` levels below the root; walks without recursion, for the tree may be hostile."""
    level = [root]
    for _ in range(limit):
        level = [child for parent in level for child in below(parent)]
        if not level:
            return None
    return level[0]


def _shallow(node: _T, text: str) -> _T:
    if _deeper(node, children, DEEPEST) is not None:
        raise LanguageError(f"expected at most {DEEPEST} levels of nesting", 1, 1)
    return node


_WORDS = {
    "NAME": "a name", "STRING": 'a "quoted name"', "NUMBER": "a number", "LPAR": "(", "RPAR": ")", "LBRACE": "{",
    "RBRACE": "}", "COMMA": ",", "DOT": ".", "PLUS": "+", "MINUS": "-", "TIMES": "*", "OVER": "/",
    "COMPARISON": "a comparison", "QUANTIFIER": "at least", "_NOT_IN": "not in", "_HAS_ANY_OF": "has any of",
    "$END": "the end",
}


def _syntax_error(error: UnexpectedInput, text: str) -> LanguageError:
    if isinstance(error, UnexpectedCharacters):
        found, names = quoted(text[error.pos_in_stream or 0]), error.allowed or set()
        if found == '"\\""':
            return LanguageError("this quote is not closed", error.line, error.column, ['"'])
    else:
        assert isinstance(error, UnexpectedToken)
        ended = error.token.type == "$END"
        found, names = "the end" if ended else quoted(error.token), error.accepts or error.expected
        if ended:
            return LanguageError(f"expected {_expected(names)}, found {found}", *_end(text), sorted(map(_word, names)))
    return LanguageError(f"expected {_expected(names)}, found {found}", error.line, error.column, sorted(map(_word, names)))


def _word(terminal: str) -> str:
    return _WORDS.get(terminal, terminal.lower())


def _expected(terminals: Iterable[str]) -> str:
    """What may stand here; where an operand may start, that alone is said."""
    terminals = set(terminals)
    return "a name, a number or (" if {"NAME", "NUMBER", "LPAR"} <= terminals else listed(map(_word, terminals), 12)


def _end(text: str) -> tuple[int, int]:
    lines = text.split("\n")
    return len(lines), len(lines[-1]) + 1


def _at(part: _Part) -> tuple[int, int]:
    line, column = (part.line, part.column) if isinstance(part, Token) else (part.meta.line, part.meta.column)
    assert line is not None and column is not None
    return line, column


def _wrong(part: _Part, message: str, known: Iterable[str] = (), name: str = "") -> LanguageError:
    known = list(known)
    return LanguageError(message, *_at(part), known, nearest(name, known) if name else None)


def _is_word(part: _Part) -> bool:
    return isinstance(part, Token) and part.type in ("NAME", "STRING")


def _unquoted(token: _Part) -> str:
    """The name that a NAME or STRING token stands for."""
    assert isinstance(token, Token)
    if token.type != "STRING":
        return str(token)
    try:
        return str(json.loads(token, strict=False))
    except ValueError:
        raise _wrong(token, "expected \\\" \\\\ \\n or \\uXXXX after a backslash in quotes") from None


# Meaning


class _Reader:
    """Turns the parts of a parsed text into nodes, by what names mean in a scope."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def number(self, part: _Part) -> Expression:
        if isinstance(part, Token):
            return self._literal(part) if part.type == "NUMBER" else self._named_number(part)
        match part.data, part.children:
            case "group", [inner]:
                return self.number(inner)
            case "sum", operands:
                return self._chain(operands, "+")
            case "product", operands:
                return self._chain(operands, "*")
            case "negative", [_, operand]:
                if isinstance(operand, Token) and operand.type == "NUMBER":
                    return Const(-self._literal(operand).value)
                return Arithmetic("neg", (self.number(operand),))
            case "attribute", [name, attribute]:
                return self._attribute(name, attribute)
            case "choose", [condition, then, otherwise]:
                return Choose(self.condition(condition), self.number(then), self.number(otherwise))
            case "call", [function, *operands] if function not in _CONDITIONS:
                return self._call(function, operands)
        raise _wrong(part, "expected a number, found a condition (use if ... then ... else, or count(...))")

    def condition(self, part: _Part) -> Condition:
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
                return Is(self._several(left), (self._value(self._several(left), value),))
            case "has_any", [left, members]:
                return Is(self._several(left), tuple(self._value(self._several(left), m) for m in members.children))
            case "quantified", [quantifier, count, *conditions]:
                if "." in count:
                    raise _wrong(count, "expected a whole number")
                operator = _QUANTIFIERS[" ".join(quantifier.split())]
                return Compare(operator, Count(tuple(map(self.condition, conditions))), self._literal(count))
            case "call", [function, *operands] if function in _CONDITIONS:
                return _CONDITIONS[function](tuple(map(self.condition, operands)))
        raise _wrong(part, "expected a condition, found a number (compare it with something)")

    # numbers

    def _literal(self, token: Token) -> Const:
        try:
            value = read_number(token)
        except ValueError:
            value = LARGEST + 1
        if value > LARGEST:
            raise _wrong(token, f"expected a number up to {LARGEST:,} of at most 64 digits")
        return Const(value)

    def _named_number(self, token: Token) -> Expression:
        name = _unquoted(token)
        characteristic = self.scope.characteristics.get(name)
        if isinstance(characteristic, Number) or name in self.scope.counters:
            return Read(name)
        if name in self.scope.quantities:
            return Quantity(name)
        if characteristic is None:
            raise self._unknown(token, name)
        raise _wrong(token, f"expected a number, but {name} is {_kind(characteristic)}{self._instead(characteristic)}")

    def _instead(self, characteristic: Characteristic) -> str:
        attributes = self.scope.attributes[characteristic.name]
        if attributes:
            return f" (it has the numbers {listed(f'{characteristic.name}.{a}' for a in attributes)})"
        return f" (use size({characteristic.name}))" if isinstance(characteristic, Text | Several) else ""

    def _attribute(self, token: _Part, attribute: _Part) -> Expression:
        name, wanted = _unquoted(token), _unquoted(attribute)
        known = self.scope.attributes[self._characteristic(token).name]
        if wanted not in known:
            raise _wrong(attribute, f"no value of {name} has the attribute {quoted(wanted)}", known, wanted)
        return Attribute(name, wanted)

    def _call(self, token: _Part, operands: list[_Part]) -> Expression:
        assert isinstance(token, Token)
        function = str(token)
        if function == "count":
            return Count(tuple(map(self.condition, operands)))
        if function == "size":
            return self._size(token, operands)
        if function not in _FUNCTIONS:
            raise _wrong(token, f"there is no function {quoted(function)}", _CALLS, function)
        count = _FUNCTIONS[function]
        if not operands or count not in (None, len(operands)):
            raise _wrong(token, f"{function} takes {count or 'one or more'}, found {len(operands)}")
        return Arithmetic(function, tuple(map(self.number, operands)))  # type: ignore[arg-type]

    def _size(self, token: Token, operands: list[_Part]) -> Size:
        if len(operands) != 1 or not _is_word(operands[0]):
            raise _wrong(token, "size takes the name of a text or a several-of")
        characteristic = self._characteristic(operands[0])
        if not isinstance(characteristic, Text | Several):
            raise _wrong(operands[0], f"size is for a text or a several-of, {characteristic.name} is "
                         f"{_kind(characteristic)}")
        return Size(characteristic.name)

    def _chain(self, parts: list[_Part], joining: str) -> Expression:
        """a + b - c + d, from left to right; runs of + (or *) become one node. Two literals as in 1/3 are one number."""
        run = [self.number(parts[0])]
        for index in range(1, len(parts), 2):
            operator, operand = str(parts[index]), self.number(parts[index + 1])
            if operator == joining:
                run.append(operand)
                continue
            if operator == "/" and operand == Const(0):
                raise _wrong(parts[index + 1], "expected a divisor that is not 0")
            if operator == "/" and index == 1 and _is_literal(parts[0]) and _is_literal(parts[2]):
                run = [Const(_quotient(run[0], operand))]
            else:
                run = [Arithmetic(operator, (_joined(joining, run), operand))]  # type: ignore[arg-type]
        return _joined(joining, run)

    # conditions

    def _named_condition(self, token: Token) -> Condition:
        if token in ("true", "false"):
            return And(()) if token == "true" else Or(())
        if token.type == "NUMBER":
            raise _wrong(token, "expected a condition, found a number (compare it with something)")
        characteristic = self._characteristic(token)
        if isinstance(characteristic, Boolean):
            return Is(characteristic.name, (True,))
        raise _wrong(token, f"expected a condition, but {characteristic.name} is {_kind(characteristic)}: compare it")

    def _comparison(self, left: _Part, operator: _Part, right: _Part) -> Condition:
        characteristic = self._valued(left)
        if characteristic is None:
            return Compare(str(operator), self.number(left), self.number(right))  # type: ignore[arg-type]
        name = characteristic.name
        if operator not in ("=", "!="):
            raise _wrong(operator, f"{name} is {_kind(characteristic)}: expected =, != or in", ["=", "!=", "in"])
        if isinstance(characteristic, Several):
            raise _wrong(operator, f"{name} may hold several values: expected {name} has ...", ["has"])
        found = Is(name, (self._value(name, right),))
        return found if operator == "=" else Not(found)

    def _among(self, left: _Part, members: Tree[Token]) -> Condition:
        if isinstance(left, Tree) and left.data == "group":
            return self._table(left, members)
        characteristic = self._valued(left)
        if isinstance(characteristic, Several):
            raise _wrong(left, f"{characteristic.name} may hold several values: expected {characteristic.name} has any of")
        if characteristic is not None:
            return Is(characteristic.name, tuple(self._value(characteristic.name, m) for m in members.children))
        number = self.number(left)
        return Or(tuple(Compare("=", number, self.number(member)) for member in members.children))

    def _table(self, left: Tree[Token], members: Tree[Token]) -> Table:
        names = tuple(self._characteristic(part).name for part in left.children)
        rows = []
        for row in members.children:
            if not isinstance(row, Tree) or row.data != "row" or len(row.children) != len(names):
                raise _wrong(row, f"expected a row of {len(names)}, as in ({', '.join(names)})")
            rows.append(tuple(map(self._cell, names, row.children)))
        return Table(names, tuple(rows))

    def _cell(self, name: str, part: _Part) -> str | bool | int:
        characteristic = self.scope.characteristics[name]
        if not isinstance(characteristic, Number):
            return self._value(name, part)
        cell = self.number(part)
        if not isinstance(cell, Const) or not isinstance(cell.value, int):
            raise _wrong(part, f"expected a whole number for {name}")
        return cell.value

    # names

    def _unknown(self, part: _Part, name: str) -> LanguageError:
        near = self.scope.nearest(name)
        return LanguageError(f"unknown name {quoted(name)}", *_at(part), (), near)

    def _characteristic(self, part: _Part) -> Characteristic:
        if not _is_word(part):
            raise _wrong(part, "expected the name of a characteristic")
        name = _unquoted(part)
        if name not in self.scope.characteristics:
            if name in self.scope.quantities or name in self.scope.counters:
                raise _wrong(part, f"{name} is a computed number, expected a characteristic")
            raise self._unknown(part, name)
        return self.scope.characteristics[name]

    def _valued(self, part: _Part) -> Characteristic | None:
        """The characteristic on the left of a comparison if it is one with values (or a text), else None: a number."""
        if not _is_word(part):
            return None
        characteristic = self.scope.characteristics.get(_unquoted(part))
        return None if isinstance(characteristic, Number) else characteristic

    def _several(self, part: _Part) -> str:
        characteristic = self._characteristic(part)
        if not isinstance(characteristic, Several):
            raise _wrong(part, f"has is for a several-of, {characteristic.name} is {_kind(characteristic)}")
        return characteristic.name

    def _value(self, name: str, part: _Part) -> str | bool:
        """The value of a characteristic on the right of a comparison."""
        characteristic = self.scope.characteristics[name]
        if isinstance(part, Tree) and part.data == "group" and len(part.children) == 1:
            return self._value(name, part.children[0])
        word = _unquoted(part) if _is_word(part) else str(part) if isinstance(part, Token) else None
        if isinstance(characteristic, Boolean):
            if word not in _YES_NO:
                raise _wrong(part, f"expected yes or no for {name}", ["yes", "no"])
            return _YES_NO[word]
        if isinstance(characteristic, Text):
            if word != "" or not _is_word(part):
                raise _wrong(part, f'{name} is a text: it can only be compared with ""; use size({name})', ['""'])
            return ""
        known = self.scope.values[name]
        if word is None:
            raise _wrong(part, f"expected a value of {name}: {listed(known)}", known)
        if word not in known:
            near = nearest(word, known)
            hint = "" if near else f"; expected {listed(known)}"
            raise LanguageError(f"{name} has no value {quoted(word)}{hint}", *_at(part), sorted(known), near)
        return word


def _kind(characteristic: Characteristic) -> str:
    return {"Choice": "one of several values", "Several": "a several-of", "Boolean": "a yes or no",
            "Number": "a number", "Text": "a text"}[type(characteristic).__name__]


def _is_literal(part: _Part) -> bool:
    if isinstance(part, Tree):
        return part.data == "negative" and _is_literal(part.children[1]) and isinstance(part.children[1], Token)
    return part.type == "NUMBER"


def _quotient(first: Expression, second: Expression) -> Exact:
    assert isinstance(first, Const) and isinstance(second, Const)
    return exact(Fraction(first.value) / second.value)


def _joined(operator: str, run: list[Expression]) -> Expression:
    return run[0] if len(run) == 1 else Arithmetic(operator, tuple(run))  # type: ignore[arg-type]


# Templates


def _places(text: str) -> Iterator[tuple[str, int, str | None]]:
    """The literal texts of a template and the place after each (its start and its text; None after the last)."""
    literal, index = "", 0
    while index < len(text):
        character = text[index]
        if character in "{}" and text[index:index + 2] == character * 2:
            literal, index = literal + character, index + 2
        elif character == "{":
            end = _closing(text, index)
            yield literal, index + 1, text[index + 1:end]
            literal, index = "", end + 1
        elif character == "}":
            raise _moved(LanguageError("expected }} for a brace, or { before it", 1, 1, ["}}"]), text, index)
        else:
            literal, index = literal + character, index + 1
    yield literal, index, None


_PIECE = re.compile(r'"(?:\\.|[^"\\])*"|[{}]|[^"{}]+', re.DOTALL)


def _closing(text: str, start: int) -> int:
    """The index of the brace that closes the one at `start`; braces in quotes do not count."""
    depth = 0
    for piece in _PIECE.finditer(text, start):
        depth += {"{": 1, "}": -1}.get(piece[0], 0)
        if depth == 0:
            return piece.start()
    raise _moved(LanguageError("this { is not closed: expected }, or {{ for a brace", 1, 1, ["}", "{{"]), text, start)


def _place(text: str, scope: Scope) -> Expression | Shown:
    part = _parse(text)
    reader = _Reader(scope)
    if _is_word(part):
        shown = scope.characteristics.get(_unquoted(part))
        if shown is not None and not isinstance(shown, Number):
            return Shown(name=shown.name)
    elif isinstance(part, Tree) and part.data == "attribute" and part.children[1] == "swatch":
        return Shown(name=reader._characteristic(part.children[0]).name, aspect="swatch")
    return _shallow(reader.number(part), text)


def _moved(error: LanguageError, text: str, start: int) -> LanguageError:
    """The error of a part of a text that starts at an index, placed in the whole text."""
    line, column = _end(text[:start])
    column = column + error.column - 1 if error.line == 1 else error.column
    moved = LanguageError(error.message, line + error.line - 1, column, error.expected)
    moved.nearest = error.nearest
    return moved


# Writing

_CONDITIONAL, _IMPLICATION, _ANY, _ALL, _NEGATION, _COMPARISON, _SUM, _PRODUCT, _UNARY, _ATOM = range(10)
_LEVELS = {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT}


def write(node: Node, scope: Scope) -> str:
    """The text that `read_expression` or `read_condition` reads as this node."""
    return _Writer(scope).text(node)[0]


def write_template(template: Template, scope: Scope) -> str:
    """The text that `read_template` reads as this template."""
    return "".join(_write_piece(piece, scope) for piece in template.pieces)


def _write_piece(piece: str | Expression | Shown, scope: Scope) -> str:
    if isinstance(piece, str):
        return piece.replace("{", "{{").replace("}", "}}")
    if isinstance(piece, Shown):
        return "{" + write_name(piece.name) + (".swatch" if piece.aspect == "swatch" else "") + "}"
    return "{" + write(piece, scope) + "}"


def write_name(name: str) -> str:
    """A name as the rule language writes it: in quotes unless it is an identifier."""
    return name if NAME.fullmatch(name) and name not in RESERVED else json.dumps(name, ensure_ascii=False)


def write_number(value: Exact) -> str:
    """A number as `read_number` reads it: a decimal if it has one, else a fraction."""
    for digits in range(20):
        scaled = abs(value) * 10**digits
        if scaled.denominator == 1:
            whole = str(scaled.numerator).rjust(digits + 1, "0")
            text = f"{whole[:-digits]}.{whole[-digits:]}" if digits else whole
            return "-" + text if value < 0 else text
    return str(value)


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
                words = {symbol: word for word, symbol in _QUANTIFIERS.items()}
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

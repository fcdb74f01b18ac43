"""What stands within a line of a UVL text: a constraint between features, or the attributes of one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedEOF, UnexpectedInput, UnexpectedToken

from catalog.formats.errors import FormatError
from catalog.formats.uvl_lines import Line
from catalog.language import exact, nearest, quoted
from catalog.nodes import And, Condition, Exact, Implies, Is, Not, Or

DEEPEST = 40
"""Levels of nesting in one constraint."""
LARGEST = 20_000
"""Nodes in one constraint."""

_GRAMMAR = r"""
?equivalence: implication | equivalence "<=>" implication
?implication: disjunction | implication "=>" disjunction
?disjunction: conjunction | conjunction ("|" conjunction)+
?conjunction: literal | literal ("&" literal)+
?literal: reference | "!" literal -> negation | "(" equivalence ")"
reference: name ("." name)*

attributes: "{" [attribute ("," attribute)*] "}"
attribute: name [value]
?value: NUMBER -> number | STRING -> string | name -> word | attributes | vector
vector: "[" [value ("," value)*] "]"

name: IDENTIFIER | QUOTED
IDENTIFIER: /[^\W\d][\w#§%?\\';]*/
QUOTED: /"[^"\n]*"/
STRING: /'[^'\n]*'/
NUMBER: /-?[0-9]{1,18}(\.[0-9]{1,18})?/
%ignore /\s+/
"""
_EXPECTED = {"equivalence": "features joined by ! & | => <=> and parentheses (no arithmetic)",
             "attributes": "attributes such as {abstract, cost 5, name 'x'}"}


@dataclass(frozen=True)
class _Part:
    """A condition with its measures, kept so that hostile text is refused before it is built."""

    condition: Condition
    depth: int = 1
    size: int = 1


class _Builder(Transformer[Token, Any]):
    """Works while parsing, so that no depth of text can exhaust the stack.

    A constraint becomes a condition on yes/no characteristics. Attributes become numbers and texts; others (flags,
    lists) have no meaning here and are left out.
    """

    def __init__(self, known: Collection[str]) -> None:
        super().__init__()
        self.known = known

    def name(self, tokens: list[Token]) -> Token:
        return tokens[0].update(value=tokens[0].strip('"'))

    def reference(self, names: list[Token]) -> _Part:
        name = ".".join(names)
        if name not in self.known:
            near = nearest(name, self.known)
            raise FormatError(f"unknown feature {quoted(name)}" + (f"; did you mean {near}?" if near else ""),
                              names[0].line, names[0].column)
        return _Part(Is(name, (True,)))

    def negation(self, parts: list[_Part]) -> _Part:
        match parts[0].condition:
            case Is(name, (True,)):
                return _Part(Is(name, (False,)))
            case condition:
                return _joined(Not(condition), parts)

    def conjunction(self, parts: list[_Part]) -> _Part:
        return _joined(And(tuple(part.condition for part in parts)), parts)

    def disjunction(self, parts: list[_Part]) -> _Part:
        return _joined(Or(tuple(part.condition for part in parts)), parts)

    def implication(self, parts: list[_Part]) -> _Part:
        return _joined(Implies(parts[0].condition, parts[1].condition), parts)

    def equivalence(self, parts: list[_Part]) -> _Part:
        one, other = parts[0].condition, parts[1].condition
        there, back = self.implication(parts), self.implication(parts[::-1])
        return _joined(And((Implies(one, other), Implies(other, one))), [there, back])

    def attributes(self, pairs: list[Any]) -> dict[str, Exact | str]:
        return {name: value for name, value in filter(None, pairs) if isinstance(value, int | Fraction | str)}

    def attribute(self, pair: list[Any]) -> tuple[str, Any]:
        if str(pair[0]) in ("constraint", "constraints"):
            raise FormatError("constraints as attributes are not supported: put them into the section `constraints`",
                              pair[0].line, pair[0].column)
        return str(pair[0]), pair[1]

    def number(self, tokens: list[Token]) -> Exact:
        return exact(Fraction(tokens[0]))

    def string(self, tokens: list[Token]) -> str:
        return str(tokens[0][1:-1])

    def word(self, tokens: list[Token]) -> str | None:
        return str(tokens[0]) if tokens[0].type == "QUOTED" else None

    def vector(self, _: list[Any]) -> None:
        return None


def _joined(condition: Condition, parts: list[_Part]) -> _Part:
    depth, size = 1 + max(part.depth for part in parts), 1 + sum(part.size for part in parts)
    if depth > DEEPEST or size > LARGEST:
        raise FormatError(f"expected at most {DEEPEST} levels of nesting and {LARGEST:,} names in one constraint")
    return _Part(condition, depth, size)


class Parser:
    """Parses attributes and constraints where they stand in a line."""

    def __init__(self, known: Collection[str]) -> None:
        self._lark = Lark(_GRAMMAR, parser="lalr", start=["equivalence", "attributes"], transformer=_Builder(known))

    def attributes(self, line: Line, start: int) -> dict[str, Exact | str]:
        """The numbers and texts among the attributes that start at an index of a line; raises FormatError."""
        found: dict[str, Exact | str] = self._parse("attributes", " " * start + line.text[start:], line)
        return found

    def constraint(self, line: Line) -> Condition:
        """The condition that a line says; raises FormatError."""
        part: _Part = self._parse("equivalence", line.text, line)
        return part.condition

    def _parse(self, start: str, text: str, line: Line) -> Any:
        try:
            return self._lark.parse(text, start=start)
        except UnexpectedInput as error:
            at_end = isinstance(error, UnexpectedEOF) or (isinstance(error, UnexpectedToken) and not error.token)
            message = f"expected {_EXPECTED[start]}, found " + (
                "the end of the line" if at_end else quoted(text[error.pos_in_stream or 0:].split()[0]))
            raise FormatError(message, line.number + (0 if at_end else error.line - 1),
                              len(text.rpartition("\n")[2]) + 1 if at_end else error.column) from None
        except FormatError as error:
            raise FormatError(error.message, line.number + (error.line or 1) - 1, error.column) from None

"""The syntax of UVL: indented lines to a tree of features and its constraints, each with its place in the text.

The language: https://universal-variability-language.github.io, here its boolean level with group cardinalities and
attributes. What is beyond it is refused where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedEOF, UnexpectedInput, UnexpectedToken

from catalog.expressions import And, Condition, Exact, Implies, Is, Not, Or
from catalog.formats.errors import FormatError
from catalog.language import exact, nearest, quoted

DEEPEST = 40
"""Levels of nesting in one constraint."""
LARGEST = 20_000
"""Nodes in one constraint."""
KEYWORDS = frozenset({"namespace", "include", "imports", "features", "constraints", "mandatory", "optional", "or",
                      "alternative", "cardinality", "true", "false"})
IDENTIFIER = re.compile(r"[^\W\d][\w#§%?\\';]*")

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
_COMMENT = re.compile(rf"{IDENTIFIER.pattern}|\"[^\"\n]*\"|'[^'\n]*'|(//[^\n]*|/\*.*?\*/)", re.DOTALL)
_BRACKET = re.compile(rf"{IDENTIFIER.pattern}|\"[^\"\n]*\"|'[^'\n]*'|([{{(\[])|([}})\]])")
_CARDINALITY = re.compile(r"\[\s*(?:([0-9]{1,9})\s*\.\.\s*)?([0-9]{1,9}|\*)\s*\]")
_FEATURE = re.compile(rf"\s*(?:(?P<type>Boolean|Integer|Real|String)\s+(?=[\w\"]))?(?P<name>\"[^\"\n]*\"|"
                      rf"{IDENTIFIER.pattern})\s*(?P<count>cardinality\b)?\s*(?P<attributes>\{{.*\}})?\s*", re.DOTALL)
_EXPECTED = {"equivalence": "features joined by ! & | => <=> and parentheses (no arithmetic)",
             "attributes": "attributes such as {abstract, cost 5, name 'x'}"}
_BOUNDS: Mapping[str, tuple[int, int | None]] = {"or": (1, None), "alternative": (1, 1)}


@dataclass
class FeatureGroup:
    """Children of a feature: `least` to `most` (None: all) of them, or each mandatory or optional."""

    kind: str
    least: int = 0
    most: int | None = None
    members: list[Feature] = field(default_factory=list)


@dataclass
class Feature:
    name: str
    place: tuple[int, int] = (1, 1)
    parent: Feature | None = None
    attributes: Mapping[str, Exact] = field(default_factory=dict)
    description: str = ""
    groups: list[FeatureGroup] = field(default_factory=list)


@dataclass
class Document:
    """What a text says: every feature, parents before their children, and the constraints, each with its place."""

    namespace: str = ""
    features: dict[str, Feature] = field(default_factory=dict)
    constraints: list[tuple[Condition, tuple[int, int]]] = field(default_factory=list)


@dataclass(frozen=True)
class _Line:
    """A line with those that continue it, comments blanked; `number` is that of the first."""

    text: str
    number: int

    @property
    def body(self) -> str:
        return self.text.strip()

    @property
    def indent(self) -> str:
        return self.text[:len(self.text) - len(self.text.lstrip(" \t"))]

    @property
    def place(self) -> tuple[int, int]:
        return self.number, len(self.indent) + 1

    def error(self, message: str) -> FormatError:
        return FormatError(message, *self.place)


def read(text: str) -> Document:
    """What a UVL text says; raises FormatError with line and column."""
    document, section = Document(), ""
    parser = _Parser(document.features)
    nesting: list[tuple[str, Feature | FeatureGroup]] = []
    for line in _lines(text):
        if not line.indent:
            section = _open(section, line, document)
        elif section == "features":
            _place(line, nesting, document.features, parser)
        elif section == "constraints":
            document.constraints.append((parser.constraint(line), line.place))
        elif section != "include":
            raise line.error("expected features or constraints before anything indented")
    if not document.features:
        raise FormatError("expected a section `features` with a root feature", text.count("\n") + 1)
    return document


def _lines(text: str) -> Iterator[_Line]:
    blanked = _COMMENT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]) if found[1] else found[0], text)
    parts: list[str] = []
    depth = start = 0
    for number, line in enumerate(blanked.split("\n"), 1):
        if not parts:
            start = number
        parts.append(line)
        depth += sum(bool(opens) - bool(closes) for opens, closes in _BRACKET.findall(line))
        if depth <= 0:
            if any(part.strip() for part in parts):
                yield _Line("\n".join(parts).rstrip(), start)
            parts, depth = [], 0
    if parts:
        raise FormatError("expected a closing bracket for the one opened here", start)


def _open(section: str, line: _Line, document: Document) -> str:
    """The section that an unindented line opens."""
    word, _, rest = line.body.partition(" ")
    if word == "namespace" and rest and not section:
        document.namespace = rest.strip().strip('"')
        return ""
    if word == "imports":
        raise line.error("imports are not supported: put all features in one file")
    if line.body not in ("include", "features", "constraints"):
        raise line.error(f"expected namespace, include, features or constraints, found {quoted(line.body)}")
    if (line.body == "constraints" and not document.features) or (line.body == "features" and document.features):
        raise line.error("expected one section `features`, then one section `constraints`")
    return line.body


def _place(line: _Line, nesting: list[tuple[str, Feature | FeatureGroup]], features: dict[str, Feature],
           parser: _Parser) -> None:
    """Adds what a line of the section `features` says below the line it is indented under."""
    while nesting and len(nesting[-1][0]) >= len(line.indent):
        nesting.pop()
    above = nesting[-1][1] if nesting else None
    if nesting and not line.indent.startswith(nesting[-1][0]):
        raise line.error("expected indentation that continues the one above: tabs and spaces are mixed")
    below: Feature | FeatureGroup
    if isinstance(above, Feature):
        below = _group(line)
        above.groups.append(below)
    else:
        if above is None and features:
            raise line.error("expected a single root feature")
        below = _feature(line, features, parser)
        features[below.name] = below
        if above is not None:
            owner = nesting[-2][1]
            assert isinstance(owner, Feature)
            above.members.append(below)
            below.parent = owner
    nesting.append((line.indent, below))


def _group(line: _Line) -> FeatureGroup:
    if line.body in ("mandatory", "optional", *_BOUNDS):
        return FeatureGroup(line.body, *_BOUNDS.get(line.body, (0, None)))
    found = _CARDINALITY.fullmatch(line.body)
    if not found:
        raise line.error(f"expected mandatory, optional, or, alternative or a cardinality such as [1..3], "
                         f"found {quoted(line.body)}")
    most = None if found[2] == "*" else int(found[2])
    least = int(found[1]) if found[1] else most or 0
    if most is not None and most < least:
        raise line.error(f"expected a cardinality [least..most], found {quoted(line.body)}")
    return FeatureGroup("cardinality", least, most)


def _feature(line: _Line, known: Mapping[str, Feature], parser: _Parser) -> Feature:
    found = _FEATURE.fullmatch(line.text) or _FEATURE.match(line.text)
    if not found or found["name"] in KEYWORDS:
        raise line.error(f"expected the name of a feature, found {quoted(line.body)}")
    if found["count"]:
        raise line.error("feature cardinality is not supported: a feature is there once or not at all")
    if found["type"] not in (None, "Boolean"):
        raise line.error(f"features of type {found['type']} are not supported: every feature is a yes/no")
    if found.end() < len(line.text):
        raise FormatError("expected nothing but attributes in braces after the name of a feature", line.number,
                          found.end() + 1)
    name = found["name"].strip('"')
    if name in known or not name:
        raise line.error(f"expected a name of its own, found {quoted(name)} again" if name else "expected a name")
    attributes = parser.attributes(line, found.start("attributes")) if found["attributes"] else {}
    texts = [value for key, value in attributes.items() if key in ("description", "featureDescription__")]
    return Feature(name, line.place, description=next((text for text in texts if isinstance(text, str)), ""),
                   attributes={key: value for key, value in attributes.items() if not isinstance(value, str)})


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


class _Parser:
    """Parses attributes and constraints where they stand in a line."""

    def __init__(self, known: Collection[str]) -> None:
        self._lark = Lark(_GRAMMAR, parser="lalr", start=["equivalence", "attributes"], transformer=_Builder(known))

    def attributes(self, line: _Line, start: int) -> dict[str, Exact | str]:
        found: dict[str, Exact | str] = self._parse("attributes", " " * start + line.text[start:], line)
        return found

    def constraint(self, line: _Line) -> Condition:
        part: _Part = self._parse("equivalence", line.text, line)
        return part.condition

    def _parse(self, start: str, text: str, line: _Line) -> Any:
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

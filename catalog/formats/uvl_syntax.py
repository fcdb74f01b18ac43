"""The syntax of UVL: indented lines to a tree of features and its constraints, each with its place in the text.

The language: https://universal-variability-language.github.io, here its boolean level with group cardinalities and
attributes. What is beyond it is refused where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from catalog.formats.errors import FormatError
from catalog.formats.uvl_grammar import Parser
from catalog.formats.uvl_lines import IDENTIFIER, Line, lines
from catalog.language import quoted
from catalog.nodes import Condition, Exact

KEYWORDS = frozenset({"namespace", "include", "imports", "features", "constraints", "mandatory", "optional", "or",
                      "alternative", "cardinality", "true", "false"})

_CARDINALITY = re.compile(r"\[\s*(?:([0-9]{1,9})\s*\.\.\s*)?([0-9]{1,9}|\*)\s*\]")
_FEATURE = re.compile(rf"\s*+(?:(?P<type>Boolean|Integer|Real|String)\s++(?=[\w\"]))?(?P<name>\"[^\"\n]*\"|"
                      rf"{IDENTIFIER.pattern})\s*+(?P<count>cardinality\b)?\s*+(?P<attributes>\{{.*\}})?\s*+",
                      re.DOTALL)
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
    """A feature of the tree: what it is called, and its line and column."""

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


def read(text: str) -> Document:
    """What a UVL text says; raises FormatError with line and column."""
    document, section = Document(), ""
    parser = Parser(document.features)
    nesting: list[tuple[str, Feature | FeatureGroup]] = []
    for line in lines(text):
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


def _open(section: str, line: Line, document: Document) -> str:
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


def _place(line: Line, nesting: list[tuple[str, Feature | FeatureGroup]], features: dict[str, Feature],
           parser: Parser) -> None:
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


def _group(line: Line) -> FeatureGroup:
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


def _feature(line: Line, known: Mapping[str, Feature], parser: Parser) -> Feature:
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

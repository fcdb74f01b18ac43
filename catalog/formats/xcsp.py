"""XCSP 2.1: variables with domains of numbers, and relations that list which combinations are allowed or forbidden.

The format: https://arxiv.org/abs/0902.2362; here its extensional constraints. Values are their text, and a joker
(optional="-1": the option is absent) is a value like the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import StringIO
from typing import NoReturn, TypeVar
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.saxutils import quoteattr
from xml.sax.xmlreader import AttributesImpl, Locator

from defusedxml import DefusedXmlException
from defusedxml.sax import parse

from catalog.characters import described, hidden
from catalog.formats.errors import FormatError
from catalog.formats.foreign import Place, called, family, lossless, paged
from catalog.language import nearest, quoted
from catalog.model import Choice, ProductModel, Rule, Value
from catalog.nodes import Table
from catalog.occurrences import Path

MOST_VALUES = 10_000
"""Values in one domain: an interval may be hostile."""
_NUMBER = re.compile(r"-?[0-9]{1,15}")
_TAGS = ("instance", "presentation", "domains", "domain", "variables", "variable", "relations", "relation",
         "constraints", "constraint")
_SEMANTICS = {"supports": True, "conflicts": False}
Rows = tuple[tuple[str, ...], ...]
T = TypeVar("T")


def load_text(text: str, name: str) -> ProductModel:
    """The model that an XCSP text says; `name` is what it is called unless the text says so.

    Raises FormatError with the line.
    """
    found = _elements(text)
    for presentation in found["presentation"]:
        name = presentation.attributes.get("name", "").strip(" ?") or name
    domains = {domain.name: _domain(domain) for domain in found["domain"].unique()}
    variables = {variable.name: variable.look_up("domain", domains) for variable in found["variable"].unique()}
    relations = {relation.name: _relation(relation) for relation in found["relation"].unique()}
    rules = tuple(_rule(constraint, variables, relations) for constraint in found["constraint"].unique())
    values = {number: Value(name=number) for domain in domains.values() for number in domain}
    groups, characteristics = paged([Choice(name=variable, values=tuple(values[number] for number in domain))
                                     for variable, domain in variables.items()])
    places: dict[Path, Place] = {(key, index): (element.line, element.column)
                                 for key, tag in (("characteristics", "variable"), ("rules", "constraint"))
                                 for index, element in enumerate(found[tag])}
    return family(name, groups, characteristics, rules, places)


def dump_text(model: ProductModel) -> str:
    """The model as XCSP 2.1; raises ValueError naming what XCSP cannot express."""
    text = "\n".join([
        '<?xml version="1.0" encoding="UTF-8"?>', "<instance>",
        f'<presentation name={quoteattr(called(model))} format="XCSP 2.1" type="CSP"/>', *_variables(model),
        *_constraints(model), "</instance>", ""])
    return lossless(model, text, load_text, "XCSP")


def _variables(model: ProductModel) -> list[str]:
    """The characteristics; those of the same values share a domain, which stands before them."""
    domains: dict[tuple[str, ...], str] = {}
    variables = []
    for characteristic in model.characteristics:
        if not isinstance(characteristic, Choice):
            raise ValueError(f"XCSP cannot express {characteristic.name}: it is no choice of one value")
        domain = domains.setdefault(tuple(value.name for value in characteristic.values), f"D{len(domains)}")
        variables.append(f"<variable name={quoteattr(characteristic.name)} domain={quoteattr(domain)}/>")
    return [*_section("domains", [f'<domain name="{name}" nbValues="{len(domain)}">{" ".join(domain)}</domain>'
                                  for domain, name in domains.items()]), *_section("variables", variables)]


def _constraints(model: ProductModel) -> list[str]:
    """The rules; those of the same rows share a relation, which stands before them."""
    relations: dict[tuple[Rows, bool, int], str] = {}
    constraints = []
    for rule in model.rules:
        if not isinstance(rule.condition, Table):
            raise ValueError(f"XCSP cannot express rule {rule.name}: it is no table of combinations")
        scope, rows = rule.condition.names, tuple(tuple(map(str, row)) for row in rule.condition.rows)
        relation = relations.setdefault((rows, rule.condition.allowed, len(scope)), f"R{len(relations)}")
        constraints.append(f'<constraint name={quoteattr(rule.name)} arity="{len(scope)}" '
                           f'scope={quoteattr(" ".join(scope))} reference="{relation}"/>')
    return [*_section("relations", [
        f'<relation name="{name}" arity="{arity}" nbTuples="{len(rows)}" '
        f'semantics="{"supports" if allowed else "conflicts"}">{"|".join(map(" ".join, rows))}</relation>'
        for (rows, allowed, arity), name in relations.items()]), *_section("constraints", constraints)]


def _section(tag: str, lines: list[str]) -> list[str]:
    return [f'<{tag} nb{tag.capitalize()}="{len(lines)}">', *lines, f"</{tag}>"]


@dataclass
class _Element:
    tag: str
    attributes: Mapping[str, str]
    line: int
    column: int
    text: list[str] = field(default_factory=list)

    def __getitem__(self, attribute: str) -> str:
        if attribute not in self.attributes:
            self.fail(f"expected the attribute {attribute} in <{self.tag}>")
        return self.attributes[attribute]

    @property
    def name(self) -> str:
        return self["name"]

    @property
    def content(self) -> str:
        return "".join(self.text)

    def look_up(self, attribute: str, known: Mapping[str, T]) -> T:
        """What another element says that this attribute refers to."""
        return self.known(self[attribute], known)

    def known(self, name: str, known: Mapping[str, T]) -> T:
        if name not in known:
            near = nearest(name, known)
            self.fail(f"unknown name {quoted(name)} in <{self.tag}>" + (f"; did you mean {near}?" if near else ""))
        return known[name]

    def fail(self, message: str) -> NoReturn:
        raise FormatError(message, self.line, self.column)


class _Elements(list[_Element]):
    """Elements of one tag."""

    def unique(self) -> Iterator[_Element]:
        """Them all; FormatError for the second of the same name."""
        seen: set[str] = set()
        for element in self:
            if element.name in seen:
                element.fail(f"expected a name of its own, found {quoted(element.name)} again")
            seen.add(element.name)
            yield element


class _Collector(ContentHandler):
    """Keeps the elements by tag, each with its place."""

    def __init__(self) -> None:
        super().__init__()
        self.found = {tag: _Elements() for tag in _TAGS}
        self._open: list[_Element] = []

    def setDocumentLocator(self, locator: Locator) -> None:  # noqa: N802 - the name is the library's
        self._locator = locator

    @property
    def place(self) -> tuple[int, int]:
        """Where the parser is."""
        return self._locator.getLineNumber() or 1, (self._locator.getColumnNumber() or 0) + 1

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 - as above
        element = _Element(name, dict(attrs.items()), *self.place)
        for text in element.attributes.values():
            if (index := hidden(text)) is not None:  # written as a number: the file itself was looked at
                element.fail(f"expected visible characters, found {described(text[index])}")
        if name not in self.found:
            element.fail(f"<{name}> is not supported; expected extensional constraints: <domain>, <variable>, "
                         f"<relation> and <constraint>")
        if bool(self._open) == (name == "instance"):
            element.fail("expected everything within one <instance>")
        self.found[name].append(element)
        self._open.append(element)

    def endElement(self, name: str) -> None:  # noqa: N802 - as above
        self._open.pop()

    def characters(self, content: str) -> None:
        self._open[-1].text.append(content)


def _elements(text: str) -> dict[str, _Elements]:
    collector = _Collector()
    try:
        parse(StringIO(text), collector, forbid_dtd=True)
    except SAXParseException as error:
        raise FormatError(f"expected XML: {error.getMessage()}", error.getLineNumber(),
                          (error.getColumnNumber() or 0) + 1) from None
    except DefusedXmlException:
        raise FormatError("a document type or entities are not accepted", *collector.place) from None
    return collector.found


def _domain(element: _Element) -> tuple[str, ...]:
    """The numbers of a domain such as `1 3 5..8`, each once."""
    numbers: dict[str, None] = {}
    for token in element.content.split():
        low, _, high = token.partition("..")
        first, last = _number(low, element), _number(high or low, element)
        if last - first >= MOST_VALUES - len(numbers):
            element.fail(f"expected at most {MOST_VALUES:,} values in a domain")
        numbers.update((str(number), None) for number in range(first, last + 1))
    if not numbers:
        element.fail(f"expected at least one value in domain {quoted(element.name)}")
    return tuple(numbers)


def _number(token: str, element: _Element) -> int:
    if not _NUMBER.fullmatch(token):
        element.fail(f"expected a number in <{element.tag}> {quoted(element.name)}, found {quoted(token)}")
    return int(token)


def _relation(element: _Element) -> tuple[Rows, bool, int]:
    """Its rows, whether they are the allowed ones, and how many numbers each has."""
    allowed, arity = element.look_up("semantics", _SEMANTICS), _number(element["arity"], element)
    rows = []
    for row in filter(None, map(str.split, element.content.split("|"))):
        if len(row) != arity:
            element.fail(f"expected {arity} numbers in each row of relation {quoted(element.name)}, "
                         f"found {quoted(' '.join(row))}")
        rows.append(tuple(str(_number(token, element)) for token in row))
    return tuple(rows), allowed, arity


def _rule(element: _Element, variables: Mapping[str, tuple[str, ...]],
          relations: Mapping[str, tuple[Rows, bool, int]]) -> Rule:
    scope = tuple(element["scope"].split())
    domains = [frozenset(element.known(name, variables)) for name in scope]
    rows, allowed, arity = element.look_up("reference", relations)
    if arity != len(scope) or len(set(scope)) != arity:
        element.fail(f"expected {arity} different variables in the scope of {quoted(element.name)}")
    # a relation may list what a variable cannot be: such rows say nothing
    rows = tuple(row for row in rows if all(map(frozenset.__contains__, domains, row)))
    among = f"{', '.join(scope[:-1])} and {scope[-1]}" if arity > 1 else "".join(scope)
    says = "fit together in certain combinations only" if allowed else "do not fit together in certain combinations"
    return Rule(name=element.name, condition=Table(scope, rows, allowed), sentence=f"{among} {says}.")

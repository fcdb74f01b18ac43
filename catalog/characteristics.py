"""What can be asked of a customer, and what can be answered: the kinds of characteristics, their values and bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from catalog.nodes import Answer, Exact, Expression, Values

About = Literal["product", "person", "place"]
"""What an answer is a fact about: the thing made, or the person or place it is made for."""


@dataclass(frozen=True, kw_only=True)
class Value:
    """One thing that a characteristic can be."""

    name: str
    title: str = ""
    description: str = ""
    price: Expression | None = None  # in the model's currency, major units
    part: str | None = None  # the number of the part it adds, quantity 1
    layer: str | None = None  # the picture layer it shows
    swatch: str | None = None  # a colour, #rrggbb
    attributes: Mapping[str, Exact] = field(default_factory=dict)
    was: tuple[str, ...] = ()  # names that this same thing had in earlier versions
    replaces: tuple[str, ...] = ()  # names of values of earlier versions that it stands in for

    @property
    def absent(self) -> bool:
        """Whether it says that there is none: no pocket, no handles."""
        return self.name == "none"


@dataclass(frozen=True, kw_only=True)
class Characteristic:
    """A question that the customer can answer; its kinds are the classes below."""

    name: str
    title: str = ""
    description: str = ""
    group: str = ""  # the name of a Group
    trait: str | None = None  # the name of a Trait: the same fact in every family that names it
    about: About = "product"
    operation: str | None = None  # the operation that uses the part of the chosen value
    standard: Answer | None = None  # what the maker suggests to somebody unknown
    was: tuple[str, ...] = ()  # names that this same question had in earlier versions
    replaces: tuple[str, ...] = ()  # names of questions of earlier versions whose answers tell this one

    @property
    def options(self) -> tuple[Value, ...]:
        """The values with a name, in the order of the catalogue; empty for numbers and texts."""
        return ()

    def admits(self, answer: object) -> bool:
        """Whether this is an answer of the right kind and within its bounds, rules left aside."""
        raise NotImplementedError

    def chosen(self, answer: Answer) -> tuple[Value, ...]:
        """The values with a name that this answer stands for."""
        return ()

    def attribute(self, answer: Answer, attribute: str) -> Exact:
        """The attribute summed over the chosen values; 0 where a value does not have it."""
        return sum(value.attributes.get(attribute, 0) for value in self.chosen(answer))


@dataclass(frozen=True, kw_only=True)
class Choice(Characteristic):
    """One of several values; answered with its name."""

    values: tuple[Value, ...]

    @cached_property
    def _by_name(self) -> dict[str, Value]:
        return {value.name: value for value in self.values}

    @property
    def options(self) -> tuple[Value, ...]:
        return self.values

    def admits(self, answer: object) -> bool:
        return isinstance(answer, str) and answer in self._by_name

    def chosen(self, answer: Answer) -> tuple[Value, ...]:
        assert isinstance(answer, str)
        return (self._by_name[answer],)


@dataclass(frozen=True, kw_only=True)
class Several(Characteristic):
    """Several of the values, `least` to `most` of them; answered with the frozenset of their names."""

    values: tuple[Value, ...]
    least: int = 0
    most: int | None = None

    @property
    def options(self) -> tuple[Value, ...]:
        return self.values

    @property
    def limit(self) -> int:
        """The most values that can be chosen together."""
        return len(self.values) if self.most is None else self.most

    def admits(self, answer: object) -> bool:
        return (isinstance(answer, frozenset) and answer <= {value.name for value in self.values}
                and self.least <= len(answer) <= self.limit)

    def chosen(self, answer: Answer) -> tuple[Value, ...]:
        assert isinstance(answer, frozenset)
        return tuple(value for value in self.values if value.name in answer)


@dataclass(frozen=True, kw_only=True)
class Boolean(Characteristic):
    """Yes or no; `yes` holds what a yes costs, adds and shows. Answered with True or False."""

    yes: Value = Value(name="yes")

    def admits(self, answer: object) -> bool:
        return isinstance(answer, bool)

    def chosen(self, answer: Answer) -> tuple[Value, ...]:
        return (self.yes,) if answer else ()


@dataclass(frozen=True, kw_only=True)
class Number(Characteristic):
    """A whole number or a measure: `least`, `least + step`, ... up to `most`, in `unit`; answered with an int."""

    least: int
    most: int
    step: int = 1
    unit: str = ""  # "mm", "kg", "" for a count
    shown: str | None = None  # the unit it is read and written in on pages: mm may be shown in cm or m, g in kg
    price: Expression | None = None

    @property
    def range(self) -> range:
        """Every number it can be, rules left aside."""
        return range(self.least, self.most + 1, self.step)

    def admits(self, answer: object) -> bool:
        return isinstance(answer, int) and not isinstance(answer, bool) and answer in self.range


@dataclass(frozen=True, kw_only=True)
class Text(Characteristic):
    """A text of the customer's own, `least` to `most` characters out of `allowed`; answered with a str.

    `allowed` lists characters, with ranges such as `A-Z`; a hyphen itself stands first or last.
    """

    most: int
    least: int = 0
    allowed: str = ""  # empty: every printable character
    price: Expression | None = None

    @cached_property
    def _alphabet(self) -> frozenset[str]:
        found: set[str] = set()
        rest = self.allowed
        while rest:
            if len(rest) >= 3 and rest[1] == "-":
                found.update(map(chr, range(ord(rest[0]), ord(rest[2]) + 1)))
                rest = rest[3:]
            else:
                found.add(rest[0])
                rest = rest[1:]
        return frozenset(found)

    def allows(self, character: str) -> bool:
        """Whether the text may contain this character."""
        return character in self._alphabet if self.allowed else character.isprintable()

    def admits(self, answer: object) -> bool:
        return isinstance(answer, str) and self.least <= len(answer) <= self.most and all(map(self.allows, answer))


def to_plain(values: Values) -> dict[str, str | bool | int | list[str]]:
    """Values as JSON can hold them: a several-of becomes a sorted list."""
    return {name: sorted(answer) if isinstance(answer, frozenset) else answer for name, answer in values.items()}


def from_plain(data: Mapping[str, object]) -> dict[str, Answer]:
    """The inverse of `to_plain`; raises ValueError for what no answer can be. The model is not consulted."""
    return {name: _answer(name, answer) for name, answer in data.items()}


def _answer(name: str, answer: object) -> Answer:
    if isinstance(answer, list | tuple | set | frozenset) and all(isinstance(item, str) for item in answer):
        return frozenset(answer)
    if isinstance(answer, str | bool | int):
        return answer
    raise ValueError(f"{name}: expected a text, a whole number, true or false, or a list of texts")

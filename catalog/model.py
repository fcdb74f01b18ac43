"""The product model: what can be chosen, what rules it, what it costs and what it is made of.

Frozen and free of any framework or database. Build it with `catalog.formats.load`; check it with `catalog.checking`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Literal

from catalog.expressions import Answer, Condition, Const, Exact, Expression, Values

_ONE = Const(1)
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


@dataclass(frozen=True, kw_only=True)
class Group:
    """A page of questions."""

    name: str
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class Trait:
    """A fact about the customer that several product families ask for."""

    name: str
    title: str = ""
    unit: str = ""


@dataclass(frozen=True, kw_only=True)
class NamedQuantity:
    """A number that the model computes; rules, prices, parts and pictures can use its name."""

    name: str
    expression: Expression
    title: str = ""
    unit: str = ""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A condition that every product fulfils, and the sentence that tells a customer so."""

    name: str
    condition: Condition
    sentence: str = ""


@dataclass(frozen=True, kw_only=True)
class Price:
    """An amount (major units) that is added while its condition holds; a price without one is the base price."""

    name: str
    amount: Expression
    title: str = ""
    when: Condition | None = None


@dataclass(frozen=True, kw_only=True)
class Part:
    """Something bought or made to stock; one part list serves several families."""

    number: str
    title: str = ""
    unit: str = ""  # "" for pieces, else mm, m, m2, g ...
    bin: str = ""
    lead_days: int = 0  # working days until it is in the house


@dataclass(frozen=True, kw_only=True)
class Template:
    """Text with computed places: literal texts and, between them, what they show.

    A place is a number, or `Shown`: the title or swatch of what a characteristic is set to. Texts that follow each
    other are one, and none is empty: equal templates say the same.
    """

    pieces: tuple[str | Expression | Shown, ...]

    def __post_init__(self) -> None:
        joined: list[str | Expression | Shown] = []
        for piece in self.pieces:
            if isinstance(piece, str) and joined and isinstance(joined[-1], str):
                joined[-1] += piece
            elif piece != "":
                joined.append(piece)
        object.__setattr__(self, "pieces", tuple(joined))


@dataclass(frozen=True, kw_only=True)
class Shown:
    """`{name}` for a characteristic that is no number: the titles chosen, the text; `{name.swatch}`: its colour."""

    name: str
    aspect: Literal["title", "swatch"] = "title"


@dataclass(frozen=True, kw_only=True)
class Item:
    """A line of the super bill of materials: a part, its selection condition and its quantity."""

    part: str
    quantity: Expression = _ONE
    when: Condition | None = None
    operation: str | None = None
    measures: Mapping[str, Expression] = field(default_factory=dict)  # a cut list: {"length": ..., "width": ...} in mm
    note: Template | None = None


@dataclass(frozen=True, kw_only=True)
class WorkCentre:
    name: str
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that a worker does: what, with what, and the value to reach ("1206 mm")."""

    text: Template
    value: Template | None = None
    when: Condition | None = None
    station: str = ""
    tool: str = ""


@dataclass(frozen=True, kw_only=True)
class Operation:
    """A stage of the routing at one work centre."""

    name: str
    work_centre: str
    minutes: Expression
    title: str = ""
    when: Condition | None = None
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Shape:
    """An SVG element; `attributes` and `text` are computed. What is allowed: `catalog.picture`."""

    element: str
    attributes: Mapping[str, Template]
    text: Template | None = None


@dataclass(frozen=True, kw_only=True)
class Layer:
    """Shapes that are drawn together while the condition holds.

    A layer that values name (`Value.layer`) is also drawn only while one of them is chosen. With `repeat` = (name,
    count) it is drawn count times, name counting 0, 1, ...
    """

    name: str
    shapes: tuple[Shape, ...]
    when: Condition | None = None
    repeat: tuple[str, Expression] | None = None


@dataclass(frozen=True, kw_only=True)
class Picture:
    """Layers from back to front in a view of (x, y, width, height), in mm: a drawing to scale."""

    view: tuple[Expression, Expression, Expression, Expression]
    layers: tuple[Layer, ...]
    caption: Template | None = None


@dataclass(frozen=True, kw_only=True)
class Case:
    """What a catalogue promises of itself: the choices can be built or not, and what one piece then costs.

    It is tried before the catalogue is published. What is not chosen is as it is proposed to somebody unknown.
    """

    name: str
    choices: Values
    title: str = ""
    possible: bool = True
    costs: Exact | None = None  # major units, tax included


@dataclass(frozen=True, kw_only=True)
class ProductModel:
    """A family of products: everything that can be built, and nothing that cannot."""

    name: str
    characteristics: tuple[Characteristic, ...]
    title: str = ""
    description: str = ""
    currency: str = "EUR"
    vat: Exact = Fraction(0)  # per cent, included in the prices
    lead_days: Expression | None = None  # working days before production starts
    groups: tuple[Group, ...] = ()
    traits: tuple[Trait, ...] = ()
    quantities: tuple[NamedQuantity, ...] = ()
    rules: tuple[Rule, ...] = ()
    prices: tuple[Price, ...] = ()
    parts: tuple[Part, ...] = ()
    items: tuple[Item, ...] = ()
    work_centres: tuple[WorkCentre, ...] = ()
    operations: tuple[Operation, ...] = ()
    picture: Picture | None = None
    cases: tuple[Case, ...] = ()
    sources: tuple[str, ...] = ()  # where its facts come from

    @cached_property
    def _characteristics(self) -> dict[str, Characteristic]:
        return {c.name: c for c in self.characteristics}

    @cached_property
    def _quantities(self) -> dict[str, NamedQuantity]:
        return {q.name: q for q in self.quantities}

    @cached_property
    def _parts(self) -> dict[str, Part]:
        return {p.number: p for p in self.parts}

    @cached_property
    def _rules(self) -> dict[str, Rule]:
        return {r.name: r for r in self.rules}

    def __getitem__(self, name: str) -> Characteristic:
        """The characteristic of this name; KeyError if there is none."""
        return self._characteristics[name]

    def __contains__(self, name: object) -> bool:
        return name in self._characteristics

    def quantity(self, name: str) -> NamedQuantity:
        """The computed quantity of this name; KeyError if there is none."""
        return self._quantities[name]

    def part(self, number: str) -> Part:
        """The part of this number; KeyError if there is none."""
        return self._parts[number]

    def rule(self, name: str) -> Rule:
        """The rule of this id; KeyError if there is none."""
        return self._rules[name]


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

"""The product model: what can be chosen, what rules it, what it costs and what it is made of.

Frozen and free of any framework or database. Build it with `catalog.formats.load`; check it with `catalog.checking`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from catalog.characteristics import (
    About,
    Boolean,
    Characteristic,
    Choice,
    Number,
    Several,
    Text,
    Value,
    from_plain,
    to_plain,
)
from catalog.drawings import MEASURES, SIDES, Footprint, Layer, Pattern, Picture, Shape
from catalog.expressions import Meaning, names
from catalog.grids import Axis, Grid
from catalog.nodes import Condition, Const, Exact, Expression, Node, Values
from catalog.templates import Shown, Template

__all__ = [
    "MEASURES", "SIDES", "About", "Axis", "Boolean", "Case", "Characteristic", "Check", "Choice", "Footprint", "Grid",
    "Group", "Item", "Layer", "NamedQuantity", "Number", "Operation", "Part", "Pattern", "Picture", "Price",
    "ProductModel", "Rule", "Several", "Shape", "Shown", "Step", "Template", "Text", "Trait", "Value", "WorkCentre",
    "from_plain", "to_plain",
]

_NONE, _ONE = Const(0), Const(1)


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
    grid: Grid | None = None  # that the expression looks it up in


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A condition that every product fulfils, and the sentence that tells a customer so."""

    name: str
    condition: Condition
    sentence: str = ""
    within: str = ""  # the quantity whose grid has an amount, if that is what the condition requires


@dataclass(frozen=True, kw_only=True)
class Price:
    """An amount (major units) that is added while its condition holds; a price without one is the base price."""

    name: str
    amount: Expression
    title: str = ""
    when: Condition | None = None


@dataclass(frozen=True, kw_only=True)
class Part:
    """Something that products are made of; one part list serves several families."""

    number: str
    title: str = ""
    unit: str = ""  # "" for pieces, else mm, m, m2, g ...
    bin: str = ""
    lead_days: int = 0  # working days until it is in the house
    made_here: bool = False  # cut or made for each order: never bought, and waits only for what it is made of
    cost: Exact | None = None  # of one unit, to the firm: major units, without tax

    @property
    def name(self) -> str:
        """What it is called without a title."""
        return self.number


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
class Check:
    """Something that the worker measures: it is right from `nominal - minus` to `nominal + plus`."""

    name: str
    nominal: Expression
    minus: Expression = _NONE
    plus: Expression = _NONE
    unit: str = ""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that a worker does: what, with what, the value to reach ("1206 mm") and what to measure.

    `part` yields the number of the part in hand: one as written, or `{name.part}`. `picture` names the layers of the
    picture that the step is about.
    """

    text: Template
    value: Template | None = None
    when: Condition | None = None
    station: str = ""
    tool: str = ""
    part: Template | None = None
    picture: tuple[str, ...] = ()
    check: Check | None = None


@dataclass(frozen=True, kw_only=True)
class Operation:
    """A stage of the routing at one work centre; what has the same `setup` is made there without setting up anew."""

    name: str
    work_centre: str
    minutes: Expression
    title: str = ""
    when: Condition | None = None
    setup: Template | None = None
    steps: tuple[Step, ...] = ()


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
    ask_after_days: int = 7  # days in the customer's hands until they are asked whether it is right
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
    footprint: Footprint | None = None
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
    def pictured(self) -> dict[int, tuple[str, ...]]:
        """For each layer and pattern of the picture, by its id, what it depends on: the names of characteristics."""
        parts = self.picture.layers + self.picture.patterns if self.picture else ()
        return {id(part): tuple(sorted(_depends(part, self))) for part in parts}

    def filling(self, shape: Shape) -> Pattern | None:
        """The pattern that a shape's `fill` names."""
        fill = shape.attributes.get("fill")
        return self._patterns.get(fill.pieces) if fill else None

    @cached_property
    def _patterns(self) -> dict[tuple[object, ...], Pattern]:
        return {(pattern.name,): pattern for pattern in (self.picture.patterns if self.picture else ())}

    @cached_property
    def drawn(self) -> dict[tuple[object, ...], str]:
        """What `catalog.picture` keeps: a new answer changes few layers."""
        return {}

    @cached_property
    def outlines(self) -> dict[int, tuple[str | Callable[[Values], str], ...]]:
        """What `catalog.picture` keeps: shapes as texts and functions of whole values, by their id."""
        return {}

    @cached_property
    def measured(self) -> dict[Expression, dict[object, str]]:
        """What `catalog.picture` keeps: numbers in shapes, by the answers that they depend on."""
        return {}

    @cached_property
    def shown_by_values(self) -> frozenset[str | None]:
        """The layers of the picture that only values show."""
        return frozenset(value.layer for c in self.characteristics for value in (c.options or c.chosen(True)))

    @cached_property
    def _rules(self) -> dict[str, Rule]:
        return {r.name: r for r in self.rules}

    def __getitem__(self, name: str) -> Characteristic:
        """The characteristic of this name; KeyError if there is none."""
        return self._characteristics[name]

    def __contains__(self, name: object) -> bool:
        return name in self._characteristics

    @cached_property
    def meanings(self) -> dict[int, tuple[Node, Meaning]]:
        """What `catalog.expressions` keeps: nodes as functions, by their id."""
        return {}

    @cached_property
    def computed(self) -> dict[tuple[object, ...], Exact]:
        """What `catalog.expressions` keeps: quantities by their name and the answers that they depend on."""
        return {}

    @cached_property
    def _read_by(self) -> dict[str, tuple[str, ...]]:
        return {}

    def read_by(self, quantity: str) -> tuple[str, ...]:
        """The names of the characteristics that a quantity depends on."""
        found = self._read_by.get(quantity)
        if found is None:
            found = self._read_by[quantity] = tuple(sorted(names(self._quantities[quantity].expression, self)))
        return found

    def quantity(self, name: str) -> NamedQuantity:
        """The computed quantity of this name; KeyError if there is none."""
        return self._quantities[name]

    def part(self, number: str) -> Part:
        """The part of this number; KeyError if there is none."""
        return self._parts[number]

    def rule(self, name: str) -> Rule:
        """The rule of this id; KeyError if there is none."""
        return self._rules[name]


def _depends(part: Layer | Pattern, model: ProductModel) -> frozenset[str]:
    """The characteristics that a layer, with what fills it, or a pattern reads; the counter of a layer is none."""
    templates = [template for shape in part.shapes for template in (*shape.attributes.values(), shape.text)]
    nodes: list[Node | Shown | None]
    if isinstance(part, Layer):
        nodes = [part.when, part.repeat and part.repeat[1]]
    else:
        nodes, templates = [part.width, part.height], [*templates, part.transform]
    nodes += [piece for template in templates if template for piece in template.pieces if not isinstance(piece, str)]
    read = [{node.name} if isinstance(node, Shown) else names(node, model) for node in nodes if node is not None]
    fillings = [_depends(pattern, model) for pattern in map(model.filling, part.shapes) if pattern]
    return frozenset().union(*read, *fillings) & model._characteristics.keys()

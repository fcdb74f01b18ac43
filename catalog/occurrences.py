"""Every expression of a model: where it stands, and when it is evaluated."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from catalog.model import (
    MEASURES,
    Boolean,
    Characteristic,
    Number,
    ProductModel,
    Shown,
    Template,
    Text,
    Value,
)
from catalog.nodes import And, Condition, Implies, Is, Node, Not, Table

Path = tuple[str | int, ...]
"""The way through a model's document: ("rules", 3, "when")."""
Occurrence = tuple[Path, Node | Shown, Condition | None]
"""Where an expression stands, and a condition that holds whenever it is evaluated (None: always)."""


def occurrences(model: ProductModel) -> Iterator[Occurrence]:
    """Every expression of a model but those of its picture's shapes, which `layers` has."""
    return chain(_rules(model), _amounts(model), _work(model), _picture(model), _footprint(model))


def valued(characteristic: Characteristic) -> Iterator[tuple[Path, Value]]:
    """The values of a characteristic (of a yes/no its yes) with the paths from it to their keys."""
    if isinstance(characteristic, Boolean):
        yield (), characteristic.yes
    for index, value in enumerate(characteristic.options):
        yield ("values", index), value


def places(path: Path, template: Template | None, guard: Condition | None = None) -> Iterator[Occurrence]:
    """What a template shows."""
    for piece in template.pieces if template else ():
        if not isinstance(piece, str):
            yield path, piece, guard


def _rules(model: ProductModel) -> Iterator[Occurrence]:
    for index, quantity in enumerate(model.quantities):
        yield ("quantities", index, "grid" if quantity.grid else "is"), quantity.expression, None
    for index, rule in enumerate(model.rules):
        for at, condition in _parts(rule.condition):
            yield ("rules", index, *at), condition, None


def _parts(condition: Condition) -> Iterator[tuple[Path, Condition]]:
    """The parts of a rule by the keys that they stand under."""
    match condition:
        case Implies(when, then):
            yield ("when",), when
            yield ("then",), then
        case Not(And(operands)):
            yield from ((("exclude", index), operand) for index, operand in enumerate(operands))
        case Table():
            yield ("table",), condition
        case _:
            yield ("require",), condition


def _amounts(model: ProductModel) -> Iterator[Occurrence]:
    """Prices and days."""
    yield from _given(("lead_days",), model.lead_days)
    for index, characteristic in enumerate(model.characteristics):
        if isinstance(characteristic, Number | Text):
            yield from _given(("characteristics", index, "price"), characteristic.price)
        for at, value in valued(characteristic):
            chosen = Is(characteristic.name, (True if isinstance(characteristic, Boolean) else value.name,))
            yield from _given(("characteristics", index, *at, "price"), value.price, chosen)
    for index, price in enumerate(model.prices):
        yield from _given(("prices", index, "when"), price.when)
        yield ("prices", index, "amount"), price.amount, price.when


def _work(model: ProductModel) -> Iterator[Occurrence]:
    """Parts and operations."""
    for index, item in enumerate(model.items):
        yield from _given(("items", index, "when"), item.when)
        yield ("items", index, "quantity"), item.quantity, item.when
        for name, measure in item.measures.items():
            yield ("items", index, "measures", name), measure, item.when
        yield from places(("items", index, "note"), item.note, item.when)
    for index, operation in enumerate(model.operations):
        yield from _given(("operations", index, "when"), operation.when)
        yield ("operations", index, "minutes"), operation.minutes, operation.when
        yield from places(("operations", index, "setup"), operation.setup, operation.when)
        for number, step in enumerate(operation.steps):
            path: Path = ("operations", index, "steps", number)
            guard = And(tuple(condition for condition in (operation.when, step.when) if condition is not None))
            yield from _given((*path, "when"), step.when, operation.when)
            yield from places((*path, "do"), step.text, guard)
            yield from places((*path, "value"), step.value, guard)
            yield from places((*path, "part"), step.part, guard)
            for name in ("nominal", "minus", "plus") if step.check else ():
                yield (*path, "check", name), getattr(step.check, name), guard


def _picture(model: ProductModel) -> Iterator[Occurrence]:
    """The picture but for its shapes."""
    if model.picture is None:
        return
    for index, side in enumerate(model.picture.view):
        yield ("picture", "view", index), side, None
    yield from places(("picture", "caption"), model.picture.caption)
    for index, pattern in enumerate(model.picture.patterns):
        yield ("picture", "patterns", index, "width"), pattern.width, None
        yield ("picture", "patterns", index, "height"), pattern.height, None
        yield from places(("picture", "patterns", index, "transform"), pattern.transform)
    for index, layer in enumerate(model.picture.layers):
        yield from _given(("picture", "layers", index, "when"), layer.when)
        if layer.repeat:
            yield ("picture", "layers", index, "repeat", layer.repeat[0]), layer.repeat[1], layer.when


def _footprint(model: ProductModel) -> Iterator[Occurrence]:
    """What the piece takes up."""
    if model.footprint is None:
        return
    for name in MEASURES:
        yield ("footprint", name), getattr(model.footprint, name), None
    for side, free in model.footprint.clearance.items():
        yield ("footprint", "clearance", side), free, None


def _given(path: Path, node: Node | None, guard: Condition | None = None) -> Iterator[Occurrence]:
    if node is not None:
        yield path, node, guard

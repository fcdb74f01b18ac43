"""Names and titles: each is used once and can be read, and is known where it is used."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Protocol

from catalog.characters import described, hidden, unprintable
from catalog.language import listed, nearest, quoted
from catalog.model import MEASURES, SIDES, Boolean, Choice, Number, ProductModel, Shown, Template
from catalog.occurrences import Path, valued
from catalog.problems import Problem

LONGEST_NAME = 250
LONGEST_TITLE = 200


class Titled(Protocol):
    """What people read by its title."""

    @property
    def title(self) -> str: ...


def names(model: ProductModel) -> Iterator[Problem]:
    """Each can be read, and stands for one thing."""
    for key in ("groups", "traits", "work_centres", "characteristics", "quantities", "prices", "operations"):
        yield from _unique((key,), "name", [thing.name for thing in getattr(model, key)])
    yield from _unique(("parts",), "number", [part.number for part in model.parts])
    yield from _unique(("rules",), "id", [rule.name for rule in model.rules])
    yield from _unique(("cases",), "id", [case.name for case in model.cases])
    for index, characteristic in enumerate(model.characteristics):
        yield from _unique(("characteristics", index, "values"), "name", [v.name for v in characteristic.options])
    if model.picture:
        for key in "patterns", "layers":
            yield from _unique(("picture", key), "name", [part.name for part in getattr(model.picture, key)])
    for index, quantity in enumerate(model.quantities):
        if quantity.name in model:
            yield Problem(("quantities", index, "name"), f"{quoted(quantity.name)} is a characteristic already")


def _unique(path: Path, called: str, names: Sequence[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name in seen:
            yield Problem((*path, index, called), f"{quoted(name)} is here already")
        yield from misnamed((*path, index, called), name)
        seen.add(name)


def misnamed(path: Path, name: str, key: bool = False) -> Iterator[Problem]:
    """Tells what keeps a text from being a name."""
    odd = unprintable(name)
    if odd is not None:
        yield Problem(path, f"expected visible characters in a name, found {described(name[odd])}", key=key)
    if not name or len(name) > LONGEST_NAME:
        yield Problem(path, f"expected a name of 1 to {LONGEST_NAME} characters", key=key)


def titles(model: ProductModel) -> Iterator[Problem]:
    """Each can be read."""
    yield from _title((), model)
    for key in ("groups", "traits", "characteristics", "quantities", "prices", "parts", "work_centres", "operations",
                "cases"):
        for index, thing in enumerate(getattr(model, key)):
            yield from _title((key, index), thing)
    for index, characteristic in enumerate(model.characteristics):
        for at, value in valued(characteristic):
            of = ("yes_value",) if isinstance(characteristic, Boolean) else at
            yield from _title(("characteristics", index, *of), value)


def _title(path: Path, thing: Titled) -> Iterator[Problem]:
    odd = hidden(thing.title)
    if odd is not None:
        yield Problem((*path, "title"), f"expected visible characters, found {described(thing.title[odd])}")
    if len(thing.title) > LONGEST_TITLE:
        yield Problem((*path, "title"), f"expected at most {LONGEST_TITLE} characters, found {len(thing.title):,}")


def uses(model: ProductModel) -> Iterator[Problem]:
    """Groups, traits, parts, work centres, operations and layers that are used are there."""
    groups = {group.name for group in model.groups}
    traits = {trait.name for trait in model.traits}
    parts = {part.number for part in model.parts}
    centres = {centre.name for centre in model.work_centres}
    operations = {operation.name for operation in model.operations}
    layers = {layer.name for layer in model.picture.layers} if model.picture else set()
    for index, characteristic in enumerate(model.characteristics):
        path = "characteristics", index
        if characteristic.group:
            yield from unknown((*path, "group"), characteristic.group, groups, "group")
        yield from unknown((*path, "trait"), characteristic.trait, traits, "trait")
        yield from unknown((*path, "operation"), characteristic.operation, operations, "operation")
        yield from unknown((*path, "about"), characteristic.about, {"product", "person", "place"}, "kind of fact")
        for at, value in valued(characteristic):
            yield from unknown((*path, *at, "part"), value.part, parts, "part")
            yield from unknown((*path, *at, "layer"), value.layer, layers, "layer of the picture")
    for index, item in enumerate(model.items):
        for name in item.measures:
            yield from misnamed(("items", index, "measures", name), name, key=True)
        yield from unknown(("items", index, "part"), item.part, parts, "part")
        yield from unknown(("items", index, "operation"), item.operation, operations, "operation")
    for index, operation in enumerate(model.operations):
        yield from unknown(("operations", index, "work_centre"), operation.work_centre, centres, "work centre")
        for number, step in enumerate(operation.steps):
            at = "operations", index, "steps", number
            for place, name in enumerate(step.picture):
                yield from unknown((*at, "picture", place), name, layers, "layer of the picture")
            yield from _in_hand((*at, "part"), step.part, model, parts)


def _in_hand(path: Path, part: Template | None, model: ProductModel, parts: Collection[str]) -> Iterator[Problem]:
    """A step has one part in its hand: one as written, or that of the one value that is chosen."""
    match part.pieces if part else None:
        case None:
            return
        case (str(number),):
            yield from unknown(path, number, parts, "part")
        case (Shown(aspect="part", name=name),) if name in model and isinstance(model[name], Choice | Boolean):
            return
        case _:
            yield Problem(path, "expected the number of a part, or {name.part} of a choice or a yes or no")


def parts(model: ProductModel) -> Iterator[Problem]:
    """What is made here takes its time and costs its money by what it is made of, and by the operations."""
    for index, part in enumerate(model.parts):
        for key in "lead_days", "cost":
            if part.made_here and getattr(part, key):
                yield Problem(("parts", index, key), "expected none of a part made here: what it is made of has it")
        if part.cost is not None and part.cost < 0:
            yield Problem(("parts", index, "cost"), f"expected 0 or more, found {part.cost}")


def footprint(model: ProductModel) -> Iterator[Problem]:
    """Its keys; its expressions are checked with all others."""
    if model.footprint is None:
        return
    yield from unknown(("footprint", "against"), model.footprint.against or None, {"wall"}, "thing to stand against")
    for side in model.footprint.clearance:
        yield from unknown(("footprint", "clearance", side), side, SIDES, "side", key=True)
    numbers = [c.name for c in model.characteristics if isinstance(c, Number) and c.about == "place"]
    for measure, name in model.footprint.alcove.items():
        yield from unknown(("footprint", "alcove", measure), measure, MEASURES, "measure of an alcove", key=True)
        yield from unknown(("footprint", "alcove", measure), name, numbers, "number about a place")


def unknown(path: Path, name: str | None, known: Collection[str], kind: str, key: bool = False) -> Iterator[Problem]:
    """Tells a name that is used at a path and is not known."""
    if name is not None and name not in known:
        near = nearest(name, known)
        yield Problem(path, f"there is no {kind} {quoted(name)}; "
                      + (f"did you mean {near}?" if near else f"expected {listed(known)}"), key=key)


def former(model: ProductModel) -> Iterator[Problem]:
    """Names of earlier versions: none is in use still, and each is taken over by one thing alone.

    Only the answers to one former question may tell several new ones, which then say that they replace it.
    """
    present, claimed = {c.name for c in model.characteristics}, set[str]()
    for index, characteristic in enumerate(model.characteristics):
        path = "characteristics", index
        yield from _taken(path, "was", characteristic.was, present, claimed)
        values = {value.name for value in characteristic.options} or {"yes", "no"}
        taken = set[str]()
        for at, value in valued(characteristic):
            of = ("yes_value",) if isinstance(characteristic, Boolean) else at
            for key in "was", "replaces":
                yield from _taken((*path, *of), key, getattr(value, key), values, taken)
    for index, characteristic in enumerate(model.characteristics):
        yield from _taken(("characteristics", index), "replaces", characteristic.replaces, present, set(claimed))


def _taken(path: Path, key: str, names: Sequence[str], present: Collection[str], taken: set[str]) -> Iterator[Problem]:
    for place, name in enumerate(names):
        at = *path, key, place
        yield from misnamed(at, name)
        if name in present:
            yield Problem(at, f"{quoted(name)} is still in use: only a name that is given up can be taken over")
        elif name in taken:
            yield Problem(at, f"{quoted(name)} is taken over already")
        taken.add(name)

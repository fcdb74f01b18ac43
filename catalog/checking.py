"""What is wrong with a product model as a whole: it is refused whole, with everything that is wrong.

`catalog.language` has checked what it read already; models that come from elsewhere are checked here in the same way.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Protocol

from babel.numbers import get_currency_precision, list_currencies

from catalog.bounds import Box, bounds, narrowed
from catalog.characters import described, hidden, unprintable
from catalog.expressions import TRUE, Answer, Condition, Node
from catalog.language import LARGEST, listed, nearest, quoted
from catalog.model import (
    MEASURES,
    SIDES,
    Boolean,
    Characteristic,
    Choice,
    Number,
    ProductModel,
    Several,
    Shape,
    Shown,
    Text,
)
from catalog.occurrences import Path, occurrences, places, valued
from catalog.picture import ATTRIBUTES, COLOURS, ELEMENTS, is_colour
from catalog.soundness import Soundness, Unsound

MOST_PROBLEMS = 20
"""So many are told at once."""
MOST_NUMBERS = 100_000
"""Numbers that one characteristic can be."""
LONGEST_ANSWER = 1_000
"""Characters of a customer's text."""
LONGEST_NAME = 250
LONGEST_TITLE = 200
MOST_TURNS = 1_000
"""How often a layer of the picture is drawn."""
MOST_SHAPES = 10_000
"""What a picture draws in all."""


class Titled(Protocol):
    """What people read by its title."""

    @property
    def title(self) -> str: ...


@dataclass(frozen=True)
class Problem:
    """Something wrong at a place of a catalogue.

    `path` leads there through its document, ("rules", 3, "when"); `line` and `column` (1-based) are those within the
    text that stands there. With `key`, the key itself is wrong, rather than what stands under it.
    """

    path: Path
    message: str
    line: int = 1
    column: int = 1
    key: bool = False

    def __str__(self) -> str:
        place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path).lstrip(".")
        return f"{place}: {self.message}" if place else self.message


class CatalogueError(ValueError):
    """Everything that is wrong with a catalogue; it is refused whole."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def check(model: ProductModel) -> None:
    """Raises CatalogueError with everything that is wrong with a model; later checks rely on what earlier ones found.

    Every name is used once and known where it is used, every answer that the maker suggests is one, every expression
    can be evaluated whatever is chosen, every shape is harmless.
    """
    refuse(chain(_names(model), _titles(model), _product(model)))
    refuse(chain(_uses(model), _footprint(model), _characteristics(model), _former(model)))
    refuse(_cases(model))
    refuse(_expressions(model))
    refuse(_shapes(model))


def refuse(problems: Iterable[Problem]) -> None:
    """Raises CatalogueError with the first problems, if there are any."""
    found = list(islice(problems, MOST_PROBLEMS))
    if found:
        raise CatalogueError(found)


# Names


def _names(model: ProductModel) -> Iterator[Problem]:
    for key in ("groups", "traits", "work_centres", "characteristics", "quantities", "prices", "operations"):
        yield from _unique((key,), "name", [thing.name for thing in getattr(model, key)])
    yield from _unique(("parts",), "number", [part.number for part in model.parts])
    yield from _unique(("rules",), "id", [rule.name for rule in model.rules])
    yield from _unique(("cases",), "id", [case.name for case in model.cases])
    for index, characteristic in enumerate(model.characteristics):
        yield from _unique(("characteristics", index, "values"), "name", [v.name for v in characteristic.options])
    if model.picture:
        yield from _unique(("picture", "layers"), "name", [layer.name for layer in model.picture.layers])
    for index, quantity in enumerate(model.quantities):
        if quantity.name in model:
            yield Problem(("quantities", index, "name"), f"{quoted(quantity.name)} is a characteristic already")


def _unique(path: Path, called: str, names: Sequence[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name in seen:
            yield Problem((*path, index, called), f"{quoted(name)} is here already")
        yield from _name((*path, index, called), name)
        seen.add(name)


def _name(path: Path, name: str, key: bool = False) -> Iterator[Problem]:
    odd = unprintable(name)
    if odd is not None:
        yield Problem(path, f"expected visible characters in a name, found {described(name[odd])}", key=key)
    if not name or len(name) > LONGEST_NAME:
        yield Problem(path, f"expected a name of 1 to {LONGEST_NAME} characters", key=key)


def _titles(model: ProductModel) -> Iterator[Problem]:
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


def _product(model: ProductModel) -> Iterator[Problem]:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,79}", model.name):
        yield Problem(("name",), f"expected a name of a to z, 0 to 9 and _ (at most 80), found {quoted(model.name)}")
    yield from _known(("currency",), model.currency, list_currencies(), "currency")
    if not 0 <= model.vat <= 100:
        yield Problem(("vat",), "expected 0 to 100 per cent")
    if not model.characteristics:
        yield Problem(("characteristics",), "expected at least one characteristic")


# Uses of names


def _uses(model: ProductModel) -> Iterator[Problem]:
    groups = {group.name for group in model.groups}
    traits = {trait.name for trait in model.traits}
    parts = {part.number for part in model.parts}
    centres = {centre.name for centre in model.work_centres}
    operations = {operation.name for operation in model.operations}
    layers = {layer.name for layer in model.picture.layers} if model.picture else set()
    for index, characteristic in enumerate(model.characteristics):
        path = "characteristics", index
        if characteristic.group:
            yield from _known((*path, "group"), characteristic.group, groups, "group")
        yield from _known((*path, "trait"), characteristic.trait, traits, "trait")
        yield from _known((*path, "operation"), characteristic.operation, operations, "operation")
        yield from _known((*path, "about"), characteristic.about, {"product", "person", "place"}, "kind of fact")
        for at, value in valued(characteristic):
            yield from _known((*path, *at, "part"), value.part, parts, "part")
            yield from _known((*path, *at, "layer"), value.layer, layers, "layer of the picture")
    for index, item in enumerate(model.items):
        for name in item.measures:
            yield from _name(("items", index, "measures", name), name, key=True)
        yield from _known(("items", index, "part"), item.part, parts, "part")
        yield from _known(("items", index, "operation"), item.operation, operations, "operation")
    for index, operation in enumerate(model.operations):
        yield from _known(("operations", index, "work_centre"), operation.work_centre, centres, "work centre")


def _footprint(model: ProductModel) -> Iterator[Problem]:
    """Its keys; its expressions are checked with all others."""
    footprint = model.footprint
    if footprint is None:
        return
    yield from _known(("footprint", "against"), footprint.against or None, {"wall"}, "thing to stand against")
    for side in footprint.clearance:
        yield from _known(("footprint", "clearance", side), side, SIDES, "side", key=True)
    numbers = [c.name for c in model.characteristics if isinstance(c, Number) and c.about == "place"]
    for measure, name in footprint.alcove.items():
        yield from _known(("footprint", "alcove", measure), measure, MEASURES, "measure of an alcove", key=True)
        yield from _known(("footprint", "alcove", measure), name, numbers, "number about a place")


def _known(path: Path, name: str | None, known: Collection[str], kind: str, key: bool = False) -> Iterator[Problem]:
    if name is not None and name not in known:
        near = nearest(name, known)
        yield Problem(path, f"there is no {kind} {quoted(name)}; "
                      + (f"did you mean {near}?" if near else f"expected {listed(known)}"), key=key)


# Characteristics


def _characteristics(model: ProductModel) -> Iterator[Problem]:
    for index, characteristic in enumerate(model.characteristics):
        path = "characteristics", index
        wrong = [Problem((*path, key), message) for key, message in _limits(characteristic)]
        yield from wrong
        if characteristic.standard is not None and not wrong:
            yield from _answer((*path, "standard"), characteristic, characteristic.standard)
        for at, value in valued(characteristic):
            if value.swatch is not None and not re.fullmatch("#[0-9a-fA-F]{6}", value.swatch):
                yield Problem((*path, *at, "swatch"), f"expected a colour, #rrggbb, found {quoted(value.swatch)}")
            for name, amount in value.attributes.items():
                yield from _name((*path, *at, "attributes", name), name, key=True)
                if not -LARGEST <= amount <= LARGEST:
                    yield Problem((*path, *at, "attributes", name), f"expected a number up to {LARGEST:,}")


def _limits(characteristic: Characteristic) -> Iterator[tuple[str, str]]:
    """The keys of a characteristic that say what it cannot be, and why."""
    match characteristic:
        case Choice(values=()) | Several(values=()):
            yield "values", "expected at least one value"
        case Several() as several if not 0 <= several.least <= several.limit <= len(several.values):
            yield "least", f"expected 0 <= least <= most <= {len(several.values)}, the number of values"
        case Number() as number if number.step < 1:
            yield "step", "expected a step of 1 or more"
        case Number() as number if not -LARGEST <= number.least <= number.most <= LARGEST:
            yield "least", f"expected least <= most, both within {LARGEST:,}"
        case Number() as number if len(number.range) > MOST_NUMBERS:
            yield "step", f"expected at most {MOST_NUMBERS:,} numbers, found {len(number.range):,}"
        case Text() as text if not 0 <= text.least <= text.most <= LONGEST_ANSWER:
            yield "most", f"expected 0 <= least <= most <= {LONGEST_ANSWER:,}"
        case Text() as text if any(first > last for first, last in re.findall("(.)-(.)", text.allowed, re.DOTALL)):
            yield "allowed", "expected ranges from the lower to the higher character, as in A-Z"


def _answer(path: Path, characteristic: Characteristic, answer: Answer) -> Iterator[Problem]:
    if characteristic.admits(answer):
        return
    if isinstance(characteristic, Number):
        yield Problem(path, f"{answer} is none of {characteristic.least}, {characteristic.least + characteristic.step} "
                      f"... {characteristic.range[-1]}")
        return
    known = [value.name for value in characteristic.options]
    odd = [name for name in (answer if isinstance(answer, frozenset) else [answer]) if name not in known]
    near = nearest(str(odd[0]), known) if odd else None
    yield Problem(path, f"{characteristic.name} cannot be this" + (f"; did you mean {near}?" if near else ""))


def _cases(model: ProductModel) -> Iterator[Problem]:
    for index, case in enumerate(model.cases):
        for name, answer in case.choices.items():
            path = "cases", index, "choose", name
            if name not in model:
                yield from _known(path, name, [c.name for c in model.characteristics], "characteristic", key=True)
            else:
                yield from _answer(path, model[name], answer)
        places = get_currency_precision(model.currency)
        if case.costs is not None and not case.possible:
            yield Problem(("cases", index, "costs"), "what is not possible costs nothing: expected no costs")
        elif case.costs is not None and (case.costs * 10**places).denominator != 1:
            yield Problem(("cases", index, "costs"), f"expected at most {places} decimals, as {model.currency} has")


# Former names


def _former(model: ProductModel) -> Iterator[Problem]:
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
        yield from _name(at, name)
        if name in present:
            yield Problem(at, f"{quoted(name)} is still in use: only a name that is given up can be taken over")
        elif name in taken:
            yield Problem(at, f"{quoted(name)} is taken over already")
        taken.add(name)


# Expressions


def _expressions(model: ProductModel) -> Iterator[Problem]:
    soundness = Soundness(model)
    for path, node, guard in occurrences(model):
        yield from _unsound(path, node, soundness, soundness.box, guard)


def _unsound(path: Path, node: Node | Shown, soundness: Soundness, box: Box, guard: Condition | None
             ) -> Iterator[Problem]:
    try:
        soundness.check(node, box, guard)
    except Unsound as error:
        yield Problem(path, str(error))


def _shapes(model: ProductModel) -> Iterator[Problem]:
    soundness = Soundness(model)
    drawn = 0
    for index, layer in enumerate(model.picture.layers if model.picture else ()):
        path, box, turns = ("picture", "layers", index), soundness.box, 1
        if layer.repeat:
            counter, count = layer.repeat
            yield from _name((*path, "repeat", counter), counter, key=True)
            if counter in model or counter in soundness.scope.quantities:
                yield Problem((*path, "repeat", counter), f"{quoted(counter)} has a meaning already", key=True)
                continue
            within = narrowed(layer.when or TRUE, box, model) or box
            turns = math.floor(bounds(count, within, model)[1])
            if turns > MOST_TURNS:
                yield Problem((*path, "repeat", counter), f"expected at most {MOST_TURNS:,} turns, found {turns:,}")
            box = {**box, counter: (0, max(turns - 1, 0))}
        drawn += turns * len(layer.shapes)
        if drawn > MOST_SHAPES:
            yield Problem((*path, "shapes"), f"expected at most {MOST_SHAPES:,} shapes, turns counted, in all layers")
            return
        for number, shape in enumerate(layer.shapes):
            yield from _shape((*path, "shapes", number), shape, soundness, box, layer.when)


def _shape(path: Path, shape: Shape, soundness: Soundness, box: Box, guard: Condition | None) -> Iterator[Problem]:
    yield from _known((*path, shape.element), shape.element, ELEMENTS, "element", key=True)
    for name, template in shape.attributes.items():
        place = (*path, shape.element, name)
        yield from _known(place, name, ATTRIBUTES, "attribute", key=True)
        if name in COLOURS and not is_colour(template):
            yield Problem(place, "expected a colour, such as #d6b08a, none, currentColor or {name.swatch}")
        for at, node, when in places(place, template, guard):
            yield from _unsound(at, node, soundness, box, when)
    if shape.text is not None and shape.element != "text":
        yield Problem((*path, "says"), f"only text says something, {shape.element} does not")
    for at, node, when in places((*path, "says"), shape.text, guard):
        yield from _unsound(at, node, soundness, box, when)

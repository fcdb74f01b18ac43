"""Expressions can be evaluated whatever is chosen, and what a picture draws of them is harmless."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator

from catalog.bounds import Box, bounds, narrowed
from catalog.checking.names import misnamed, unknown
from catalog.language import nearest, quoted
from catalog.model import Pattern, ProductModel, Shape, Shown
from catalog.nodes import TRUE, Condition, Node
from catalog.occurrences import Path, occurrences, places
from catalog.picture import ATTRIBUTES, COLOURS, ELEMENTS, is_colour
from catalog.problems import Problem
from catalog.soundness import Soundness, Unsound

MOST_TURNS = 1_000
"""How often a layer of the picture is drawn."""
MOST_SHAPES = 10_000
"""What a picture draws in all."""


def expressions(model: ProductModel) -> Iterator[Problem]:
    """All but those of the picture's shapes."""
    soundness = Soundness(model)
    for path, node, guard in occurrences(model):
        yield from _unsound(path, node, soundness, soundness.box, guard)


def _unsound(path: Path, node: Node | Shown, soundness: Soundness, box: Box, guard: Condition | None
             ) -> Iterator[Problem]:
    try:
        soundness.check(node, box, guard)
    except Unsound as error:
        yield Problem(path, str(error))


def shapes(model: ProductModel) -> Iterator[Problem]:
    """The shapes of the picture, and how often they are drawn."""
    soundness = Soundness(model)
    patterns = model.picture.patterns if model.picture else ()
    for index, pattern in enumerate(patterns):
        yield from _pattern(("picture", "patterns", index), pattern, soundness)
    drawn, names = sum(max(1, len(pattern.shapes)) for pattern in patterns), {(pattern.name,) for pattern in patterns}
    for index, layer in enumerate(model.picture.layers if model.picture else ()):
        path, box, turns = ("picture", "layers", index), soundness.box, 1
        if layer.repeat:
            counter, count = layer.repeat
            yield from misnamed((*path, "repeat", counter), counter, key=True)
            if counter in model or counter in soundness.scope.quantities:
                yield Problem((*path, "repeat", counter), f"{quoted(counter)} has a meaning already", key=True)
                continue
            within = narrowed(layer.when or TRUE, box, model)
            turns = math.floor(bounds(count, within, model)[1]) if within else 0
            if turns > MOST_TURNS:
                yield Problem((*path, "repeat", counter), f"expected at most {MOST_TURNS:,} turns, found {turns:,}")
            box = {**box, counter: (0, max(turns - 1, 0))}
        drawn += turns * len(layer.shapes)
        if drawn > MOST_SHAPES:
            yield Problem((*path, "shapes"), f"expected at most {MOST_SHAPES:,} shapes, turns counted, in all layers")
            return
        for number, shape in enumerate(layer.shapes):
            yield from _shape((*path, "shapes", number), shape, soundness, box, layer.when, names)


def _pattern(path: Path, pattern: Pattern, soundness: Soundness) -> Iterator[Problem]:
    for key in "width", "height":
        least, _ = bounds(getattr(pattern, key), soundness.box, soundness.model)
        if least < 1:  # or a page would have millions of tiles
            yield Problem((*path, key), f"expected 1 mm or more, found down to {least}")
    for number, shape in enumerate(pattern.shapes):
        yield from _shape((*path, "shapes", number), shape, soundness, soundness.box, None)


def _shape(path: Path, shape: Shape, soundness: Soundness, box: Box, guard: Condition | None,
           patterns: Collection[tuple[str]] = ()) -> Iterator[Problem]:
    yield from unknown((*path, shape.element), shape.element, ELEMENTS, "element", key=True)
    for name, template in shape.attributes.items():
        place = (*path, shape.element, name)
        yield from unknown(place, name, ATTRIBUTES, "attribute", key=True)
        known = patterns if name == "fill" else ()
        if name in COLOURS and not is_colour(template) and template.pieces not in known:
            near = nearest("".join(map(str, template.pieces)), [one for one, in known])
            yield Problem(place, "expected a colour, such as #d6b08a, none, currentColor or {name.swatch}"
                          + (f", or a pattern; did you mean {near}?" if near else ", or a pattern" if known else ""))
        for at, node, when in places(place, template, guard):
            yield from _unsound(at, node, soundness, box, when)
    if shape.text is not None and shape.element != "text":
        yield Problem((*path, "says"), f"only text says something, {shape.element} does not")
    for at, node, when in places((*path, "says"), shape.text, guard):
        yield from _unsound(at, node, soundness, box, when)

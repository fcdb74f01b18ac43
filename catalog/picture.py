"""A configuration as a drawing: layers to scale, in mm, as SVG that can hold no script.

Elements and attributes outside the lists below are refused by `catalog.checking`, and every text is escaped here; what
fills a shape is a colour or a pattern of the same picture.
Colours are attributes, for a strict content security policy forbids inline style; the classes are the style sheet's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha256
from operator import itemgetter
from xml.sax.saxutils import escape, quoteattr

from catalog.expressions import Whole, holds, meaning, names, number
from catalog.model import Layer, Pattern, Picture, ProductModel, Shape, Shown, Template
from catalog.nodes import Expression, Values
from catalog.wording import fill, plain, shown, title

ELEMENTS = frozenset({"path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text"})
ATTRIBUTES = frozenset({
    "d", "x", "y", "x1", "y1", "x2", "y2", "dx", "dy", "cx", "cy", "r", "rx", "ry", "width", "height", "points",
    "class", "transform", "fill", "fill-opacity", "fill-rule", "color", "opacity", "stroke", "stroke-width",
    "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "font-size", "text-anchor", "dominant-baseline"})
COLOURS = frozenset({"fill", "stroke", "color"})
"""The attributes that are colours: elsewhere `url(...)` could ask another site for something, here it is no colour."""
KEPT = 2_000
"""Layers and patterns of a model that are remembered as they were drawn."""
MEASURED = 100
"""Numbers that are remembered of each expression in them."""
QUOTED = {'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
"""What is escaped in attributes besides `&`, `<` and `>`."""
_COLOUR = re.compile(r"none|currentColor|#[0-9a-fA-F]{3}|#[0-9a-fA-F]{6}")

_coordinate = partial(plain, places=2)


def is_colour(template: Template) -> bool:
    """Whether a template always yields a colour: one as written, or the swatch of what is chosen."""
    match template.pieces:
        case [str(text)]:
            return _COLOUR.fullmatch(text) is not None
        case [Shown(aspect="swatch")]:
            return True
    return False


def draw(model: ProductModel, values: Values, identity: str = "") -> str:
    """The picture of whole values as an `<svg class="pic">` element, with that id if one is given; "" without one."""
    picture = model.picture
    if picture is None:
        return ""
    values = Whole.of(values)
    view = " ".join(_coordinate(number(side, values, model)) for side in picture.view)
    hidden = _hidden(model, values)
    layers = "".join(_kept(layer, model, values) for layer in picture.layers if layer.name not in hidden)
    tiles = {_identity(tile): tile for tile in [_kept(pattern, model, values) for pattern in picture.patterns]}
    used = "".join(f'<pattern id="{name}"{tile}' for name, tile in tiles.items() if f"url(#{name})" in layers)
    defined = f"<defs>{used}</defs>" if used else ""
    named = f" id={quoteattr(identity)}" if identity else ""
    label = quoteattr(caption(model, values))
    return f'<svg{named} class="pic" viewBox="{view}" role="img" aria-label={label}>{defined}{layers}</svg>'


def caption(model: ProductModel, values: Values) -> str:
    """The picture in words."""
    picture: Picture | None = model.picture
    return fill(picture.caption, values, model) if picture and picture.caption else title(model)


def _hidden(model: ProductModel, values: Values) -> frozenset[str | None]:
    """The layers that only values show, none of which is chosen."""
    return model.shown_by_values - {value.layer for c in model.characteristics for value in c.chosen(values[c.name])}


def _kept(part: Layer | Pattern, model: ProductModel, values: Whole) -> str:
    """A layer or a pattern, drawn again only if something that it depends on has changed."""
    key = (id(part), *[values[name] for name in model.pictured[id(part)]])
    drawn = model.drawn.get(key)
    if drawn is None:
        if len(model.drawn) >= KEPT:
            model.drawn.clear()
        drawn = _tile(part, model, values) if isinstance(part, Pattern) else _layer(part, model, values)
        model.drawn[key] = drawn
    return drawn


def _layer(layer: Layer, model: ProductModel, values: Whole) -> str:
    if layer.when is not None and not holds(layer.when, values, model):
        return ""
    shapes = "".join(_shape(shape, model, turn) for turn in _turns(layer, model, values) for shape in layer.shapes)
    return f"<g data-layer={quoteattr(layer.name)}>{shapes}</g>"


def _tile(pattern: Pattern, model: ProductModel, values: Whole) -> str:
    """A pattern but for the start of its element with its id, which is made of this."""
    width, height = (_coordinate(number(side, values, model)) for side in (pattern.width, pattern.height))
    turned = f" patternTransform={quoteattr(fill(pattern.transform, values, model))}" if pattern.transform else ""
    shapes = "".join(_shape(shape, model, values) for shape in pattern.shapes)
    return f' patternUnits="userSpaceOnUse" width="{width}" height="{height}"{turned}>{shapes}</pattern>'


def _identity(tile: str) -> str:
    """The id of a pattern. A page has several pictures: what is the same in them has the same id, and nothing else."""
    return f"p{sha256(tile.encode()).hexdigest()[:16]}"


def _turns(layer: Layer, model: ProductModel, values: Whole) -> Iterator[Whole]:
    """The values once for each repetition, the layer's counter added."""
    if layer.repeat is None:
        yield values
        return
    counter, count = layer.repeat
    for turn in range(int(number(count, values, model))):
        yield values.counting(counter, turn)


def _shape(shape: Shape, model: ProductModel, values: Values) -> str:
    outline = model.outlines.get(id(shape))
    if outline is None:
        outline = model.outlines[id(shape)] = tuple(_outline(shape, model))
    return "".join([piece if isinstance(piece, str) else piece(values) for piece in outline])


def _outline(shape: Shape, model: ProductModel) -> Iterator[str | Callable[[Values], str]]:
    """A shape as text with gaps: most of it is the same whatever is chosen."""
    pattern = model.filling(shape)
    yield f"<{shape.element}"
    for name, template in shape.attributes.items():
        yield f' {name}="'
        yield from [partial(_url, pattern, model)] if pattern and name == "fill" else _escaped(template, model, QUOTED)
        yield '"'
    yield ">"
    yield from _escaped(shape.text, model, {}) if shape.text else ()
    yield f"</{shape.element}>"


def _url(pattern: Pattern, model: ProductModel, values: Values) -> str:
    return f"url(#{_identity(_kept(pattern, model, Whole.of(values)))})"


def _escaped(template: Template, model: ProductModel, entities: dict[str, str]
             ) -> Iterator[str | Callable[[Values], str]]:
    for piece in template.pieces:
        if isinstance(piece, str):
            yield escape(piece, entities)
        elif isinstance(piece, Shown):
            yield partial(_said, piece, model, entities)
        else:
            yield _measured(piece, model)


def _said(piece: Shown, model: ProductModel, entities: dict[str, str], values: Values) -> str:
    return escape(shown(piece, values, model, _coordinate), entities)


def _measured(expression: Expression, model: ProductModel) -> str | Callable[[Values], str]:
    """A number as it is written: computed again only if an answer that it depends on has changed."""
    exact, reads = meaning(expression, model), sorted(names(expression, model))
    if not reads:
        return _coordinate(exact({}))
    answers, known = itemgetter(*reads), model.measured.setdefault(expression, {})  # shapes have many in common

    def measured(values: Values) -> str:
        key = answers(values)
        written = known.get(key)
        if written is None:
            if len(known) >= MEASURED:
                known.clear()
            written = known[key] = _coordinate(exact(values))
        return written
    return measured

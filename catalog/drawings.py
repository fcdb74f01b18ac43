"""How a product is drawn, and what it takes up in a room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from catalog.nodes import Condition, Expression
from catalog.templates import Template


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
class Pattern:
    """A tile that is repeated all over the shapes that it fills; `transform` moves and turns all tiles."""

    name: str
    width: Expression
    height: Expression
    shapes: tuple[Shape, ...]
    transform: Template | None = None


@dataclass(frozen=True, kw_only=True)
class Picture:
    """Layers from back to front in a view of (x, y, width, height), in mm: a drawing to scale."""

    view: tuple[Expression, Expression, Expression, Expression]
    layers: tuple[Layer, ...]
    caption: Template | None = None
    patterns: tuple[Pattern, ...] = ()


SIDES = ("front", "back", "left", "right")
"""Of a piece, as somebody sees it who stands before it; `Footprint.clearance` names them."""
MEASURES = ("width", "depth", "height")
"""Of an alcove; `Footprint.alcove` names them."""


@dataclass(frozen=True, kw_only=True)
class Footprint:
    """What a piece takes up in a room, in mm: its width along its back, its depth, its height from the floor."""

    width: Expression
    depth: Expression
    height: Expression
    clearance: Mapping[str, Expression] = field(default_factory=dict)  # what stays free, by SIDES
    against: str = ""  # "wall": its back stands against one
    alcove: Mapping[str, str] = field(default_factory=dict)  # what asks for the alcove it stands in, by MEASURES

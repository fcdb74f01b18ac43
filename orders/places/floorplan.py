"""The plan of a room as a drawing to scale, in mm: SVG that can hold no script, every text escaped."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from orders.places.rooms import Block, Opening, Plan, Rectangle
from orders.places.standing import Sizes, Standing

WALL = 120
"""How thick the walls around the room are drawn."""


def draw(plan: Plan, label: str, standing: Standing | None = None, sizes: Sizes | None = None, state: str = "chosen",
         name: str = "") -> str:
    """The plan as an `<svg class="pic">` element; with a piece of these sizes and this name in it, if it stands.

    `state`: how the piece is drawn; chosen, proposed, or blocked where it does not fit.
    """
    edge, letters = WALL + 60, max(plan.width, plan.depth) / 26
    view = f"{-edge} {-edge} {plan.width + 2 * edge} {plan.depth + 2 * edge}"
    shapes = [_rectangle(Rectangle(-WALL, -WALL, plan.width + 2 * WALL, plan.depth + 2 * WALL), "pic-wall"),
              _rectangle(Rectangle(0, 0, plan.width, plan.depth), "pic-floor"),
              *(_rectangle(wall, "pic-wall") for wall in plan.walls),
              *(shape for opening in plan.openings for shape in _opening(plan, opening)),
              *(_rectangle(thing, "pic-furniture") for thing in plan.furniture),
              *(_named(thing, letters) for thing in plan.furniture)]
    if standing and sizes:
        shapes += _piece(standing, sizes, state, name, letters)
    return (f'<svg class="pic pic-plan" viewBox="{view}" role="img" aria-label={quoteattr(label)}>'
            f'{"".join(shapes)}</svg>')


def _rectangle(area: Rectangle, style: str) -> str:
    return f'<rect class="{style}" x="{area.x}" y="{area.y}" width="{area.width}" height="{area.depth}"/>'


def _named(thing: Block, letters: float) -> str:
    return _text(thing, thing.name, letters, "pic-label")


def _text(area: Rectangle, text: str, letters: float, style: str) -> str:
    """In the middle of a part of the plan, upright where it is too narrow to be read along."""
    x, y = area.x + area.width / 2, area.y + area.depth / 2
    size = min(letters, max(area.width, area.depth) / max(len(text), 1) * 1.5)
    upright = area.width < area.depth and area.width < size * len(text) / 2
    turned = f' transform="rotate(-90 {x:g} {y:g})"' if upright else ""
    return (f'<text class="{style}" x="{x:g}" y="{y:g}" font-size="{size:.0f}" text-anchor="middle" '
            f'dominant-baseline="middle"{turned}>{escape(text)}</text>')


def _opening(plan: Plan, opening: Opening) -> Iterator[str]:
    """The gap in the wall; the leaf of a door and its way, the light of a window."""
    across = {"back": Rectangle(opening.at, -WALL, opening.width, WALL),
              "front": Rectangle(opening.at, plan.depth, opening.width, WALL),
              "left": Rectangle(-WALL, opening.at, WALL, opening.width),
              "right": Rectangle(plan.width, opening.at, WALL, opening.width)}[opening.side]
    yield _rectangle(across, "pic-gap" if opening.kind == "door" else "pic-pane")
    if opening.swing:
        yield _leaf(plan, opening)
    elif opening.kind == "door":
        yield _rectangle(plan.area(opening), "pic-kept")


def _leaf(plan: Plan, opening: Opening) -> str:
    """A quarter of an ellipse from the closed leaf to the open one."""
    start, end = opening.at, opening.at + opening.width
    hinge, lock = (start, end) if opening.hinge == "left" else (end, start)
    wall, open_ = {"back": (0, opening.swing), "left": (0, opening.swing),
                   "front": (plan.depth, plan.depth - opening.swing),
                   "right": (plan.width, plan.width - opening.swing)}[opening.side]
    points = [(hinge, wall), (hinge, open_), (lock, wall)]
    if opening.side in ("left", "right"):
        points = [(y, x) for x, y in points]
    (hx, hy), (ox, oy), (lx, ly) = points
    radii = (opening.width, opening.swing) if opening.side in ("back", "front") else (opening.swing, opening.width)
    sweep = int((ox - hx) * (ly - hy) - (oy - hy) * (lx - hx) > 0)
    return f'<path class="pic-swing" d="M{hx} {hy}L{ox} {oy}A{radii[0]} {radii[1]} 0 0 {sweep} {lx} {ly}"/>'


def _piece(standing: Standing, sizes: Sizes, state: str, name: str, letters: float) -> list[str]:
    """The piece with its front, and what stays free around it."""
    area = standing.area(sizes)
    width, depth = round(sizes.width), round(sizes.depth)
    left, right = standing.spot.moved(0, depth), standing.spot.moved(width, depth)
    return [_rectangle(standing.cleared(sizes), "pic-kept"), _rectangle(area, f"pic-piece pic-piece-{state}"),
            f'<path class="pic-front" d="M{left.x} {left.y}L{right.x} {right.y}"/>',
            _text(area, name, letters, "pic-label pic-piece-name")]

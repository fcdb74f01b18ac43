"""The plan of a room as a drawing to scale, in mm: SVG that can hold no script, every text escaped."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from xml.sax.saxutils import escape, quoteattr

from orders.places.rooms import Block, Opening, Plan, Rectangle
from orders.places.standing import Sizes, Spot, Standing

WALL = 120
"""How thick the walls around the room are drawn."""


def draw(plan: Plan, label: str, standing: Standing | None = None, sizes: Sizes | None = None, state: str = "chosen",
         name: str = "", crowded: Collection[int] = ()) -> str:
    """The plan as an `<svg class="pic">` element; with a piece of these sizes and this name in it, if it stands.

    `state`: how the piece is drawn; chosen, proposed, or blocked where it does not fit. `crowded`: the furniture that
    is marked, for other furniture is there. What can be moved is a group that says what it is called, where it stands
    and which fields of a form say so: a script moves it.
    """
    edge, letters = WALL + 60, max(plan.width, plan.depth) / 26
    view = f"{-edge} {-edge} {plan.width + 2 * edge} {plan.depth + 2 * edge}"
    shapes = [_rectangle(Rectangle(-WALL, -WALL, plan.width + 2 * WALL, plan.depth + 2 * WALL), "pic-wall"),
              _rectangle(Rectangle(0, 0, plan.width, plan.depth), "pic-floor"),
              *(_group(f"walls-{n}", wall.name, Spot(wall.x, wall.y), _rectangle(_alone(wall), "pic-wall"))
                for n, wall in enumerate(plan.walls)),
              *(_opening(plan, opening, f"openings-{n}") for n, opening in enumerate(plan.openings)),
              *(_group(f"furniture-{n}", thing.name, Spot(thing.x, thing.y),
                       _rectangle(_alone(thing), f"pic-furniture{' pic-crowded' * (n in crowded)}"),
                       _text(_alone(thing), thing.name, letters, "pic-label"))
                for n, thing in enumerate(plan.furniture))]
    if standing and sizes:
        shapes.append(_group("stand", name, standing.spot, *_piece(standing.spot, sizes, state, name, letters)))
    return (f'<svg class="pic pic-plan" viewBox="{view}" role="img" aria-label={quoteattr(label)}>'
            f'{"".join(shapes)}</svg>')


def _rectangle(area: Rectangle, style: str) -> str:
    return f'<rect class="{style}" x="{area.x}" y="{area.y}" width="{area.width}" height="{area.depth}"/>'


def _group(fields: str, name: str, spot: Spot, *shapes: str, along: str = "") -> str:
    """Shapes as seen from a spot; `fields`: what the fields begin with that say where it is; `along`: x or y, if it
    moves that way alone.
    """
    way = f'data-along="{along}" ' if along else ""
    return (f'<g class="pic-moves" data-fields="{fields}" data-name={quoteattr(name)} {way}'
            f'data-spot="{spot.x} {spot.y} {spot.turned}" '
            f'transform="translate({spot.x} {spot.y}) rotate({spot.turned})">{"".join(shapes)}</g>')


def _alone(block: Block) -> Rectangle:
    """As seen from its own corner."""
    return Rectangle(0, 0, block.width, block.depth)


def _text(area: Rectangle, text: str, letters: float, style: str, turned: int = 0) -> str:
    """In the middle of an area that is turned with all that is in it, but can be read: upright where it is too narrow
    to be read along.
    """
    x, y = area.x + area.width / 2, area.y + area.depth / 2
    across, along = (area.width, area.depth) if turned % 180 == 0 else (area.depth, area.width)
    size = min(letters, max(across, along) / max(len(text), 1) * 1.5)
    back = turned + 90 if across < along and across < size * len(text) / 2 else turned
    level = f' transform="rotate({-back} {x:g} {y:g})"' if back else ""
    return (f'<text class="{style}" x="{x:g}" y="{y:g}" font-size="{size:.0f}" text-anchor="middle" '
            f'dominant-baseline="middle"{level}>{escape(text)}</text>')


def _opening(plan: Plan, opening: Opening, fields: str) -> str:
    """The gap in the wall; the leaf of a door and its way, the light of a window; and what to take hold of it by."""
    along = opening.side in ("back", "front")
    spot = {"back": Spot(opening.at, -WALL), "front": Spot(opening.at, plan.depth),
            "left": Spot(-WALL, opening.at), "right": Spot(plan.width, opening.at)}[opening.side]
    gap, grip = (Rectangle(0, -start, opening.width, WALL + 2 * start) if along
                 else Rectangle(-start, 0, WALL + 2 * start, opening.width) for start in (0, 2 * WALL))
    shapes = [_rectangle(gap, "pic-gap" if opening.kind == "door" else "pic-pane"), _rectangle(grip, "pic-grip")]
    if opening.swing:
        shapes.append(_leaf(opening))
    elif opening.kind == "door":
        shapes.append(_rectangle(spot.seen(plan.area(opening)), "pic-kept"))
    return _group(fields, opening.name, spot, *shapes, along="x" if along else "y")


def _leaf(opening: Opening) -> str:
    """A quarter of an ellipse from the closed leaf to the open one, as seen from the corner of the gap."""
    hinge, lock = (0, opening.width) if opening.hinge == "left" else (opening.width, 0)
    wall, open_ = (WALL, WALL + opening.swing) if opening.side in ("back", "left") else (0, -opening.swing)
    points = [(hinge, wall), (hinge, open_), (lock, wall)]
    if opening.side in ("left", "right"):
        points = [(y, x) for x, y in points]
    (hx, hy), (ox, oy), (lx, ly) = points
    radii = (opening.width, opening.swing) if opening.side in ("back", "front") else (opening.swing, opening.width)
    sweep = int((ox - hx) * (ly - hy) - (oy - hy) * (lx - hx) > 0)
    return f'<path class="pic-swing" d="M{hx} {hy}L{ox} {oy}A{radii[0]} {radii[1]} 0 0 {sweep} {lx} {ly}"/>'


def _piece(spot: Spot, sizes: Sizes, state: str, name: str, letters: float) -> Iterator[str]:
    """The piece with its front, and what stays free around it, as seen from its spot."""
    area = sizes.area
    yield _rectangle(sizes.cleared, "pic-kept")
    yield _rectangle(area, f"pic-piece pic-piece-{state}")
    yield f'<path class="pic-front" d="M0 {area.depth}L{area.width} {area.depth}"/>'
    yield _text(area, name, letters, "pic-label pic-piece-name", spot.turned)

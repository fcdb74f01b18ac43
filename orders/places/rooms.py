"""The plan of a room: walls, openings and furniture as rectangles, in mm.

x goes to the right and y down, as the plan is drawn, from the upper left corner of the room; its sides are called back
(the upper one), right, front and left. A plan is stored as JSON, and checked strictly whenever it is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from itertools import combinations, pairwise
from typing import Any, Literal

from orders.names import clean

Kind = Literal["wall", "furniture", "door", "window"]
SIDES = ("back", "right", "front", "left")
"""Of a room, clockwise."""
SMALLEST, LARGEST = 200, 30_000
"""Of a room's measures."""
MOST = 60
"""Things in one room."""
LONGEST_NAME = 60
PASSAGE = 600
"""What stays free before a door that does not open into the room, for somebody to go through."""
BEFORE = 100
"""How near to a window something higher than its sill stands before it."""


Wrong = Literal["shape", "number", "text", "name", "room", "many", "small", "high", "outside", "walled", "taken",
                "opening", "beyond", "sill"]
"""What can be wrong with a plan. shape: it has not the parts that it should. number, text: a part is none. name: it is
too short or too long. room: it measures too little or too much. many: it has too many things. Of a thing: small, high,
outside: it is of no size, higher than the room, not in it. walled: it stands in a wall. taken: an opening is there.
opening: it is neither a door nor a window in a side. beyond: it is larger than its side. sill: it is a door with one.
"""


class PlanError(ValueError):
    """What is wrong with a plan, and with which of its things: None of the room itself, else a list and an index."""

    def __init__(self, wrong: Wrong, at: tuple[str, int] | None = None) -> None:
        super().__init__(wrong)
        self.wrong, self.at = wrong, at


@dataclass(frozen=True)
class Rectangle:
    """A part of a plan."""

    x: int
    y: int
    width: int
    depth: int

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def front(self) -> int:
        return self.y + self.depth

    def meets(self, other: Rectangle) -> bool:
        """Whether they have more in common than an edge."""
        return (self.x < other.right and other.x < self.right and self.y < other.front and other.y < self.front)


@dataclass(frozen=True)
class Block(Rectangle):
    """Something that stands in the room: a chimney breast, a pillar, a sofa."""

    height: int
    name: str


@dataclass(frozen=True)
class Opening:
    """A door or a window in a side: `at` from its left or upper end. It opens so far into the room as `swing` says."""

    kind: Literal["door", "window"]
    side: str
    at: int
    width: int
    swing: int
    sill: int
    height: int
    name: str
    hinge: str = "left"


@dataclass(frozen=True)
class Obstacle:
    """Where nothing can stand that is higher than `over`; of what is `solid`, clearances keep off too."""

    kind: Kind
    name: str
    area: Rectangle
    over: int = 0
    solid: bool = True
    swings: bool = False


@dataclass(frozen=True)
class Plan:
    """A room with what stands in it, checked."""

    width: int
    depth: int
    height: int
    walls: tuple[Block, ...] = ()
    openings: tuple[Opening, ...] = ()
    furniture: tuple[Block, ...] = ()

    def __post_init__(self) -> None:
        _check(self)

    @classmethod
    def from_plain(cls, plain: object) -> Plan:
        """The plan that JSON data says; raises PlanError for anything else."""
        data = _mapping(plain, None, {"width", "depth", "height"}, {"walls", "openings", "furniture"})
        width, depth, height = (_whole(data[name], None) for name in ("width", "depth", "height"))
        return cls(width, depth, height, tuple(_read(Block, "walls", data)), tuple(_read(Opening, "openings", data)),
                   tuple(_read(Block, "furniture", data)))

    def plain(self) -> dict[str, Any]:
        """As JSON data."""
        return {**asdict(self), **{name: [asdict(thing) for thing in getattr(self, name)] for name in LISTS}}

    def length(self, side: str) -> int:
        """How long a side is."""
        return self.width if side in ("back", "front") else self.depth

    def area(self, opening: Opening) -> Rectangle:
        """What an opening keeps free: the square that its leaf sweeps; a way through a door; the light of a window."""
        reach = max(opening.swing, PASSAGE if opening.kind == "door" else BEFORE)
        along = opening.side in ("back", "front")
        start = {"back": 0, "left": 0, "front": self.depth - reach, "right": self.width - reach}[opening.side]
        return Rectangle(*((opening.at, start, opening.width, reach) if along
                           else (start, opening.at, reach, opening.width)))

    def obstacles(self) -> Iterator[Obstacle]:
        """Where nothing can stand."""
        for block in self.walls:
            yield Obstacle("wall", block.name, block)
        for opening in self.openings:
            yield Obstacle(opening.kind, opening.name, self.area(opening), opening.sill, solid=False,
                           swings=opening.swing > 0)
        for block in self.furniture:
            yield Obstacle("furniture", block.name, block)

    def crowded(self) -> Iterator[tuple[int, int]]:
        """Furniture that stands where other furniture does, by index: it may, for a lamp stands on a table."""
        return ((one, other) for (one, this), (other, that) in combinations(enumerate(self.furniture), 2)
                if this.meets(that))

    def opened_against(self) -> Iterator[tuple[int, int]]:
        """Openings whose leaf swings against furniture, by their indices in their lists: it opens less far then."""
        return ((one, other) for one, opening in enumerate(self.openings) if opening.swing
                for other, thing in enumerate(self.furniture)
                if thing.height > opening.sill and thing.meets(self.area(opening)))

    def alcoves(self) -> list[tuple[int, int]]:
        """The width and depth of each recess of a side beside a wall that stands in the room, the widest first."""
        found = [recess for side in SIDES for recess in self._recesses(side)]
        return sorted(found, key=lambda recess: -recess[0])

    def _recesses(self, side: str) -> Iterator[tuple[int, int]]:
        """Between walls that stand along a side, or between one and a corner: as deep as the lower of its sides."""
        along = side in ("back", "front")
        length, ends = self.length(side), self.depth if along else self.width
        walls = sorted((*span, block.depth if along else block.width) for block in self.walls
                       if (span := _along(block, side, self)) is not None)
        for (_, start, deep), (end, _, other) in pairwise([(0, 0, ends), *walls, (length, length, ends)]):
            if end > start and min(deep, other) < ends:
                yield end - start, min(deep, other)


LISTS = ("walls", "openings", "furniture")


def _along(block: Block, side: str, plan: Plan) -> tuple[int, int] | None:
    """From where to where a wall stands along a side; None if it does not touch it."""
    touches = {"back": block.y == 0, "left": block.x == 0, "front": block.front == plan.depth,
               "right": block.right == plan.width}[side]
    if not touches:
        return None
    return (block.x, block.right) if side in ("back", "front") else (block.y, block.front)


# Reading


def _mapping(data: object, at: tuple[str, int] | None, needed: set[str], more: set[str]) -> Mapping[str, Any]:
    if not isinstance(data, Mapping) or data.keys() - needed - more or needed - data.keys():
        raise PlanError("shape", at)
    return data


def _whole(value: object, at: tuple[str, int] | None) -> int:
    if type(value) is not int or abs(value) > LARGEST:
        raise PlanError("number", at)
    return value


def _read(of: type[Any], name: str, data: Mapping[str, Any]) -> Iterator[Any]:
    """The things of one list."""
    things = data.get(name, [])
    if not isinstance(things, list):
        raise PlanError("shape")
    if len(things) > MOST:
        raise PlanError("many")
    texts = {"name", "kind", "side", "hinge"}
    for index, thing in enumerate(things):
        at = name, index
        keys = {field.name for field in fields(of)}
        found = _mapping(thing, at, keys - {"hinge"}, keys & {"hinge"})
        yield of(**{key: _text(value, at) if key in texts else _whole(value, at) for key, value in found.items()})


def _text(value: object, at: tuple[str, int]) -> str:
    if not isinstance(value, str):
        raise PlanError("text", at)
    try:
        return clean(value, LONGEST_NAME)
    except ValueError as error:
        raise PlanError("name", at) from error


# Checking


def _check(plan: Plan) -> None:
    """Raises PlanError for a thing that is not in the room, or stands in another where it cannot."""
    for measure in (plan.width, plan.depth, plan.height):
        if not SMALLEST <= measure <= LARGEST:
            raise PlanError("room")
    if sum(len(getattr(plan, name)) for name in LISTS) > MOST:
        raise PlanError("many")
    for name in ("walls", "furniture"):
        for index, block in enumerate(getattr(plan, name)):
            _check_block(plan, block, (name, index))
    for index, opening in enumerate(plan.openings):
        _check_opening(plan, opening, ("openings", index))
    for index, block in enumerate(plan.furniture):
        if any(block.meets(wall) for wall in plan.walls):
            raise PlanError("walled", ("furniture", index))
    for (_, one), (index, other) in combinations(enumerate(plan.openings), 2):
        if one.side == other.side and one.at < other.at + other.width and other.at < one.at + one.width:
            raise PlanError("taken", ("openings", index))


def _check_block(plan: Plan, block: Block, at: tuple[str, int]) -> None:
    if min(block.width, block.depth, block.height) < 1:
        raise PlanError("small", at)
    if block.height > plan.height:
        raise PlanError("high", at)
    if min(block.x, block.y) < 0 or block.right > plan.width or block.front > plan.depth:
        raise PlanError("outside", at)


def _check_opening(plan: Plan, opening: Opening, at: tuple[str, int]) -> None:
    if opening.kind not in ("door", "window") or opening.side not in SIDES or opening.hinge not in ("left", "right"):
        raise PlanError("opening", at)
    if min(opening.width, opening.height) < 1 or min(opening.at, opening.swing, opening.sill) < 0:
        raise PlanError("small", at)
    across = plan.depth if opening.side in ("back", "front") else plan.width
    if opening.at + opening.width > plan.length(opening.side) or opening.sill + opening.height > plan.height or (
            opening.swing > across):
        raise PlanError("beyond", at)
    if opening.kind == "door" and opening.sill:
        raise PlanError("sill", at)

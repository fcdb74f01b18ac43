"""A piece in the plan of a room: where it stands as rules of its catalogue, and where it could stand.

Everything is reckoned as seen from the piece: u along its back from the left end (as somebody sees it who stands
before it), v from its back to its front. So its left and its back are 0, and there are at most five ways past a thing:
the piece is narrower, less deep or lower, or the thing is left of it or behind it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from catalog.bounds import bounds, truth, whole
from catalog.expressions import holds, number
from catalog.model import Footprint, ProductModel, Rule
from catalog.nodes import Arithmetic, Compare, Condition, Const, Exact, Expression, Or, Values
from orders.places.rooms import SIDES, Obstacle, Plan, Rectangle

RULE = "standing: "
"""How the names of the rules begin; what follows says what is in the way: see `Standing.against`."""
TURNS = (0, 90, 180, 270)
"""Degrees clockwise; the back of a piece that is not turned is at the upper side of the plan."""


@dataclass(frozen=True)
class Spot:
    """Where the left end of a piece's back is, in mm, and how far the piece is turned."""

    x: int
    y: int
    turned: int = 0

    def __post_init__(self) -> None:
        if self.turned not in TURNS:
            raise ValueError(f"a piece is turned by {', '.join(map(str, TURNS))} degrees")

    def moved(self, u: int, v: int = 0) -> Spot:
        """So far along its back, and forward."""
        x, y = {0: (u, v), 90: (-v, u), 180: (-u, -v), 270: (v, -u)}[self.turned]
        return Spot(self.x + x, self.y + y, self.turned)

    def seen(self, area: Rectangle) -> Rectangle:
        """A part of the plan as seen from the piece: its x is u, its y is v."""
        match self.turned:
            case 0:
                return Rectangle(area.x - self.x, area.y - self.y, area.width, area.depth)
            case 90:
                return Rectangle(area.y - self.y, self.x - area.right, area.depth, area.width)
            case 180:
                return Rectangle(self.x - area.right, self.y - area.front, area.width, area.depth)
        return Rectangle(self.y - area.front, area.x - self.x, area.depth, area.width)

    def covered(self, seen: Rectangle) -> Rectangle:
        """A part of the plan that is seen so from the piece: the inverse of `seen`."""
        one, other = self.moved(seen.x, seen.y), self.moved(seen.right, seen.front)
        return Rectangle(min(one.x, other.x), min(one.y, other.y), abs(one.x - other.x), abs(one.y - other.y))


@dataclass(frozen=True)
class Sizes:
    """What a piece takes up, in mm, and what stays free around it."""

    width: Exact
    depth: Exact
    height: Exact
    front: Exact
    back: Exact
    left: Exact
    right: Exact

    @classmethod
    def of(cls, model: ProductModel, values: Values) -> Sizes:
        """Those of whole values; the model must have a footprint."""
        footprint = _footprint(model)
        read = (footprint.width, footprint.depth, footprint.height,
                *(_free(footprint, side) for side in ("front", "back", "left", "right")))
        return cls(*(number(expression, values, model) for expression in read))

    @property
    def area(self) -> Rectangle:
        """What the piece covers, as seen from it."""
        return Rectangle(0, 0, math.ceil(self.width), math.ceil(self.depth))

    @property
    def cleared(self) -> Rectangle:
        """The same with what stays free around it."""
        left, back = math.ceil(self.left), math.ceil(self.back)
        return Rectangle(-left, -back, left + math.ceil(self.width + self.right),
                         back + math.ceil(self.depth + self.front))


@dataclass(frozen=True)
class Standing:
    """A piece at a spot of a plan."""

    plan: Plan
    spot: Spot

    def rules(self, model: ProductModel) -> Iterator[Rule]:
        """What it must keep to, but for what it keeps to anyway; none if it has no footprint."""
        if model.footprint is None:
            return
        box = whole(model)
        for name, ways in self._ways(model.footprint):
            truths = [truth(way, box, model) for way in ways]
            if True not in truths:
                left = tuple(way for way, holding in zip(ways, truths, strict=True) if holding is None)
                yield Rule(name=f"{RULE}{name}", condition=left[0] if len(left) == 1 else Or(left))

    def broken(self, model: ProductModel, values: Values) -> list[str]:
        """The names of the rules that whole values break."""
        return [rule.name for rule in self.rules(model) if not holds(rule.condition, values, model)]

    def against(self, rule: str) -> Obstacle | str | None:
        """What a rule is about: a thing of the plan; else height, wall, or a side; None of others."""
        if not rule.startswith(RULE):
            return None
        name = rule.removeprefix(RULE)
        return list(self.plan.obstacles())[int(name)] if name.isdecimal() else name

    def area(self, sizes: Sizes) -> Rectangle:
        """What the piece covers of the plan."""
        return self.spot.covered(sizes.area)

    def plain(self) -> dict[str, Any]:
        """As JSON data, for an order to keep."""
        return {"plan": self.plan.plain(), "spot": [self.spot.x, self.spot.y, self.spot.turned]}

    def _ways(self, footprint: Footprint) -> Iterator[tuple[str, list[Condition]]]:
        """By the names of the rules, the ways to keep each."""
        room = self.spot.seen(Rectangle(0, 0, self.plan.width, self.plan.depth))
        right, front = _sum(footprint.width, footprint, "right"), _sum(footprint.depth, footprint, "front")
        yield "height", [_most(footprint.height, self.plan.height)]
        yield "right", [_most(right, room.right)]
        yield "left", [_most(_free(footprint, "left"), -room.x)]
        yield "front", [_most(front, room.front)]
        yield "back", [_most(_free(footprint, "back"), -room.y)]
        if footprint.against == "wall" and room.y != 0:
            walls = (self.spot.seen(wall) for wall in self.plan.walls)
            yield "wall", [_most(footprint.width, wall.right) for wall in walls if wall.front == 0 and wall.x <= 0]
        for index, obstacle in enumerate(self.plan.obstacles()):
            area = self.spot.seen(obstacle.area)
            if obstacle.solid:
                ways = [_most(right, area.x), _most(front, area.y), _most(_free(footprint, "left"), -area.right),
                        _most(_free(footprint, "back"), -area.front)]
            else:
                ways = [_most(footprint.width, area.x), _most(footprint.depth, area.y),
                        _most(Const(0), -area.right), _most(Const(0), -area.front)]
            yield str(index), [*ways, *([_most(footprint.height, obstacle.over)] if obstacle.over else [])]


@dataclass(frozen=True)
class Stretch:
    """A part of a wall where a piece can stand: `spot` is its left end, `length` what is left for the width."""

    side: str
    spot: Spot
    length: int
    left: Obstacle | None  # None: a corner, or the end of the wall
    right: Obstacle | None

    def holds(self, other: Stretch) -> bool:
        """Whether another one is a part of it: walls may stand in each other, with one face."""
        along = abs(other.spot.x - self.spot.x) + abs(other.spot.y - self.spot.y)
        return self.spot.moved(along) == other.spot and along + other.length <= self.length


def stretches(plan: Plan, model: ProductModel, values: Values) -> list[Stretch]:
    """Where along the walls a piece of these values can stand, as deep and high as it is, the best first.

    That is the shortest stretch that takes it, and if there is none, the longest.
    """
    footprint, sizes = _footprint(model), Sizes.of(model, values)
    least = bounds(footprint.width, whole(model), model)[0]
    found = [stretch for side, base, end in _baselines(plan)
             for stretch in _stretches(plan, sizes, side, base, end) if stretch.length >= least]
    return sorted(_outermost(found), key=lambda stretch: (
        stretch.length < sizes.width, stretch.length if stretch.length >= sizes.width else -stretch.length))


def _outermost(found: list[Stretch]) -> list[Stretch]:
    """Without those that are a part of another."""
    kept: list[Stretch] = []
    for stretch in sorted(found, key=lambda stretch: -stretch.length):
        if not any(other.holds(stretch) for other in kept):
            kept.append(stretch)
    return kept


def _baselines(plan: Plan) -> Iterator[tuple[str, Spot, int]]:
    """Each wall to stand against: its side of the room, its left end, its length."""
    corners = ((0, 0), (plan.width, 0), (plan.width, plan.depth), (0, plan.depth))
    for side, corner, turned in zip(SIDES, corners, TURNS, strict=True):
        spot, across = Spot(*corner, turned), plan.depth if side in ("back", "front") else plan.width
        yield side, spot, plan.length(side)
        for wall in map(spot.seen, plan.walls):
            if wall.front < across:
                yield side, spot.moved(wall.x, wall.front), wall.width


def _stretches(plan: Plan, sizes: Sizes, side: str, base: Spot, length: int) -> Iterator[Stretch]:
    """What nothing stands in the way of, along one wall."""
    room = base.seen(Rectangle(0, 0, plan.width, plan.depth))
    if sizes.depth + sizes.front > room.front or sizes.back > -room.y:
        return
    start, end = max(0, room.x + sizes.left), min(length, room.right - sizes.right)
    at, before = start, None
    for left, right, obstacle in sorted(_blocked(plan, sizes, base), key=lambda blocked: blocked[:2]):
        if min(left, end) > at:
            yield _stretch(side, base, at, min(left, end), before, obstacle if left < end else None)
        if right > at:
            at, before = right, obstacle
    if end > at:
        yield _stretch(side, base, at, end, before, None)


def _stretch(side: str, base: Spot, start: Exact, end: Exact, left: Obstacle | None, right: Obstacle | None) -> Stretch:
    first = math.ceil(start)
    return Stretch(side, base.moved(first), math.floor(end) - first, left, right)


def _blocked(plan: Plan, sizes: Sizes, base: Spot) -> Iterator[tuple[Exact, Exact, Obstacle]]:
    """From where to where along a wall something is in the way of a piece as deep and high as this one."""
    for obstacle in plan.obstacles():
        area, free = base.seen(obstacle.area), sizes if obstacle.solid else None
        deep = sizes.depth + (free.front if free else 0)
        if area.y < deep and area.front > -(free.back if free else 0) and (not obstacle.over
                                                                           or sizes.height > obstacle.over):
            yield (area.x - free.right, area.right + free.left, obstacle) if free else (area.x, area.right, obstacle)


def _footprint(model: ProductModel) -> Footprint:
    if model.footprint is None:
        raise ValueError(f"{model.name} has no footprint")
    return model.footprint


def _free(footprint: Footprint, side: str) -> Expression:
    return footprint.clearance.get(side, Const(0))


def _sum(size: Expression, footprint: Footprint, side: str) -> Expression:
    free = _free(footprint, side)
    return size if free == Const(0) else Arithmetic("+", (size, free))


def _most(size: Expression, most: int) -> Condition:
    return Compare("<=", size, Const(most))

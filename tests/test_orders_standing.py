"""Rooms and what stands in them: the rules of a spot against geometry, in the engine and out of it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, composite

from catalog.checking import check
from catalog.formats import from_document
from catalog.model import ProductModel
from catalog.problems import CatalogueError
from configurator.engine import Engine, OverLimit
from orders.places.rooms import BEFORE, PASSAGE, Block, Opening, Plan, PlanError, Rectangle, Wrong
from orders.places.standing import TURNS, Spot, Standing, stretches

DOOR = {"kind": "door", "side": "back", "at": 0, "width": 9, "swing": 0, "sill": 0, "height": 9, "name": "Door"}
SOFA = {"name": "Sofa", "x": 0, "y": 0, "width": 1, "depth": 1, "height": 1}
ROOM = st.integers(20, 60).map(lambda tens: tens * 10)


def box(front: int = 0, side: int = 0, against: str = "") -> ProductModel:
    """A box of 10 to 400 x 20 x 200 mm that keeps some room free."""
    number = {"kind": "number", "unit": "mm"}
    return from_document({
        "lot_one": 1, "name": "box", "characteristics": [
            {"name": "width", "least": 10, "most": 400, "step": 10, **number},
            {"name": "depth", "least": 20, "most": 120, "step": 50, **number},
            {"name": "height", "least": 100, "most": 200, "step": 50, **number}],
        "footprint": {"width": "width", "depth": "depth", "height": "height", "against": against,
                      "clearance": {"front": front, "left": side, "right": side}}})


@composite
def plans(draw: DrawFn) -> Plan:
    """Rooms of 20 to 60 cm, as full as they can be."""
    width, depth = draw(ROOM), draw(ROOM)

    def blocks(name: str) -> list[Block]:
        found = []
        for _ in range(draw(st.integers(0, 2))):
            x, y = draw(st.integers(0, width // 10 - 1)) * 10, draw(st.integers(0, depth // 10 - 1)) * 10
            found.append(Block(x, y, draw(st.integers(1, (width - x) // 10)) * 10,
                               draw(st.integers(1, (depth - y) // 10)) * 10, draw(st.sampled_from([50, 200])), name))
        return found

    side = draw(st.sampled_from(["back", "right", "front", "left"]))
    length = width if side in ("back", "front") else depth
    at = draw(st.integers(0, length // 10 - 1)) * 10
    window = draw(st.booleans())
    opening = Opening("window" if window else "door", side, at, draw(st.integers(1, (length - at) // 10)) * 10,
                      draw(st.integers(0, min(width, depth) // 10)) * 10, 120 if window else 0, 80, "opening")
    walls = blocks("wall")
    furniture = [block for block in blocks("thing") if not any(block.meets(wall) for wall in walls)]
    return Plan(width, depth, 200, tuple(walls), draw(st.sampled_from([(), (opening,)])), tuple(furniture))


def spots(plan: Plan) -> st.SearchStrategy[Spot]:
    return st.builds(Spot, st.integers(0, plan.width // 10).map(lambda tens: tens * 10),
                     st.integers(0, plan.depth // 10).map(lambda tens: tens * 10), st.sampled_from(TURNS))


def stands(plan: Plan, spot: Spot, size: tuple[int, int, int], front: int, side: int, against: bool) -> bool:
    """The same by geometry alone: corners turned, rectangles compared."""
    width, depth, height = size

    def turned(left: int, back: int, right: int, far: int) -> Rectangle:
        cos, sin = {0: (1, 0), 90: (0, 1), 180: (-1, 0), 270: (0, -1)}[spot.turned]
        xs, ys = zip(*((spot.x + u * cos - v * sin, spot.y + u * sin + v * cos)
                       for u, v in ((left, back), (right, far))), strict=True)
        return Rectangle(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))

    body, kept = turned(0, 0, width, depth), turned(-side, 0, width + side, depth + front)
    if kept.x < 0 or kept.y < 0 or kept.right > plan.width or kept.front > plan.depth or height > plan.height:
        return False
    if any(kept.meets(block) for block in (*plan.walls, *plan.furniture)):
        return False
    for opening in plan.openings:
        reach = max(opening.swing, PASSAGE if opening.kind == "door" else BEFORE)
        area = {"back": Rectangle(opening.at, 0, opening.width, reach),
                "front": Rectangle(opening.at, plan.depth - reach, opening.width, reach),
                "left": Rectangle(0, opening.at, reach, opening.width),
                "right": Rectangle(plan.width - reach, opening.at, reach, opening.width)}[opening.side]
        if body.meets(area) and height > opening.sill:
            return False
    if not against:
        return True
    behind = turned(0, -1, width, 0)  # a strip of 1 mm: outside of the room, or within a wall
    outside = (behind.x < 0 or behind.y < 0 or behind.right > plan.width or behind.front > plan.depth)
    return outside or any(wall.x <= behind.x and behind.right <= wall.right and wall.y <= behind.y
                          and behind.front <= wall.front for wall in plan.walls)


@settings(max_examples=150, deadline=None)
@given(st.data(), plans(), st.sampled_from([0, 60]), st.sampled_from([0, 10]), st.booleans())
def test_the_engine_leaves_exactly_the_sizes_that_stand(data: st.DataObject, plan: Plan, front: int, side: int,
                                                        against: bool) -> None:
    model, spot = box(front, side, "wall" if against else ""), data.draw(spots(plan))
    start = Engine(model).start()
    sizes = {(w, d, h) for w in range(10, 401, 10) for d in (20, 70, 120) for h in (100, 150, 200)
             if stands(plan, spot, (w, d, h), front, side, against)}
    rules = tuple(Standing(plan, spot).rules(model))
    try:
        c = start.limited(rules)
    except OverLimit:
        assert not sizes
        return
    for place, name in enumerate(("width", "depth", "height")):
        assert set(c.domain(name)) == {size[place] for size in sizes}
    depth = data.draw(st.sampled_from(sorted(c.domain("depth"))))
    assert set(c.choose("depth", depth).domain("width")) == {w for w, d, _ in sizes if d == depth}


@settings(max_examples=150, deadline=None)
@given(plans(), st.sampled_from([0, 60]), st.sampled_from([0, 10]), st.sampled_from([100, 200]))
@example(Plan(200, 200, 200, (Block(0, 0, 10, 10, 50, "wall"), Block(0, 0, 20, 10, 50, "wall"))), 0, 0, 100)
def test_every_stretch_takes_what_is_as_wide_and_nothing_wider(plan: Plan, front: int, side: int, height: int) -> None:
    model = box(front, side, "wall")
    values = {"width": 100, "depth": 70, "height": height}
    found = stretches(plan, model, values)
    for stretch in found:
        for width in range(10, 401, 10):
            fits = stands(plan, stretch.spot, (width, 70, height), front, side, True)
            assert fits == (width <= stretch.length), (stretch, width)
    for spot in (Spot(x, 0) for x in range(0, plan.width, 10)):  # none is missed along the upper side
        if stands(plan, spot, (100, 70, height), front, side, True):
            assert any(stretch.side == "back" and stretch.spot.y == 0 and stretch.spot.x <= spot.x
                       and spot.x + 100 <= stretch.spot.x + stretch.length for stretch in found)
    if found and any(stretch.length >= 100 for stretch in found):
        assert found[0].length == min(stretch.length for stretch in found if stretch.length >= 100)


@given(plans())
def test_a_plan_is_read_as_it_was_written(plan: Plan) -> None:
    assert Plan.from_plain(plan.plain()) == plan


def test_a_rule_says_what_is_in_the_way() -> None:
    plan = Plan(4000, 3000, 2500, (), (Opening("door", "back", 0, 900, 900, 0, 2000, "Door"),),
                (Block(1500, 0, 1000, 900, 800, "Sofa"),))
    standing, model = Standing(plan, Spot(900, 0)), box(against="wall")
    wide = {"width": 400, "depth": 20, "height": 200}
    assert standing.broken(model, wide) == []
    close = Standing(plan, Spot(1200, 0))
    assert [close.against(rule).name for rule in close.broken(model, wide)] == ["Sofa"]
    swing = Standing(plan, Spot(800, 0))
    assert [swing.against(rule).swings for rule in swing.broken(model, wide)] == [True]
    assert [Standing(plan, Spot(900, 5)).against(rule) for rule in Standing(plan, Spot(900, 5)).broken(model, wide)
            ] == ["wall"]


def test_alcoves_are_found_beside_walls_that_stand_in_the_room() -> None:
    breast = Block(1000, 0, 1500, 350, 2500, "Chimney breast")
    assert Plan(4000, 3000, 2500).alcoves() == []
    assert Plan(4000, 3000, 2500, (breast,)).alcoves() == [(1500, 350), (1000, 350)]


@pytest.mark.parametrize(("wrong", "changes"), [
    ("room", {"width": 0}), ("number", {"width": 10**9}), ("number", {"width": "4000"}), ("number", {"width": True}),
    ("number", {"width": 4000.0}), ("number", {"height": None}), ("shape", {"more": 1}), ("shape", {"walls": {}}),
    ("shape", {"walls": [1]}), ("shape", {"walls": [{}]}), ("shape", {"furniture": [{"name": "Sofa", "x": 0, "y": 0}]}),
    ("name", {"furniture": [SOFA | {"name": "x\x00"}]}), ("text", {"furniture": [SOFA | {"name": 7}]}),
    ("outside", {"furniture": [SOFA | {"x": 3999, "width": 2}]}), ("outside", {"furniture": [SOFA | {"x": -1}]}),
    ("small", {"furniture": [SOFA | {"width": 0}]}), ("high", {"furniture": [SOFA | {"height": 2501}]}),
    ("walled", {"furniture": [SOFA], "walls": [SOFA]}), ("many", {"furniture": [SOFA] * 61}),
    ("many", {"furniture": [SOFA] * 31, "walls": [SOFA | {"x": 9}] * 30}),
    ("opening", {"openings": [DOOR | {"kind": "hatch"}]}), ("opening", {"openings": [DOOR | {"side": "top"}]}),
    ("opening", {"openings": [DOOR | {"hinge": "both"}]}), ("small", {"openings": [DOOR | {"swing": -1}]}),
    ("sill", {"openings": [DOOR | {"sill": 5}]}), ("taken", {"openings": [DOOR] * 2}),
    ("beyond", {"openings": [DOOR | {"at": 3999}]}), ("beyond", {"openings": [DOOR | {"swing": 3001}]}),
    ("beyond", {"openings": [DOOR | {"height": 2501}]})])
def test_what_is_no_plan_is_refused(wrong: Wrong, changes: dict[str, Any]) -> None:
    plain = {"width": 4000, "depth": 3000, "height": 2500, "walls": [], "openings": [], "furniture": [], **changes}
    with pytest.raises(PlanError) as refused:
        Plan.from_plain(plain)
    assert refused.value.wrong == wrong


@pytest.mark.parametrize("plain", [None, [], "x", {}, {"width": 4000}])
def test_neither_is_anything_else(plain: object) -> None:
    with pytest.raises(PlanError):
        Plan.from_plain(plain)


@pytest.mark.parametrize("footprint", [
    {"against": "floor"}, {"clearance": {"top": 1}}, {"alcove": {"width": "width"}}, {"alcove": {"girth": "width"}},
    {"width": "1 / (width - 10)"}])
def test_a_footprint_is_checked(footprint: dict[str, Any]) -> None:
    document = {"lot_one": 1, "name": "box", "characteristics": [
        {"name": "width", "kind": "number", "least": 10, "most": 400, "unit": "mm"}],
        "footprint": {"width": "width", "depth": 1, "height": 1, **footprint}}
    with pytest.raises(CatalogueError):
        check(from_document(document))


def test_a_spot_is_turned_by_quarters() -> None:
    with pytest.raises(ValueError, match="turned"):
        Spot(0, 0, 45)

"""What is in the plan of a room, and the piece that is made for it, moved in a browser by mouse, finger and keys."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from accessibility import overflow, violations
from browsing import ADA, NARROW, WIDE, Visit, configure, in_every_view, sign_in
from halls import HALL
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select
from visiting import Server

from configurator.transaction import transaction
from orders.places.rooms import Opening
from orders.records import Account, Subject


def change_the_plan(page: Page) -> None:
    page.goto("/people")
    page.get_by_role("link", name="Hall").click()
    page.get_by_role("link", name="Change the plan").click()
    expect(page.locator('[data-fields="furniture-0"]')).to_have_attribute("tabindex", "0")


def spot(thing: Locator) -> list[int]:
    return [int(number) for number in (thing.get_attribute("data-spot") or "").split()]


def drag(page: Page, thing: str, right: int, down: int, says: str = "mm from the left") -> None:
    """Drags by so many mm of the plan."""
    shape = page.locator(f'.pic-moves[data-fields="{thing}"] > :is(.pic-furniture, .pic-piece, .pic-gap, .pic-pane)')
    shape.scroll_into_view_if_needed()
    scale = shape.evaluate("shape => shape.getScreenCTM().a || Math.abs(shape.getScreenCTM().b)")
    box = shape.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right * scale / 2, y + down * scale / 2)
    page.mouse.move(x + right * scale, y + down * scale)
    expect(page.locator("#moves-said")).to_contain_text(says)
    page.mouse.up()


def test_furniture_and_the_piece_are_dragged_or_moved_by_keys_and_checked(visit: Visit, hall: Server) -> None:
    page = visit(viewport=WIDE)
    sign_in(page, ADA)
    change_the_plan(page)
    chest = page.locator('[data-fields="furniture-0"]')
    assert not violations(page)
    drag(page, "furniture-0", -190, 0)
    expect(page.locator("#told")).to_contain_text("The plan is kept.")
    expect(chest).to_have_attribute("data-spot", "2000 1500 0")  # on the grid; 2,010 as it was let go of
    expect(page.locator("#furniture-0-x")).to_have_value("2000")
    expect(chest).to_be_focused()
    chest.press("ArrowRight")
    expect(page.locator("#moves-said")).to_have_text("Chest <b>: 2,050 mm from the left, 1,500 mm from the top.")
    chest.press("Escape")
    expect(page.locator("#furniture-0-x")).to_have_value("2000")
    chest.press("Shift+ArrowRight")
    chest.press("Enter")
    expect(chest).to_have_attribute("data-spot", "2010 1500 0")
    drag(page, "furniture-0", -600, -1480)  # into the chimney, and at the upper wall
    expect(page.get_by_role("alert")).to_contain_text("It stands in a wall.")
    expect(chest).to_have_attribute("data-spot", "2010 1500 0")
    expect(page.locator("#furniture-0-y")).to_have_value("0")  # what was tried can still be corrected
    expect(chest).to_be_focused()
    configure(page, 2)
    piece = page.locator('[data-fields="stand"]')
    drag(page, "stand", -1750, 60)
    expect(page.locator("#room")).to_contain_text("It stands here: upper wall, left of Chimney.")
    expect(piece).to_have_attribute("data-spot", "0 0 0")  # at the corner that it was near
    expect(piece).to_be_focused()
    drag(page, "stand", -300, 1100)
    expect(page.locator("#room")).to_contain_text("Basket is in its way.")
    expect(piece).to_have_attribute("data-spot", "0 1800 270")  # its back is towards the wall that it is near
    assert not violations(page)


def test_where_it_stands_is_said_in_the_numbers_of_its_reader(visit: Visit, hall: Server) -> None:
    with transaction(hall.database) as session:
        session.scalars(select(Account)).one().locale = "de_DE"
    page = visit(viewport=WIDE)
    sign_in(page, ADA)
    change_the_plan(page)
    page.locator('[data-fields="furniture-0"]').press("ArrowRight")
    expect(page.locator("#moves-said")).to_contain_text(re.compile(r"\d\.\d{3} mm from the left"))


def test_a_thing_is_removed_where_it_stands(visit: Visit, hall: Server) -> None:
    page = visit(viewport=WIDE)
    sign_in(page, ADA)
    change_the_plan(page)
    things = page.locator("#things summary")
    things.filter(has_text="Lamp").press("Enter")
    assert not violations(page)
    page.get_by_role("button", name="Remove Lamp").press("Enter")
    expect(page.locator("#things")).to_be_focused()  # the button is gone
    expect(things.filter(has_text=re.compile("Chest|Basket"))).to_have_count(2)
    expect(things.filter(has_text="Lamp")).to_have_count(0)


@in_every_view
def test_of_what_is_in_a_room_one_is_open_at_a_time(visit: Visit, hall: Server, view: Any) -> None:
    page = visit(java_script_enabled=False, **view)
    sign_in(page, ADA)
    page.goto("/people")
    page.get_by_role("link", name="Hall").click()
    page.get_by_role("link", name="Change the plan").click()
    opened = page.locator("#things details[open], #room details[open]")
    expect(opened).to_have_count(0)
    for name in "Basket", "Lamp", "A door or a window", "Change its measures":
        page.locator("summary", has_text=name).click()
        expect(opened).to_have_count(1)
        expect(opened).to_contain_text(name)
    assert overflow(page) <= 0


DOOR, WINDOW = replace(HALL.openings[0], at=1200), Opening("window", "right", 200, 600, 0, 900, 1200, "Window")


@pytest.fixture
def lit(hall: Server) -> Server:
    """The same, and the hall has a window, too."""
    with transaction(hall.database) as session:
        place = session.scalars(select(Subject).where(Subject.name == "Hall")).one()
        place.plan = replace(HALL, openings=(DOOR, WINDOW)).plain()
    return hall


def test_doors_and_windows_are_moved_along_their_wall_alone(visit: Visit, lit: Server) -> None:
    page = visit(viewport=WIDE)
    sign_in(page, ADA)
    change_the_plan(page)
    door, at = page.locator('[data-fields="openings-0"]'), page.locator("#openings-0-at")
    x, y, turned = spot(door)
    drag(page, "openings-0", -600, 700, "wall")
    expect(page.locator("#told")).to_contain_text("The plan is kept.")
    expect(at).to_have_value(str(x - 600))
    assert spot(door) == [x - 600, y, turned]
    expect(door).to_be_focused()
    for key in ("ArrowUp", "ArrowLeft", "Shift+ArrowLeft"):
        door.press(key)
    expect(page.locator("#moves-said")).to_contain_text(f"{x - 660:,} mm from the left or upper end of its wall")
    door.press("Enter")
    expect(door).to_have_attribute("data-spot", f"{x - 660} {y} {turned}")
    window = page.locator('[data-fields="openings-1"]')
    drag(page, "openings-1", 300, 100_000, "wall")  # as far as the wall goes
    expect(page.locator("#openings-1-at")).to_have_value(str(HALL.depth - WINDOW.width))
    assert spot(window)[0] == HALL.width
    assert not violations(page)


def test_a_finger_moves_a_window_though_it_is_as_thin_as_its_wall(visit: Visit, lit: Server) -> None:
    page = visit(viewport=NARROW, has_touch=True, color_scheme="dark")
    sign_in(page, ADA)
    change_the_plan(page)
    window = page.locator('[data-fields="openings-1"]')
    grip = window.locator(".pic-grip").bounding_box()
    pane = window.locator(".pic-pane").bounding_box()
    assert grip
    assert pane
    assert grip["width"] >= 24
    touch = page.context.new_cdp_session(page)
    x, y = pane["x"] - 6, pane["y"] + pane["height"] / 2  # beside it
    for kind, down in (("touchStart", 0), ("touchMove", 10), ("touchMove", 20), ("touchMove", 30)):
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y + down}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.locator("#told")).to_contain_text("The plan is kept.")
    assert int(page.locator("#openings-1-at").input_value()) > WINDOW.at


@pytest.mark.parametrize("width", [360, 1280])
def test_what_can_be_chosen_of_a_thing_is_shown_whole(visit: Visit, hall: Server, width: int) -> None:
    page = visit(viewport={"width": width, "height": 800})
    sign_in(page, ADA)
    change_the_plan(page)
    assert page.locator("#things select").count() > 3
    folds = "folds => folds.forEach((fold) => { fold.name = ''; fold.open = true; })"
    page.locator("#things details").evaluate_all(folds)
    cut = page.locator("#things select").evaluate_all("""all => all.filter(select => {
            const width = select.offsetWidth;
            select.style.inlineSize = "max-content";
            const whole = select.offsetWidth;
            select.style.inlineSize = "";
            return whole > width;
        }).map(select => select.name)""")
    assert cut == []


def test_furniture_that_is_dragged_onto_other_furniture_says_so(visit: Visit, hall: Server) -> None:
    page = visit(viewport=WIDE)
    sign_in(page, ADA)
    change_the_plan(page)
    drag(page, "furniture-1", HALL.furniture[0].x - HALL.furniture[1].x, HALL.furniture[0].y - HALL.furniture[1].y)
    expect(page.locator("#things summary", has_text="in the way")).to_have_count(2)
    expect(page.locator("#things")).to_contain_text(f"It stands in the same place as {HALL.furniture[0].name}.")
    expect(page.locator('[data-fields="furniture-1"]')).to_have_accessible_description(
        re.compile("^It stands in the same place as"))
    assert not violations(page)

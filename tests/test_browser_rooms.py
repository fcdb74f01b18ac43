"""For whom, for where, and a piece in a plan, in a browser: live, by keyboard, without script, accessible."""

from __future__ import annotations

from typing import Any

import pytest
from accessibility import overflow, violations
from browsing import ADA, WIDE, Visit, configure, in_every_view, question, settled, sign_in
from playwright.sync_api import expect
from visiting import Server


def test_what_fits_is_taken_live_and_larger_ones_are_refused(visit: Visit, hall: Server) -> None:
    page = visit(viewport=WIDE)
    sign_in(page, ADA)
    configure(page, 2)
    expect(page.locator("#room")).to_contain_text("100 mm too wide here: 1,200 mm fits.")
    assert not violations(page)
    settled(page, page.get_by_role("button", name="Take what fits here").click)
    expect(page.locator("#room")).to_contain_text("It stands here")
    expect(question(page, "Width").get_by_role("textbox")).to_have_value("1200")
    question(page, "Width").get_by_role("textbox").fill("1260")
    settled(page, lambda: question(page, "Width").get_by_role("textbox").press("Enter"))
    expect(question(page, "Width")).to_contain_text("60 mm too wide here: 1,200 mm fits.")
    assert not violations(page)
    assert overflow(page) <= 0


@in_every_view
def test_on_the_keyboard_another_place_is_one_act_and_a_new_name_too(visit: Visit, hall: Server, view: Any) -> None:
    page = visit(**view)
    sign_in(page, ADA)
    configure(page)
    before = page.url
    assert not violations(page)
    page.locator("#whom summary").press("Enter")
    assert not violations(page)
    page.locator("#whom").get_by_role("button", name="Attic").press("Enter")
    page.wait_for_url(lambda url: url != before)
    expect(page.locator("#whom summary")).to_contain_text("Attic")
    page.locator("#whom summary").press("Enter")
    page.get_by_label("Somewhere else: its name").fill("Cellar")
    page.get_by_label("Somewhere else: its name").press("Enter")
    expect(page.locator("#whom summary")).to_contain_text("Cellar")
    assert not violations(page)
    assert overflow(page) <= 0


@in_every_view
def test_without_script_a_plan_is_drawn_and_a_piece_is_placed(visit: Visit, hall: Server, view: Any) -> None:
    page = visit(java_script_enabled=False, **view)
    sign_in(page, ADA)
    page.goto("/people")
    page.get_by_role("link", name="Attic").click()
    page.get_by_role("link", name="Draw a plan").click()
    page.get_by_label("Width", exact=True).fill("2 m")
    page.get_by_role("button", name="Begin the plan").click()
    page.locator("#add-furniture summary").click()
    page.locator("#furniture-new-name").fill("Trunk")
    page.locator("#add-furniture").get_by_role("button", name="Add").click()
    expect(page.get_by_role("alert")).to_contain_text("It stands out of the room.")
    page.locator("#furniture-new-x").fill("0")
    page.locator("#add-furniture").get_by_role("button", name="Add").click()
    expect(page.locator("svg.pic-plan")).to_contain_text("Trunk")
    page.goto("/people")
    page.get_by_role("link", name="Attic").click()
    page.get_by_role("button", name="Garden bench").click()
    page.get_by_role("button", name="Place it here").click()
    expect(page.locator("#room")).to_contain_text("It stands here")


@in_every_view
def test_the_pages_of_people_and_places_are_accessible(visit: Visit, hall: Server, view: Any) -> None:
    page = visit(**view)
    sign_in(page, ADA)
    page.goto("/people")
    for step in (None, "Hall", "Change the plan"):
        if step:
            page.get_by_role("link", name=step).click()
        assert not violations(page), step
        assert overflow(page) <= 0, step


def test_what_removes_stands_in_line(visit: Visit, hall: Server) -> None:
    page = visit(viewport=WIDE)
    sign_in(page, ADA)
    page.goto("/people")
    page.get_by_role("link", name="Hall").click()
    lefts = [page.locator(name).evaluate("""element => {
        const text = document.createRange();
        text.selectNodeContents(element);
        return text.getBoundingClientRect().left;
    }""") for name in ("#named", ".confirm > summary")]
    assert lefts[0] == pytest.approx(lefts[1], abs=0.5)

"""Configuring and ordering in a browser: live, by keyboard, without script, narrow, in the dark."""

from __future__ import annotations

import re

import pytest
from accessibility import overflow, violations
from browsing import NARROW, WIDE, Visit, configure, question, settled, sign_in
from factories import member
from playwright.sync_api import Page, Route, expect
from sqlalchemy import func, select
from visiting import Server

from catalog.formats import load
from catalog.store import publish
from configurator.settings import ROOT
from configurator.transaction import open_session, transaction
from orders.records import Order


def join(page: Page, server: Server) -> None:
    """Signs in as a new customer."""
    with transaction(server.database) as session:
        account = member(session)
    sign_in(page, account)


def test_answers_are_live_and_a_blocked_value_is_freed_by_its_button(page: Page, shop: Server) -> None:
    configure(page, 2)
    price = page.locator(".price strong").inner_text()
    settled(page, lambda: question(page, "Lamp").get_by_label("Yes").check())
    expect(page.locator(".price strong")).not_to_have_text(price)
    expect(question(page, "Lamp")).to_contain_text("Your choice")
    expect(question(page, "Wood")).to_contain_text("Follows")
    question(page, "Wood").get_by_text("1 other does not fit").click()
    expect(question(page, "Wood")).to_contain_text("The lamp is made for oak only.")
    settled(page, question(page, "Wood").get_by_role("button", name="Lamp: switch to no").click)
    expect(question(page, "Wood").get_by_label("Pine")).to_be_checked()
    expect(question(page, "Wood").get_by_label("Pine")).to_be_focused()
    expect(question(page, "Lamp").get_by_label("No")).to_be_checked()


def test_undo_reload_and_the_back_button_lose_nothing(page: Page, shop: Server) -> None:
    configure(page, 2)
    settled(page, lambda: question(page, "Wood").get_by_label("Pine").check())
    page.reload()
    expect(question(page, "Wood").get_by_label("Pine")).to_be_checked()
    page.goto("/")
    page.go_back()
    expect(question(page, "Wood").get_by_label("Pine")).to_be_checked()
    settled(page, page.get_by_role("button", name="Undo").click)
    expect(question(page, "Wood").get_by_label("Pine")).not_to_be_checked()
    settled(page, page.get_by_role("button", name="Redo").click)
    expect(question(page, "Wood").get_by_label("Pine")).to_be_checked()


def test_by_keyboard_alone(page: Page, shop: Server) -> None:
    configure(page, 2)
    wood = question(page, "Wood").get_by_role("radio")
    wood.first.focus()
    settled(page, lambda: page.keyboard.press("ArrowDown"))
    expect(question(page, "Wood").get_by_label("Pine")).to_be_checked()
    expect(question(page, "Wood").get_by_label("Pine")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(question(page, "Wood").get_by_role("button", name="Take back")).to_be_focused()
    settled(page, lambda: page.keyboard.press("Enter"))
    expect(question(page, "Wood")).not_to_contain_text("Your choice")
    page.get_by_label("Engraving").focus()
    page.keyboard.type("Ada")
    settled(page, lambda: page.keyboard.press("Enter"))
    expect(page.get_by_label("Engraving")).to_have_value("Ada")
    expect(question(page, "Engraving")).to_contain_text("Your choice")


@pytest.mark.parametrize("key", ["Tab", "Shift+Tab"])
def test_leaving_a_field_by_keyboard_presses_no_button(page: Page, shop: Server, key: str) -> None:
    configure(page)
    bodies: list[str] = []
    page.on("request", lambda request: bodies.append(request.post_data or "") if request.method == "POST" else None)
    for label, value in (("Your height", "190"), ("Width", "1500"), ("Your height", "185")):
        page.get_by_label(label).fill(value)
        settled(page, lambda: page.keyboard.press(key))
    buttons = {part.split("=")[0] for body in bodies for part in body.split("&")} & {
        "keep", "retract", "go", "keep_all", "undo", "redo", "order", "propose_anew", "start_over", "repair"}
    assert (len(bodies), buttons) == (3, set())
    expect(question(page, "Your height")).to_contain_text("Your choice")
    expect(page.get_by_label("Your height")).to_have_value("185")


def test_a_blocked_value_can_be_reached_and_its_choice_is_refused_with_the_reason(page: Page, shop: Server) -> None:
    configure(page, 2)
    settled(page, lambda: question(page, "Lamp").get_by_label("Yes").check())
    question(page, "Wood").get_by_text("1 other does not fit").click()
    pine = question(page, "Wood").get_by_label("Pine")
    expect(pine).to_have_attribute("aria-disabled", "true")
    expect(pine).to_have_accessible_description("The lamp is made for oak only.")
    pine.focus()
    settled(page, lambda: page.keyboard.press("Space"))
    expect(question(page, "Wood").locator(".refused")).to_contain_text("The lamp is made for oak only.")
    expect(page.locator("#said")).to_contain_text("The lamp is made for oak only.")
    expect(question(page, "Lamp").get_by_label("Yes")).to_be_checked()


def test_a_screen_reader_says_where_it_is_entered_whose_answer_it_is_and_what_was_refused(page: Page, shop: Server,
                                                                                          ) -> None:
    configure(page)
    height = page.get_by_label("Your height")
    expect(height).to_have_accessible_description(re.compile(r"^(Left to you|Proposed).*Possible: 120 to 220"))
    height.fill("300")
    settled(page, lambda: page.keyboard.press("Tab"))
    expect(page.locator("#said")).to_contain_text("Your height: Enter a number: 120 to 220")
    expect(height).to_have_accessible_description(re.compile("^Enter a number: 120 to 220"))
    page.get_by_role("navigation", name="Groups of questions").get_by_role("link").nth(1).click()
    expect(page.locator("#group")).to_be_focused()
    expect(question(page, "Wood")).to_have_accessible_description(re.compile("^(Left to you|Proposed)"))


def test_what_is_typed_while_an_answer_arrives_stays(page: Page, shop: Server) -> None:
    configure(page)
    held: list[Route] = []
    page.route("**/configure/**", lambda route: held.append(route), times=1)
    page.get_by_label("Your height").fill("190")
    with page.expect_request("**/configure/**"):
        page.get_by_label("Width").focus()  # sends the height
    page.get_by_label("Width").fill("1500")
    held[0].continue_()
    expect(question(page, "Your height")).to_contain_text("Your choice")
    expect(page.get_by_label("Width")).to_have_value("1500")
    settled(page, lambda: page.get_by_label("Your height").focus())
    expect(question(page, "Width")).to_contain_text("Your choice")


def test_an_edited_number_is_no_proposal_any_more_and_a_wrong_one_is_explained(page: Page, shop: Server) -> None:
    configure(page)
    height = page.get_by_label("Your height")
    expect(height).to_have_attribute("data-proposed", "")
    height.press("End")
    height.press("Backspace")
    expect(height).not_to_have_attribute("data-proposed", "")
    height.fill("300")
    settled(page, lambda: height.press("Enter"))
    expect(question(page, "Your height").locator(".refused")).to_contain_text("120 to 220")
    expect(height).to_have_value("300")


def test_without_script(visit: Visit, shop: Server) -> None:
    page = visit(java_script_enabled=False, viewport=WIDE)
    join(page, shop)
    configure(page, 2)
    question(page, "Wood").get_by_label("Pine").check()
    page.get_by_label("Right").check()
    page.get_by_label("Engraving").fill("Ada & Ben")
    page.get_by_role("button", name="Check these answers").click()
    expect(page.get_by_text("3 your choice")).to_be_visible()
    question(page, "Lamp").get_by_text("1 other does not fit").click()
    question(page, "Lamp").get_by_label("Yes").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Check these answers").click()
    expect(question(page, "Lamp").locator(".refused")).to_contain_text("The lamp is made for oak only.")
    question(page, "Lamp").get_by_role("button", name="Wood: switch to Oak").click()
    expect(question(page, "Lamp").get_by_label("Yes")).to_be_checked()
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Order as shown").click()
    page.get_by_role("button", name="Place the order").click()
    expect(page.get_by_role("heading", name=re.compile("Order"))).to_be_visible()


def unmeasured(page: Page) -> None:
    """Has it built with whatever nobody measured."""
    page.wait_for_url("**/order")
    for tick in page.get_by_role("checkbox", name="Build it unmeasured").all():
        tick.check()


def test_a_double_click_is_one_order_and_the_second_order_takes_one_act(page: Page, shop: Server) -> None:
    join(page, shop)
    configure(page)
    page.get_by_label("Your height").fill("190")
    page.get_by_label("Width").fill("1300")
    page.get_by_role("button", name="Order as shown").click()
    unmeasured(page)
    page.get_by_role("button", name="Place the order").dblclick()
    page.wait_for_url("**/orders/*")
    page.goto("/products/bench")
    page.get_by_role("button", name="Order as shown", exact=True).click()
    expect(page.get_by_text("190\u00a0cm")).to_be_visible()
    page.get_by_role("button", name="Place the order").click()
    page.wait_for_url("**/orders/*")
    with open_session(shop.database) as session:
        assert [order.inputs for order in session.scalars(select(Order).order_by(Order.id))] == [2, 0]


def test_each_button_of_the_first_page_says_what_it_configures(page: Page, shop: Server) -> None:
    page.goto("/")
    expect(page.get_by_role("button", name=re.compile("Configure ?: Garden bench"))).to_be_visible()


def test_the_back_button_leads_to_the_order_and_orders_nothing_again(page: Page, shop: Server) -> None:
    join(page, shop)
    configure(page)
    page.get_by_label("Your height").fill("190")
    page.get_by_role("button", name="Order as shown").click()
    unmeasured(page)
    page.get_by_role("button", name="Place the order").click()
    page.get_by_text("Thank you.").wait_for()
    for _time in "review", "configuring":
        page.go_back()
        expect(page.get_by_role("status")).to_contain_text("was not ordered again")
    with open_session(shop.database) as session:
        assert session.scalar(select(func.count()).select_from(Order)) == 1


def test_another_group_is_an_address_to_reload_and_to_go_back_from(page: Page, shop: Server) -> None:
    configure(page)
    page.get_by_label("Your height").fill("190")
    settled(page, page.get_by_role("button", name="Look", exact=False).last.click)
    page.reload()
    expect(question(page, "Wood")).to_be_visible()
    page.go_back()
    expect(page.get_by_label("Your height")).to_have_value("190")


@pytest.mark.parametrize(("viewport", "scheme"), [(WIDE, "light"), (NARROW, "dark")], ids=["wide", "narrow and dark"])
def test_the_pages_can_be_used_by_everybody(visit: Visit, shop: Server, viewport: dict[str, int], scheme: str) -> None:
    page = visit(viewport=viewport, color_scheme=scheme)
    join(page, shop)
    configure(page, 2)
    settled(page, lambda: question(page, "Lamp").get_by_label("Yes").check())
    here = page.url.split("?")[0]
    for path in ("/", "/products/bench", f"{here}?group=1", f"{here}?group=2&why=q3", f"{here}/order"):
        page.goto(path)
        assert violations(page) == [], path
        assert overflow(page) <= 0, path


def test_on_a_narrow_page_the_dock_leads_on_and_the_groups_fold(visit: Visit, shop: Server) -> None:
    page = visit(viewport=NARROW)
    join(page, shop)
    configure(page)
    dock = page.get_by_role("complementary", name="At a glance")
    expect(dock.get_by_role("link", name="Next: Your height")).to_be_visible()
    groups = page.get_by_role("navigation", name="Groups of questions").get_by_role("list")
    expect(groups).to_be_hidden()
    first = page.get_by_role("group", name="Your height").bounding_box()
    assert first
    assert first["y"] < NARROW["height"] * 0.8, "the first question is in sight"
    page.locator("#groups summary").click()
    expect(groups).to_be_visible()
    page.locator("#groups summary").click()
    while dock.get_by_role("link", name="Next").count():
        dock.get_by_role("link", name="Next").click()
        settled(page, page.locator(":target").locator("[name=keep], [type=radio]").first.click)
    expect(groups).to_be_hidden()
    small = page.evaluate("[...document.querySelectorAll('#work .btn:not(.hide), #work summary')].filter(one => "
                          "one.checkVisibility() && one.getBoundingClientRect().height < 44).map(one => one.outerHTML)")
    assert small == []
    dock.get_by_role("button", name="Order").click()
    unmeasured(page)
    page.get_by_role("button", name="Place the order").click()
    page.wait_for_url("**/orders/*")


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_the_picture_is_enlarged_and_closed_by_keyboard(visit: Visit, shop: Server, script: bool) -> None:
    page = visit(viewport=NARROW, java_script_enabled=script)
    configure(page)
    large = page.get_by_role("dialog", name="The picture, enlarged")
    expect(large).to_be_hidden()
    page.get_by_role("button", name="Enlarge").press("Enter")
    expect(large.get_by_role("img", name="1200 mm wide")).to_be_visible()
    expect(large.get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Escape")
    expect(large).to_be_hidden()
    expect(page.get_by_role("button", name="Enlarge")).to_be_focused()


@pytest.mark.parametrize("sample", ["touring_bicycle", "shirt", "bookcase"])
def test_a_sample_is_configured_and_ordered_on_a_phone(visit: Visit, server: Server, sample: str) -> None:
    with transaction(server.database) as session:
        title = publish(session, load(ROOT / f"catalog/samples/{sample}.yaml")).title
    page = visit(viewport=NARROW)
    join(page, server)
    configure(page, product=title)
    assert violations(page) == []
    assert overflow(page) <= 0
    page.get_by_role("button", name="Order as shown").click()
    page.wait_for_url("**/order")
    assert violations(page) == []
    assert overflow(page) <= 0
    unmeasured(page)
    page.get_by_role("button", name="Place the order").click()
    page.wait_for_url("**/orders/*")

"""Desk, floor and a customer's own pages in a browser: narrow, in the dark, by keyboard, without script, on paper."""

from datetime import date
from io import BytesIO

import pytest
from accessibility import overflow, violations
from browsing import NARROW, in_every_view, sign_in
from factories import bench, house, ordered, published
from pypdf import PdfReader

from configurator.transaction import transaction
from orders.supplies import capacity, purchasing, stock


@pytest.fixture
def people(server):
    with transaction(server.database) as session:
        return house(session)


@in_every_view
def test_the_pages_can_be_used_by_everybody(visit, people, view):
    for account, paths in (
            (people.ada, ("/orders", "/orders/2001", "/specifications", "/specifications/S-0001")),
            (people.rep, ("/desk/", "/desk/?q=a", "/desk/clients/new", "/desk/clients/1001", "/orders/2001")),
            (people.worker, ("/floor/", "/floor/orders/2001"))):
        page = visit(**view)
        sign_in(page, account)
        for path in paths:
            page.goto(path)
            assert violations(page) == [], path
            assert overflow(page) <= 0, path


def test_without_script_a_client_is_found_and_ordered_for(visit, people):
    page = visit(java_script_enabled=False)
    sign_in(page, people.rep)
    page.goto("/desk/")
    page.locator("#find").fill("S-0001")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Ada Winter", level=1).wait_for()
    page.get_by_role("button", name="Garden bench", exact=True).click()
    page.wait_for_url("**/configure/*")


def test_steps_are_signed_off_with_a_thumb(visit, people):
    page = visit(viewport={"width": 820, "height": 1180}, has_touch=True)
    sign_in(page, people.worker)
    page.goto("/floor/orders/2001")
    done = page.get_by_role("button", name="Done: Cut to size, step 1")
    done.scroll_into_view_if_needed()
    box = done.bounding_box()
    assert box["height"] >= 44
    done.tap()
    page.get_by_text("1 of 4 steps done").wait_for()
    assert page.url.endswith("/floor/orders/2001"), "the page stayed where it was"
    undo = page.get_by_role("button", name="Take back: Cut to size, step 1")
    assert undo.evaluate("button => button === document.activeElement")
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)  # a heavy thumb undoes nothing
    undo.tap()
    page.get_by_text("0 of 4 steps done").wait_for()
    for _ in range(4):
        left = page.get_by_role("button", name="Done").count()
        page.get_by_role("button", name="Done").first.tap()
        page.get_by_text(f"{5 - left} of 4 steps done").wait_for()
    page.get_by_role("link", name="Ship order 2001").tap()
    page.get_by_role("button", name="Ship").tap()
    page.get_by_text("Order 2001 is shipped.").wait_for()


def test_in_letters_twice_as_large_the_sheet_is_as_wide_as_its_window(visit, people):
    page = visit(viewport={"width": 640, "height": 900})
    sign_in(page, people.worker)
    page.goto("/floor/orders/2001")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert overflow(page) <= 0


def test_a_link_that_stands_alone_is_24_px_high_on_a_telephone(visit, people):
    for account, paths in ((people.ada, ("/orders", "/specifications", "/people")), (people.rep, ("/desk/",))):
        page = visit(viewport=NARROW)
        sign_in(page, account)
        for path in paths:
            page.goto(path)
            links = page.locator("main :is(td, th, h2, h3) > a").all()
            assert links, path
            assert [link.inner_text() for link in links if link.bounding_box()["height"] < 24] == [], path


def test_what_a_customer_prints_names_the_maker(page, people):
    sign_in(page, people.ada)
    for path in "/orders/2001", "/memory":
        page.goto(path)
        first = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages[0].extract_text()
        assert first.startswith("Lot One"), path
        assert "Sign out" not in first


def test_the_sheet_prints_as_a_page_for_the_summary_and_one_for_each_operation(page, people):
    sign_in(page, people.worker)
    page.goto("/floor/orders/2001")
    page.emulate_media(media="print")
    assert not page.get_by_role("button", name="Done").first.is_visible()
    assert page.locator(".steps .box").first.is_visible()
    content = page.pdf(prefer_css_page_size=True)
    assert content.count(b"/Type /Page\n") == 3


def test_a_long_operation_breaks_between_its_steps_and_keeps_its_sign_off(page, server, people):
    steps = [{"do": f"Cut board {n} to the length on the drawing"} for n in range(1, 61)]
    cut = {"name": "saw", "title": "Cut to size", "work_centre": "bench_saw", "minutes": 60, "steps": steps}
    with transaction(server.database) as session:
        number = ordered(session, people.ada.customer, published(session, bench(operations=[cut]))).number
    sign_in(page, people.worker)
    page.goto(f"/floor/orders/{number}")
    page.emulate_media(media="print")
    texts = [sheet.extract_text() for sheet in PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages]
    assert len(texts) > 2
    assert "Sign-off" not in texts[-2]
    assert "Cut board 60 to the length on the drawing" in texts[-1]
    assert "Sign-off" in texts[-1]


def test_from_the_telephone_to_the_door(visit, people):
    """A rep orders for a client, the floor builds it, the client sees it shipped; nobody needs a script."""
    desk, floor, home = (visit(java_script_enabled=False, viewport={"width": 1280, "height": 900}) for _ in range(3))
    sign_in(desk, people.rep)
    desk.goto("/desk/?q=1001")
    desk.get_by_role("button", name="Garden bench", exact=True).click()
    desk.wait_for_url("**/configure/*")
    desk.locator("[name=order]").first.click()
    for tick in desk.get_by_role("checkbox", name="Build it unmeasured").all():
        tick.check()
    desk.get_by_role("button", name="Place the order").click()
    desk.get_by_role("heading", name="Order 2003").wait_for()
    assert desk.get_by_text("through Ben Rossi").is_visible()
    sign_in(floor, people.worker)
    floor.goto("/floor/")
    floor.get_by_role("link", name="2003").click()
    while (done := floor.get_by_role("button", name="Done")).count():
        with floor.expect_navigation():  # or the next count is of a page that is on its way out
            done.first.click()
    floor.get_by_role("link", name="Ship order 2003").click()
    floor.get_by_role("button", name="Ship").click()
    floor.get_by_text("Order 2003 is shipped.").wait_for()
    sign_in(home, people.ada)
    home.goto("/orders")
    assert home.get_by_role("row", name="2003").get_by_text("Shipped").is_visible()
    home.get_by_role("link", name="2003").first.click()
    assert home.get_by_text("the same as order 2001").is_visible()


@in_every_view
def test_parts_are_bought_and_hours_set_by_everybody(visit, server, people, view):
    with transaction(server.database) as session:
        stock.keep(session, "W-OAK", "Oak board", "", lead_days=9, lot=4000, supplier="Weaver")
        purchasing.order(session, stock.named(session, "Weaver"), {"SCREW": 10_000}, None, date.today())
        capacity.close(session, date(2099, 12, 25), "Christmas")
    page = visit(**view)
    sign_in(page, people.worker)
    for path in "/floor/stock", "/floor/stock/W-OAK", "/floor/buying", "/floor/hours":
        page.goto(path)
        assert violations(page) == [], path
        assert overflow(page) <= 0, path
    page.goto("/floor/buying")
    page.locator("form", has_text="W-OAK").get_by_role("button", name="Mark as ordered").press("Enter")
    page.get_by_text("Noted as P-0002").wait_for()
    page.get_by_role("row", name="W-OAK").get_by_role("button", name="Received").press("Enter")
    page.get_by_text("W-OAK is in stock").wait_for()

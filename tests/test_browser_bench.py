"""The bench in a browser: on a telephone and a screen, without script; and the board that changes by itself."""

import io

import pytest
from accessibility import overflow, violations
from browsing import enter, in_every_view
from factories import checked, house, member, ordered, published
from PIL import Image
from playwright.sync_api import expect

from configurator.transaction import transaction
from orders.records import Customer

PAGE = "/floor/orders/2003/operations/1"
A_WHILE = 15_000
"""Milliseconds after which every page that changes by itself has looked whether it should."""


@pytest.fixture
def people(server):
    """The house, with an order of two pieces whose first step has a check: 2003."""
    with transaction(server.database) as session:
        made = house(session)
        customer = session.get(Customer, made.ada.customer_id)
        ordered(session, customer, published(session, checked()), quantity=2)
        return made


def arrive(page, account, path):
    """Scans the code, signs in, and is there."""
    page.goto(path)
    enter(page, account)
    page.wait_for_url(f"**{path}")


def photo():
    content = io.BytesIO()
    Image.new("RGB", (800, 600), "#aa3311").save(content, "JPEG")
    return {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": content.getvalue()}


@in_every_view
def test_a_lot_is_made_from_the_scan_to_the_end(visit, people, view):
    page = visit(**view)
    arrive(page, people.worker, PAGE)
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Pause").wait_for()
    page.get_by_label("Measured, mm").fill("1170")
    page.get_by_label("Measured, mm").press("Enter")
    page.get_by_text("5 mm too much").wait_for()
    assert violations(page) == []
    page.get_by_label("In a word").fill("the edge is cut anyway")
    page.get_by_role("button", name="Accept as it is").click()
    page.get_by_text("accepted as it is: the edge is cut anyway").wait_for()
    page.get_by_text("Still to be measured: piece 2").wait_for()
    page.get_by_label("Measured, mm").fill("1164")
    page.get_by_label("Measured, mm").press("Enter")
    page.get_by_text("Still to be measured").wait_for(state="detached")
    page.get_by_text("Something is wrong").click()
    page.get_by_label("What is wrong at step 1").fill("A split")
    page.get_by_label("Photo").set_input_files(photo())
    page.get_by_role("button", name="Tell the problem").click()
    page.get_by_role("img", name="Photo of the problem").wait_for()
    assert violations(page) == []
    assert overflow(page) <= 0
    page.get_by_label("What came of it").fill("Cut away")
    page.get_by_role("button", name="Settled").click()
    page.get_by_text("Cut away").wait_for()
    page.get_by_label("Batch or serial number").fill("B-77")
    page.get_by_label("Batch or serial number").press("Enter")
    page.get_by_role("link", name="B-77").wait_for()
    page.get_by_label("Pieces done").fill("1")
    page.get_by_label("Pieces done").press("Enter")
    page.wait_for_load_state()
    page.get_by_role("button", name="Done, all pieces").click()
    page.get_by_role("heading", name="Break the edges").wait_for()
    page.get_by_role("button", name="Pause").wait_for()
    page.get_by_role("button", name="Done, all pieces").click()
    page.get_by_role("link", name="Go on: Fit together").wait_for()
    assert violations(page) == []
    for path in "/floor/centres", "/floor/pick", "/floor/board", "/floor/batches?q=B-77":
        page.goto(path)
        assert violations(page) == [], path
        assert overflow(page) <= 0, path


def test_what_is_pressed_with_gloves_is_large(visit, people):
    page = visit(viewport={"width": 360, "height": 740})
    arrive(page, people.worker, PAGE)
    page.goto(PAGE.replace("2003", "2001"))
    for name in "Start", "Done":
        assert page.get_by_role("button", name=name, exact=True).bounding_box()["height"] >= 56
    box = page.get_by_role("button", name="Done", exact=True).bounding_box()
    assert box["y"] + box["height"] <= 740, "the next step can be done without scrolling"
    page.goto("/floor/buying")
    expect(page.locator(".places [aria-current]")).to_be_in_viewport(ratio=1)  # the row of pages shows where one is


def test_without_script_everything_is_done_with_plain_forms(visit, people):
    page = visit(java_script_enabled=False)
    arrive(page, people.worker, PAGE)
    for piece in "1", "2":
        assert page.get_by_label("Piece", exact=True).input_value() == piece
        page.get_by_label("Measured, mm").fill("1164")
        page.get_by_label("Measured, mm").press("Enter")
        page.get_by_text("In tolerance.").wait_for()
    page.get_by_role("button", name="Done, all pieces").click()
    page.get_by_role("heading", name="Break the edges").wait_for()
    page.goto("/floor/pick?order=2003")
    page.get_by_role("button", name="Picked: Screw").first.click()
    page.get_by_role("button", name="Put back").first.wait_for()


def test_what_was_picked_looks_like_that_at_once(visit, people):
    page = visit()
    arrive(page, people.worker, "/floor/pick?order=2003")
    screw = page.get_by_role("listitem").filter(has=page.get_by_role("button", name="Picked: Screw"))
    line = page.locator(f"#{screw.get_attribute('id')}")
    expect(line).not_to_have_class("picked")
    page.get_by_role("button", name="Picked: Screw").click()
    expect(line).to_have_class("picked")


@pytest.mark.parametrize("script", [True, False])
def test_what_is_refused_puts_the_cursor_where_it_is_mended(visit, people, script):
    page = visit(java_script_enabled=script, viewport={"width": 360, "height": 740})
    arrive(page, people.worker, PAGE)
    page.get_by_role("button", name="Done, all pieces").click()
    page.get_by_text("Measure first: Length, pieces 1, 2.").first.wait_for()
    expect(page.get_by_label("Measured, mm")).to_be_focused()
    expect(page.get_by_label("Measured, mm")).to_be_in_viewport()
    if script:
        assert violations(page) == []
    page.keyboard.type("11O4")
    page.keyboard.press("Enter")
    page.get_by_text("Enter what you measured as a number.").first.wait_for()
    expect(page.get_by_label("Measured, mm")).to_be_focused()
    expect(page.get_by_label("Measured, mm")).to_have_value("11O4")


def test_two_at_one_step_see_one_another_without_reloading(visit, people, server):
    with transaction(server.database) as session:
        dan = member(session, "fulfilment", "Dan Okafor")
    page = visit()
    page.clock.install()
    arrive(page, people.worker, PAGE)
    other = visit()
    arrive(other, dan, PAGE)
    other.get_by_role("button", name="Start").click()
    other.get_by_role("button", name="Pause").wait_for()
    page.clock.fast_forward(A_WHILE)
    page.get_by_text("Dan Okafor is at this step since").wait_for()


def test_the_board_changes_by_itself_and_only_then(visit, people):
    page = visit()
    page.clock.install()
    arrive(page, people.worker, "/floor/board")
    page.evaluate("document.getElementById('board').dataset.same = 'yes'")
    answers = []
    page.on("response", lambda response: answers.append(response.status) if "board" in response.url else None)
    with page.expect_response("**/floor/board"):
        page.clock.fast_forward(A_WHILE)
    page.wait_for_timeout(200)
    assert answers == [304]
    assert page.locator("#board[data-same]").count() == 1, "nothing was put in its place"
    reporting = visit()
    arrive(reporting, people.worker, PAGE)
    reporting.get_by_text("Something is wrong").click()
    reporting.get_by_label("What is wrong at step 1").fill("The blade is blunt")
    reporting.get_by_role("button", name="Tell the problem").click()
    reporting.get_by_text("The blade is blunt").first.wait_for()
    page.clock.fast_forward(A_WHILE)
    page.get_by_text("The blade is blunt").wait_for()

"""The desk in a browser: a client is found by keyboard alone, and an order by telephone takes three inputs."""

from time import monotonic

import pytest
from accessibility import overflow, violations
from browsing import in_every_view, ready_to_type, sign_in
from factories import a_customer, house, published
from sqlalchemy import select

from configurator.transaction import open_session, transaction
from orders.clients import calls, notes
from orders.records import Customer, Order

MOST_INPUTS, MOST_SECONDS = 3, 60
"""Of an order by telephone for a known client. An input: a text typed and sent with Enter, or a button pressed."""


@pytest.fixture
def people(server):
    with transaction(server.database) as session:
        people = house(session)
        notes.write(session, session.get(Customer, people.ada.customer_id), "Rings on Mondays.", people.rep)
        a_customer(session, "Adam Winterberg", company="Berg & Tal", phone="0171 5550123")
        return people


class Hands:
    """The keyboard of a rep: what was pressed, and how many inputs that was."""

    def __init__(self, page):
        self.page, self.keys, self.inputs = page, 0, 0

    def type(self, text):
        self.page.keyboard.type(text)
        self.keys += len(text)

    def enter(self):
        """Sends off what was typed, or presses the button that has the focus."""
        self.page.keyboard.press("Enter")
        self.keys, self.inputs = self.keys + 1, self.inputs + 1


def test_an_order_by_telephone_takes_three_inputs(page, server, people):
    sign_in(page, people.rep)
    page.goto("/desk/")
    ready_to_type(page)
    hands, start = Hands(page), monotonic()
    hands.type("albers")
    hands.enter()
    page.get_by_role("heading", name="Mira Álbers", level=1).wait_for()
    ready_to_type(page)
    hands.enter()
    page.get_by_role("heading", name="Read this back").wait_for()
    ready_to_type(page)
    assert page.get_by_text("One Garden bench, for Mira Álbers and Home.").is_visible()
    assert page.get_by_text("All as in order 2002").is_visible()
    hands.enter()
    page.get_by_role("heading", name="Order 2003").wait_for()
    assert (hands.inputs, hands.keys) == (MOST_INPUTS, len("albers") + 3)
    assert monotonic() - start < MOST_SECONDS
    with open_session(server.database) as session:
        order = session.scalar(select(Order).where(Order.number == "2003"))
        assert (order.customer_id, order.placed_by, order.inputs) == (people.mira.customer_id, people.rep.id, 0)


def test_a_key_that_is_held_down_places_no_order(page, server, people):
    sign_in(page, people.rep)
    page.goto("/desk/clients/1002")
    ready_to_type(page)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Read this back").wait_for()
    ready_to_type(page)
    page.evaluate("""() => {
        const held = new KeyboardEvent("keydown", {key: "Enter", repeat: true, bubbles: true, cancelable: true});
        window.refused = !document.activeElement.dispatchEvent(held);
    }""")
    assert page.evaluate("window.refused")
    with open_session(server.database) as session:
        assert session.scalar(select(Order).where(Order.number == "2003")) is None


def test_what_only_the_client_knows_is_asked_before_it_is_read_back(page, server, people):
    sign_in(page, people.rep)
    with transaction(server.database) as session:
        customer = a_customer(session, "Nobody Known")
        published(session)
    page.goto(f"/desk/clients/{customer.number}")
    page.evaluate("document.querySelector('.others button').form.insertAdjacentHTML('beforeend', "
                  "'<input type=hidden name=now value=yes>')")
    page.get_by_role("button", name="Garden bench").click()
    page.wait_for_url("**/configure/*#*")
    question = page.locator(page.evaluate("location.hash"))
    assert "Your height" in question.inner_text()
    assert question.is_visible()


def test_clients_are_found_while_one_types_with_the_keyboard_alone(page, people):
    sign_in(page, people.rep)
    page.goto("/desk/")
    field = page.get_by_role("combobox")
    ready_to_type(page)
    page.keyboard.type("winter")
    options = page.get_by_role("option")
    options.nth(1).wait_for()
    assert options.all_inner_texts()[0].startswith("Ada Winter")
    assert [options.nth(n).get_attribute("aria-selected") for n in (0, 1)] == ["true", "false"]
    assert field.get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") == options.nth(1).get_attribute("id")
    assert page.get_by_role("status").filter(has_text="2 clients").count() == 1
    assert violations(page) == []
    page.keyboard.press("ArrowDown")
    assert options.nth(0).get_attribute("aria-selected") == "true", "after the last comes the first"
    page.set_viewport_size({"width": 360, "height": 740})
    beneath = page.locator("main h1, main h2").first.bounding_box()
    page.keyboard.press("Escape")
    assert (options.count(), field.get_attribute("aria-expanded")) == (0, "false")
    assert page.locator("main h1, main h2").first.bounding_box() == beneath, "the list lies over the page"
    assert field.input_value() == "winter"
    page.keyboard.type("b")
    options.first.wait_for()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Adam Winterberg", level=1).wait_for()
    page.keyboard.press("/")
    page.keyboard.type("2001")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Ada Winter", level=1).wait_for()


def test_a_misspelt_name_is_offered_and_opened_with_enter(page, people):
    sign_in(page, people.rep)
    page.goto("/desk/")
    ready_to_type(page)
    page.keyboard.type("wintebreg")
    page.get_by_role("option", name="Adam Winterberg").wait_for()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Adam Winterberg", level=1).wait_for()


def test_opening_a_clients_page_begins_a_call(page, server, people):
    sign_in(page, people.rep)
    with page.expect_response("**/call") as noted:
        page.goto("/desk/clients/1002")
    assert noted.value.status == 204
    with open_session(server.database) as session:
        mira = session.get(Customer, people.mira.customer_id)
        assert calls._newest(session, mira).account_id == people.rep.id


def test_everything_about_a_client_is_on_one_screen(visit, people):
    page = visit(viewport={"width": 1440, "height": 900})
    sign_in(page, people.rep)
    page.goto("/desk/clients/1001")
    for heading in "Order", "People", "Places", "Orders", "Specifications", "Notes":
        box = page.get_by_role("heading", name=heading, level=2, exact=True).bounding_box()
        assert box["y"] + box["height"] < 900, heading
    assert page.get_by_text("Rings on Mondays.").first.is_visible()


@in_every_view
def test_the_desk_can_be_used_by_everybody(visit, people, view):
    page = visit(**view)
    sign_in(page, people.rep)
    for path in "/desk/clients/1001", "/desk/clients/1001/edit", "/desk/?q=a":
        page.goto(path)
        assert violations(page) == [], path
        assert overflow(page) <= 0, path
    page.goto("/desk/clients/1001")
    page.get_by_role("button", name="Order Garden bench as proposed").click()
    page.get_by_role("heading", name="Read this back").wait_for()
    assert violations(page) == []
    assert overflow(page) <= 0


def test_without_script_an_order_is_placed_as_well(visit, people):
    page = visit(java_script_enabled=False)
    sign_in(page, people.rep)
    page.goto("/desk/")
    ready_to_type(page)
    page.keyboard.type("albers")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Mira Álbers", level=1).wait_for()
    ready_to_type(page)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Read this back").wait_for()
    ready_to_type(page)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Order 2003").wait_for()

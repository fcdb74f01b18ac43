"""Was it right, in a browser: a minute on a telephone, by keyboard, without script; and the curve, for everybody."""

import pytest
from accessibility import overflow, violations
from browsing import sign_in
from factories import a_customer, house, ordered, shipped
from sqlalchemy import update

from configurator.transaction import transaction
from orders.memory.remembered import Evidence, Fact
from orders.records import Order

PHONE = {"viewport": {"width": 360, "height": 740}}


@pytest.fixture
def people(server):
    with transaction(server.database) as session:
        people = house(session)
        for moment in update(Evidence).values(at=people.ada.created_at), update(Fact).values(
                stated_at=people.ada.created_at):
            session.execute(moment)
        shipped(session, session.get(Order, people.order.id))
        for who in range(5):
            customer = a_customer(session, f"Customer {who}")
            for inputs in 9, 3:
                ordered(session, customer, inputs=inputs, unaided=11, seconds=200)
        return people


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_minute_on_a_telephone(visit, people, script):
    page = visit(**PHONE, java_script_enabled=script)
    sign_in(page, people.ada)
    page.goto("/orders")
    page.get_by_role("link", name="Say what was not").click()
    height = page.get_by_role("group", name="Your height")
    amount = height.get_by_label("By how much")
    assert not amount.is_visible(), "only what was not right is asked for more"
    height.get_by_text("Too small").click()
    amount.fill("1.5")
    page.get_by_role("button", name="Save: the rest was right").click()
    height.get_by_text("The nearest is").wait_for()
    assert amount.input_value() == "1.5", "what was typed stays"
    assert overflow(page) <= 0
    amount.fill("2")
    page.get_by_role("button", name="Save: the rest was right").click()
    page.get_by_role("heading", name="What it changes").wait_for()
    assert page.get_by_role("cell", name="2 cm more, as you asked").is_visible()
    page.get_by_role("button", name="Order a remake").click()
    page.wait_for_url("**/configure/*")


def test_it_is_answered_by_keyboard(visit, people):
    page = visit(**PHONE)
    sign_in(page, people.ada)
    page.goto("/orders/2001/right")
    page.get_by_role("button", name="All of it was right").focus()
    page.keyboard.press("Tab")  # to the first question, where nothing is marked yet
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.type("2")
    page.keyboard.press("Tab")
    page.keyboard.type("Knees")
    page.keyboard.press("Enter")
    page.get_by_role("cell", name="too small by 2 cm Knees").wait_for()


@pytest.mark.parametrize("view", [PHONE | {"color_scheme": "dark"}, {"viewport": {"width": 1280, "height": 900}}],
                         ids=["narrow and dark", "wide"])
def test_the_pages_can_be_used_by_everybody(visit, people, view):
    for account, paths in ((people.ada, ("/orders", "/products/bench", "/orders/2001/right")),
                           (people.rep, ("/desk/clients/1001", "/desk/learning", "/desk/learning?product=bench"))):
        page = visit(**view)
        sign_in(page, account)
        for path in paths:
            page.goto(path)
            assert violations(page) == [], path
            assert overflow(page) <= 0, path
        if account is people.ada:
            page.get_by_role("group", name="Your height").get_by_text("Too small").click()
            page.get_by_text("other answers").click()
            assert violations(page) == []
            page.get_by_role("button", name="Save what I marked").click()
            page.get_by_text("Change the answers").click()
            assert violations(page) == []
            assert overflow(page) <= 0

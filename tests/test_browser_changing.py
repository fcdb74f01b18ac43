"""An order changes after it was placed: its customer asks, the floor answers, the worker sees it; the box leaves."""

import os
from datetime import timedelta

import pytest
from accessibility import overflow, violations
from browsing import in_every_view, sign_in
from factories import house, ordered

from configurator.transaction import transaction
from orders.changes import changing
from orders.floor import production
from orders.records import Customer, Order


@pytest.fixture
def people(server):
    """The house; order 2001 is in work and is asked to be cancelled, 2002 is built, 2003 is free to change."""
    with transaction(server.database) as session:
        found = house(session)
        first, second = (session.get(Order, order.id) for order in (found.order, found.theirs))
        ordered(session, session.get(Customer, found.ada.customer_id), free_for=timedelta(hours=1))
        production.sign_off(session, first, "saw", 1, found.worker)
        for step in production.steps(second):
            production.sign_off(session, second, *step, found.worker)
        changing.cancel(session, first, found.ada, "We move to a house without a garden")
    return found


@in_every_view
def test_the_pages_can_be_used_by_everybody(visit, people, view):
    for account, paths in (
            (people.ada, ("/orders/2001", "/orders/2003")),
            (people.rep, ("/orders/2001", "/outbox/")),
            (people.worker, ("/floor/requests", "/floor/orders/2001", "/floor/orders/2002/ship", "/floor/carriers"))):
        page = visit(**view)
        sign_in(page, account)
        for path in paths:
            page.goto(path)
            _look(page, path, view)
            assert violations(page) == [], path
            assert overflow(page) <= 0, path
    page = visit(**view)
    sign_in(page, people.ada)
    page.goto("/orders/2003")
    page.get_by_role("button", name="Change this order").click()
    page.wait_for_url("**/configure/*")
    page.goto(page.url.split("?")[0] + "/change")
    assert violations(page) == []
    assert overflow(page) <= 0


def test_a_change_is_asked_for_granted_and_seen_at_once(visit, people):
    """The worker has the sheet open all the while: it tells that it is not the one that counts any more."""
    home, bench, office = (visit(viewport={"width": 1280, "height": 900}) for _ in range(3))
    sign_in(bench, people.worker)
    bench.goto("/floor/orders/2002")
    sign_in(home, people.mira)
    home.goto("/orders/2002")
    home.get_by_role("button", name="Change this order").click()
    home.wait_for_url("**/configure/*")
    home.goto(f"{home.url}?group=2")
    with home.expect_response(lambda answer: answer.request.method == "POST"):
        home.get_by_role("group", name="Wood").get_by_label("Pine").check()
    home.get_by_role("button", name="Review the change of order 2002").click()
    home.get_by_role("heading", name="Change order 2002").wait_for()
    _look(home, "change", {"viewport": {"width": 1280}})
    home.get_by_label("Why, if you like").fill("It matches the table")
    home.get_by_role("button", name="Ask the workshop for it").focus()
    home.keyboard.press("Enter")
    home.get_by_text("The workshop is asked: you are told what it says.").wait_for()
    bench.get_by_text("A change of this order is asked for.").wait_for()
    sign_in(office, people.worker)
    office.goto("/floor/requests")
    asked = office.get_by_role("region", name="Change order 2002")
    assert asked.get_by_text("It matches the table").is_visible()
    asked.get_by_role("button", name="Approve").click()
    office.get_by_text("Order 2002: approved.").wait_for()
    bench.get_by_text("revision 2 of the sheet counts from now on").wait_for()
    bench.get_by_role("link", name="To revision 2").click()
    bench.get_by_text("Cut the Pine boards").first.wait_for()
    bench.goto("/floor/orders/2002/revisions/1")
    assert bench.get_by_text("superseded by revision 2").first.is_visible()
    _look(bench, "superseded", {"viewport": {"width": 1280}})


def _look(page, name, view):
    """Pictures of the pages, for whoever wants to look at them: LOOK names a folder."""
    if folder := os.environ.get("LOOK"):
        width, file = view["viewport"]["width"], name.strip("/").replace("/", "-")
        page.screenshot(path=f"{folder}/{file}-{width}.png", full_page=True)

"""Quotes in a browser: for everybody, by keyboard, and by the client's link without an account."""

import pytest
from accessibility import overflow, violations
from browsing import in_every_view, sign_in
from factories import house, member, sent_quote
from sqlalchemy import func, select

from configurator.transaction import open_session, transaction
from orders.quotation import links, quotes
from orders.records import Order


@pytest.fixture
def people(server):
    with transaction(server.database) as session:
        there = house(session)
        boss = member(session, "manager", "Dan Okafor")
        quote = sent_quote(session, there.ada.customer, there.rep, 2)
        quotes.revise(session, quote, there.rep)
        quote.lines[0].quantity = 3
        quotes.issue(session, quote, there.rep, quote.revisions[0].issued_at.date())
        drawn = sent_quote(session, there.mira.customer, there.rep)
        quotes.revise(session, drawn, there.rep)
        return there, boss, links.make(session, quote)


@in_every_view
def test_the_pages_can_be_used_by_everybody(visit, people, view):
    there, boss, token = people
    for account, paths in (
            (there.rep, ("/desk/quotes", "/desk/quotes/Q-0001", "/desk/quotes/Q-0002",
                         "/desk/quotes/Q-0001/revisions/2")),
            (there.ada, ("/quotes", "/quotes/Q-0001")), (boss, ("/charges/", "/desk/quotes/Q-0002")),
            (None, (f"/quoted/{token}",))):
        page = visit(**view)
        if account:
            sign_in(page, account)
        for path in paths:
            page.goto(path)
            assert violations(page) == [], path
            assert overflow(page) <= 0, path


def test_from_the_clients_page_to_an_order_by_the_link(visit, people, server):
    there, _, _ = people
    desk = visit(viewport={"width": 1280, "height": 900})
    sign_in(desk, there.rep)
    desk.goto("/desk/clients/1001")
    desk.get_by_role("button", name="New quote").click()
    desk.get_by_role("button", name="Garden bench").click()
    desk.get_by_role("button", name="Put it back on quote Q-0003").click()
    desk.get_by_role("textbox", name="Pieces").fill("4")
    desk.get_by_label("Discount on the whole").fill("10")
    desk.keyboard.press("Enter")  # keeps and adds up
    desk.get_by_text("beyond your limit").wait_for()
    desk.get_by_label("Discount on the whole").fill("0")
    desk.get_by_role("button", name="Save and add up").click()
    desk.get_by_role("button", name="Send revision 1").click()
    link = desk.get_by_role("textbox", name="Private link").input_value()
    client = visit(viewport={"width": 390, "height": 800}, java_script_enabled=False)
    client.goto(link)
    client.get_by_text("What it is").first.click()
    client.get_by_label("Your name").first.fill("Ada Winter")
    client.get_by_role("button", name="Order for").click()
    client.get_by_text("Accepted by Ada Winter").wait_for()
    with open_session(server.database) as session:
        made = session.scalar(select(func.count(Order.id)).where(Order.quote_revision_id.is_not(None)))
    assert made == 1
    desk.reload()
    assert desk.get_by_text("Ordered").count()


def test_a_quote_is_sent_with_the_keyboard_alone(visit, people):
    there, _, _ = people
    desk = visit(viewport={"width": 1280, "height": 900})
    sign_in(desk, there.rep)
    desk.goto("/desk/quotes/Q-0002")
    name = "Send revision 2"
    for _ in range(80):
        desk.keyboard.press("Tab")
        if desk.evaluate("document.activeElement.textContent").strip() == name:
            break
    desk.keyboard.press("Enter")
    desk.get_by_text("Revision 2 is sent").wait_for()

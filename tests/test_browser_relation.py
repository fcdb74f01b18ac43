"""The pages about the relation in a real browser: wide and narrow, light and dark, on paper; the day without script."""

from datetime import timedelta
from io import BytesIO

import pytest
from accessibility import overflow, violations
from browsing import NARROW, in_every_view, sign_in
from factories import TODAY, a_customer, house, member, ordered, published
from pypdf import PdfReader

from configurator.transaction import transaction
from orders.relation import tiers
from orders.relation.followed import Tier


@pytest.fixture
def people(server, monkeypatch):
    for room in "relation", "tiers", "attention":
        monkeypatch.setattr(f"configurator.web.desk.{room}.today", lambda: TODAY)
    with transaction(server.database) as session:
        people = house(session)
        for number in range(7):
            customer = a_customer(session, f"Customer {number}")
            for time in range(1 + number // 2):
                ordered(session, customer, published(session), TODAY - timedelta(90 * time + 10 * number + 30))
        session.add(Tier(name="Friends of the house", rank=1, orders=2, bought=0, kinds=0, months=24, currency="EUR",
                         priority=True, changes=1, remakes=1, words="A card at New Year."))
        session.flush()
        tiers.refresh(session, TODAY)
        return people


@pytest.fixture
def manager(server, people):
    with transaction(server.database) as session:
        return member(session, "manager", "Dan Okafor")


@in_every_view
def test_everybody_at_the_firm_can_use_the_pages(visit, people, manager, view):
    for account, paths in (
            (manager, ("", "scope", "lots", "tiers/", "tiers/1", "tiers/new", "tiers/clients/1004")),
            (people.rep, ("scope/1001", "../today/"))):
        page = visit(**view)
        sign_in(page, account)
        for path in paths:
            page.goto(f"/desk/relation/{path}")
            assert violations(page) == [], path
            assert overflow(page) <= 0, path


def test_what_was_saved_is_one_page_of_paper(visit, manager):
    page = visit()
    sign_in(page, manager)
    page.goto("/desk/relation/lots")
    printed = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages
    assert len(printed) == 1
    assert "What lots of one save" in printed[0].extract_text()
    assert "Work it out" not in printed[0].extract_text()


def test_the_day_is_worked_off_without_script(visit, people):
    page = visit(java_script_enabled=False)
    sign_in(page, people.rep)
    page.get_by_role("link", name="Today").click()
    line = page.get_by_role("listitem").filter(has=page.get_by_role("button", name="Not this one")).first
    about = line.locator("[name=about]").input_value()
    line.get_by_role("button", name="Done").click()
    page.get_by_role("status").get_by_text("Done:").wait_for()
    assert page.locator(".today [name=about]").count() > 1
    assert page.locator(f".today [name=about][value='{about}']").count() == 0


def test_on_a_telephone_the_tables_are_read_without_scrolling(visit, manager):
    page = visit(viewport=NARROW)
    sign_in(page, manager)
    for path in "/desk/learning", "/studio/":
        page.goto(path)
        cells = page.locator(".scroll, .scroll :is(th, td)")
        assert cells.count() > 5
        cut = cells.evaluate_all("cells => cells.filter((cell) => cell.scrollWidth > cell.clientWidth)"
                                 ".map((cell) => cell.textContent)")
        assert cut == [], path

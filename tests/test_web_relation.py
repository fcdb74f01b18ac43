"""The pages about the relation with customers: for the firm alone, off where it wants, and without whoever objects."""

import re
from datetime import date, timedelta

import pytest
from factories import TODAY, a_customer, bench, browser, house, member, ordered, published
from household import pages_on_sqlite

from catalog.formats import to_document
from catalog.store import current
from configurator.transaction import transaction
from orders import value
from orders.memory import consents
from orders.quotation import vat
from orders.relation import worth

PAGES = ["/desk/relation/", "/desk/relation/scope", "/desk/relation/lots", "/desk/relation/scope/1001",
         "/desk/relation/tenths/1"]


@pytest.fixture(autouse=True)
def calendar(monkeypatch):
    monkeypatch.setattr("configurator.web.desk.relation.today", lambda: TODAY)


pytestmark = pages_on_sqlite


@pytest.fixture
def people(app):
    with transaction(app.extensions["engine"]) as session:
        published(session, bench(name="stool", title="Foot stool"))
        return house(session)


@pytest.mark.parametrize("page", PAGES)
def test_customers_never_see_it(app, people, page):
    assert browser(app, people.ada).get(page).status_code == 403
    assert app.test_client().get(page).status_code == 303


def test_how_unequal_they_are_is_for_managers(app, people, manager):
    assert browser(app, people.rep).get("/desk/relation/").status_code == 403
    page = manager.get("/desk/relation/")
    assert page.headers["Cache-Control"] == "no-store"
    assert "2 customers are too few to say what to expect" in page.text


def test_with_enough_customers_it_says_what_to_expect(app, people, manager, monkeypatch):
    for room in value, worth:
        monkeypatch.setattr(room, "FEW", 2)
    with transaction(app.extensions["engine"]) as session:
        for number in range(3):
            ordered(session, a_customer(session, f"Customer {number}"), published(session), TODAY - timedelta(100))
    page = manager.get("/desk/relation/").text
    assert "models of 3 customers" in page
    assert "Expected" in page
    one_by_one = " ".join(manager.get(f"/desk/relation/tenths/{number}").text for number in range(1, 6))
    assert all(f"Customer {number}" in one_by_one for number in range(3))
    assert "cannot be said" in one_by_one  # who bought once
    assert manager.get("/desk/relation/tenths/11").status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_a_shop_that_switched_it_off_has_no_such_page(app_with, page):
    app = app_with(analysis=False)
    with transaction(app.extensions["engine"]) as session:
        house(session)
        rep, manager = member(session, "rep"), member(session, "manager")
    assert browser(app, rep).get(page).status_code == 404
    assert browser(app, manager).get(page).status_code == 404
    for still in "/desk/clients/1001", "/desk/relation/tiers/clients/1001", "/desk/today/":
        assert browser(app, rep).get(still).status_code == 200
    bar = browser(app, manager).get("/desk/learning").text
    assert "/desk/relation/tiers/" in bar  # they are not an analysis
    assert "/desk/relation/scope" not in bar


def test_a_rep_sees_what_a_client_could_buy_next_and_how_little_it_takes(app, people):
    rep = browser(app, people.rep)
    page = rep.get("/desk/relation/scope/1001").text
    assert "1 of the 2 kinds of things that we make." in page
    assert "Foot stool" in page
    assert "Would be right" in page
    assert 'action="/desk/clients/1001/order/stool"' in page
    assert rep.get("/desk/relation/scope/4711").status_code == 404


def test_of_many_kinds_the_likeliest_are_worked_out(app, people, monkeypatch):
    monkeypatch.setattr("configurator.scope.LIKELIEST", 2)
    with transaction(app.extensions["engine"]) as session:
        for name in "desk", "lamp", "shelf":
            published(session, bench(name=name, title=f"Garden {name}"))
        others = [a_customer(session) for _ in range(6)]
        for other in others:
            ordered(session, other)
            ordered(session, other, version=current(session, "shelf"))
    page = browser(app, people.rep).get("/desk/relation/scope/1001").text
    assert re.findall(r'id="next-\d">([^<]*)', page)[0] == "Garden shelf"
    assert page.count("Would be right") == 2
    assert "And 2 other kinds." in page


def test_of_many_open_answers_the_first_are_named_and_each_button_says_what_it_opens(app, people):
    many = [{"name": f"inlay_{n}", "title": f"Inlay {n}", "kind": "choice", "group": "look", "values": ["ash", "elm"]}
            for n in range(9)]
    with transaction(app.extensions["engine"]) as session:
        published(session, bench(name="table", title="Table", characteristics=[
            *to_document(bench())["characteristics"], *many]))
    page = browser(app, people.rep).get("/desk/relation/scope/1001").text
    named = re.search(r"Would be right but for (\d+) answers: (.*) and (\d+) more\.", page)
    assert named[2].count(",") == 5
    assert int(named[1]) - int(named[3]) == 6
    opens = re.findall(r"<button[^>]*>(Open for .*)</button>", page)
    assert len(set(opens)) == len(opens) == 2


def test_what_next_costs_what_this_client_would_be_charged(app, people):
    def price():
        return re.search(r"([\d.,]+) as proposed", browser(app, people.rep).get("/desk/relation/scope/1001").text)[1]
    at_home = float(price())
    with transaction(app.extensions["engine"]) as session:
        vat.begin(session, "DE", date(2020, 1, 1), None)
        vat.settle(session.merge(people.ada).customer, "AT", "firm", "ATU12345678")
    assert float(price()) == pytest.approx(at_home / 1.19, abs=0.01)


def test_of_whoever_objects_nothing_is_worked_out(app, people):
    with transaction(app.extensions["engine"]) as session:
        consents.say(session, session.merge(people.ada).customer, "analysis", False, None)
    page = browser(app, people.rep).get("/desk/relation/scope/1001").text
    assert "does not want to be looked at" in page
    assert "Foot stool" not in page


def test_a_period_is_worked_out_with_what_is_assumed(manager):
    page = manager.get("/desk/relation/lots").text
    assert "2 orders of 2 pieces in 1 configurations" in page
    asked = {"since": "2026-01-01", "until": "2027-12-31", "service": 90, "material": 30, "finished": 60}
    assert "90 times of 100" in manager.get("/desk/relation/lots", query_string=asked).text
    assert "Nothing was ordered in this period" in manager.get(
        "/desk/relation/lots", query_string=asked | {"until": "2026-01-02"}).text


@pytest.mark.parametrize(("wrong", "told"), [
    ({"until": "2025-01-01"}, "ends before it begins"), ({"service": "100"}, "from 1 to 99"),
    ({"since": "yesterday"}, "Not a valid date"), ({"material": "x"}, "Not a valid integer")])
def test_a_period_that_cannot_be_says_so(manager, wrong, told):
    asked = {"since": "2026-01-01", "until": "2027-12-31", "service": 90, "material": 30, "finished": 60}
    answer = manager.get("/desk/relation/lots", query_string=asked | wrong)
    assert answer.status_code == 422
    assert told in answer.text

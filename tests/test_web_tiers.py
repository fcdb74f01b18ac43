"""A rep's day and the tiers in pages: who may, what is said, what is refused."""

import re
from datetime import UTC, datetime, time, timedelta
from typing import get_args

import pytest
from factories import TODAY, bench, bench_values, browser, ordered, published
from household import pages_on_sqlite
from remembering import text_of
from sqlalchemy import select

from configurator import attention
from configurator.transaction import open_session, transaction
from configurator.web.desk import attention as page
from orders import lifecycle
from orders.memory import feedback
from orders.records import Order
from orders.relation import attention as rules
from orders.relation import tiers
from orders.relation.followed import Tier
from orders.specifications import Configured, save
from orders.subjects import Whom

TIER = {"name": "Friends of the house", "orders": 1, "bought": 10, "kinds": 1, "months": 24, "contact": 0,
        "priority": "y", "changes": 2, "remakes": 1, "words": "A card at New Year."}


@pytest.fixture(autouse=True)
def calendar(monkeypatch):
    for room in "tiers", "attention":
        monkeypatch.setattr(f"configurator.web.desk.{room}.today", lambda: TODAY)


pytestmark = pages_on_sqlite


def test_a_tier_is_written_down_and_read_by_its_members(app, people, manager):
    assert manager.post("/desk/relation/tiers/new", data=TIER).status_code == 303
    page = manager.get("/desk/relation/tiers/").text
    assert "At least one order, €10.00, one kind of things within 24 months." in page
    assert "2 customers" in page
    assert "Changes 0 within a year" in text_of(page)
    assert "Not charged €0.00" in text_of(page)
    theirs = browser(app, people.ada).get("/account/").text
    for said in "Friends of the house", "2 changes after release without a charge", "A card at New Year.":
        assert said in theirs
    members = browser(app, people.rep).get("/desk/relation/tiers/1").text
    assert "Ada Winter" in members
    assert "one order, €" in members


@pytest.mark.parametrize(("wrong", "told"), [
    ({"name": ""}, "Enter a name."), ({"months": 0}, "from 1 to 240"), ({"orders": -1}, "from 0 to 1000000"),
    ({"bought": "much"}, "Not a valid integer"), ({"contact": 99}, "Not a valid choice")])
def test_a_tier_that_cannot_be_is_refused(manager, wrong, told):
    answer = manager.post("/desk/relation/tiers/new", data=TIER | wrong)
    assert answer.status_code == 422
    assert told in answer.text
    assert "There is no tier" in manager.get("/desk/relation/tiers/").text


def test_two_tiers_have_two_names(manager):
    manager.post("/desk/relation/tiers/new", data=TIER)
    answer = manager.post("/desk/relation/tiers/new", data=TIER)
    assert answer.status_code == 422
    assert "There is a tier of this name." in answer.text


def test_a_tier_is_changed_and_deleted(app, manager):
    manager.post("/desk/relation/tiers/new", data=TIER)
    manager.post("/desk/relation/tiers/1/edit", data=TIER | {"orders": 5})
    with open_session(app.extensions["engine"]) as session:
        assert tiers.members(session, session.get(Tier, 1)) == []
    assert "The tier is gone." in manager.post("/desk/relation/tiers/1/delete", follow_redirects=True).text


def test_what_a_tier_is_stands_in_its_form_and_saved_again_it_is_the_same(app, people, manager):
    manager.post("/desk/relation/tiers/new", data=TIER | {"contact": people.rep.id})
    page = manager.get("/desk/relation/tiers/1/edit").text
    shown = dict(re.findall(r'name="(\w+)"[^>]* value="([^"]*)"', page))
    assert (shown["bought"], shown["changes"]) == ("10", "2")
    assert f'<option selected value="{people.rep.id}">' in page
    assert "Changes cost nothing in this shop" in page
    manager.post("/desk/relation/tiers/1/edit", data=TIER | {"bought": shown["bought"], "contact": people.rep.id})
    with open_session(app.extensions["engine"]) as session:
        tier = session.get(Tier, 1)
        assert (tier.bought, tier.contact_id) == (1000, people.rep.id)


def test_a_client_is_put_into_a_tier_by_hand_with_a_word(app, people, manager):
    manager.post("/desk/relation/tiers/new", data=TIER | {"orders": 9})
    assert "Say why" in manager.post("/desk/relation/tiers/clients/1001", data={"tier": 1}, follow_redirects=True).text
    page = manager.post("/desk/relation/tiers/clients/1001", data={"tier": 1, "word": "Our first customer."},
                        follow_redirects=True).text
    assert "Our first customer.</span> (Dan Okafor)" in page
    assert "Our first customer." in browser(app, people.ada).get("/account/").text
    rep = browser(app, people.rep)
    assert "Move" not in rep.get("/desk/relation/tiers/clients/1001").text
    assert rep.post("/desk/relation/tiers/clients/1001", data={"tier": 1, "word": "x"}).status_code == 403


@pytest.mark.parametrize("page", ["/desk/relation/tiers/", "/desk/today/", "/desk/relation/tiers/clients/1001"])
def test_customers_see_none_of_it(app, people, page):
    assert browser(app, people.ada).get(page).status_code == 403


def test_the_day_says_why_and_what_next_and_what_was_done_is_gone(app, people):
    with transaction(app.extensions["engine"]) as session:
        ada = session.merge(people.ada).customer
        late = ordered(session, ada, published(session), TODAY - timedelta(60)).number
    rep = browser(app, people.rep)
    page = rep.get("/desk/today/").text
    assert f"Order {late} was promised for" in page
    assert f'href="/floor/orders/{late}"' in page
    with open_session(app.extensions["engine"]) as session:
        (line,) = attention.day(session, TODAY, True)
    sent = {"client": "1001", "about": line.about, "done": "later"}
    assert "Ada Winter comes back in 14 days." in rep.post("/desk/today/", data=sent, follow_redirects=True).text
    assert f"Order {late} was promised for" not in rep.get("/desk/today/").text
    assert rep.post("/desk/today/", data=sent).status_code == 404  # it is not on the list any more


def test_what_was_pressed_by_mistake_is_taken_back_in_one_act(app, people):
    with transaction(app.extensions["engine"]) as session:
        late = ordered(session, session.merge(people.ada).customer, published(session), TODAY - timedelta(60))
        about = f"promise {late.number} {late.promised_on} late"
    rep = browser(app, people.rep)
    told = rep.post("/desk/today/", data={"client": "1001", "about": about, "done": "done"}, follow_redirects=True).text
    assert "Done: Ada Winter." in told[:told.index("Nothing waits for you")], "it is said above the list"
    undo, sent = 'action="/desk/today/undo"', {"client": "1001", "about": about}
    assert undo in told
    assert undo in rep.get("/desk/today/").text, "and can be taken back later on"
    for _twice in range(2):
        told = rep.post("/desk/today/undo", data=sent, follow_redirects=True).text
        assert "It is on the list again." in told
        assert f"Order {late.number} was promised for" in told
        assert undo not in told


def test_what_is_taken_back_twice_takes_back_nothing_that_was_done_in_between(app, people):
    with transaction(app.extensions["engine"]) as session:
        version, ada = published(session), session.merge(people.ada).customer
        late = [ordered(session, ada, version, TODAY - timedelta(60)) for _ in range(2)]
        one, other = ({"client": "1001", "about": f"promise {order.number} {order.promised_on} late"} for order in late)
    rep = browser(app, people.rep)
    rep.post("/desk/today/", data={**one, "done": "done"})
    rep.post("/desk/today/undo", data=one)
    rep.post("/desk/today/", data={**other, "done": "done"})
    told = rep.post("/desk/today/undo", data=one, follow_redirects=True).text
    assert f"Order {late[0].number} was promised for" in told
    assert f"Order {late[1].number} was promised for" not in told


@pytest.mark.parametrize("sent", [{"client": "1002"}, {"about": "promise 1 2026-01-01"}, {"done": "maybe"}, {}])
def test_what_is_not_on_the_list_cannot_be_done(app, people, sent):
    with transaction(app.extensions["engine"]) as session:
        order = ordered(session, session.merge(people.ada).customer, published(session), TODAY - timedelta(60))
        about = f"promise {order.number} {order.promised_on}"
    answer = browser(app, people.rep).post(
        "/desk/today/", data={"client": "1001", "about": about, "done": "done"} | sent if sent else {})
    assert answer.status_code == 404


def test_every_kind_of_line_leads_somewhere(app, people):
    with transaction(app.extensions["engine"]) as session:
        ada, version = session.merge(people.ada).customer, published(session)
        kept = save(session, Whom(ada), "Hall", Configured(version, bench_values(), bench_values()))
        for days in 400, 300, 200, 50:
            order = ordered(session, ada, version, TODAY - timedelta(days), revision=kept)
            for state in "in_production", "built", "shipped":
                lifecycle.enter(session, order, state, lifecycle.SYSTEM, order.placed_at)
        ordered(session, ada, version, TODAY - timedelta(30))
        order = ordered(session, ada, version, TODAY - timedelta(20), remake_of=order)
        for state in "in_production", "built", "shipped":
            lifecycle.enter(session, order, state, lifecycle.SYSTEM, order.placed_at)
        feedback.give(session, session.scalars(select(Order).order_by(Order.id)).all()[-4],
                      {"width": feedback.Verdict("small")}, at=datetime.combine(TODAY, time(), UTC))
        published(session, bench(rules=[{"id": "wide", "says": "Benches are wide now.", "require": "width >= 1400"}]))
        lines = [rules.Line(kind, ada, "", TODAY, order, kept, 100) for kind in get_args(rules.Kind)]
        with app.test_request_context():
            leads = {line.kind: page.act(line)[0] for line in lines}
            assert all(page.why(line) for line in lines)
    rep = browser(app, people.rep)
    for kind, href in leads.items():
        assert rep.get(href).status_code == 200, kind
    shown = rep.get("/desk/today/").text
    assert "what was not right: Width" in shown
    for title in "Promise at risk", "Not right", "Remake to follow up", "New catalogue":
        assert title in shown

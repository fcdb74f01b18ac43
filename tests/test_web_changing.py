"""Changing and cancelling an order in the browser of its customer, and what the floor sees and answers."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from factories import TODAY, bench, browser, house, member, ordered, published, shipped
from household import pages_on_sqlite
from pypdf import PdfReader

from catalog.formats import to_document
from configurator.transaction import transaction
from orders.changes import requests
from orders.floor import production
from orders.records import Customer, Order
from orders.relation import tiers
from orders.relation.followed import Tier

HOUR = timedelta(hours=1)
PINE = {"a.wood": "pine", "was.wood": "null"}


pytestmark = pages_on_sqlite


@pytest.fixture
def people(engine):
    """The house, and order 2003 of Ada's that she may still change."""
    with transaction(engine) as session:
        found = house(session)
        ordered(session, session.get(Customer, found.ada.customer_id), free_for=HOUR)
        return found


def opened(client, number):
    """The address of the draft that an order is changed with."""
    answer = client.post(f"/orders/{number}/change")
    assert answer.status_code == 303
    return answer.location


def fields(page):
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))


def changed(client, number, answers=None, quantity=1, **more):
    """Changes an order as one does: answers, looks, confirms."""
    draft = opened(client, number)
    if answers:
        assert client.post(draft, data=answers).status_code < 400
    page = client.get(f"{draft}/change").text
    if quantity != 1:
        page = client.post(f"{draft}/change", data={"quantity": quantity, "update": ""}).text
    act = "ask" if 'name="ask"' in page else "revise"
    return client.post(f"{draft}/change", data={**fields(page), "quantity": quantity, act: "", **more},
                       follow_redirects=True), page


def test_an_order_that_is_free_is_changed_by_its_customer(ada, engine):
    answer, page = changed(ada, 2003, PINE, why="Lighter")
    assert "<ins>Pine</ins>" in page
    assert '<strong>€320.00</strong> <span class="small">\N{MINUS SIGN}120.00</span>' in page
    assert "Change the order" in page
    assert "Order 2003 is changed." in answer.text
    assert "Revision 2" in answer.text
    assert "Lighter" in answer.text
    with transaction(engine) as session:
        order = session.query(Order).filter_by(number="2003").one()
        assert (order.sheet_number, order.values["wood"], order.state) == (2, "pine", "placed")


def test_an_order_that_is_changed_is_not_called_an_order_to_place(ada):
    page = ada.get(opened(ada, 2003)).text
    assert "then review the change" in page
    assert "order it as shown" not in page


def test_how_many_can_be_changed_alone(ada):
    answer, page = changed(ada, 2003, quantity=2)
    assert "Only the number of pieces." in page
    assert "is changed" in answer.text


@pytest.mark.parametrize("quantity", ["0", "-5", "1000", "214748364", "two", ""])
@pytest.mark.parametrize("act", ["update", "revise"])
def test_pieces_that_no_order_has_are_refused_and_stay_where_they_were_typed(ada, quantity, act):
    answer = ada.post(f"{opened(ada, 2003)}/change", data={"quantity": quantity, act: ""})
    assert answer.status_code == 409
    assert "An order is of 1 to 999 pieces." in answer.text
    assert re.search(f'name="quantity"[^>]* value="{quantity}"[^>]* aria-invalid="true"', answer.text)


def test_nothing_is_confirmed_that_was_not_shown(ada, engine):
    draft = opened(ada, 2003)
    page = ada.get(f"{draft}/change").text
    assert "Nothing yet" in page
    assert ada.post(f"{draft}/change", data={**fields(page), "quantity": 1, "revise": ""}).status_code == 409
    ada.post(draft, data=PINE)
    stale = ada.post(f"{draft}/change", data={**fields(page), "quantity": 1, "revise": ""})
    assert stale.status_code == 409
    assert "not what you saw" in stale.text
    assert ada.get(draft + "/order").location.endswith("/change"), "a change places no other order"


def test_the_release_in_between_makes_it_a_question(ada, rep, engine):
    draft = opened(ada, 2003)
    ada.post(draft, data=PINE)
    page = ada.get(f"{draft}/change").text
    assert "is released" in rep.post("/orders/2003/release", follow_redirects=True).text
    answer = ada.post(f"{draft}/change", data={**fields(page), "quantity": 1, "revise": ""})
    assert answer.status_code == 409
    assert "went to the workshop meanwhile" in answer.text
    assert "Ask the workshop" in answer.text
    asked = ada.post(f"{draft}/change", data={**fields(answer.text), "quantity": 1, "ask": ""}, follow_redirects=True)
    assert "The workshop is asked" in asked.text


def test_the_floor_sees_what_a_change_means_and_grants_it(ada, worker, engine, people):
    with transaction(engine) as session:
        order = session.get(Order, people.order.id)
        for step in ("saw", 1), ("fit", 1):
            production.sign_off(session, order, *step, people.worker)
    _, page = changed(ada, 2001, PINE, why="A wedding")
    assert "One finished step would be void." in page
    asked = ada.get("/orders/2001").text
    for words in "A wedding", "<del>Oak</del>", "<ins>Pine</ins>":
        assert words in asked, words
    assert re.search("If it is granted: €[^,]+, one piece, ready on", asked)
    assert "asked for" in worker.get("/floor/orders/2001/notice?revision=1").text
    page = worker.get("/floor/requests").text
    for words in ("Change order 2001", "waits for an answer", "A wedding", "<ins>Pine</ins>", "is done again",
                  "stays as it is", "W-OAK", "in work, cut or fitted", "€338.00 <small>\N{MINUS SIGN}120.00</small>"):
        assert words in page, words
    number = re.search(r"/floor/requests/(\d+)/approve", page)[1]
    for act, wrong, field, told in (("refuse", {"word": ""}, "word", "Say why not"),
                                    ("approve", {"word": "So be it", "promised_on": "1999-12-31"}, "day", "a day")):
        answer = worker.post(f"/floor/requests/{number}/{act}", data=wrong)
        assert answer.status_code == 422
        assert f'aria-describedby="{field}-{number}-not"' in answer.text
        assert told in answer.text.partition(f'id="{field}-{number}-not"')[2][:200], "beside its field"
    assert 'value="So be it"' in answer.text, "what was typed stays"
    assert "approved" in worker.post(f"/floor/requests/{number}/approve", data={"word": "Just in time"},
                                     follow_redirects=True).text
    assert "answered already" in worker.post(f"/floor/requests/{number}/approve", follow_redirects=True).text
    assert "Just in time" in ada.get("/orders/2001").text
    assert "revision 2 of the sheet counts" in worker.get("/floor/orders/2001/notice?revision=1").text
    assert "revision 2 of the sheet counts" not in worker.get("/floor/orders/2001/notice?revision=2").text


def test_the_old_sheet_says_that_it_is_superseded(ada, worker, engine, people):
    changed(ada, 2001, PINE)
    number = re.search(r"/floor/requests/(\d+)/approve", worker.get("/floor/requests").text)[1]
    worker.post(f"/floor/requests/{number}/approve")
    old, new = worker.get("/floor/orders/2001/revisions/1").text, worker.get("/floor/orders/2001").text
    assert "superseded by revision 2" in old
    assert "Cut the Oak boards" in old
    assert "1/1/sign" not in old
    assert "superseded by" not in new
    assert "Cut the Pine boards" in new
    held = worker.get("/floor/orders/2001?revision=1").text
    assert "The paper in your hand is revision 1" in held
    pdf = worker.get("/floor/orders/2001/revisions/1.pdf")
    pages = [page.extract_text() for page in PdfReader(BytesIO(pdf.data)).pages]
    assert all("Superseded by revision 2" in page for page in pages)
    stale = worker.post("/floor/orders/2001/1/1/sign", data={"revision": 1}, follow_redirects=True)
    assert "The sheet was changed" in stale.text
    assert "0 of 4 steps done" in stale.text
    assert worker.get("/floor/orders/2001/revisions/2").status_code == 404


def test_whoever_grants_cancelling_sees_what_goes_back_to_its_bin(ada, worker):
    worker.post("/floor/pick", data={"part": "SCREW", "for": "2001"})
    ada.post("/orders/2001/cancel", data={"why": "We move"})
    number = re.search(r"/floor/requests/(\d+)/approve", worker.get("/floor/requests").text)[1]
    page = worker.post(f"/floor/requests/{number}/approve", follow_redirects=True).text
    assert "approved" in page
    assert "needs none any more" in page
    worker.post("/floor/pick/back", data={"part": "SCREW", "for": "2001"})
    assert "needs none any more" not in worker.get("/floor/pick?order=2001").text


def test_cancelling_asks_the_floor_once_it_has_the_order(ada, worker):
    assert "is cancelled" in ada.post("/orders/2003/cancel", follow_redirects=True).text
    page = ada.post("/orders/2001/cancel", data={"why": "We move"}, follow_redirects=True).text
    assert "can still be cancelled" in page
    assert "Ask no longer" in page
    assert "already" in ada.post("/orders/2001/cancel", follow_redirects=True).text
    assert "Nothing is asked" in ada.post("/orders/2001/withdraw", follow_redirects=True).text
    ada.post("/orders/2001/cancel")
    page = worker.get("/floor/requests").text
    assert "Cancel order 2001" in page
    assert "€0.00 <small>\N{MINUS SIGN}458.00</small>" in page
    worker.post(re.search(r"/floor/requests/\d+/approve", page)[0])
    assert "Cancelled" in ada.get("/orders/2001").text


def test_nobody_changes_what_is_not_theirs(app, ada, engine, people):
    assert ada.post("/orders/2002/change").status_code == 404
    with transaction(engine) as session:
        stranger = member(session)
    mira = browser(app, people.mira)
    draft = opened(ada, 2003)
    assert mira.get(f"{draft}/change").status_code == 404
    assert browser(app, stranger).post("/orders/2003/withdraw").status_code == 404


def test_the_floor_releases_an_order_before_its_time(worker):
    page = worker.get("/floor/requests").text
    assert "Release order 2003" in page
    assert "Order 2003 is released." in worker.post("/orders/2003/release", follow_redirects=True).text
    assert "not waiting" in worker.post("/orders/2003/release", follow_redirects=True).text


def test_a_remake_that_waits_for_the_floor_is_not_offered_for_release(rep, engine, people):
    """The floor's yes releases it: a button that cannot work would only say that it does not."""
    with transaction(engine) as session:
        first = shipped(session, session.get(Order, people.order.id))
        remake = ordered(session, first.customer, remake_of=first).number
    page = rep.get(f"/orders/{remake}").text
    assert "The workshop is asked for this remake." in page
    assert "Release it now" not in page
    assert "Release it now" in rep.get("/orders/2003").text, "one that nobody is asked about is"


def test_what_a_change_costs_after_the_release_is_said_before_it_is_asked_for(app_with, ada, engine, people):
    app = app_with(change_fee=2500)
    with transaction(engine) as session:
        number = ordered(session, session.get(Customer, people.ada.customer_id)).number
    _, page = changed(browser(app, people.ada), 2003, PINE)
    assert "once the workshop has it" not in page  # it is free until then
    answer, page = changed(browser(app, people.ada), number, PINE)
    assert "In it: €25.00 for changing it once the workshop has it." in page
    assert "The workshop is asked" in answer.text
    with transaction(engine) as session:
        (request,) = requests.waiting(session)
        assert request.total == request.order.total - 12000 + 2500


def test_what_a_tier_waives_of_a_change_is_a_fact_only_once_it_is_granted(app_with, engine, people, worker):
    app = app_with(change_fee=2500)
    with transaction(engine) as session:
        number = ordered(session, session.get(Customer, people.ada.customer_id)).number
        session.add(Tier(name="Friends", rank=1, orders=1, bought=0, kinds=0, months=24, currency="EUR", changes=1))
        tiers.refresh(session, TODAY)
    ada = browser(app, people.ada)
    answer, page = changed(ada, number, PINE)
    assert "Friends: €25.00 are not charged." in page
    assert "The workshop is asked to change" in answer.text
    for told in page, answer.text:
        assert "hanged without a charge" not in told
    worker.post("/floor/requests/1/approve", data={"word": ""})
    assert "Changed without a charge" in ada.get(f"/orders/{number}").text


def test_what_a_change_would_make_useless_is_told_to_the_floor_alone(ada, engine, people, worker):
    parts = [part | ({"cost": "61.5"} if part["number"] == "W-OAK" else {}) for part in to_document(bench())["parts"]]
    with transaction(engine) as session:
        order = ordered(session, session.get(Customer, people.ada.customer_id), published(session, bench(parts=parts)))
        production.sign_off(session, order, "saw", 1, people.worker)
    answer, page = changed(ada, order.number, PINE)
    told = "Parts for €61.50 are in work and may be lost"
    assert told in worker.get("/floor/requests").text
    for theirs in page, answer.text:
        assert "61.50" not in theirs


def test_of_many_parts_the_first_are_in_view_and_requests_are_found_by_whom_they_are_for(app, engine, people):
    """A remake needs all parts anew: nine kinds of screw are no reason to scroll."""
    screws = [{"number": f"SCREW-{n}", "title": f"Screw {n}"} for n in range(9)]
    model = bench(parts=[{"number": number, "title": number} for number in ("W-OAK", "W-PINE", "L-1")] + screws,
                  items=[{"part": one["number"], "quantity": 1, "operation": "fit"} for one in screws])
    with transaction(engine) as session:
        first = shipped(session, session.get(Order, people.order.id))
        ordered(session, first.customer, published(session, model), remake_of=first)
        requests.ask(session, session.get(Order, people.theirs.id), "cancel", people.rep)
    worker = browser(app, people.worker)
    page = worker.get("/floor/requests").text
    before, folded = page.split('<details class="more"><summary>4 more parts</summary>')
    assert ("SCREW-1" in before, "SCREW-8" in before, "SCREW-8" in folded) == (True, False, True)
    both = ["2004", "2002"]
    for sought, found in ("ada", both[:1]), ("MIRA", both[1:]), ("2002", both[1:]), ("bench", both), ("x", []):
        page = worker.get("/floor/requests", query_string={"q": sought}).text
        assert re.findall(r'class="mono" href="/floor/orders/(\d+)"', page) == found
    assert "Nothing is found" in page

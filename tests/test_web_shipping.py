"""Shipping: the packing list and the label, the carrier's number and link, and when the customer is asked."""

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from factories import HOSTILE, TODAY, a_customer, bench, browser, house, member, ordered, published, staff
from household import pages_on_sqlite
from pypdf import PdfReader
from sqlalchemy import select

from catalog.formats import to_document
from configurator.transaction import transaction
from orders import lifecycle
from orders.changes import answering, changing
from orders.floor import production
from orders.memory import feedback
from orders.records import Order, OrderEvent
from orders.sheets import parcels
from orders.shipments import shipping
from orders.shipments.shipped import Shipment

LINK = "https://carrier.example/follow?box={number}"


pytestmark = pages_on_sqlite


@pytest.fixture
def people(app):
    """The house, with Ada's order built."""
    with transaction(app.extensions["engine"]) as session:
        found = house(session)
        for step in production.steps(order := session.get(Order, found.order.id)):
            production.sign_off(session, order, *step, found.worker)
        return found


def built(session, worker, **details):
    order = ordered(session, a_customer(session), **details)
    for step in production.steps(order):
        production.sign_off(session, order, *step, worker)
    return order


def read(answer):
    assert answer.mimetype == "application/pdf"
    return PdfReader(BytesIO(answer.data))


def test_a_box_leaves_with_its_number_and_is_followed(app, people, worker):
    worker.post("/floor/carriers", data={"name": "Quick Post", "link": LINK, "active": "yes"})
    page = worker.get("/floor/orders/2001/ship").text
    assert "Quick Post" in page
    answer = worker.post("/floor/orders/2001/ship", data={"carrier": 1, "tracking": "AB 12/3&x=<"},
                         follow_redirects=True)
    assert "Order 2001 is shipped." in answer.text
    assert 'href="https://carrier.example/follow?box=AB%2012%2F3%26x%3D%3C"' in answer.text
    assert 'follow?box=AB%2012%2F3' in browser(app, people.ada).get("/orders/2001").text
    answer = worker.post("/floor/orders/2001/ship", data={"carrier": 0, "tracking": "7"}, follow_redirects=True)
    assert "Noted." in answer.text
    assert "noted as delivered" in worker.post("/floor/orders/2001/delivered", follow_redirects=True).text


def test_the_papers_of_a_box_say_what_is_in_it_and_no_price(worker):
    listed = read(worker.get("/floor/orders/2001/packing-list.pdf"))
    text = " ".join(page.extract_text() for page in listed.pages)
    for words in "2001", "Ada Winter", "Garden bench", "Oak", "Engraving":
        assert words in text, words
    assert "€" not in text
    (label,) = read(worker.get("/floor/orders/2001/label.pdf")).pages
    assert (round(label.mediabox.width / 72 * 25.4), round(label.mediabox.height / 72 * 25.4)) == (100, 150)
    assert "2001" in label.extract_text()


def test_the_papers_of_a_box_say_it_in_the_customers_units_and_nothing_of_their_body_or_home(app):
    seat = {"name": "seat", "kind": "number", "title": "Height of the seat", "least": 300, "most": 600, "unit": "mm",
            "shown": "cm", "standard": 450}
    model = bench(characteristics=[*to_document(bench())["characteristics"], seat])
    with transaction(app.extensions["engine"]) as session:
        worker = member(session, "fulfilment", "Chloe Maran")
        order = built(session, worker, version=published(session, model), seat=455, engraving="For Ada",
                      hooks=frozenset())
    door = browser(app, worker)
    listed = read(door.get(f"/floor/orders/{order.number}/packing-list.pdf"))
    papers = " ".join(page.extract_text() for page in listed.pages)
    for text in papers, door.get(f"/floor/orders/{order.number}/ship").text.replace("\N{NO-BREAK SPACE}", " "):
        assert "45.5 cm" in text
        assert "For Ada" in text
        for absent in "Your height", "1750", "Width", "Lamp", "Hooks":
            assert absent not in text, absent


def test_the_papers_of_a_box_count_to_nought_and_leave_out_what_is_not_there(session):
    more = [{"name": "shelves", "kind": "number", "title": "Shelves", "least": 0, "most": 3},
            {"name": "pocket", "kind": "choice", "values": [{"name": "none", "title": "Flat"}, "deep"]},
            {"name": "slats", "kind": "choice", "title": "Slats", "values": ["none", "fine"]}]
    version = published(session, bench(characteristics=[*to_document(bench())["characteristics"], *more]))
    order = ordered(session, a_customer(session), version, shelves=0, pocket="none", slats="fine", hooks=frozenset())
    assert parcels.contents(order) == [("Wood", "Oak"), ("Shelves", "0"), ("Slats", "fine")]


@pytest.mark.parametrize("link", [
    "javascript:alert(1)//{number}", "https://carrier.example/", "ftp://carrier.example/{number}", "{number}",
    "https://{number}.example/", "https://carrier.example/{number}\nx", "https:///{number}"])
def test_a_carriers_link_leads_to_its_page(sqlite, link):
    with transaction(sqlite) as session, pytest.raises(ValueError, match="link"):
        shipping.keep_carrier(session, "Quick Post", link)


def test_the_packing_list_says_the_day_that_it_is_in_the_shop(app_with):
    """What leaves at half past four on the first of August, UTC, left in Honolulu on the last of July."""
    app = app_with(timezone="Pacific/Honolulu")
    with transaction(app.extensions["engine"]) as session:
        worker = house(session).worker
        order = built(session, session.merge(worker))
        shipping.ship(session, order, session.merge(worker), at=datetime(2026, 8, 1, 4, 30, tzinfo=UTC))
    listed = read(browser(app, worker).get(f"/floor/orders/{order.number}/packing-list.pdf")).pages[0].extract_text()
    assert "Jul 31, 2026" in listed


def test_hostile_words_stay_words_on_paper(sqlite):
    with transaction(sqlite) as session:
        for text in HOSTILE:
            order = ordered(session, a_customer(session, text), engraving=text)
            for kind in "list", "label":
                assert parcels.pdf(kind, parcels.Parcel(order, None, TODAY), maker=text).startswith(b"%PDF")


def test_nothing_ships_that_is_asked_about_or_not_built(session):
    worker = staff(session, "fulfilment")
    order = built(session, worker)
    request = changing.cancel(session, order, staff(session))
    with pytest.raises(shipping.Asked):
        shipping.ship(session, order, worker)
    answering.refuse(session, request, worker, "It stands in the yard")
    assert shipping.ship(session, order, worker).order is order
    with pytest.raises(lifecycle.NotAllowed):
        shipping.ship(session, ordered(session, a_customer(session)), worker)


def test_whether_it_was_right_is_asked_when_one_can_tell(session):
    worker = staff(session, "fulfilment")
    order = built(session, worker, version=published(session, bench(ask_after_days=10)))
    shipment = shipping.ship(session, order, worker)

    def asked(days):
        return feedback.waiting(session, order.customer, at=shipment.shipped_at + timedelta(days))
    assert (asked(9), asked(10)) == ([], [order])
    shipping.deliver(session, shipment, shipment.shipped_at + timedelta(3))
    assert (asked(12), asked(13)) == ([], [order])


def test_what_came_back_is_noted_with_its_reason_and_nobody_asks_about_it(app, people, worker, manager):
    rep = browser(app, people.rep)
    worker.post("/floor/orders/2001/ship", data={"carrier": 0, "tracking": ""})
    with transaction(app.extensions["engine"]) as session:
        session.get(Shipment, people.order.id).shipped_at -= timedelta(90)
        session.scalar(select(OrderEvent).where(OrderEvent.state == "shipped")).at -= timedelta(90)
    assert "nobody said whether it is right" in rep.get("/desk/today/").text
    assert "Say why it came back" in rep.post("/floor/orders/2001/returned", follow_redirects=True).text
    answer = rep.post("/floor/orders/2001/returned", data={"why": "Too <wide> for the hall"}, follow_redirects=True)
    assert "is noted as returned" in answer.text
    for page in rep.get("/desk/clients/1001"), browser(app, people.ada).get("/orders/2001"), rep.get("/orders/2001"):
        assert "Too &lt;wide&gt; for the hall" in page.text
    assert "nobody said whether it is right" not in rep.get("/desk/today/").text
    lots = f"/desk/relation/lots?since=2026-01-01&until={TODAY}&service=95&material=40&finished=70"
    assert re.search(r"Taken back</dt><dd>1<", manager.get(lots).text)
    assert manager.post("/floor/orders/2001/returned", data={"why": "x"}).status_code == 403
    worker.post("/floor/orders/2001/returned", data={"stays": "yes"})
    assert re.search(r"Taken back</dt><dd>0<", manager.get(lots).text)
    assert worker.post("/floor/orders/2002/returned", data={"why": "x"}).status_code == 404

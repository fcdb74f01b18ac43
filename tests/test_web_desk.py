"""The desk: a rep finds a client, sees what there is to know, and orders for them."""

import re

import pytest
from factories import bench, bench_values, ordered, published
from household import pages_on_sqlite
from sqlalchemy import select

from configurator.records import Draft
from configurator.transaction import open_session, transaction
from orders.lifecycle import move
from orders.memory.facts import tell
from orders.records import Customer, Order, Specification
from orders.specifications import Configured, save
from orders.subjects import Whom

pytestmark = pages_on_sqlite


@pytest.mark.parametrize("text", ["1001", "2001", "S-0001", "s-0001", "ada"])
def test_whoever_is_meant_without_a_doubt_is_opened_at_once(rep, text):
    assert rep.get("/desk/", query_string={"q": text}).location == "/desk/clients/1001"


def test_the_search_lists_whom_it_finds(rep):
    page = rep.get("/desk/", query_string={"q": "a"}).text
    assert page.index("Ada Winter") < page.index("Mira Álbers")
    assert "2 clients" in page
    assert rep.get("/desk/", query_string={"q": "albers"}).location == "/desk/clients/1002"
    assert "Nobody is called that" in rep.get("/desk/?q=<script>alert(1)</script>").text


def test_without_a_search_the_last_orders_are_there(rep):
    page = rep.get("/desk/").text
    assert page.index(">2002<") < page.index(">2001<")


def test_a_new_client_is_taken_down(rep):
    answer = rep.post("/desk/clients/new", data={"name": "Jürgen Müller", "phone": "+49 171 5550123"})
    assert answer.location == "/desk/clients/1003"
    page = rep.get("/desk/clients/1003").text
    assert "Jürgen Müller" in page
    assert "None is known yet" in page
    assert rep.get("/desk/?q=0171/5550123").location == "/desk/clients/1003"


def test_a_new_client_needs_a_name_and_a_real_telephone(rep):
    assert rep.post("/desk/clients/new", data={"name": "Eva", "company": "Lind \u202edniL"}).status_code == 422
    answer = rep.post("/desk/clients/new", data={"name": " ", "phone": "call me"})
    assert answer.status_code == 422
    assert "Enter a name" in answer.text
    assert "A telephone number has" in answer.text


def test_a_browser_does_not_offer_what_the_rep_entered_about_themselves(rep):
    for path in "/desk/clients/new", "/desk/clients/1001/edit":
        fields = re.findall(r'<input[^>]*\bname="(?:name|company|phone|email)"[^>]*>', rep.get(path).text)
        assert len(fields) == 4
        assert all('autocomplete="off"' in field for field in fields), path


def test_a_clients_page_says_what_there_is_to_know(rep, engine, people):
    with transaction(engine) as session:
        ada = session.get(Customer, people.ada.customer_id)
        save(session, Whom(ada), "Terrace", Configured(published(session), bench_values(wood="pine")), people.rep,
             session.get(Specification, people.kept.specification_id))
        cancelled = ordered(session, ada, quantity=9)
        move(session, cancelled, "cancelled", people.worker)
    page = rep.get("/desk/clients/1001").text
    for words in ("Ada Winter", "175\N{NO-BREAK SPACE}cm", "1,200\N{NO-BREAK SPACE}mm", "Height",
                  "Alcove width", "order 2001", "S-0001", "rev. B", "Terrace", "of 6 answers", 'class="chart"',
                  "Cancelled"):
        assert words in page, words
    assert "2002" not in page
    assert "<dd>€458.00</dd>" in page, "what was cancelled was not bought"


def test_facts_that_no_product_asks_for_any_more_are_still_told(rep, engine, people):
    with transaction(engine) as session:
        ada = session.get(Customer, people.ada.customer_id)
        hat = bench(characteristics=[{"name": "head", "kind": "number", "trait": "head", "about": "person",
                                      "least": 400, "most": 700, "unit": "mm"}],
                    **dict.fromkeys(("quantities", "rules", "prices", "items", "operations", "picture")))
        tell(session, Whom(ada, ada.subjects[0]), hat, {"head": 570}, "told on the telephone")
    page = rep.get("/desk/clients/1001").text
    assert "570\u00a0mm" in page
    assert "told on the telephone" in page


def test_a_rep_orders_for_a_client_and_is_on_record(rep, engine, people):
    answer = rep.post("/desk/clients/1001/order/bench")
    with open_session(engine) as session:
        draft = session.scalars(select(Draft)).one()
        assert (draft.customer_id, draft.rep_id) == (people.ada.customer_id, people.rep.id)
    assert answer.location == f"/configure/{draft.id}"
    assert rep.get(answer.location).status_code == 200
    answer = rep.post("/specifications/S-0002/A/open")
    with open_session(engine) as session:
        other = session.scalars(select(Draft).where(Draft.id != draft.id)).one()
        assert (other.customer_id, other.rep_id, other.revision_id) == (
            people.mira.customer_id, people.rep.id, people.their_kept.id)


def test_a_rep_sees_every_customers_pages(rep):
    for path in "/orders/2001", "/orders/2002", "/specifications/S-0001", "/specifications/S-0002":
        page = rep.get(path)
        assert page.status_code == 200
        assert "/desk/clients/100" in page.text


def test_what_is_not_there_is_not_found(rep):
    for path in "/desk/clients/4711", "/desk/clients/Ada", "/orders/4711":
        assert rep.get(path).status_code == 404
    for path in "/desk/clients/4711/order/bench", "/desk/clients/1001/order/boat":
        assert rep.post(path).status_code == 404


def test_the_order_of_a_rep_names_them(rep, engine, people):
    with transaction(engine) as session:
        order = ordered(session, session.get(Customer, people.ada.customer_id), placed_by=people.rep)
    assert "through Ben Rossi" in rep.get("/desk/clients/1001").text
    assert "through Ben Rossi" in rep.get(f"/orders/{order.number}").text
    with open_session(engine) as session:
        assert session.get(Order, order.id).events[0].account_id == people.rep.id

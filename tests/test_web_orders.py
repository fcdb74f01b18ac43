"""A customer's own pages: orders and specifications, and nobody else's."""


import pytest
from factories import HOSTILE, bench, bench_values, ordered, published, sign_in
from household import pages_on_sqlite
from remembering import text_of
from sqlalchemy import event, select

from catalog.formats import to_document
from catalog.model import from_plain
from configurator.records import Draft
from configurator.transaction import open_session, transaction
from orders import subjects
from orders.records import Customer, Specification
from orders.specifications import Configured, save
from orders.subjects import Whom

pytestmark = pages_on_sqlite


def test_an_order_shows_what_was_promised(ada):
    page = ada.get("/orders/2001").text
    for words in ("Order 2001", "Garden bench", "Released", "Mon, Jan 11, 2027", "€458.00", "175\N{NO-BREAK SPACE}cm",
                  "Engraving", "Ada Winter", "of 6 answers", "catalogue version 1"):
        assert words in page, words


def test_a_customer_reads_a_fact_in_one_unit_and_the_workshop_in_its_own(app, ada, engine, people):
    with transaction(engine) as session:
        ordered(session, people.ada.customer, height=1820)
    page = ada.get("/orders/2003").text
    assert "182\N{NO-BREAK SPACE}cm" in page
    assert "was 175\N{NO-BREAK SPACE}cm" in page
    assert "1820" not in page
    assert "175\N{NO-BREAK SPACE}cm" in ada.get("/specifications/S-0001").text
    worker = app.test_client()
    sign_in(worker, people.worker)
    sheet = worker.get("/floor/orders/2003").text
    assert "1820 mm" in sheet
    assert "was 1750 mm" in sheet


def test_an_order_says_what_the_one_before_had_that_is_not_made_any_more(ada, engine, people):
    asked = [c for c in to_document(bench())["characteristics"] if c["name"] != "hooks"]
    unhooked = bench(characteristics=asked, items=[{"part": "SCREW", "quantity": 4, "operation": "fit"}])
    values = {name: value for name, value in bench_values().items() if name != "hooks"}
    with transaction(engine) as session:
        for _ in range(2):
            ordered(session, people.ada.customer)
        ordered(session, people.ada.customer, published(session, unhooked), values=values)
    same, other = (text_of(ada.get(f"/orders/{number}").text) for number in (2004, 2005))
    assert "the same as order 2003" in same
    assert "No longer in the catalogue" not in same
    assert "the same as order" not in other
    assert "No longer in the catalogue Hooks – was Left" in other


@pytest.mark.parametrize("page", ["/orders", "/specifications", "/desk/clients/{}"])
def test_lists_take_as_many_queries_however_long_they_are(app, engine, people, page, monkeypatch):
    monkeypatch.setattr("configurator.web.memory.erasing.LOOK", float("inf"))  # else it asks once a second
    client, asked = app.test_client(), []
    sign_in(client, people.rep if "desk" in page else people.ada)
    customer = people.ada.customer
    event.listen(engine, "before_cursor_execute", lambda *query: asked.append(query[2]))

    def queries():
        with transaction(engine) as session:
            ada = session.get(Customer, customer.id)
            for _ in range(4):
                child = subjects.add(session, ada, "person", f"Child {len(ada.subjects)}")
                session.expire(ada, ["subjects"])
                values = bench_values(width=800 + 10 * child.id)
                ordered(session, ada, values=values, person=child)
                save(session, Whom(ada, person=child), child.name, Configured(published(session), values))
        client.get(page.format(customer.number))  # a process reads the supply once after each change of it
        asked.clear()
        assert child.name in client.get(page.format(customer.number)).text
        return len(asked)

    assert queries() == queries()


def test_the_curve_of_inputs_begins_with_the_second_order(ada, engine, people):
    page = ada.get("/orders").text
    assert "3 inputs in a first order; the curve begins with the second of the same product." in page
    assert 'class="chart"' not in page
    with transaction(engine) as session:
        ordered(session, people.ada.customer, inputs=1)
    assert 'class="chart"' in ada.get("/orders").text


def test_the_list_shows_each_order_with_its_inputs(ada, engine, people):
    with transaction(engine) as session:
        ordered(session, people.ada.customer, inputs=1, quantity=2, placed_by=people.rep)
    page = ada.get("/orders").text
    assert page.index(">2003<") < page.index(">2001<"), "the newest comes first"
    assert "3 of 6" in page
    assert "1 of 6" in page
    assert "through Ben Rossi" in page
    assert 'class="dot last"' in page


def test_what_belongs_to_somebody_else_is_not_there(ada, people):
    for path in ("/orders/2002", "/specifications/S-0002", "/orders/4711", "/specifications/S-4711",
                 "/specifications/S-0001?rev=B", "/specifications/S-0001?from=Z", "/orders/%00"):
        assert ada.get(path).status_code == 404, path
    for path in ("/orders/2002/cancel", "/specifications/S-0002/rename", "/specifications/S-0002/A/copy",
                 "/specifications/S-0002/A/open", "/specifications/S-0001/B/open"):
        assert ada.post(path, data={"name": "Mine"}).status_code == 404, path


def test_revisions_are_compared(ada, engine, people):
    with transaction(engine) as session:
        version = published(session, bench(title="Bench of today"))
        for wood in ("pine", "pine"):
            save(session, Whom(people.ada.customer), "Terrace", Configured(version, bench_values(wood=wood, width=900)),
                 people.rep, session.get(Specification, people.kept.specification_id))
    page = ada.get("/specifications/S-0001").text
    assert "What rev. C says" in page
    assert "They say the same" in page
    page = ada.get("/specifications/S-0001?from=A&rev=C").text
    for words in "<del>Oak</del>", "<ins>Pine</ins>", "<del>1,200\N{NO-BREAK SPACE}mm</del>", \
                 "<ins>900\N{NO-BREAK SPACE}mm</ins>", "Ben Rossi":
        assert words in page, words
    listed = ada.get("/specifications").text
    assert "Wood, Width" not in listed, "the last save changed nothing"
    assert "Last change" not in listed, "and no column is empty from top to bottom"


def test_renaming_and_copying(ada, engine, people):
    assert "is called For Mum now" in ada.post(
        "/specifications/S-0001/rename", data={"name": " For  Mum "}, follow_redirects=True).text
    assert "A name has" in ada.post("/specifications/S-0001/rename", data={"name": " "}, follow_redirects=True).text
    too_long = {"name": "x" * 121}
    assert "A name has" in ada.post("/specifications/S-0001/A/copy", data=too_long, follow_redirects=True).text
    assert ada.post("/specifications/S-0001/A/copy", data={"name": "Dad"}).location == "/specifications/S-0003"
    with open_session(engine) as session:
        copied = session.scalar(select(Specification).where(Specification.number == "S-0003"))
        assert (copied.name, from_plain(copied.revisions[0].values)) == ("Dad", bench_values())
        assert copied.customer_id == people.ada.customer_id


@pytest.mark.parametrize(("button", "where"), [({}, "/configure/{}"), ({"order": "1"}, "review")])
def test_a_revision_opens_as_it_was_kept(ada, engine, people, button, where):
    answer = ada.post("/specifications/S-0001/A/open", data=button)
    with open_session(engine) as session:
        draft = session.scalars(select(Draft)).one()
        assert (draft.customer_id, draft.rep_id, draft.revision_id) == (people.ada.customer_id, None, people.kept.id)
    assert answer.status_code == 303
    assert draft.id in answer.location
    assert ada.get(answer.location).status_code == 200


def test_an_order_is_proposed_again_as_it_was(ada, engine, people):
    with transaction(engine) as session:
        ordered(session, people.ada.customer, wood="pine", engraving="Another")
    answer = ada.post("/orders/2001/again")
    with open_session(engine) as session:
        draft = session.scalars(select(Draft)).one()
        assert from_plain(draft.proposals["0"]["values"]) == bench_values(engraving="Ada Winter")
        assert (draft.inputs, draft.customer_id) == (0, people.ada.customer_id)
    assert answer.location == f"/configure/{draft.id}"
    assert ada.post("/orders/2002/again").status_code == 404


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_only_text(ada, engine, people, text):
    with transaction(engine) as session:
        revision = save(session, Whom(people.ada.customer), text,
                        Configured(published(session), bench_values(engraving=text)), None,
                        session.get(Specification, people.kept.specification_id))
        ordered(session, people.ada.customer, revision=revision, engraving=text)
    for path in "/orders", "/orders/2003", "/specifications", "/specifications/S-0001":
        page = ada.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text

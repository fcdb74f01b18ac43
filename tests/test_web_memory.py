"""What we remember, as pages: seen, corrected, forgotten, allowed; of one customer never by another."""

from datetime import timedelta

import pytest
from factories import bench_values, ordered, published, shipped, sign_in
from household import last_years_house, pages_on_sqlite
from remembering import LAST_YEAR, piece, proposed, text_of
from sqlalchemy import event, select

from catalog.database import now
from configurator.transaction import open_session, transaction
from orders import subjects
from orders.clients import notes
from orders.clients.noted import Call, Note
from orders.memory import facts, feedback, forgetting
from orders.memory.remembered import Evidence
from orders.records import Customer, Order
from orders.relation import tiers
from orders.relation.followed import FollowUp, Tier

pytestmark = [pages_on_sqlite, last_years_house]


def test_everything_is_there_with_where_it_came_from_and_what_it_is_for(ada):
    page = ada.get("/memory").text
    words = text_of(page)
    assert "Height: 175 cm From specification S-0001" in words
    assert "Garden bench: Your height; last in order 2001" in words
    assert "Wood: Oak" in words
    assert "Engraving: Ada Winter From order 2001" in words
    assert '<a href="/orders/2001">' in page
    assert '<a href="/specifications/S-0001?rev=A">' in page


def test_a_fact_is_corrected_in_the_readers_unit_and_used_at_once(ada, engine, people):
    page = ada.get("/memory").text
    name = piece(page, "Height")
    form = ada.get("/memory", query_string={"piece": name}).text
    assert 'value="175"' in form
    answer = ada.post("/memory/correct", data={"piece": name, "answer": "1.82 m", "taken_by": "Ben"})
    assert answer.status_code == 303
    words = text_of(ada.get("/memory").text)
    assert "Height: 182 cm From the page “What we remember”" in words
    assert "measured by Ben" in words
    assert proposed(engine, people.ada)[0]["height"] == 1820


def test_what_orders_show_is_corrected_and_the_correction_wins_over_all_of_them(ada, engine, people):
    with transaction(engine) as session:
        for _ in range(4):
            ordered(session, session.merge(people.ada).customer, today=LAST_YEAR, wood="oak", engraving="Ada Winter")
    name = piece(ada.get("/memory").text, "Wood")
    assert "orders: 5 of the last 5" in text_of(ada.get("/memory").text)
    ada.post("/memory/correct", data={"piece": name, "answer": "pine"})
    assert "Wood: Pine From the page “What we remember”" in text_of(ada.get("/memory").text)
    values, reasons = proposed(engine, people.ada)
    assert (values["wood"], reasons["wood"].source) == ("pine", "this page")


@pytest.mark.parametrize(("title", "typed"), [("Height", "three"), ("Height", "9 m"), ("Height", ""),
                                              ("Wood", "gold"), ("Engraving", "x" * 61)])
def test_what_cannot_be_is_refused_and_what_was_typed_stays(ada, title, typed):
    name = piece(ada.get("/memory").text, title)
    before = text_of(ada.get("/memory").text)
    answer = ada.post("/memory/correct", data={"piece": name, "answer": typed})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert text_of(ada.get("/memory").text) == before


def test_the_page_takes_as_many_queries_however_much_there_is(ada, engine, people, monkeypatch):
    monkeypatch.setattr("configurator.web.memory.erasing.LOOK", 60)  # it looks by the clock, not for the page

    def queries():
        said = []
        event.listen(engine, "before_cursor_execute", count := lambda *parts: said.append(parts[2]))
        assert ada.get("/memory").status_code == 200
        event.remove(engine, "before_cursor_execute", count)
        return len(said)
    queries()
    before = queries()
    with transaction(engine) as session:
        customer, version = session.get(Customer, people.ada.customer_id), published(session)
        for name in "Mira", "Paul", "Tom":
            child = subjects.add(session, customer, "person", name)
            ordered(session, customer, version, person=child, height=1500, wood="pine")
            facts.state(session, child, "height", 1510, "mm")
    assert queries() == before


def test_what_is_forgotten_is_used_no_more_until_it_is_brought_back(ada, engine, people):
    page = ada.get("/memory").text
    for title in "Height", "Engraving":
        ada.post("/memory/forget", data={"piece": piece(page, title)})
    values, reasons = proposed(engine, people.ada)
    assert values["engraving"] == ""
    assert reasons["height"].kind == "standard"
    gone = text_of(ada.get("/memory").text)
    assert "Used for nothing any more" in gone
    assert "Undo until" in gone
    ada.post("/memory/forget", data={"piece": piece(page, "Engraving"), "undo": "yes"})
    assert proposed(engine, people.ada)[0]["engraving"] == "Ada Winter"


def test_everything_is_forgotten_in_one_act(ada, engine, people):
    ada.post("/memory/forget", data={"everything": "yes"})
    assert proposed(engine, people.ada)[0] == proposed(engine, None)[0]
    assert "Nothing yet." in ada.get("/memory").text


def test_a_rep_keeps_the_same_page_with_the_client_on_the_telephone(rep, ada):
    page = rep.get("/desk/clients/1001/memory").text
    assert "Their measures, orders and choices" in page
    assert ">My " not in page
    rep.post("/desk/clients/1001/memory/correct", data={"piece": piece(page, "Height"), "answer": "168"})
    rep.post("/desk/clients/1001/memory/consent", data={"purpose": "analysis", "given": "no"})
    words = text_of(ada.get("/memory").text)
    assert "Height: 168 cm From the telephone" in words
    assert "noted by Ben Rossi" in words
    assert rep.get("/desk/clients/9999/memory").status_code == 404


def test_what_the_firm_noted_is_read_corrected_and_forgotten(rep, ada, app, engine, people):
    with transaction(engine) as session:
        customers = [session.merge(who).customer for who in (people.ada, people.mira)]
        by, gold = session.merge(people.rep), Tier(name="Gold", rank=1, currency="EUR")
        kept = [notes.write(session, customer, f"{customer.name} <b>rings</b> late", by).id for customer in customers]
        tiers.put(session, customers[0], gold, "They were patient", by)
        session.add_all(FollowUp(customer_id=customers[0].id, about=about, done="never")
                        for about in ("answer 2001", "wrong 2001 7"))
    page = ada.get("/memory").text
    words = text_of(page)
    assert "What the firm noted Gold" in words
    assert "They were patient (Ben Rossi)" in words
    assert "Ada Winter &lt;b&gt;rings&lt;/b&gt; late" in page
    assert "whether order 2001 is right: not to be done" in words
    assert "what was not right about order 2001: not to be done" in words
    assert "When we had to do with you" in words
    assert "/desk/relation/tiers/clients/1001" in rep.get("/desk/clients/1001/memory").text
    for other in kept[1], "x", 1 << 40, "":
        assert ada.post("/memory/noted", data={"note": other}).status_code == 404
        assert ada.post("/memory/noted/correct", data={"note": other, "text": "Mine"}).status_code == 404
    for wrong in "", "x" * 2001, "\u202ehidden":
        refused = ada.post("/memory/noted/correct", data={"note": kept[0], "text": wrong})
        assert (refused.status_code, f">{wrong}</textarea>" in refused.text) == (422, True)
    ada.post("/memory/noted/correct", data={"note": kept[0], "text": "Ring me\r\nearly"})
    assert "Ring me early From Ada Winter" in text_of(ada.get("/memory").text)
    rep.post("/desk/clients/1001/memory/noted/correct", data={"note": kept[0], "text": "Ring at eight"})
    assert "Ring at eight From Ben Rossi" in text_of(ada.get("/memory").text)
    assert "The note is forgotten." in ada.post("/memory/noted", data={"note": kept[0]}, follow_redirects=True).text
    rep.post("/desk/clients/1001/memory/noted", data={"calls": "yes"})
    page = ada.get("/memory").text
    assert ";rings" not in page
    assert "When we had to do with you" not in page
    with open_session(engine) as session:
        assert session.scalars(select(Note.id)).all() == kept[1:]
        assert session.scalars(select(Call.customer_id)).all() == [people.mira.customer_id]


def test_nobody_reaches_another_ones_pieces(ada, app, engine, people):
    mira = app.test_client()
    sign_in(mira, people.mira)
    name = piece(mira.get("/memory").text, "Engraving")
    assert "Mira" not in text_of(ada.get("/memory").text)
    assert ada.get("/memory", query_string={"piece": name}).status_code == 404
    for act in "correct", "forget":
        assert ada.post(f"/memory/{act}", data={"piece": name, "answer": "Mine"}).status_code == 404
        assert ada.post(f"/desk/clients/1002/memory/{act}", data={"piece": name}).status_code == 403
    assert "Engraving: Mira Álbers" in text_of(mira.get("/memory").text)


@pytest.mark.parametrize("name", ["", "nothing", "[]", "[1]", '[1, "height", 2]', '["1", "height"]', '[true, "height"]',
                                  '[4711, "height"]', '[1, "no such"]', "[" * 2000, '[null, null]', "\0", "1e999"])
def test_a_piece_that_there_is_not_is_not_found(ada, name):
    assert ada.post("/memory/correct", data={"piece": name, "answer": "1"}).status_code == 404
    assert ada.post("/memory/forget", data={"piece": name}).status_code == 404


def test_hostile_texts_stay_texts(ada, engine, people):
    with transaction(engine) as session:
        ordered(session, session.merge(people.ada).customer, today=LAST_YEAR, engraving="<script>alert(1)</script>")
    page = ada.get("/memory").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_forgotten_values_of_one_are_not_lost_for_others(engine, people, ada):
    ada.post("/memory/forget", data={"everything": "yes"})
    assert proposed(engine, people.mira)[0] == {**bench_values(), "engraving": "Mira Álbers"}


def test_what_was_said_of_an_order_stands_beside_what_it_is_about(ada, engine, people):
    with transaction(engine) as session:
        order = session.get(Order, people.order.id)
        shipped(session, order)
        feedback.give(session, order, {"height": feedback.Verdict("small", 1800, "I grew"),
                                       "wood": feedback.Verdict("other", "pine")}, "Came on a Monday")
    words = text_of(ada.get("/memory").text)
    assert "Wood: Pine From order 2001" in words
    assert "You said Oak was not as wished; rather Pine" in words
    assert "175 cm was too small; rather 180 cm; I grew" in words
    assert "Height: 180 cm From order 2001" in words
    assert "Came on a Monday" in words


@pytest.mark.parametrize("verdicts", [{}, {"wood": feedback.Verdict("other", "pine", "Why we say it")}])
def test_whoever_forgets_everything_forgets_what_they_wrote_of_it(ada, engine, people, verdicts):
    with transaction(engine) as session:
        order = session.get(Order, people.order.id)
        shipped(session, order)
        feedback.give(session, order, verdicts, "Came on a Monday")
    ada.post("/memory/forget", data={"everything": "yes"})
    page = ada.get("/memory").text
    assert "Came on a Monday" not in page
    assert "Why we say it" not in page
    with transaction(engine) as session:
        forgetting.strip(session, now() + timedelta(days=1))
        assert [one.note for one in session.scalars(select(Evidence)) if one.kind == "verdict"] == []

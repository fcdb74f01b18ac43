"""A client's page: where orders stand, complaints, notes, news since the last call; edited, and ordered."""

from datetime import UTC, datetime, timedelta

import pytest
from factories import HOSTILE, TODAY, bench, bench_values, browser, member, ordered, published, shipped
from household import pages_on_sqlite
from sqlalchemy import select

from catalog.database import now
from configurator.transaction import open_session, transaction
from orders.changes import answering
from orders.changes.changed import Request
from orders.clients import calls, notes
from orders.clients.noted import Call, Note
from orders.floor.production import sign_off
from orders.memory import consents, erasure, feedback
from orders.records import Customer, Order
from orders.specifications import Configured, save
from orders.subjects import Whom

PAGE = "/desk/clients/1001"


pytestmark = pages_on_sqlite


def of_ada(session, people):
    return session.get(Customer, people.ada.customer_id)


def test_the_page_says_where_each_order_stands(rep, engine, people):
    with transaction(engine) as session:
        order = session.get(Order, people.order.id)
        for step in 1, 2:
            sign_off(session, order, "saw", step, people.worker)
    page = rep.get(PAGE).text
    assert "Fit together, 2 of 4 steps" in page
    assert "not late" in page


def test_a_late_order_is_said_first(rep, engine, people):
    with transaction(engine) as session:
        ordered(session, of_ada(session, people), today=now().date() - timedelta(days=60))
    page = rep.get(PAGE).text
    assert "Promises and complaints" in page
    assert "days late" in page


def test_what_was_not_right_is_a_complaint_until_it_is_made_again(rep, engine, people):
    with transaction(engine) as session:
        order = shipped(session, session.get(Order, people.order.id))
        feedback.give(session, order, {"height": feedback.Verdict("small", 1800), "wood": feedback.Verdict("right")})
    assert "Order 2001 was not right: Your height." in rep.get(PAGE).text
    with transaction(engine) as session:
        ordered(session, of_ada(session, people), remake_of=session.get(Order, people.order.id))
    page = rep.get(PAGE).text
    assert "was not right" not in page
    assert "Order 2003 is a remake of 2001" in page


def test_what_the_floor_has_not_answered_is_said_until_it_has(rep, engine, people):
    """A remake waits for its yes: it is no promise yet."""
    waits = "Waits for the floor's yes"
    assert waits not in rep.get(PAGE).text
    with transaction(engine) as session:
        ordered(session, of_ada(session, people), remake_of=shipped(session, session.get(Order, people.order.id)))
    assert rep.get(PAGE).text.count(waits) == 2, "beside the order, and beside what was promised"
    with transaction(engine) as session:
        request = session.scalars(select(Request)).one()
        answering.approve(session, request, people.worker, "", TODAY)
    page = rep.get(PAGE).text
    assert waits not in page
    assert "Order 2003 is a remake of 2001" in page


def test_a_measure_that_was_too_small_says_so_and_what_is_proposed_instead(rep, engine, people):
    with transaction(engine) as session:
        order = shipped(session, session.get(Order, people.order.id))
        feedback.give(session, order, {"height": feedback.Verdict("small")}, at=datetime(2027, 3, 1, tzinfo=UTC))
    space = "\N{NO-BREAK SPACE}"
    assert f"175{space}cm was too small; next time 176{space}cm" in rep.get(PAGE).text
    draft = rep.post(f"{PAGE}/order/bench", data={"now": "yes"}).location
    assert f"176{space}cm" in rep.get(draft).text
    with transaction(engine) as session:
        feedback.give(session, session.get(Order, people.order.id), {"height": feedback.Verdict("small", 1800)},
                      at=datetime(2027, 3, 2, tzinfo=UTC))
    page = rep.get(PAGE).text
    assert "was too small; next time" not in page
    assert f"180{space}cm" in page


def test_notes_are_written_edited_pinned_and_deleted_by_whoever_wrote_them(rep, app, engine, people):
    assert rep.post(f"{PAGE}/notes", data={"text": "Rings on Mondays.\r\nSpeaks Finnish."}).location == PAGE
    rep.post(f"{PAGE}/notes", data={"text": "The newer one."})
    with open_session(engine) as session:
        first, second = (note.id for note in session.scalars(select(Note).order_by(Note.id)))
    page = rep.get(PAGE).text
    assert page.index("The newer one.") < page.index("Rings on Mondays.")
    assert "Ben Rossi" in page
    rep.post(f"{PAGE}/notes/{first}", data={"act": "pin"})
    page = rep.get(PAGE).text
    assert page.index("Pinned") < page.index("Rings on Mondays.") < page.index("The newer one.")
    rep.post(f"{PAGE}/notes/{first}", data={"text": "Rings on Tuesdays."})
    page = rep.get(PAGE).text
    assert "Rings on Tuesdays." in page
    assert "Mondays" not in page
    assert "changed" in page
    with transaction(engine) as session:
        other = member(session, "rep", "Cleo Other")
    colleague = browser(app, other)
    for act in {"text": "Mine now"}, {"act": "delete"}:
        colleague.post(f"{PAGE}/notes/{first}", data=act)
    assert "Only whoever wrote a note can change it." in colleague.get(PAGE).text
    rep.post(f"{PAGE}/notes/{second}", data={"act": "delete"})
    with open_session(engine) as session:
        assert [note.text for note in session.scalars(select(Note))] == ["Rings on Tuesdays."]


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 2001, "a\0b", "\u202eabc"])
def test_a_note_that_is_none_is_refused(rep, engine, people, text):
    rep.post(f"{PAGE}/notes", data={"text": text})
    with open_session(engine) as session:
        assert session.scalars(select(Note)).all() == []
    assert "A note has 1 to 2000 characters" in rep.get(PAGE).text


def test_hostile_texts_are_only_texts(rep, engine, people):
    for text in HOSTILE:
        rep.post(f"{PAGE}/notes", data={"text": text})
    rep.post(f"{PAGE}/edit", data={"name": HOSTILE[3], "company": HOSTILE[4]})
    page = rep.get(PAGE).text + rep.get("/desk/find", query_string={"q": "alert"}).text
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_note_of_another_client_is_not_there(rep, engine, people):
    rep.post("/desk/clients/1002/notes", data={"text": "Mira's"})
    for id_ in 1, 4711, 1 << 40:
        assert rep.post(f"{PAGE}/notes/{id_}", data={"act": "delete"}).status_code == 404
    assert "Mira&#39;s" in rep.get("/desk/clients/1002").text


def test_what_happened_since_the_last_call_is_news(rep, engine, people):
    then = now() - timedelta(days=2)
    with transaction(engine) as session:
        ada = of_ada(session, people)
        calls.act(session, ada, people.rep, then)
    assert "Since the last call" in rep.get(PAGE).text
    with transaction(engine) as session:
        ada = of_ada(session, people)
        order = shipped(session, session.get(Order, people.order.id))
        feedback.give(session, order, {"wood": feedback.Verdict("other")})
        save(session, Whom(ada), "Balcony", Configured(published(session), bench_values(height=1800), {"height": 1800}),
             people.rep)
        prices = [{"name": "base", "title": "Garden bench", "amount": "300 + width / 10"}]
        published(session, bench(prices=prices))
    page = rep.get(PAGE).text
    for words in ("Order 2001, Garden bench: shipped.", "Of order 2001 not all was right.", "Balcony: rev. A saved.",
                  "Garden bench has a new catalogue. S-0001, Terrace: Every answer is kept. The price of a piece was"):
        assert words in page, words


def test_the_call_that_is_under_way_takes_no_news_away(rep, engine, people):
    with transaction(engine) as session:
        calls.act(session, of_ada(session, people), people.rep, now() - timedelta(days=2))
    before = rep.get(PAGE).text
    assert rep.post(f"{PAGE}/call", headers={"HX-Request": "true"}).status_code == 204
    rep.post(f"{PAGE}/notes", data={"text": "On the telephone."})
    after = rep.get(PAGE).text
    assert "Order 2001, Garden bench" in before
    assert "Order 2001, Garden bench" in after
    with open_session(engine) as session:
        assert len(session.scalars(select(Call)).all()) == 2, "the act and the note are one call"


def test_whoever_only_looks_notes_nothing(rep, engine, people):
    rep.get(PAGE)
    with open_session(engine) as session:
        assert session.scalars(select(Call)).all() == []


def test_a_client_is_edited_and_then_found_by_the_new_names(rep, engine, people):
    assert "Ada Winter" in rep.get(f"{PAGE}/edit").text
    assert rep.post(f"{PAGE}/edit", data={"name": " ", "phone": "call me"}).status_code == 422
    sent = {"name": "Ada Summer", "company": "Summer & Sons", "phone": "0171 5550123", "email": "Ada@Summer.example"}
    assert rep.post(f"{PAGE}/edit", data=sent).location == PAGE
    page = rep.get(PAGE).text
    for words in "Ada Summer", "Summer &amp; Sons", "0171 5550123", "ada@summer.example":
        assert words in page, words
    for text in "sumer", "sons", "+49 171 555", "ada@summer":
        assert "Ada Summer" in rep.get("/desk/find", query_string={"q": text}).text, text
    assert "Ada Winter" not in rep.get("/desk/find?q=winter").text


def test_the_field_offers_similar_ones_after_those_that_are_meant_and_a_new_client_to_nobody(rep, people):
    offered = rep.get("/desk/find?q=alberts").text
    assert "Mira Álbers" in offered
    assert "similar" in offered
    assert "similar" not in rep.get("/desk/find?q=albers").text
    nobody = rep.get("/desk/find?q=Quentin Xu").text
    assert "/desk/clients/new?name=Quentin+Xu" in nobody
    assert 'value="Quentin Xu"' in rep.get("/desk/clients/new?name=Quentin+Xu").text


def test_of_somebody_erased_nothing_is_noted_any_more(app, rep, engine, people):
    with transaction(engine) as session:
        notes.write(session, of_ada(session, people), "A secret", people.rep)
        shipped(session, session.get(Order, people.order.id))
        erasure.erase(session, of_ada(session, people))
    page = rep.get(PAGE).text
    assert "A secret" not in page
    assert "/notes" not in page
    for path, data in ("notes", {"text": "x"}), ("call", {}), ("edit", {"name": "x"}), (
            "charged", {"country": "AT", "kind": "firm", "vat_id": "ATU12345678"}):
        assert rep.post(f"{PAGE}/{path}", data=data).status_code == 404
    with transaction(engine) as session:
        boss = member(session, "manager", "Dan Okafor")
    put = browser(app, boss).post("/desk/relation/tiers/clients/1001", data={"tier": 0, "word": "x"})
    assert put.status_code == 404


def test_the_likely_order_is_that_of_the_product_that_they_ordered_most_often_lately(rep, engine, people):
    assert "Order Garden bench as proposed" in rep.get(PAGE).text
    with transaction(engine) as session:
        stool = published(session, bench(name="stool", title="Stool"))
        ordered(session, of_ada(session, people), stool)
    assert "Order Stool as proposed" in rep.get(PAGE).text
    with transaction(engine) as session:
        ordered(session, of_ada(session, people))
    assert "Order Garden bench as proposed" in rep.get(PAGE).text


def test_an_order_as_proposed_is_read_back_and_placed(rep, engine, people):
    answer = rep.post(f"{PAGE}/order/bench", data={"now": "yes"})
    page = rep.get(answer.location).text
    for sentence in ("One Garden bench, for Ada Winter and Home.", "Your height 175\N{NO-BREAK SPACE}cm.",
                     "Width 1,200\N{NO-BREAK SPACE}mm.", "All as in order 2001 of", "It costs €", "Ready on"):
        assert f'<p class="typed">{sentence}' in page, sentence
    assert "altogether, as the last time.</p>" in page
    assert page.index("Read this back") < page.index("autofocus") < page.index("Place the order")


def test_what_differs_from_the_last_time_is_read_back(rep, engine, people):
    with transaction(engine) as session:
        order = shipped(session, session.get(Order, people.order.id))
        feedback.give(session, order, {"height": feedback.Verdict("small", 1800)}, at=datetime(2027, 3, 1, tzinfo=UTC))
    page = rep.get(rep.post(f"{PAGE}/order/bench", data={"now": "yes"}).location).text
    assert "Otherwise than order 2001 of" in page
    assert "Your height: 180\N{NO-BREAK SPACE}cm instead of 175\N{NO-BREAK SPACE}cm." in page


def test_the_first_order_is_read_back_whole(rep, engine, people):
    with transaction(engine) as session:
        stool = published(session, bench(name="stool", title="Stool"))
        save(session, Whom(of_ada(session, people)), "S",
             Configured(stool, bench_values(height=1700, width=700, lamp=True), {"height": 1700, "width": 700}),
             people.rep)
    page = rep.get(rep.post(f"{PAGE}/order/stool", data={"now": "yes"}).location).text
    assert "One Stool, for Ada Winter and Home." in page
    assert "Looks: Wood Oak, Lamp yes, and Hooks Left." in page
    assert "altogether." in page


def test_what_only_the_client_knows_is_asked_first(rep, engine, people):
    rep.post("/desk/clients/new", data={"name": "Nobody Known"})
    there = rep.post("/desk/clients/1003/order/bench", data={"now": "yes"}).location
    assert there.startswith("/configure/")
    page, _, question = there.partition("#")
    assert f'id="{question}"' in rep.get(page).text
    assert "Your height" in rep.get(page).text.partition(f'id="{question}"')[2][:1500]


def test_a_customer_is_told_what_differs_but_not_what_to_read_back(app, engine, people):
    ada = browser(app, people.ada)
    review = f"{ada.post('/orders/2001/again').location}/order"
    page = ada.get(review).text
    assert "All as in order 2001 of" in page
    assert "Read this back" not in page
    with transaction(engine) as session:
        consents.ask(session, of_ada(session, people), (), None)
    assert "All as in order 2001 of" not in ada.get(review).text


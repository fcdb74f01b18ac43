"""Was it right? The page that asks, what it changes, and the remake; for a customer and for a rep on the telephone."""

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from factories import HOSTILE, bench, browser, house, ordered, published, shipped
from household import pages_on_sqlite
from sqlalchemy import event, select, update

from catalog.model import from_plain
from configurator.memory import Reason
from configurator.records import Draft
from configurator.transaction import open_session, transaction
from configurator.web.shop.because import left_open, remembered
from orders.memory import feedback
from orders.memory.erasure import erase
from orders.memory.remembered import Evidence, Fact
from orders.records import Customer, Order

LONG_AGO = datetime(2024, 5, 1, tzinfo=UTC)
SPACE = "\N{NO-BREAK SPACE}"


pytestmark = pages_on_sqlite


@pytest.fixture
def people(engine):
    """The house, with Ada's and Mira's orders delivered."""
    with transaction(engine) as session:
        people = house(session)
        for order in people.order, people.theirs:
            deliver(session, order)
        return people


def deliver(session, order):
    """Ships it; it was ordered, and what it tells was told, some time ago."""
    session.execute(update(Evidence).values(at=LONG_AGO))
    session.execute(update(Fact).values(stated_at=LONG_AGO))
    order = session.get(Order, order.id)
    shipped(session, order)


def said(engine, number="2001"):
    """What was said of an order, newest last: verdicts, note, and the name of the rep."""
    with open_session(engine) as session:
        pieces = session.scalars(select(Evidence).join(Order).where(
            Order.number == number, Evidence.kind == "verdict").order_by(Evidence.id))
        return [({name: (one.said, one.rather) for name, one in feedback.verdicts_of(piece).items()}, piece.note,
                 piece.stated_by) for piece in pieces]


def test_one_act_says_that_all_of_it_was_right(ada, engine):
    assert ">All of it was right</button>" in ada.get("/orders").text
    answer = ada.post("/orders/2001/right", data={"all": "1"}, follow_redirects=True)
    assert "Noted, thank you." in answer.text
    (verdicts, note, by), = said(engine)
    assert verdicts.keys() == {"height", "width", "wood", "lamp", "hooks", "engraving"}
    assert (set(verdicts.values()), note, by) == ({("right", None)}, "", None)
    assert "All of it was right" not in ada.get("/orders").text, "nothing waits any more"


def test_what_was_not_right_moves_the_next_proposal_at_once(ada, engine):
    page = ada.get("/orders/2001/right").text
    assert page.index("Your height") < page.index("other answers"), "what has to be tried on is asked first"
    answer = ada.post("/orders/2001/right", follow_redirects=True, data={
        "said.height": "small", "by.height": "2", "why.height": "Knees", "said.wood": "other", "rather.wood": "pine",
        "note": "Lovely otherwise", "rest": ""})
    text = unescape(answer.text)
    assert f"The next Garden bench: Your height 177{SPACE}cm instead of 175{SPACE}cm; Wood Pine instead of Oak." in text
    assert re.search(rf"177{SPACE}cm</strong><span class=\"was\">2{SPACE}cm more, as you asked in \w+</span>", text)
    assert re.search(r"Pine</strong><span class=\"was\">instead of Oak, as you asked in \w+</span>", text)
    for words in f"too small by 2{SPACE}cm", "rather Pine", "Knees", "Lovely otherwise":
        assert words in text, words
    (verdicts, _, _), = said(engine)
    assert verdicts == {"height": ("small", 1770), "wood": ("other", "pine"), "width": ("right", None),
                        "lamp": ("right", None), "hooks": ("right", None), "engraving": ("right", None)}
    draft = ada.post("/products/bench").location
    page = unescape(ada.get(f"{draft}?group=1").text)
    assert re.search(rf"2{SPACE}cm more, as you asked in \w+", page)


def test_what_has_to_give_way_to_what_was_asked_for_is_told_with_it(ada, engine, people):
    with transaction(engine) as session:
        order = ordered(session, session.get(Order, people.order.id).customer, wood="oak", lamp=True)
        deliver(session, order)
        address = f"/orders/{order.number}/right"
    ada.post(address, data={"said.wood": "other", "rather.wood": "pine", "rest": ""})
    page = unescape(ada.get(address).text)
    assert re.search(r'Lamp</th>.*has to give way.*instead of yes, to fit the rest', page, re.DOTALL)
    ada.post(address, data={"all": ""})
    assert "give way" not in ada.get(address).text


def test_only_what_was_marked_is_kept_if_that_is_wanted(ada, engine):
    ada.post("/orders/2001/right", data={"said.lamp": "other", "said.hooks": "other", "rather.hooks": ["right"],
                                         "said.engraving": "other", "why.engraving": "The e is missing", "only": ""})
    (verdicts, _, _), = said(engine)
    assert verdicts == {"lamp": ("other", True), "hooks": ("other", frozenset({"right"})), "engraving": ("other", None)}


@pytest.mark.parametrize(("sent", "problem"), [
    ({"said.height": "small", "by.height": "a bit"}, f"Enter by how much: 1{SPACE}cm, for example."),
    ({"said.height": "small", "by.height": "0"}, "Enter by how much"),
    ({"said.height": "small", "by.height": "-2"}, "Enter by how much"),
    ({"said.height": "small", "by.height": "1e9"}, "Enter by how much"),
    ({"said.height": "small", "by.height": "1.2"}, f"The nearest is 176{SPACE}cm, by 1{SPACE}cm."),
    ({"said.height": "large", "by.height": "9 m"}, f"The nearest is 120{SPACE}cm, by 55{SPACE}cm."),
    ({"said.wood": "other", "rather.wood": "tin"}, "has no such value"),
    ({"said.hooks": "other", "rather.hooks": ["up"]}, "Choose 0 to 2 of these"),
    ({"said.wood": "small"}, "Choose one of these."),
    ({"why.wood": "Splinters"}, "Say whether it was right, too."),
    ({"said.wood": "other", "why.wood": "x" * 301}, "at most 300"),
    ({"note": "x" * 2001}, "at most 2000"),
    ({"note": "\x00"}, "at most 2000"), ({"note": "Good.\n\u202edab"}, "at most 2000"),
    ({"note": "Tagged \U000e0041"}, "at most 2000"),
    ({"said.wood": "other", "all": ""}, "Something is marked as not right"),
    ({}, "Nothing is marked yet"), ({"note": "  "}, "Nothing is marked yet")])
def test_what_cannot_be_is_told_and_nothing_typed_is_lost(ada, engine, sent, problem):
    kept = {"said.lamp": "other", "why.lamp": "Too dark in winter", "only": ""}
    sent = sent if sent in ({}, {"note": "  "}) else kept | sent
    answer = ada.post("/orders/2001/right", data=sent)
    assert answer.status_code == 422
    assert problem in unescape(answer.text)
    assert said(engine) == []
    for field, value in sent.items():
        if field.startswith(("by.", "why.")):
            assert f'value="{value}"' in answer.text, field
        if field.startswith("said.") and value in ("small", "large", "other") and field != "said.wood":
            assert f'name="{field}" value="{value}" checked' in answer.text, field


def test_an_answer_can_be_changed_and_the_newest_counts(ada, engine):
    ada.post("/orders/2001/right", data={"said.height": "small", "by.height": "2", "only": ""})
    page = ada.get("/orders/2001/right").text
    assert re.search(r'name="by.height" value="2"', page), "what was said is filled in"
    assert "What you said of it" in ada.get("/orders/2001").text
    page = ada.post("/orders/2001/right", data={"said.height": "large", "by.height": "1", "only": ""},
                    follow_redirects=True).text
    assert f"Your height 174{SPACE}cm instead of 177{SPACE}cm" in unescape(page)
    ada.post("/orders/2001/right", data={"said.height": "large", "by.height": "1", "only": ""})
    heights = [verdicts["height"] for verdicts, _, _ in said(engine)]
    assert heights == [("small", 1770), ("large", 1740)], "twice is once"


def test_a_rep_asks_on_the_telephone_and_is_on_record(rep, engine, people):
    page = rep.get("/desk/clients/1001").text
    assert "nobody said whether it was right" in page
    assert "/orders/2001/right" in page
    page = rep.post("/orders/2001/right", data={"said.width": "large", "only": ""}, follow_redirects=True).text
    assert "taken down by Ben Rossi" in page
    assert said(engine)[0][2] == people.rep.id
    assert "nobody said whether it was right" not in rep.get("/desk/clients/1001").text


def test_the_product_asks_about_the_last_one(ada, engine):
    assert "order 2001: was it right?" in ada.get("/products/bench").text
    ada.post("/orders/2001/right", data={"all": "1"})
    assert "was it right?" not in ada.get("/products/bench").text


def test_nobody_is_asked_before_it_is_shipped(ada, engine, people):
    with transaction(engine) as session:
        ordered(session, people.ada.customer)
    for answer in ada.get("/orders/2003/right"), ada.post("/orders/2003/right", data={"all": "1"}):
        assert answer.location == "/orders/2003"
    assert "is asked once it is shipped" in ada.get("/orders/2003").text
    assert said(engine, "2003") == []


def test_what_belongs_to_somebody_else_is_not_there(ada, app, people, engine):
    for number in "2002", "4711":
        assert ada.get(f"/orders/{number}/right").status_code == 404
        for act in "right", "remake":
            assert ada.post(f"/orders/{number}/{act}", data={"all": "1"}).status_code == 404
    worker = browser(app, people.worker)
    assert worker.post("/orders/2001/right", data={"all": "1"}).status_code == 403
    assert said(engine) == said(engine, "2002") == []


def test_a_remake_opens_with_what_should_have_been_made(ada, app, engine, people):
    assert ada.post("/orders/2001/remake").location == "/orders/2001/right", "nothing was wrong yet"
    ada.post("/orders/2001/right", data={"said.height": "small", "by.height": "2", "said.width": "large", "only": ""})
    url = ada.post("/orders/2001/remake").location
    with open_session(engine) as session:
        draft = session.scalars(select(Draft)).one()
        shown = from_plain(draft.proposals["0"]["values"])
        assert (draft.remake_of.number, draft.inputs, draft.history[0]["choices"]) == ("2001", 1, {"height": 1770})
        assert shown["width"] < 1200, "how much too large was not said: it is proposed, not chosen"
        assert shown["engraving"] == "Ada Winter"
    with transaction(engine) as session:  # it is compared with what it is a remake of, not with the last one
        ordered(session, session.get(Order, people.order.id).customer, wood="pine")
    assert "A remake of order 2001." in ada.get(url).text
    assert f"18{SPACE}mm less, as you asked" in unescape(ada.get(f"{url}?group=1").text), "it is not as it was"
    page = ada.get(f"{url}/order").text
    assert "A remake of order 2001." in page
    assert "Otherwise than order 2001 of" in page
    assert "unless the workshop finds that the fault was ours" in page
    fields = dict(re.findall(r'<input type="\w+" name="(\w+)" value="([^"]*)"', page))
    ada.post(f"{url}/order", data=fields | {"quantity": "1", "place": ""})
    page = unescape(ada.get("/orders/2004").text)
    assert re.search(rf"Remake of order.*2001</a>; Your height 177{SPACE}cm instead of 175{SPACE}cm; Width", page)
    assert "Remade as order" in ada.get("/orders/2001").text
    worker = browser(app, people.worker)
    sheet = unescape(worker.get("/floor/orders/2004").text)
    assert "Remake of order 2001</strong>; Your height 1770 mm instead of 1750 mm; Width" in sheet
    assert worker.get("/floor/orders/2004.pdf").data.startswith(b"%PDF")
    assert "Remake of" not in worker.get("/floor/orders/2001").text
    asked = unescape(worker.get("/floor/requests").text)
    assert f"Your height: too small by 2{SPACE}cm; Width: too large</blockquote>" in asked
    assert f"<del>175{SPACE}cm</del>" in asked
    assert f"<ins>177{SPACE}cm</ins>" in asked
    worker.post("/floor/requests/1/approve", data={"ours": "on", "word": "Cut too short."})
    page = unescape(ada.get("/orders/2004").text)
    assert "Made again without a charge: the fault was ours" in page
    assert "What is built stays the same." in page, "its second revision is about the price"


def test_a_remake_reads_what_was_made_once_however_much_it_asks(ada, engine):
    ada.post("/orders/2001/right", data={"said.height": "small", "by.height": "2", "only": ""})
    url, said = ada.post("/orders/2001/remake").location, []
    event.listen(engine, "before_cursor_execute", lambda *about: said.append(about[2]))
    assert ada.get(f"{url}?group=2").text.count("as it was") > 1
    assert len([one for one in said if "FROM version" in one and "BETWEEN" in one]) == 1


def test_a_remake_asks_for_what_should_have_been_another_and_keeps_it_not(ada, engine):
    ada.post("/orders/2001/right", data={"said.wood": "other", "only": ""})
    url = ada.post("/orders/2001/remake").location
    page = ada.get(f"{url}").text
    assert "it was not right the last time" in page
    with open_session(engine) as session:
        draft = session.scalars(select(Draft)).one()
        proposed = draft.proposals[draft.history[draft.position]["proposal"]]
        assert (proposed["values"]["wood"], proposed["questions"], draft.inputs) == ("pine", ["wood"], 0)
    assert "was right the last time" not in ada.get("/orders/2001/right").text


def test_what_was_right_long_ago_is_asked_again_and_says_so(app):
    was = Reason("feedback", made=1750, on=LONG_AGO.date())
    with app.test_request_context():
        height = bench()["height"]
        assert left_open(was, height, 1750) == "it was right the last time, but that was some time ago"
        assert left_open(was, height, 1760) == "it was not right the last time"


def test_what_had_to_give_way_is_named_where_it_is_proposed_and_where_it_is_asked(app):
    model, gave_way = bench(), Reason("fits", made="oak")
    with app.test_request_context():
        assert remembered(gave_way, model, "wood", "pine") == "instead of Oak, to fit the rest"
        assert left_open(gave_way, model["wood"], "pine") == "instead of Oak, to fit the rest"
        assert remembered(Reason("fits"), model, "wood", "pine") == "it fits the rest"


def test_a_remake_is_made_with_the_catalogue_of_today(ada, engine):
    ada.post("/orders/2001/right", data={"said.wood": "other", "rather.wood": "pine", "only": ""})
    with transaction(engine) as session:
        model = bench(title="Bench of today")
        published(session, model)
    ada.post("/orders/2001/remake")
    with open_session(engine) as session:
        draft = session.scalars(select(Draft)).one()
        assert (draft.version.number, draft.history[0]["choices"]) == (2, {"wood": "pine"})
    assert "Pine" in ada.get("/orders/2001/right").text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_only_text(ada, text):
    page = ada.post("/orders/2001/right", follow_redirects=True, data={
        "said.engraving": "other", "why.engraving": text, "note": text, "only": ""}).text
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_nobody_is_asked_about_somebody_who_was_erased(rep, engine, people):
    with transaction(engine) as session:
        erase(session, session.get(Customer, people.ada.customer_id))
    assert "Was it right?" not in rep.get("/orders/2001").text
    assert "nobody said whether it was right" not in rep.get("/desk/clients/1001").text
    assert rep.get("/orders/2001/right").status_code == 404
    for act in "right", "remake":
        assert rep.post(f"/orders/2001/{act}", data={"all": "1"}).status_code == 404


def test_what_is_remembered_says_what_follows_from_what_was_wrong_and_of_what_was_left_empty(ada, engine, people):
    with transaction(engine) as session:
        order = ordered(session, session.get(Order, people.order.id).customer, engraving="", height=1750)
        deliver(session, order)
        number = order.number
    ada.post(f"/orders/{number}/right", data={"said.height": "small", "rest": ""})
    page = unescape(ada.get("/memory").text)
    assert f"175{SPACE}cm was too small; next time 176{SPACE}cm" in page
    assert "leaving it empty was right" in page
    assert "nothing was right" not in page

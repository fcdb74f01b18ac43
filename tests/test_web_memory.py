"""What we remember, as pages: seen, corrected, forgotten, allowed; of one customer never by another."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from factories import House, bench, bench_values, member, ordered, published, read_in, shipped, sign_in
from household import pages_on_sqlite
from sqlalchemy import event, select

from catalog.database import now
from catalog.formats import from_document, to_document
from catalog.store import current
from configurator.engines import engine_of
from configurator.recollection import propose
from configurator.transaction import open_session, transaction
from orders import subjects
from orders.clients import notes
from orders.clients.noted import Call, Note
from orders.memory import facts, feedback, forgetting
from orders.memory.history import Row
from orders.memory.remembered import Consent, Evidence
from orders.records import Customer, Order
from orders.relation import tiers
from orders.relation.followed import FollowUp, Tier
from orders.specifications import Configured, save
from orders.subjects import Whom

LAST_YEAR = date.today().replace(day=1) - timedelta(300)


def house(session):
    """Ada (1001) and Mira (1002), with an order and a specification each, made last year; and a rep."""
    version = published(session)
    ada, mira = member(session, name="Ada Winter"), member(session, name="Mira Álbers")
    at = datetime(LAST_YEAR.year, LAST_YEAR.month, LAST_YEAR.day, tzinfo=UTC)
    kept = [save(session, Whom(one.customer), "Terrace", Configured(version, bench_values(), bench_values()), one,
                 at=at)
            for one in (ada, mira)]
    orders = [ordered(session, one.customer, version, today=LAST_YEAR, engraving=one.name) for one in (ada, mira)]
    return House(ada, mira, member(session, "rep", "Ben Rossi"), ada, orders[0], kept[0], orders[1], kept[1])


pytestmark = pages_on_sqlite


@pytest.fixture
def people(engine):
    with transaction(engine) as session:
        return house(session)


def text_of(page):
    """What a reader reads, without tags."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def offered(words):
    """What is shown of a product, and for how much."""
    return words[words.index("As shown"):]


def piece(page, title):
    """The name of a piece in forms, by its title."""
    found = re.search(rf'<p>{title}: .*?name="piece" value="([^"]+)"', page, re.S)
    assert found, title
    return unescape(found[1])


def proposed(engine, account):
    """What is proposed to a customer on the next page, by name, with its reason."""
    with open_session(engine) as session:
        version = published(session)
        customer = account and session.merge(account).customer
        whom = customer and subjects.likely(session, Whom(customer), version)
        proposal = propose(session, version, engine_of(version).start(), whom)
        return proposal.configuration.values(), proposal.reasons


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


def test_something_new_is_told_before_anybody_asked(app, engine):
    with transaction(engine) as session:
        people = house(session)
    client = app.test_client()
    sign_in(client, people.ada)
    page = client.get("/memory").text
    assert "Tell us" not in page  # all that is asked was told
    with transaction(engine) as session:
        published(session, bench(name="bed", traits=[{"name": "weight", "title": "Weight", "unit": "kg"}],
                                 characteristics=[{
                                     "name": "weight", "kind": "number", "trait": "weight", "about": "person",
                                     "least": 30, "most": 200, "unit": "kg", "standard": 70}],
                                 prices=None, rules=None, quantities=None, items=None, operations=None,
                                 picture=None, groups=None))
    page = client.get("/memory").text
    name = unescape(re.search(r'<option value="([^"]+)">Weight', page)[1])
    assert "Save the correction" in client.get("/memory", query_string={"piece": name}).text
    client.post("/memory/correct", data={"piece": name, "answer": "64"})
    assert "Weight: 64 kg From the page “What we remember”" in text_of(client.get("/memory").text)


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


def test_without_consent_to_proposals_one_is_shown_what_anybody_is_shown(ada, app, engine, people):
    anybody = app.test_client()
    stranger = text_of(anybody.get("/products/bench").text)
    assert "Ada Winter" in text_of(ada.get("/products/bench").text)
    answer = ada.post("/memory/consent", data={"purpose": "proposals", "given": "no"})
    assert answer.status_code == 303
    page = text_of(ada.get("/products/bench").text)
    assert offered(page) == offered(stranger)
    assert "Nothing that we remember of you is used here" in page
    assert "Nothing that we remember of you" not in stranger
    assert proposed(engine, people.ada)[0] == proposed(engine, None)[0]
    history = text_of(ada.get("/memory").text)
    assert "nothing: the use is withdrawn" in history
    assert "last in order" not in history
    assert "None of it is used to propose anything to you" in history
    assert "to propose answers to me" in history
    assert "withdrawn" in history
    ada.post("/memory/consent", data={"purpose": "proposals", "given": "yes"})
    assert proposed(engine, people.ada)[0]["engraving"] == "Ada Winter"


def test_a_purpose_that_there_is_not_is_not_found(ada):
    assert ada.post("/memory/consent", data={"purpose": "everything", "given": "yes"}).status_code == 404


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
        session.add(FollowUp(customer_id=customers[0].id, about="answer 2001", done="never"))
    page = ada.get("/memory").text
    words = text_of(page)
    assert "What the firm noted Gold" in words
    assert "They were patient (Ben Rossi)" in words
    assert "Ada Winter &lt;b&gt;rings&lt;/b&gt; late" in page
    assert "whether order 2001 is right: not to be done" in words
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


def test_a_shop_that_asks_first_uses_what_was_ticked_and_nothing_else(app_with):
    app = app_with(ask_first=True)
    with transaction(app.extensions["engine"]) as session:
        published(session)
    client = app.test_client()
    assert "What we may use" in client.get("/account/signup").text
    client.post("/account/signup", data={"name": "Eva", "email": "eva@example.com", "password": "a long sentence",
                                         "allowed": ["proposals"]})
    assert re.findall(r'aria-checked="(\w+)"', client.get("/memory").text) == ["true", "false", "false"]
    with open_session(app.extensions["engine"]) as session:
        assert [(one.purpose, one.given) for one in session.scalars(select(Consent))] == [
            ("proposals", True), ("experience", False), ("analysis", False)]


def test_a_client_taken_down_in_a_shop_that_asks_first_is_not_used_until_they_say_so(app_with):
    app = app_with(ask_first=True)
    with transaction(app.extensions["engine"]) as session:
        rep = member(session, "rep")
    client = app.test_client()
    sign_in(client, rep)
    client.post("/desk/clients/new", data={"name": "Eva"})
    assert re.findall(r'aria-checked="(\w+)"', client.get("/desk/clients/1001/memory").text) == ["false"] * 3


def test_a_shop_that_does_not_ask_first_says_nothing_at_sign_up(app):
    assert "What we may use" not in app.test_client().get("/account/signup").text


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


def family(name, **traits):
    """A product like the bench, of which some questions are asked by others, too."""
    document = to_document(bench(name=name, title=name.title()))
    document["traits"] += [{"name": trait["trait"], "title": trait["trait"].title()} for trait in traits.values()]
    for one in document["characteristics"]:
        one |= traits.get(one["name"], {})
    return from_document(document)


def test_what_was_said_of_one_product_is_not_said_of_another(app, engine):
    """Of what several products ask, each has an answer of its own: that is used for it, and it is what was judged."""
    with transaction(engine) as session:
        shed, stool, _never = [published(session, family(name, wood={"trait": "favourite"}))
                               for name in ("shed", "stool", "table")]
        ada = member(session, name="Ada Winter")
        judged = [shipped(session, ordered(session, ada.customer, version, wood=wood, today=LAST_YEAR + timedelta(day)))
                  for day, (version, wood) in enumerate([(shed, "oak"), (shed, "oak"), (stool, "pine")])]
        feedback.give(session, judged[1], {"wood": feedback.Verdict("right")})
    client = app.test_client()
    sign_in(client, ada)
    words = text_of(client.get("/memory").text)
    assert "Favourite: Pine From order 2003 " in words
    assert "Used for Shed: Wood (there: Oak); Stool: Wood; Table: Wood; last in order 2003" in words
    assert "You said Oak was right" not in words
    assert "Oak was right (Shed): order 2002" in words
    with transaction(engine) as session:
        feedback.give(session, session.get(Order, judged[2].id), {"wood": feedback.Verdict("right")})
    assert "You said Pine was right" in text_of(client.get("/memory").text)


def test_a_text_that_was_left_empty_says_nothing_of_the_person(app, engine):
    initials = {"trait": "initials", "about": "person"}
    with transaction(engine) as session:
        shed = published(session, family("shed", engraving=initials))
        stool = published(session, family("stool", engraving={"trait": "initials"}))
        table = published(session, family("table", engraving=initials))
        ada = member(session, name="Ada Winter")
        for version, text in ((shed, ""), (shed, ""), (stool, "AW")):
            ordered(session, ada.customer, version, engraving=text)
        assert facts.of(session, *ada.customer.subjects).keys() >= {"height"}
        assert "initials" not in facts.of(session, *ada.customer.subjects)
        whom = subjects.likely(session, Whom(ada.customer), table)
        values = {version.title: propose(session, version, engine_of(version).start(), whom).configuration.values()
                  for version in (shed, stool, table)}
    assert {title: of["engraving"] for title, of in values.items()} == {"Shed": "", "Stool": "AW", "Table": "AW"}
    client = app.test_client()
    sign_in(client, ada)
    words = text_of(client.get("/memory").text)
    assert "Initials: AW" in words
    assert "Used for Shed: Engraving (there: nothing); Stool: Engraving; Table: Engraving" in words


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


def test_what_was_read_in_from_files_is_remembered_and_forgotten_like_the_rest(app, engine, tmp_path):
    with transaction(engine) as session:
        version, account = published(session), member(session, name="Ada")
        row = Row((("engraving", "From before"),), account.customer.number, LAST_YEAR)
        read_in(session, version, tmp_path / "old-shop.csv", row)
    client = app.test_client()
    sign_in(client, account)
    page = client.get("/memory").text
    assert "Engraving: From before From earlier orders, read in from old-shop.csv" in text_of(page)
    assert proposed(engine, account)[0]["engraving"] == "From before"
    client.post("/memory/forget", data={"piece": piece(page, "Engraving")})
    assert proposed(engine, account)[0]["engraving"] == ""


def test_what_is_open_is_proposed_anew_and_keeps_what_was_chosen(ada):
    draft = ada.post("/products/bench").location
    ada.post(draft, data={"a.wood": "pine", "was.wood": '["oak"]', "answer": "enter"})
    assert "Ada Winter" in text_of(ada.get(f"{draft}?group=2").text).partition("Engraving")[2]
    ada.post("/memory/consent", data={"purpose": "proposals", "given": "no"})
    page = ada.get(f"{draft}?group=2").text
    words = text_of(page).partition("Engraving")[2]
    assert "Ada Winter" not in words
    assert "of your" not in words
    assert "as in your last order" not in text_of(page)
    assert re.search(r'value="pine"[^>]*checked', page)


def test_what_was_said_under_an_older_name_is_one_piece_and_forgotten_whole(ada, engine, people):
    with transaction(engine) as session:
        document = to_document(bench())
        for one in document["characteristics"]:
            if one["name"] == "engraving":
                one |= {"name": "words", "was": ["engraving"], "title": "Words on it"}
        text = json.dumps(document).replace("{engraving}", "{words}").replace("size(engraving)", "size(words)").replace(
            'engraving != ', 'words != ')
        published(session, from_document(json.loads(text)))
    page = ada.get("/memory").text
    assert "Words on it: Ada Winter" in text_of(page)
    assert "Engraving:" not in text_of(page)

    def proposal():
        with open_session(engine) as session:
            version, customer = current(session, "bench"), session.merge(people.ada).customer
            whom = subjects.likely(session, Whom(customer), version)
            return propose(session, version, engine_of(version).start(), whom).configuration.values()["words"]

    assert proposal() == "Ada Winter"
    ada.post("/memory/forget", data={"piece": piece(page, "Words on it")})
    assert proposal() == ""
    ada.post("/memory/forget", data={"piece": piece(page, "Words on it"), "undo": "yes"})
    assert proposal() == "Ada Winter"

"""Pieces of what is remembered that several products ask for, or that came under an older name or from a file."""

import json
import re
from datetime import timedelta
from html import unescape

from factories import bench, member, ordered, published, read_in, shipped, sign_in
from household import last_years_house, pages_on_sqlite
from remembering import LAST_YEAR, piece, proposed, text_of

from catalog.formats import from_document, to_document
from catalog.store import current
from configurator.engines import engine_of
from configurator.recollection import propose
from configurator.transaction import open_session, transaction
from orders import subjects
from orders.memory import facts, feedback
from orders.memory.history import Row
from orders.records import Order
from orders.subjects import Whom

pytestmark = [pages_on_sqlite, last_years_house]


def test_something_new_is_told_before_anybody_asked(app, engine, people):
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

"""What a customer allows: used for that and nothing else, withdrawn at once, asked for first where a shop does so."""

import re

from factories import member, published, sign_in
from household import last_years_house, pages_on_sqlite
from remembering import proposed, text_of
from sqlalchemy import select

from configurator.transaction import open_session, transaction
from orders.memory.remembered import Consent

pytestmark = [pages_on_sqlite, last_years_house]


def offered(words):
    """What is shown of a product, and for how much."""
    return words[words.index("As shown"):]


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

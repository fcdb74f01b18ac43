"""The shop by forms alone, as a browser without script sends them."""

from __future__ import annotations

import json
import re
import time
from html import unescape
from typing import Any

import pytest
from factories import PASSWORD, a_customer, bench, member, ordered, published, selling, sign_in
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from catalog.formats import from_document, to_document
from catalog.model import Boolean, ProductModel
from catalog.store import publish
from configurator.drafts.progress import progress_of
from configurator.records import Draft
from configurator.transaction import open_session, transaction
from orders.memory import facts
from orders.records import Order, Specification

HOSTILE = ("<script>alert(1)</script>", '"><svg onload=x>', "=cmd|' /C calc'!A0", "../../etc/passwd", "{{ 7*7 }}",
           "%s%n")


@pytest.fixture
def app(app_with: Any) -> Flask:
    return selling(app_with())


@pytest.fixture
def database(app: Flask) -> Engine:
    return app.extensions["engine"]


def opened(client: FlaskClient, **form: str) -> str:
    """The address of a new draft of the bench."""
    answer = client.post("/products/bench", data=form)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def fields(page: str) -> dict[str, list[str]]:
    """What a browser would send of a page: hidden fields, texts, and what is checked or has to be."""
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input\b[^>]*>", page):
        attributes = {name: unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        kind = attributes.get("type", "text")
        if "name" in attributes and (kind not in ("radio", "checkbox") or re.search(r"\s(checked|required)\b", tag)):
            found.setdefault(attributes["name"], []).append(attributes.get("value", ""))
    return found


def send(client: FlaskClient, url: str, button: tuple[str, str] = ("answer", ""), **answers: str | list[str]) -> Any:
    """Changes fields of the page at the address and presses one of its buttons."""
    form = fields(client.get(url).text)
    form |= {f"a.{name}": [given] if isinstance(given, str) else given for name, given in answers.items()}
    return client.post(url, data={**form, button[0]: button[1]})


def draft(database: Engine, url: str) -> Draft:
    with open_session(database) as session:
        return session.get_one(Draft, re.search(r"/configure/([\w-]+)", url)[1])


def choices(database: Engine, url: str) -> dict[str, Any]:
    found = draft(database, url)
    return dict(found.history[found.position]["choices"])


def test_products_are_shown_and_opened(client: FlaskClient) -> None:
    page = client.get("/").text
    assert "Garden bench" in page
    assert "<svg" in page
    assert "€" in client.get("/products/bench").text
    assert client.get(opened(client)).status_code == 200
    assert client.get("/products/nothing").status_code == 404


def test_every_page_of_a_product_says_what_opens(app: Flask, client: FlaskClient, database: Engine) -> None:
    """To a guest and to somebody known, before and after others have ordered."""
    with transaction(database) as session:
        known = member(session)
        ordered(session, known.customer, wood="pine", width=2000)
    sign_in(client, known)
    seen = set()
    for _ in range(2):
        for visitor in client, app.test_client():
            url = opened(visitor)
            totals = {re.search(pattern, visitor.get(page).text, re.DOTALL)[1] for page, pattern in (
                ("/", r'class="row"><strong>([^<]*)'), ("/products/bench", r"As shown</dt><dd>([^<]*)"),
                (url, r'class="price"><span>As shown</span><strong>([^<]*)'))}
            assert len(totals) == 1, totals
            seen |= totals
        with transaction(database) as session:
            for _ in range(9):
                ordered(session, a_customer(session), wood="oak", width=1200, lamp=True)
    assert len(seen) == 3


def test_a_page_sent_back_unchanged_says_nothing(client: FlaskClient, database: Engine) -> None:
    url = opened(client)
    for group in "12":
        assert send(client, f"{url}?group={group}").status_code == 303
    assert (choices(database, url), draft(database, url).inputs) == ({}, 0)


def test_several_answers_are_sent_at_once_and_each_is_an_input(client: FlaskClient, database: Engine) -> None:
    url = opened(client)
    answer = send(client, f"{url}?group=2", wood="pine", hooks=["left", "right"], engraving="Ada & Ben")
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{url}?group=2"
    assert choices(database, url) == {"wood": "pine", "hooks": ["left", "right"], "engraving": "Ada & Ben"}
    assert draft(database, url).inputs == 3


def test_what_cannot_be_is_refused_with_its_sentence(client: FlaskClient, database: Engine) -> None:
    url = opened(client)
    send(client, f"{url}?group=2", lamp="yes")
    answer = send(client, f"{url}?group=2", wood="pine", engraving="kept")
    assert answer.status_code == 422
    assert "The lamp is made for oak only." in answer.text
    assert choices(database, url) == {"lamp": True, "engraving": "kept"}


def test_a_blocked_value_says_why_and_its_button_frees_it(client: FlaskClient, database: Engine) -> None:
    url = opened(client)
    page = send(client, f"{url}?group=2", lamp="yes")
    page = client.get(f"{url}?group=2").text
    assert 'aria-disabled="true"' in page
    assert "Lamp: switch to no" in page
    button = unescape(re.search(r'name="repair" value="([^"]*)"', page)[1])
    assert send(client, f"{url}?group=2", ("repair", button)).status_code == 303
    assert choices(database, url) == {"wood": "pine", "lamp": False}
    assert draft(database, url).inputs == 2


def test_acts_are_undone_and_redone_and_started_over(client: FlaskClient, database: Engine) -> None:
    url = opened(client)
    send(client, f"{url}?group=2", wood="pine")
    send(client, f"{url}?group=2", ("undo", ""))
    assert choices(database, url) == {}
    send(client, f"{url}?group=2", ("redo", ""))
    assert choices(database, url) == {"wood": "pine"}
    send(client, f"{url}?group=2", ("start_over", ""))
    assert choices(database, url) == {}
    send(client, f"{url}?group=2", ("undo", ""))
    assert choices(database, url) == {"wood": "pine"}
    send(client, f"{url}?group=2", ("retract", "wood"))
    assert choices(database, url) == {}


def test_proposals_are_kept_alone_or_by_group_without_input(client: FlaskClient, database: Engine) -> None:
    url = opened(client)
    send(client, f"{url}?group=2", ("keep", "wood"))
    assert choices(database, url) == {"wood": "oak"}
    send(client, f"{url}?group=2", ("keep_all", ""))
    assert choices(database, url) == {"wood": "oak", "lamp": False, "hooks": [], "engraving": ""}
    send(client, f"{url}?group=1", ("keep_all", ""))
    assert "height" not in choices(database, url), "what only they know is kept one by one"
    send(client, f"{url}?group=1", ("keep", "height"))
    assert choices(database, url)["height"] == 1750
    assert draft(database, url).inputs == 0


@pytest.mark.parametrize(("language", "entry", "height"), [
    ("en", "180", 1800), ("en", "180.0 cm", 1800), ("en", "180,0", 1800), ("de", "1.2e2", None), ("de", "180,0", 1800),
    ("en", "1.8 m", 1800), ("de", "1,8m", 1800), ("en", "1800 mm", 1800), ("en", "180 kg", None), ("en", "6 ft", None),
    ("en", "180.25", None), ("en", "nine feet", None), ("en", "9" * 60, None), ("en", "-180", None), ("en", "", None),
    ("en", "١٨٠", None), ("en", "1_80", None)])
def test_numbers_are_entered_as_the_reader_writes_them(client: FlaskClient, database: Engine, language: str, entry: str,
                                                       height: int | None) -> None:
    url = opened(client)
    form = {**fields(client.get(f"{url}?group=1").text), "a.height": entry, "answer": ""}
    answer = client.post(f"{url}?group=1", data=form, headers={"Accept-Language": language})
    assert choices(database, url).get("height") == height
    if height is None:
        assert answer.status_code == 422
        assert "120 to 220" in answer.text
        assert 'aria-invalid="true"' in answer.text


def test_a_wrong_number_is_told_the_nearest_right_one(client: FlaskClient) -> None:
    answer = send(client, f"{opened(client)}?group=1", height="180.3")
    assert "in steps of 1\N{NO-BREAK SPACE}cm" in answer.text
    assert "The nearest is 180" in answer.text
    assert 'value="180.3"' in answer.text, "what was entered stays to be corrected"


def test_a_refused_answer_stays_in_sight_when_another_group_is_asked_for(client: FlaskClient) -> None:
    answer = send(client, f"{opened(client)}?group=1", ("go", "2"), height="300")
    assert answer.status_code == 422
    assert 'value="300"' in answer.text
    assert "refused" in answer.text


def test_a_member_that_is_among_the_chosen_says_what_it_would_save(client: FlaskClient, database: Engine) -> None:
    hooks = {"name": "hooks", "kind": "several", "title": "Hooks", "least": 0, "most": 2,
             "values": [{"name": "left", "price": 7}, {"name": "right", "price": 9}]}
    with transaction(database) as session:
        publish(session, from_document({"lot_one": 1, "name": "rack", "currency": "EUR", "characteristics": [hooks]}))
    url = str(client.post("/products/rack").headers["Location"])
    send(client, url, hooks=["left"])
    page = client.get(url).text
    assert "without it −7.00" in page
    assert "+9.00" in page


def test_only_what_was_told_becomes_a_fact(ada: FlaskClient, database: Engine) -> None:
    url = opened(ada)
    send(ada, f"{url}?group=2", wood="pine")
    review = f"{url}/order"
    ada.post(review, data={**fields(ada.get(review).text), "place": ""})
    with open_session(database) as session:
        order = session.scalars(select(Order)).one()
        assert facts.of(session, *order.customer.subjects) == {}


def test_what_has_no_price_is_not_ordered_for_nothing(ada: FlaskClient, database: Engine) -> None:
    with transaction(database) as session:
        publish(session, ProductModel(name="priceless", characteristics=(
            Boolean(name="handle"), Boolean(name="lock"))))
    assert "<dd>not priced</dd>" in ada.get("/products/priceless").text
    url = str(ada.post("/products/priceless").headers["Location"])
    review = ada.get(f"{url}/order")
    assert "no prices yet" in review.text
    assert 'name="place"' not in review.text
    refused = ada.post(f"{url}/order", data={**fields(review.text), "place": ""})
    assert refused.status_code == 409
    with open_session(database) as session:
        assert session.scalars(select(Order)).all() == []


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_is_only_ever_text(client: FlaskClient, database: Engine, text: str) -> None:
    url = opened(client)
    send(client, f"{url}?group=2", engraving=text)
    assert choices(database, url) == {"engraving": text}
    for page in (client.get(f"{url}?group=2").text, client.get(f"{url}/order").text):
        assert "<script>alert" not in page
        assert "<svg onload" not in page
        assert "49" not in re.findall(r"<text[^>]*>([^<]*)</text>", page)
    again = re.search(r'id="link" readonly value="([^"]*)"', client.get(url).text)[1]
    location = client.post(unescape(again)).headers["Location"]
    assert choices(database, location) == {"engraving": text}


def test_texts_and_names_that_the_product_does_not_have_are_refused(client: FlaskClient, database: Engine) -> None:
    url = opened(client)
    assert send(client, f"{url}?group=2", engraving="x" * 61).status_code == 422
    assert send(client, f"{url}?group=2", engraving="a\0b").status_code == 422
    assert send(client, f"{url}?group=2", wood="gold").status_code == 422
    assert send(client, f"{url}?group=2", hooks=["left", "gold"]).status_code == 422
    client.post(url, data={"a.nothing": "x", "was.nothing": "[]", "keep": "nothing", "retract": "nothing"})
    assert choices(database, url) == {}


@pytest.mark.parametrize("button", [
    "", "{", "[]", "null", '{"name": "wood"}', '{"name": "wood", "set": {"wood": "gold"}, "give_up": []}',
    '{"name": "wood", "set": [], "give_up": 3}', '{"name": [], "set": {"wood": "oak"}, "give_up": []}'])
def test_a_button_that_no_page_had_does_nothing(client: FlaskClient, database: Engine, button: str) -> None:
    url = opened(client)
    assert client.post(url, data={"repair": button}).status_code == 422
    assert choices(database, url) == {}


def test_an_old_page_changes_only_what_was_changed_on_it(client: FlaskClient, database: Engine) -> None:
    url = opened(client)
    old = fields(client.get(f"{url}?group=2").text)
    send(client, f"{url}?group=2", wood="pine")
    client.post(f"{url}?group=2", data={**old, "a.engraving": "from the old tab", "answer": ""})
    assert choices(database, url) == {"wood": "pine", "engraving": "from the old tab"}


def test_a_link_reopens_exactly_this_for_whoever_opens_it(app: Flask, client: FlaskClient, database: Engine) -> None:
    url = opened(client)
    send(client, f"{url}?group=2", wood="pine", hooks=["right"], engraving="Ø & =1+1")
    send(client, f"{url}?group=1", height="190")
    link = unescape(re.search(r'id="link" readonly value="([^"]*)"', client.get(url).text)[1])
    friend = app.test_client()
    assert "Pine" in friend.get(link).text
    theirs = friend.post(link).headers["Location"]
    assert choices(database, theirs) == choices(database, url)
    with open_session(database) as session:
        mine, copied = (session.get_one(Draft, draft(database, one).id) for one in (url, theirs))
        assert progress_of(session, mine).values == progress_of(session, copied).values
    assert friend.get(url).status_code == 404
    assert friend.get(theirs).status_code == 200


@pytest.mark.parametrize(("query", "status"), [
    ("version=1&c.wood=gold", 400), ("version=1&c.gold=1", 400), ("version=9", 404), ("version=x", 404), ("", 404),
    ("version=1&c.height=99999999999999999999999", 400), ("version=1&x=" + "y" * 20_000, 414), ("version=1", 200),
    ("version=1&c.lamp=yes&c.wood=pine", 200)])
def test_a_link_that_was_tampered_with_is_read_with_care(client: FlaskClient, query: str, status: int) -> None:
    assert client.get(f"/products/bench/with?{query}").status_code == status


def test_drafts_of_others_are_not_there(app: Flask, client: FlaskClient) -> None:
    url = opened(client)
    stranger = app.test_client()
    for path in (url, f"{url}/order"):
        assert stranger.get(path).status_code == 404
        assert stranger.post(path, data={"answer": ""}).status_code == 404


def test_a_guest_signs_up_keeps_the_work_and_orders(client: FlaskClient, database: Engine) -> None:
    url = opened(client)
    send(client, f"{url}?group=2", wood="pine")
    page = client.get(f"{url}/order").text
    assert "Sign up and order" in page
    signup = client.post(f"/account/signup?next={url}/order", data={
        "name": "Ada Winter", "email": "ada@example.com", "password": PASSWORD, "phone": ""})
    assert signup.headers["Location"] == f"{url}/order"
    assert choices(database, url) == {"wood": "pine"}
    placed = send(client, f"{url}/order", ("place", ""))
    assert placed.status_code == 303
    with open_session(database) as session:
        order = session.scalars(select(Order)).one()
        assert (order.values["wood"], order.inputs, order.questions) == ("pine", 1, 6)
        assert placed.headers["Location"] == f"/orders/{order.number}"


@pytest.fixture
def ada(client: FlaskClient, database: Engine) -> FlaskClient:
    """Ada's browser, signed in."""
    with transaction(database) as session:
        account = member(session)
    sign_in(client, account)
    return client


def test_an_order_sent_twice_is_one_order(ada: FlaskClient, database: Engine) -> None:
    url = opened(ada)
    form = {**fields(ada.get(f"{url}/order").text), "place": ""}
    first, second = (ada.post(f"{url}/order", data=form) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    with open_session(database) as session:
        assert len(session.scalars(select(Order)).all()) == 1
    assert ada.get(url).headers["Location"] == first.headers["Location"], "the back button leads to the order"


def test_what_changed_since_the_review_is_not_ordered_unseen(ada: FlaskClient, database: Engine) -> None:
    url = opened(ada)
    form = {**fields(ada.get(f"{url}/order").text), "place": ""}
    send(ada, f"{url}?group=2", wood="pine")
    for changed in ({}, {"agreed": "x"}, {"quantity": "2"}):
        assert "not what you saw" in ada.post(f"{url}/order", data={**form, **changed}).text
    now = {**fields(ada.get(f"{url}/order").text), "place": ""}
    assert "The price was" in ada.post(f"{url}/order", data={**now, "total": "1"}).text
    assert "It was to be ready" in ada.post(f"{url}/order", data={**now, "ready": "2001-01-01"}).text
    for name, text in (("total", ""), ("total", "1e3"), ("total", "9" * 5000), ("ready", ""), ("ready", "x")):
        refused = ada.post(f"{url}/order", data={**now, name: text})
        assert (refused.status_code, "not what you saw" in refused.text) == (409, True), (name, text)
    for quantity in ("", "0", "1000", "two", "-1", "1.5", "1e3", "1_0", "١٢", "9" * 30, "9" * 5000):
        assert "1 to 999 pieces" in ada.post(f"{url}/order", data={**now, "quantity": quantity}).text
    with open_session(database) as session:
        assert not session.scalars(select(Order)).all()
    assert ada.post(f"{url}/order", data=now).status_code == 303


def test_the_review_tells_proposals_from_what_only_the_customer_knows(client: FlaskClient) -> None:
    url = opened(client)
    send(client, f"{url}?group=2", lamp="yes")
    page = client.get(f"{url}/order").text
    assert "answers are proposed: they suit the rest" in page
    asked = re.search(r"Please check what only you know:(.*?)</p>", page, re.DOTALL)
    assert asked
    assert re.findall(r'href="[^"]*\?(group=\d#q\d)">([^<]*)', asked[1]) == [
        ("group=1#q1", "Your height"), ("group=1#q2", "Width")]
    legend = page.split('class="key"')[1].split("</div>")[0]
    assert re.findall(r'data-state="(\w+)"><i', legend) == ["chosen", "proposed", "follows", "open"]
    send(client, f"{url}?group=1", height="180", width="1000")
    assert "only you know" not in client.get(f"{url}/order").text


def test_a_fact_about_a_person_is_corrected_and_not_switched(client: FlaskClient, database: Engine) -> None:
    with transaction(database) as session:
        published(session, bench(rules=[{"id": "tall", "says": "Oak boards are for tall people.", "when": "wood = oak",
                                         "then": "height >= 1800"}]))
    url = opened(client)
    send(client, f"{url}?group=1", height="150")
    page = unescape(client.get(f"{url}?group=2").text)
    assert "Oak boards are for tall people." in page
    assert "Your height: correct it to 180\N{NO-BREAK SPACE}cm" in page


def test_what_an_answer_changes_besides_is_said(client: FlaskClient, database: Engine) -> None:
    with transaction(database) as session:
        published(session, bench(rules=[{"id": "pine", "says": "The lamp is made for pine.", "when": "lamp",
                                         "then": "wood = pine"}]))
    url = f"{opened(client)}?group=2"
    form = {**fields(client.get(url).text), "a.lamp": "yes", "answer": ""}
    assert "Also changed: Wood." in client.post(url, data=form, follow_redirects=True).text
    assert "Also changed" not in client.get(url).text
    assert "Also changed" not in client.post(url, data={**form, "undo": ""}, follow_redirects=True).text
    live = client.post(url, data=form, headers={"HX-Request": "true"}).text
    assert live.count("Also changed: Wood.") == 2, "on the page, and for those who listen to it"
    for nonsense in ("", "[[]]", "{", "3", '{"wood": 7}'):
        assert client.post(url, data={**form, "shown": nonsense}).status_code == 303


def test_the_next_question_is_one_of_the_page_in_view(client: FlaskClient) -> None:
    url = opened(client)
    for group, name in (1, "Your height"), (2, "Lamp"):
        assert f"Next: {name}</a>" in client.get(f"{url}?group={group}").text
    send(client, f"{url}?group=1", height="180", width="1000")
    assert "group=2#q4\">Next: Lamp</a>" in client.get(f"{url}?group=1").text, "nothing is left here"


def test_what_is_left_open_is_told_in_the_order_of_the_page(client: FlaskClient, database: Engine) -> None:
    with transaction(database) as session:
        published(session, bench(groups=[{"name": "look", "title": "Looks"}, {"name": "body", "title": "Fit"}]))
    said = re.search(r"Left open, we build: (.*?)</p>", client.get(opened(client)).text)
    assert said
    assert re.findall(r"(?:^|; )([^:;]*):", said[1]) == ["Lamp", "Hooks", "Engraving", "Your height", "Width"]


def test_several_pieces_cost_and_take_what_they_do(ada: FlaskClient) -> None:
    url = opened(ada)
    form = fields(ada.get(f"{url}/order").text)
    updated = ada.post(f"{url}/order", data={**form, "quantity": "3", "update": ""}).text
    assert int(fields(updated)["total"][0]) == 3 * int(form["total"][0])
    assert ada.post(f"{url}/order", data={**fields(updated), "place": ""}).status_code == 303


def test_a_newer_catalogue_is_shown_before_it_is_ordered_from(ada: FlaskClient, database: Engine) -> None:
    url = opened(ada)
    send(ada, f"{url}?group=2", wood="pine", engraving="Ada")
    document = to_document(bench())
    wood = next(c for c in document["characteristics"] if c["name"] == "wood")
    wood["values"] = [value for value in wood["values"] if value["name"] != "pine"]
    with transaction(database) as session:
        publish(session, from_document(document))
    assert "Pine" in ada.get(f"{url}?group=2").text, "the draft stays in its own version"
    page = ada.get(f"{url}/order").text
    assert "version 1 is now version 2" in page
    assert "<del>Pine</del>" in page
    assert "There is no such answer any more." in page
    assert ada.post(f"{url}/order", data={**fields(page), "place": ""}).status_code == 409
    renewed = ada.post(f"{url}/order", data={**fields(page), "renew": ""}).headers["Location"]
    assert choices(database, renewed) == {"engraving": "Ada"}
    assert draft(database, renewed).inputs == 2
    assert send(ada, renewed, ("place", "")).status_code == 303


def test_a_specification_is_saved_and_saved_again_as_its_next_revision(ada: FlaskClient, database: Engine) -> None:
    url = opened(ada)
    send(ada, f"{url}?group=2", wood="pine")
    page = {**fields(ada.get(url).text), "name": "Porch"}
    assert ada.post(url, data={**page, "save": "new"}).status_code == 303
    send(ada, f"{url}?group=2", ("save", "revision"), engraving="Hello")
    with open_session(database) as session:
        kept = session.scalars(select(Specification)).one()
        assert (kept.name, [revision.choices for revision in kept.revisions]) == (
            "Porch", [{"wood": "pine"}, {"wood": "pine", "engraving": "Hello"}])
    nameless = ada.post(url, data={**page, "name": " ", "save": "new"}, follow_redirects=True)
    assert "Give the specification a name" in nameless.text
    ada.post(url, data={**page, "name": "By the enter key", "answer": "enter"})
    assert "By the enter key" in ada.get("/specifications").text


def test_a_specification_opened_in_a_newer_catalogue_says_what_became_of_it(ada: FlaskClient, database: Engine) -> None:
    url = opened(ada)
    page = {**fields(send(ada, f"{url}?group=2", wood="pine") and ada.get(url).text), "name": "Porch", "save": "new"}
    ada.post(url, data=page)
    document = to_document(bench())
    next(c for c in document["characteristics"] if c["name"] == "wood")["values"].pop()
    with transaction(database) as session:
        publish(session, from_document(document))
    reopened = ada.post("/specifications/S-0001/A/open").headers["Location"]
    page = ada.get(reopened).text
    assert "made with version 1 of the catalogue; it is version 2 now" in page
    assert re.search(r"Wood</th>\s*<td[^>]*><del>Pine</del></td>\s*<td[^>]*><ins>Oak</ins>", page)


def test_answers_given_just_before_ordering_or_saving_count(ada: FlaskClient, database: Engine) -> None:
    url = opened(ada)
    assert send(ada, f"{url}?group=2", ("order", ""), wood="pine").headers["Location"] == f"{url}/order"
    assert choices(database, url) == {"wood": "pine"}
    assert send(ada, f"{url}?group=1", ("go", "2"), height="190").headers["Location"] == f"{url}?group=2"
    assert choices(database, url) == {"wood": "pine", "height": 1900}


def test_a_rep_configures_for_a_client_and_stays_on_record(app: Flask, client: FlaskClient, database: Engine) -> None:
    with transaction(database) as session:
        rep, buyer = member(session, "rep", "Ben Rossi"), member(session).customer
        number = buyer.number
    sign_in(client, rep)
    url = client.post(f"/desk/clients/{number}/order/bench").headers["Location"]
    send(client, f"{url}?group=2", wood="pine")
    assert send(client, f"{url}/order", ("place", "")).status_code == 303
    with open_session(database) as session:
        order = session.scalars(select(Order)).one()
        assert (order.customer.number, order.rep.name) == (number, "Ben Rossi")


def test_with_script_an_answer_comes_back_as_the_page_itself(client: FlaskClient) -> None:
    url = opened(client)
    form = {**fields(client.get(f"{url}?group=2").text), "a.wood": "pine"}
    answer = client.post(f"{url}?group=2", data=form, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert 'id="work"' in answer.text
    order = client.post(url, data={"order": ""}, headers={"HX-Request": "true"})
    assert (order.status_code, order.headers["HX-Redirect"]) == (204, f"{url}/order")


def test_a_page_names_what_follows_and_from_what(client: FlaskClient) -> None:
    url = opened(client)
    send(client, f"{url}?group=2", lamp="yes")
    page = client.get(f"{url}?group=2").text
    assert "1 other does not fit" in page
    assert re.search(r'class="given"><strong>Oak</strong>.*<a href="\?group=2#q4">Lamp</a>', page)
    assert json.loads(unescape(re.search(r'name="was.wood" value="([^"]*)"', page)[1])) == []


@pytest.mark.parametrize("number", ["9" * 30, "-" + "9" * 30, "0_1", "١"])
def test_numbers_that_no_database_holds_are_no_versions(client, number):
    assert client.get(f"/products/bench/with?version={number}").status_code == 404


@pytest.mark.parametrize("text", ["8e999999999", "1e400", "9" * 5000, "1/0", "1/" + "9" * 5000, "inf", "nan", "١٢"])
def test_no_text_in_place_of_a_number_costs_more_than_its_refusal(client, text):
    start = time.process_time()
    assert client.get(f"/products/bench/with?version=1&c.height={text}").status_code in (400, 414)
    draft = client.post("/products/bench").headers["Location"].partition("?")[0]
    assert client.post(draft, data={"a.height": text, "was.height": "null"}).status_code == 422
    assert time.process_time() - start < 5


def test_a_specification_ordered_in_a_newer_catalogue_says_what_became_of_it(ada, database):
    draft = ada.post("/products/bench").headers["Location"].partition("?")[0]
    ada.post(draft, data={"save": "", "name": "For the garden"})
    dearer = [{"name": "base", "title": "Garden bench", "amount": "300 + width / 10"}]
    with transaction(database) as session:
        published(session, bench(prices=dearer))
    review = ada.post("/specifications/S-0001/A/open", data={"order": ""}, follow_redirects=True).text
    assert "made with version 1 of the catalogue; it is version 2 now" in review
    assert "€440.00 and is €540.00 now" in review


def test_an_order_placed_once_more_in_a_newer_catalogue_says_what_became_of_it(ada, database):
    draft = ada.post("/products/bench").headers["Location"].partition("?")[0]
    page = ada.get(f"{draft}/order").text
    fields = dict(re.findall(r'name="(agreed|total|ready|unmeasured)" value="([^"]*)"', page))
    ordered = ada.post(f"{draft}/order", data={**fields, "quantity": 1, "place": ""}).headers["Location"]
    with transaction(database) as session:
        published(session, bench(prices=[{"name": "base", "title": "Garden bench", "amount": "300 + width / 10"}]))
    again = ada.post(f"{ordered}/again", follow_redirects=True).text
    assert "The price of a piece was €440.00 and is €540.00 now." in again

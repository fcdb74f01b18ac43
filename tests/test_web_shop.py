"""The shop by forms alone, as a browser without script sends them."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from factories import a_customer, bench, member, ordered, published, sign_in
from flask import Flask
from flask.testing import FlaskClient
from household import on_sale, pages_on_sqlite
from shopping import choices, draft, fields, opened, send
from sqlalchemy import Engine, select

from catalog.formats import from_document, to_document
from catalog.store import publish
from configurator.drafts.progress import progress_of
from configurator.records import Draft
from configurator.transaction import open_session, transaction

pytestmark = [pages_on_sqlite, on_sale]


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


def test_what_was_begun_is_found_again_from_the_page_of_the_product(client: FlaskClient, app: Flask) -> None:
    assert "Go on" not in client.get("/products/bench").text
    url = opened(client)
    assert "Go on" not in client.get("/products/bench").text, "nothing was answered yet"
    send(client, f"{url}?group=2", wood="pine")
    assert f'href="{url}">Go on where you stopped' in client.get("/products/bench").text
    assert "Go on" not in app.test_client().get("/products/bench").text, "it is theirs alone"


def test_what_was_begun_is_over_with_an_order_of_the_product(client: FlaskClient, database: Engine) -> None:
    with transaction(database) as session:
        account = member(session)
    sign_in(client, account)
    send(client, f"{opened(client)}?group=2", wood="pine")
    assert "Go on" in client.get("/products/bench").text
    with transaction(database) as session:
        ordered(session, session.scalar(select(Draft)).customer)
    assert "Go on" not in client.get("/products/bench").text


def test_a_yes_is_called_what_the_catalogue_calls_it(client: FlaskClient, database: Engine) -> None:
    questions = to_document(bench())["characteristics"]
    with transaction(database) as session:
        published(session, bench(characteristics=[{**asked, "yes_value": {"title": "With a lamp"}}
                                                  if asked["name"] == "lamp" else asked for asked in questions]))
    page = client.get(f"{opened(client)}?group=2").text
    assert re.search(r'value="yes"(?:(?!</label>).)*With a lamp', page, re.DOTALL)


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

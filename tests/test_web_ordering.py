"""Ordering and saving by forms alone: what was seen is ordered, once; what a newer catalogue makes of it is said."""

from __future__ import annotations

import re

import pytest
from factories import PASSWORD, bench, member, published, sign_in
from flask import Flask
from flask.testing import FlaskClient
from household import on_sale, pages_on_sqlite
from shopping import choices, draft, fields, opened, send
from sqlalchemy import Engine, select

from catalog.formats import from_document, to_document
from catalog.model import Boolean, ProductModel
from catalog.store import publish
from configurator.transaction import open_session, transaction
from orders.memory import facts
from orders.records import Order, Specification

pytestmark = [pages_on_sqlite, on_sale]


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
        page = ada.post(f"{url}/order", data={**now, "quantity": quantity}).text
        assert "1 to 999 pieces" in page
        assert f'inputmode="numeric" value="{quantity[:9]}" maxlength="9" aria-invalid="true"' in page
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

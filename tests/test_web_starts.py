"""Three whole products to start from: the same again, as we know you, what most choose."""

from datetime import UTC, datetime

import pytest
from factories import bench, bench_values, member, ordered, published, selling, sign_in
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from configurator.drafts.progress import progress_of
from configurator.records import Draft
from configurator.transaction import open_session, transaction
from orders import customers
from orders.memory import facts


@pytest.fixture
def ada(app: Flask, client: FlaskClient, database: Engine) -> FlaskClient:
    """Ada, who ordered a bench of pine in a shop where others order oak with a lamp, and has grown since."""
    selling(app)
    with transaction(database) as session:
        version, account = published(session), member(session)
        for number in range(6):
            other = customers.new_customer(session, name=f"Customer {number}")
            ordered(session, other, version, wood="oak", lamp=True, hooks=frozenset({"left"}))
        ordered(session, account.customer, version, height=1700, wood="pine", engraving="Ada", inputs=3)
        her = account.customer.subjects[0]
        facts.state(session, her, "height", 1810, "mm", "told on the telephone", at=datetime(2027, 2, 1, tzinfo=UTC))
        session.flush()
        session.expunge(account)
    sign_in(client, account)
    return client


def test_each_start_says_what_it_costs_and_how_it_differs(ada: FlaskClient) -> None:
    page = ada.get("/products/bench").text
    assert "The same again" in page
    assert "What most choose" in page
    assert "Your height: 170" in page, "the last order, as a whole"
    assert "Wood: Oak; Lamp: yes" in page


@pytest.mark.parametrize(("start", "wood", "engraving"), [("again", "pine", "Ada"), ("most", "oak", "")])
def test_a_draft_opens_from_the_start_that_was_chosen_and_can_go_back(
        ada: FlaskClient, database: Engine, start: str, wood: str, engraving: str) -> None:
    address = ada.post("/products/bench", data={"start": start}).location
    with open_session(database) as session:
        draft = session.scalars(select(Draft)).one()
        progress = progress_of(session, draft)
        assert (progress.values["wood"], progress.values["engraving"]) == (wood, engraving)
        assert draft.inputs == 0
    ada.post(address, data={"undo": ""})
    with open_session(database) as session:
        assert progress_of(session, session.scalars(select(Draft)).one()).values["height"] == 1810


def test_a_start_can_be_taken_up_later_and_keeps_what_was_chosen(ada: FlaskClient, database: Engine) -> None:
    address = ada.post("/products/bench").location
    ada.post(address, data={"a.width": "1000", "was.width": "", "answer": ""})
    ada.post(address, data={"start": "again"})
    with open_session(database) as session:
        progress = progress_of(session, session.scalars(select(Draft)).one())
        assert progress.values == {**bench_values(height=1700, wood="pine", engraving="Ada"), "width": 1000}
        assert progress.draft.inputs == 1


def test_what_is_ordered_otherwise_than_was_told_is_said_before(ada: FlaskClient, database: Engine) -> None:
    with transaction(database) as session:
        small = {"id": "small_oak", "says": "Oak is for small people.", "when": "wood = oak", "then": "height <= 1700"}
        published(session, bench(rules=[small]))
    address = ada.post("/products/bench").location
    assert "Not as you told us" not in ada.get(f"{address}/order").text
    ada.post(address, data={"a.wood": "oak", "was.wood": "pine", "answer": ""})
    page = ada.get(f"{address}/order").text
    assert "Not as you told us" in page
    assert "Your height: 170" in page


def test_what_makes_no_sense_as_a_start_is_as_if_it_were_not_said(ada: FlaskClient, database: Engine) -> None:
    ada.post("/products/bench", data={"start": "<script>"})
    with open_session(database) as session:
        assert progress_of(session, session.scalars(select(Draft)).one()).values["height"] == 1810


def test_a_guest_is_offered_one_start(app: Flask, client: FlaskClient) -> None:
    selling(app)
    assert "Or start from" not in client.get("/products/bench").text

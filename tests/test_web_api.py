"""The JSON interface."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from household import on_sale, pages_on_sqlite

pytestmark = [pages_on_sqlite, on_sale]


@pytest.fixture
def url(client: FlaskClient) -> str:
    """A new draft."""
    product = client.get("/api/products").json[0]
    assert (product["slug"], product["version"]) == ("bench", 1)
    return client.post(product["drafts"], json={}).json["self"]


def nested(depth: int) -> Any:
    """Lists in lists."""
    return [nested(depth - 1)] if depth else []


def test_a_draft_says_what_is_chosen_possible_and_shown(client: FlaskClient, url: str) -> None:
    state = client.post(url, json={"set": {"lamp": True, "hooks": ["left"], "width": 900}}).json
    assert state["choices"] == {"lamp": True, "hooks": ["left"], "width": 900}
    assert state["domains"]["wood"] == ["oak"]
    assert state["domains"]["height"] == {"intervals": [[1200, 2200]], "step": 10}
    assert (state["states"]["wood"], state["inputs"]) == ("follows", 3)
    assert state["values"].keys() == state["states"].keys()
    assert state["price"]["total"] == sum(line["amount"] for line in state["price"]["lines"])
    assert client.get(url).json == state
    assert client.get(state["page"]).status_code == 200


def test_what_cannot_be_is_a_problem_that_says_why_and_nothing_is_set(client: FlaskClient, url: str) -> None:
    client.post(url, json={"set": {"lamp": True}})
    answer = client.post(url, json={"set": {"wood": "pine", "width": 900}})
    assert (answer.status_code, answer.mimetype) == (409, "application/problem+json")
    assert answer.json["refused"] == [{"name": "wood", "value": "pine", "choices": ["lamp"], "rules": ["lamp_oak"],
                                       "minimal": True, "sentences": ["The lamp is made for oak only."]}]
    assert client.get(url).json["choices"] == {"lamp": True}


def test_acts(client: FlaskClient, url: str) -> None:
    assert client.post(url, json={"keep": ["wood"]}).json["choices"] == {"wood": "oak"}
    assert client.post(url, json={"act": "undo"}).json["choices"] == {}
    assert client.post(url, json={"act": "redo"}).json["choices"] == {"wood": "oak"}
    assert client.post(url, json={"retract": "wood"}).json["choices"] == {}


@pytest.mark.parametrize("body", [
    [], 1, "undo", {}, {"set": []}, {"set": {"wood": "gold"}}, {"set": {"gold": 1}}, {"set": {"width": 1.5}},
    {"set": {"width": None}}, {"set": {"lamp": 1}}, {"retract": "gold"}, {"act": "order"}, {"keep": "wood"},
    {"keep": [1]}, {"keep": [["wood"]]}, {"set": {"wood": nested(500)}}, {"keep": [nested(500)]}])
def test_a_body_that_makes_no_sense_is_a_problem(client: FlaskClient, url: str, body: Any) -> None:
    answer = client.post(url, json=body)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")


@pytest.mark.parametrize("body", [{"keep": ["lamp", "wod"]}, {"retract": "wod"}, {"set": {"lamp": True, "wod": "oak"}}])
def test_an_unknown_name_is_a_problem_that_says_the_nearest_and_nothing_is_done(
        client: FlaskClient, url: str, body: Any) -> None:
    answer = client.post(url, json=body)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert answer.json["detail"] == 'The product has no "wod"; did you mean wood?'
    assert client.get(url).json["choices"] == {}


@pytest.mark.parametrize(("body", "says"), [
    ('{"act":\n "undo",}', "line 2, column 9"), ("", "line 1, column 1"), ("[" * 200_000, "nests too deep"),
    (b'{"act": "\xff"}', "This is not JSON"), ('{"set": {"width": ' + "9" * 5000 + "}}", "This is not JSON")])
def test_what_is_no_json_is_a_problem_that_says_where(client: FlaskClient, url: str, body: str, says: str) -> None:
    answer = client.post(url, data=body, content_type="application/json")
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert says in answer.json["detail"]


def test_changes_come_as_json_and_from_this_site_alone(client: FlaskClient, url: str) -> None:
    assert client.post(url, data={"act": "undo"}).status_code == 415
    assert client.post(url, data="{", content_type="application/json").status_code == 400
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        assert client.post(url, json={"act": "undo"}, headers=headers).status_code == 403
    assert client.post(url, json={"act": "undo"}, headers={"Origin": "http://localhost"}).status_code == 200


def test_a_draft_of_somebody_else_is_not_there(app: Flask, url: str) -> None:
    stranger = app.test_client()
    assert stranger.get(url).status_code == 404
    assert stranger.post(url, json={"act": "undo"}).status_code == 404

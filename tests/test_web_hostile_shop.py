"""What no page of the shop would send: it is text, refused, or not there, and costs no more than that."""

from __future__ import annotations

import re
import time
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from household import on_sale, pages_on_sqlite
from shopping import choices, opened, send
from sqlalchemy import Engine

HOSTILE = ("<script>alert(1)</script>", '"><svg onload=x>', "=cmd|' /C calc'!A0", "../../etc/passwd", "{{ 7*7 }}",
           "%s%n")


pytestmark = [pages_on_sqlite, on_sale]


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

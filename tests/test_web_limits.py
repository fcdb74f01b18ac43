"""Limits, the cheapest and the quickest, and price ranges on the configuring page and in the JSON interface."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from factories import bench, published
from flask import Flask
from flask.testing import FlaskClient
from household import on_sale, pages_on_sqlite
from shopping import draft, fields, opened, send
from sqlalchemy import Engine

from configurator import limits
from configurator.transaction import transaction

MONDAY = date(2026, 11, 23)


pytestmark = [pages_on_sqlite, on_sale]


def limit(client: FlaskClient, url: str, most: str = "", by: str = "") -> Any:
    form = {**fields(client.get(url).text), "limit_most": most, "limit_by": by}
    return client.post(url, data={**form, "limit": ""})


def test_what_is_over_the_limit_does_not_fit_and_says_so_until_it_is_lifted(
        client: FlaskClient, database: Engine) -> None:
    url = f"{opened(client)}?group=2"
    assert limit(client, url, most="370").status_code == 303
    page = client.get(url).text
    assert "Limit: at most €370.00. Of what is open, 4 of 6 values remain." in page, "neither oak nor its lamp"
    assert "Over your limit of €370.00." in page
    assert draft(database, url).inputs == 0
    refused = send(client, url, wood="oak")
    assert refused.status_code == 422
    assert "Over your limit of €370.00." in refused.text
    send(client, url, ("lift", ""))
    assert "Over your limit" not in client.get(url).text
    assert send(client, url, wood="oak").status_code == 303


def test_what_is_shown_gives_way_to_a_limit_and_undo_brings_it_back(client: FlaskClient, database: Engine) -> None:
    url = opened(client)
    assert "€440.00" in client.get(url).text
    limit(client, url, most="400")
    assert "€440.00" not in client.get(url).text
    assert 'value="400.00"' in client.get(url).text, "it is remembered"
    send(client, url, ("undo", ""))
    page = client.get(url).text
    assert "€440.00" in page
    assert "values remain" not in page


def test_a_limit_that_the_choices_break_changes_nothing_and_says_what_is_possible(
        client: FlaskClient, database: Engine) -> None:
    url = f"{opened(client)}?group=2"
    send(client, url, wood="oak", lamp="yes")
    refused = limit(client, url, most="400", by="2020-01-01")
    assert refused.status_code == 422
    assert "What you have chosen costs €429.00 at least: nothing is left within €400.00." in refused.text
    assert "at the earliest, not by" in refused.text
    assert 'value="400"' in refused.text, "what was entered stays"
    assert "values remain" not in client.get(url).text
    assert len(draft(database, url).history) == 2


@pytest.mark.parametrize(("most", "by"), [("dear", ""), ("-1", ""), ("1.005", ""), ("9" * 24, ""), ("", "soon"),
                                          ("<script>", "2026-13-01"), ("nan", ""), ("inf", "")])
def test_a_limit_that_is_none_is_refused_with_an_example(client: FlaskClient, most: str, by: str) -> None:
    url = opened(client)
    refused = limit(client, url, most, by)
    assert refused.status_code == 422
    assert "Enter the" in refused.text
    assert "<script>" not in refused.text


def test_a_day_excludes_what_comes_in_too_late_and_when_it_has_passed_the_draft_says_so(
        client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in "drafts.progress", "web.shop.limiting", "web.shop.rendering":
        monkeypatch.setattr(f"configurator.{module}.today", lambda: MONDAY)
    url = f"{opened(client)}?group=2"
    assert limit(client, url, by="2026-11-26").status_code == 303
    page = client.get(url).text
    assert "Not ready by" in page, "oak takes four days to come in"
    monkeypatch.setattr("configurator.drafts.progress.today", lambda: date(2026, 12, 1))
    assert "cannot be kept any more" in client.get(url).text
    review = client.get(url.replace("?group=2", "/order"))
    assert (review.status_code, "cannot be kept any more" in review.text) == (409, True)
    assert send(client, url, wood="oak").status_code == 303


def test_the_cheapest_and_the_quickest_are_proposed_and_can_be_undone(client: FlaskClient, database: Engine) -> None:
    url = f"{opened(client)}?group=2"
    send(client, url, lamp="yes")
    before = client.get(url).text
    send(client, url, ("cheapest", ""))
    page = client.get(url).text
    assert "€429.00" in page, "oak, which the lamp needs, and the least width"
    assert "so it costs least" in client.get(f"{url.split('?')[0]}?group=1").text
    found = draft(database, url)
    assert (found.history[found.position]["choices"], found.inputs) == ({"lamp": True}, 1)
    send(client, url, ("undo", ""))
    assert fields(client.get(url).text)["shown"] == fields(before)["shown"]
    send(client, url, ("retract", "lamp"))
    send(client, url, ("quickest", ""))
    assert "so it is ready first" in client.get(url).text, "pine is in the house"


def test_price_ranges_are_told_when_asked_for(client: FlaskClient) -> None:
    url = f"{opened(client)}?group=2"
    assert "in all" not in client.get(url).text
    page = client.get(f"{url}&ranges=1").text
    assert "from 380.00 to 627.00 in all" in page, "oak"
    assert "from 260.00 to 458.00 in all" in page, "pine, without a lamp"
    limit(client, url, most="400")
    page = client.get(f"{url}&ranges=1").text
    assert "from 260.00 in all, up to your limit" in page
    assert "from 380.00 in all, up to your limit" in page


def test_limits_in_the_json_interface(client: FlaskClient) -> None:
    url = client.post("/api/products/bench/drafts", json={}).json["self"]
    state = client.post(url, json={"limit": {"most": 37_000}}).json
    assert state["limits"] == {"most": 37_000, "by": None, "spot": None, "kept": True}
    assert state["domains"]["wood"] == ["pine"]
    assert state["price"]["total"] <= 37_000
    ranges = client.get(f"{url}/ranges?name=wood&name=lamp").json
    assert ranges["wood"] == [{"value": "oak", "least": 38_000, "greatest": 62_700},
                              {"value": "pine", "least": 26_000, "greatest": 45_800}]
    assert client.post(url, json={"act": "cheapest"}).json["price"]["total"] == 26_000
    why = client.get(f'{url}/why?name=wood&value="oak"').json
    assert why["rules"] == [limits.COST]
    assert why["sentences"] == ["Over your limit of €370.00."]
    refused = client.post(url, json={"limit": {"most": 100}})
    assert refused.status_code == 409
    assert client.get(url).json["limits"]["most"] == 37_000
    assert client.post(url, json={"limit": {}}).json["domains"]["wood"] == ["oak", "pine"]
    for wrong in ({"most": "1"}, {"most": True}, {"most": -1}, {"by": "soon"}, {"by": 3}, {"least": 1}):
        assert client.post(url, json={"limit": wrong}).status_code == 422


def test_a_product_without_prices_has_days_to_limit_but_no_price(app: Flask, client: FlaskClient) -> None:
    with transaction(app.extensions["engine"]) as session:
        published(session, bench(name="stool", prices=None, rules=None, operations=None, items=None, parts=None,
                                 characteristics=[{"name": "lamp", "kind": "boolean", "title": "Lamp"}], picture=None,
                                 quantities=None))
    url = client.post("/products/stool").headers["Location"]
    page = client.get(url).text
    assert "Quickest from here" in page
    assert "Cheapest from here" not in page


def test_enter_in_the_field_of_a_limit_sets_it(client: FlaskClient) -> None:
    url = opened(client)
    form = {**fields(client.get(url).text), "limit_most": "400"}
    client.post(url, data={**form, "limit_by": "", "answer": "enter"})
    assert 'value="400.00"' in client.get(url).text
    client.post(url, data={**fields(client.get(url).text), "limit_most": "", "limit_by": "", "answer": "enter"})
    assert "Lift the limit" not in client.get(url).text, "emptied, it is lifted"


def test_a_page_from_before_a_limit_was_set_does_not_lift_it(client: FlaskClient) -> None:
    url = f"{opened(client)}?group=2"
    before = fields(client.get(url).text)
    limit(client, url, most="370")
    assert client.post(url, data={**before, "a.engraving": ["Ada"], "answer": ""}).status_code == 303
    assert 'value="370.00"' in client.get(url).text

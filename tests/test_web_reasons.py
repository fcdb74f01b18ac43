"""Why a value does not fit: its rules traced, and every smallest way to free it with what that costs."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from factories import bench, selling
from household import pages_on_sqlite
from shopping import choices, opened, send

RULES = [{"id": "hung", "says": "Pine holds no lamp between hooks.",
          "exclude": ["lamp", "hooks has left", "wood = pine"]},
         {"id": "tall", "says": "Pine carries nobody tall under a lamp.",
          "exclude": ["height > 1800", "lamp", "wood = pine"]}]


pytestmark = pages_on_sqlite


@pytest.fixture
def app(app):
    return selling(app, bench(rules=RULES))


def frees(page: str) -> list[tuple[dict[str, object], str]]:
    """What the buttons that free a value set, and what they say; how many days that is depends on the weekend."""
    found = re.findall(r'name="repair" value="([^"]*)"[^>]*>([^<]*)<', re.sub(r"\d+(?= days)", "some", page))
    return [(json.loads(unescape(sent))["set"], unescape(said)) for sent, said in found]


def test_every_smallest_way_to_free_a_value_is_told_with_its_price_where_reasons_are_asked_for(client, database):
    url = f"{opened(client)}?group=2"
    send(client, url, lamp="yes", hooks=["left"])
    page = client.get(url).text
    assert len(frees(page)) < 2, "a click works out no more than the best"
    why = unescape(re.search(r'<a href="([^"]*)">Why\?<span class="hide"> Pine', page)[1])
    page = client.get(url.partition("?")[0] + why).text
    ways = sorted(said for _, said in frees(page))
    assert ways == ["Hooks: switch to none, −120.00, −some days",
                    "Lamp: switch to no, −169.00, −some days"], "the oak, and the lamp"
    button = re.findall(r'name="repair" value="([^"]*)"', page)[-1]
    assert send(client, url, ("repair", unescape(button))).status_code == 303
    assert choices(database, url)["wood"] == "pine"


def test_a_fact_that_would_have_to_be_wrong_comes_last_and_without_a_price(client, database):
    url = opened(client)
    send(client, f"{url}?group=1", height="190")
    send(client, f"{url}?group=2", lamp="yes")
    page = client.get(f"{url}?group=2").text
    option = re.search(r'id="(q\d+-\d+)-why"', page)[1]
    page = client.get(f"{url}?group=2&why={option}").text
    first, second = (said for _, said in frees(page))
    assert first == "Lamp: switch to no, −169.00, −some days"
    assert second == "Your height: correct it to 180\N{NO-BREAK SPACE}cm, −some days"


def test_a_rule_is_traced_on_the_page_without_script(client):
    url = opened(client)
    send(client, f"{url}?group=2", lamp="yes", hooks=["left"])
    page = client.get(f"{url}?group=2").text
    assert "Decided:" not in page
    option = re.search(r'id="(q\d+-\d+)-why"', page)[1]
    page = unescape(client.get(f"{url}?group=2&why={option}").text)
    assert "Decided: Lamp: yes; Hooks: Left." in page
    assert "It leaves Wood: Oak." in page


def test_programs_are_told_the_same(client):
    made = client.post("/api/products/bench/drafts", json={}).json
    client.post(f"/api/drafts/{made['id']}", json={"set": {"lamp": True, "hooks": ["left"], "height": 1900}})
    found = client.get(f"/api/drafts/{made['id']}/why?name=wood&value=\"pine\"").json
    assert set(found["choices"]) in ({"lamp", "hooks"}, {"lamp", "height"})
    assert found["minimal"]
    trace, = found["traces"]
    assert trace["decided"]["lamp"] is True
    assert trace["alone"]["wood"] == trace["together"]["wood"] == ["oak"]
    assert trace["through"] == ["wood"]
    first, second = found["repairs"]
    assert (first["set"], first["difference"]) == ({"wood": "pine", "lamp": False}, -16900)
    assert second["difference"] is None
    fits = client.get(f"/api/drafts/{made['id']}/why?name=hooks&value=\"right\"").json
    assert (fits["choices"], fits["rules"], fits["repairs"], fits["traces"]) == ([], [], [], [])
    wrong = ("wod", '"pine"'), ("wood", "pine"), ("wood", '"tin"'), ("width", "1"), ("hooks", '"up"'), ("wood", "")
    for name, value in wrong:
        asked = {"name": name, "value": value}
        assert client.get(f"/api/drafts/{made['id']}/why", query_string=asked).status_code == 422


def test_programs_can_trace_any_rule(client):
    made = client.post("/api/products/bench/drafts", json={}).json
    client.post(f"/api/drafts/{made['id']}", json={"set": {"lamp": True}})
    found = client.get(f"/api/drafts/{made['id']}/trace?rule=tall").json
    assert found["sentence"] == "Pine carries nobody tall under a lamp."
    assert (found["decided"], found["satisfied"], found["through"]) == ({"lamp": True}, False, None)
    assert found["alone"]["wood"] == ["oak", "pine"]
    assert client.get(f"/api/drafts/{made['id']}/trace?rule=wide").status_code == 422

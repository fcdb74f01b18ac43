"""What could not be worked out in time is told as that: it is neither possible nor impossible."""

from __future__ import annotations

import re
from dataclasses import replace
from threading import Thread
from time import sleep

import pytest
from factories import bench, published
from household import pages_on_sqlite
from pigeons import pigeonhole, spending
from shopping import choices, draft, opened, send

from catalog.store import publish
from configurator.drafts import sessions, steps
from configurator.drafts.progress import progress_of
from configurator.engine import Configuration, Explanation, Undecided, effort
from configurator.transaction import transaction
from configurator.web.shop.reasons import Reasons

pytestmark = pages_on_sqlite


@pytest.fixture
def app(app, monkeypatch):
    with transaction(app.extensions["engine"]) as session:
        publish(session, pigeonhole(11))
        published(session)
    monkeypatch.setattr(effort, "SECONDS", 0.05)
    return app


def test_a_value_that_could_not_be_checked_is_shown_as_that_and_can_be_asked_for(client, database):
    url = client.post("/products/pigeons").headers["Location"]
    page = client.get(url).text
    field = re.search(r'<label class="opt"><input type="radio" name="a.on" value="yes"[^>]*>.*?</label>', page)[0]
    assert "not yet checked" in field
    assert "aria-disabled" not in field
    assert page.count("not yet checked") == 1
    answer = send(client, url, on="yes", painted="yes")
    assert answer.status_code == 422
    assert "could not be worked out in time: it was left as it was" in answer.text
    assert choices(database, url) == {}
    assert send(client, url, on="no", painted="yes").status_code == 303
    assert choices(database, url) == {"on": False, "painted": True}
    assert send(client, url, ("repair", '{"name": "on", "set": {"on": true}, "give_up": []}')).status_code == 422
    assert choices(database, url) == {"on": False, "painted": True}
    assert draft(database, url).inputs == 2


def test_the_interface_for_programs_tells_it_too(client):
    made = client.post("/api/products/pigeons/drafts", json={})
    assert made.json["unchecked"] == {"on": [True]}
    assert made.json["domains"]["on"] == [False, True]
    refused = client.post(f"/api/drafts/{made.json['id']}", json={"set": {"on": True}})
    assert (refused.status_code, refused.mimetype) == (503, "application/problem+json")
    assert "nothing was changed" in refused.json["detail"]
    assert client.get(f"/api/drafts/{made.json['id']}").json["choices"] == {}
    settled = client.post(f"/api/drafts/{made.json['id']}", json={"set": {"on": False}})
    assert settled.json["unchecked"] == {}


def test_an_explanation_that_may_say_too_much_says_so(client, database, monkeypatch):
    url = opened(client)
    send(client, f"{url}?group=2", lamp="yes")
    assert "no time to find out" not in client.get(f"{url}?group=2").text
    explain = Configuration.explain

    def in_a_hurry(self, name, value):
        found = explain(self, name, value)
        return Explanation(found.choices, found.rules, minimal=False)
    monkeypatch.setattr(Configuration, "explain", in_a_hurry)
    page = client.get(f"{url}?group=2").text
    assert "The lamp is made for oak only. There was no time to find out which of these matter." in page


def test_a_choice_that_explains_too_much_says_so(session, client):
    model = bench(rules=[{"id": "lamp_oak", "when": "lamp", "then": "wood = oak"}])
    made = sessions.open_draft(session, published(session, model), guest="a guest")
    steps.answer(session, made, {"lamp": True})
    reasons = Reasons(progress_of(session, made))
    with client.application.test_request_context():
        for least, said in (True, 1), (False, 2):
            assert len(reasons.sentences(Explanation(("lamp",), ("lamp_oak",), least))) == said


def test_a_product_that_takes_too_long_does_not_hide_the_others(client, monkeypatch):
    assert client.get("/").text.count("as pictured") == 2
    sketch = sessions.sketch

    def late(session, version, whom):
        if version.product.slug == "pigeons":
            raise Undecided
        return sketch(session, version, whom)
    monkeypatch.setattr(sessions, "sketch", late)
    page = client.get("/").text
    assert page.count("as pictured") == 1
    assert "/products/pigeons" in page


def test_a_request_stays_within_its_budget_and_the_next_does_not_pay_again(client, database, monkeypatch):
    """As a customer has it: a hostile rule set, two looks at the page, two clicks and another look."""
    monkeypatch.setattr(effort, "SECONDS", 0.4)
    monkeypatch.setattr("configurator.app.PATIENCE", 0.4)
    spent = spending(monkeypatch)

    def hard(act):
        spent.clear()
        act()
        return sum(spent)
    with transaction(database) as session:
        publish(session, replace(pigeonhole(12), name="doves"))  # which no engine knows yet
    url = ""

    def open_it():
        nonlocal url
        url = client.post("/products/doves").headers["Location"]
    assert 0.05 < hard(open_it) < 0.8, "a slice of the search may end later"
    assert hard(lambda: client.get(url)) < 0.8
    assert hard(lambda: client.get(url)) < 0.1
    assert hard(lambda: send(client, url, on="yes", painted="yes")) < 0.8
    assert hard(lambda: send(client, url, painted="yes")) < 0.8
    assert hard(lambda: client.get(url)) < 0.1
    assert "not yet checked" in client.get(url).text


def test_another_product_is_answered_while_one_is_searched(app, client, database, monkeypatch):
    monkeypatch.setattr(effort, "SECONDS", 1)
    with transaction(database) as session:
        publish(session, replace(pigeonhole(12), name="gulls"))
    easy = client.post("/products/bench").headers["Location"]
    client.get(easy)
    spent = spending(monkeypatch)
    slow = Thread(target=lambda: app.test_client().post("/api/products/gulls/drafts", json={}))
    slow.start()
    while not spent and slow.is_alive():
        sleep(0.01)
    assert client.get(easy).status_code == 200
    assert slow.is_alive(), "it is still searched"
    slow.join()

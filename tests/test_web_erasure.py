"""Being erased through the pages: the word is in no byte, no log, no page and no process afterwards."""

import gc
import io
import json
import linecache
import logging
import re
from types import CodeType
from unittest.mock import Mock

import pytest
from factories import PASSWORD, member, published, shipped, sign_in
from psycopg.errors import SerializationFailure
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from configurator.transaction import open_session, transaction
from orders.memory import erasure
from orders.records import Customer, Order

WORD = "Zwetschgentoni"


@pytest.fixture
def served(app_with, caplog):
    caplog.set_level(logging.DEBUG)
    return app_with()


@pytest.fixture
def left(served):
    """A browser of somebody who left the word through the pages, and their number."""
    with transaction(served.extensions["engine"]) as session:
        published(session)
    client = served.test_client()
    client.post("/account/login", data={"email": f"{WORD}@nowhere.example", "password": WORD + "-password"})
    client.post("/account/signup", data={"name": f"{WORD} Winter", "email": f"{WORD}@example.com",
                                         "password": PASSWORD})
    draft = client.post("/products/bench").location
    client.post(draft, data={"a.engraving": WORD, "was.engraving": '[""]', "answer": "enter"})
    client.get(draft)
    client.post(draft, data={"save": "new", "name": f"{WORD}'s bench"})
    review = client.get(f"{draft}/order").text
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', review))
    placed = client.post(f"{draft}/order", data={**fields, "quantity": "1"})
    assert "/orders/" in placed.location, placed.text
    client.post(draft.replace("configure", "products"), data={"engraving": WORD})
    taken = client.get("/memory/take.json").data
    client.post("/memory/bring", data={"file": (io.BytesIO(taken), f"{WORD}.json")})
    client.get("/desk/", query_string={"q": WORD})
    client.get(f"/nowhere/{WORD}")
    page = client.get("/memory").text
    name = re.search(r'name="piece" value="([^"]+)"', page)[1].replace("&#34;", '"')
    client.post("/memory/correct", data={"piece": name, "answer": "1800", "taken_by": WORD})
    client.post("/account/profile", data={"name": f"{WORD} Summer", "phone": "", "locale": ""})
    return client, placed.location.rpartition("/")[2]


def finish(app, number):
    with transaction(app.extensions["engine"]) as session:
        shipped(session, session.scalar(select(Order).where(Order.number == number)))


def files_of(app):
    folder = app.extensions["settings"].instance
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_the_word_is_in_no_byte_no_log_and_no_page_afterwards(served, left, caplog):
    client, number = left
    finish(served, number)
    with transaction(served.extensions["engine"]) as session:
        rep, admin = member(session, "rep", "Ben Rossi"), member(session, "admin", "Eva Lind")
    desk = served.test_client()
    sign_in(desk, rep)
    assert WORD in desk.get("/desk/", query_string={"q": WORD}, follow_redirects=True).text  # it can be found
    assert any(WORD.encode() in content for content in files_of(served).values())
    assert client.post("/erasure", data={"password": "not the password"}).status_code == 422
    answer = client.post("/erasure", data={"password": PASSWORD})
    assert answer.status_code == 303
    for name, content in files_of(served).items():
        assert WORD.encode() not in content, name
        assert WORD.lower().encode() not in content.lower(), name
    assert WORD.lower() not in caplog.text.lower().replace(f"/nowhere/{WORD}".lower(), "")
    for seeing in rep, admin:
        browser = served.test_client()
        sign_in(browser, seeing)
        for path in pages_of_a_rep(served, number):
            shown = browser.get(path)
            assert shown.status_code in ((200,) if seeing is admin else (200, 403, 404)), path
            assert WORD.lower() not in words_of(shown).lower(), path
        assert "Nobody is called that" in browser.get("/desk/", query_string={"q": WORD[:6]}).text
    assert client.get("/memory").status_code == 303  # the browser is signed out
    again = client.post("/account/login", data={"email": f"{WORD}@example.com", "password": PASSWORD})
    assert "do not belong together" in again.text


def words_of(answer):
    """A page or a file as text."""
    if answer.mimetype == "application/pdf":
        return "".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(answer.data)).pages)
    return answer.text


def pages_of_a_rep(app, number):
    with open_session(app.extensions["engine"]) as session:
        order = session.scalar(select(Order).where(Order.number == number))
        client = order.customer.number
        return ["/desk/", f"/desk/clients/{client}", f"/desk/clients/{client}/memory",
                f"/desk/clients/{client}/memory/take.json", f"/desk/clients/{client}/memory/take.csv",
                f"/desk/clients/{client}/erasure", f"/desk/clients/{client}/people", f"/orders/{number}",
                f"/floor/orders/{number}", f"/floor/orders/{number}.pdf", "/floor/", "/", "/products/bench"]


def in_memory(word):
    """The texts of this process that say a word, in whatever they are held, but for this file's own."""
    linecache.clearcache()  # lines of this file that a warning or a failure has shown
    gc.collect()
    held, found = gc.get_objects(), set()
    seen = set(map(id, held))
    while held:  # what the collector does not look into, such as tuples of texts, is followed from what holds it
        inside = gc.get_referents(*(one for one in held if not isinstance(one, CodeType)))
        found |= {text for text in inside if isinstance(text, str) and word in text and text is not word}
        held = [one for one in {id(one): one for one in inside}.values() if id(one) not in seen]
        seen |= set(map(id, held))
    return found


def test_no_process_has_it_in_memory(served, left):
    """Everything that this process keeps, and another one that serves the same database."""
    client, number = left
    with transaction(served.extensions["engine"]) as session:
        worker = member(session, "fulfilment", "Chloe Maran")
    floor = served.test_client()
    sign_in(floor, worker)
    for path in "/floor/", f"/floor/orders/{number}", f"/floor/orders/{number}.pdf":
        assert floor.get(path).status_code == 200
    finish(served, number)
    other = served.test_client()
    with transaction(served.extensions["engine"]) as session:
        mira = member(session, name="Mira")
    sign_in(other, mira)
    client.get("/products/bench")
    client.post("/erasure", data={"password": PASSWORD})
    client.get("/")
    assert in_memory(WORD) == set()


def test_an_erasure_that_met_an_order_starts_over(served, left, monkeypatch):
    client, number = left
    finish(served, number)
    met = OperationalError("", {}, SerializationFailure())
    monkeypatch.setattr("orders.subjects.lock", Mock(side_effect=[met, None]))
    assert client.post("/erasure", data={"password": PASSWORD}).status_code == 303
    assert client.get("/memory").status_code == 303  # signed out
    with open_session(served.extensions["engine"]) as session:
        assert session.scalars(select(Customer.name)).all() == [erasure.NAME]


def test_another_process_lets_go_as_soon_as_it_is_asked(served, left, app_with, monkeypatch):
    client, number = left
    finish(served, number)
    other = app_with()
    monkeypatch.setattr("configurator.web.memory.erasing.LOOK", 0)
    browser = other.test_client()
    browser.get("/products/bench")
    cleared = []
    monkeypatch.setattr("configurator.web.memory.erasing.let_go", cleared.append)
    browser.get("/products/bench")
    assert cleared == []
    client.post("/erasure", data={"password": PASSWORD})
    cleared.clear()
    browser.get("/products/bench")
    assert cleared == [other.extensions["engine"]]


def test_with_something_being_made_it_is_noted_and_can_be_taken_back(served, left):
    client, number = left
    page = client.get("/erasure").text
    assert "Erase as soon as that is done" in page
    assert number in page
    client.post("/erasure", data={"password": PASSWORD})
    noted = client.get("/erasure").text
    assert "Stay after all" in noted
    assert noted.count("It is done as soon as nothing is being made") == 1
    with open_session(served.extensions["engine"]) as session:
        customer = session.scalar(select(Order).where(Order.number == number)).customer
        assert (customer.name, erasure.wish(session, customer) is None) == (f"{WORD} Summer", False)
    client.post("/erasure", data={"password": PASSWORD})  # in another window
    client.post("/erasure", data={"stay": "yes"})
    page = client.get("/erasure").text
    assert "Erase as soon as that is done" in page
    assert "Nothing is erased." in page
    assert "It is done as soon as" not in page
    client.post("/erasure", data={"stay": "yes"})  # once more
    assert "Nothing is erased." not in client.get("/erasure").text


def test_whoever_ordered_nothing_is_not_told_of_orders_that_stay(served):
    with transaction(served.extensions["engine"]) as session:
        account = member(session)
    client = served.test_client()
    sign_in(client, account)
    page = client.post("/erasure", data={"password": PASSWORD}, follow_redirects=True).text
    assert "Erased." in page
    assert "The orders stay" not in page


def test_a_rep_erases_a_client_who_asks_for_it(served, left):
    client, number = left
    finish(served, number)
    with transaction(served.extensions["engine"]) as session:
        rep = member(session, "rep", "Ben Rossi")
    desk = served.test_client()
    sign_in(desk, rep)
    assert desk.post("/desk/clients/1001/erasure", data={"number": "1002"}).status_code == 422
    assert desk.post("/desk/clients/1001/erasure", data={"number": "1001"}).location == "/desk/"
    assert client.get("/memory").status_code == 303
    assert json.loads(desk.get("/desk/clients/1001/memory/take.json").text)["fact"] == []
    for keeps in "people", "memory/bring", "memory/consent", "erasure":
        assert desk.post(f"/desk/clients/1001/{keeps}", data={"number": "1001"}).status_code == 404, keeps

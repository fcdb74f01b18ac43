"""For whom, for where: asked first, the likely answer chosen, another one with one act."""

from __future__ import annotations

import re

import pytest
from factories import bench, house, member, ordered, published, sign_in
from flask import Flask
from flask.testing import FlaskClient
from household import on_sqlite
from sqlalchemy import Engine, select
from sqlalchemy.orm import joinedload

from catalog.database import now
from catalog.formats import to_document
from configurator.records import Draft
from configurator.transaction import open_session, transaction
from orders import subjects
from orders.memory import facts
from orders.records import Order, Subject


@pytest.fixture
def ada(app: Flask, database: Engine) -> FlaskClient:
    """Ada's browser; she has a partner whose height is known, and two places."""
    with transaction(database) as session:
        published(session)
        account = member(session)
        tom = subjects.add(session, account.customer, "person", "Tom")
        facts.state(session, tom, "height", 1900, "mm", "himself", "Ben", at=now())
        for name in ("Terrace", "Hall"):
            subjects.add(session, account.customer, "place", name)
    client = app.test_client()
    sign_in(client, account)
    return client


def opened(client: FlaskClient, **fields: str) -> str:
    return client.post("/products/bench", data=fields).headers["Location"]


def draft(database: Engine, url: str) -> Draft:
    with open_session(database) as session:
        return session.get_one(Draft, url.split("/")[2], options=[joinedload(Draft.person), joinedload(Draft.place)])


def named(database: Engine, name: str) -> int:
    with open_session(database) as session:
        return session.scalars(select(Subject.id).where(Subject.name == name)).one()


def whom(database: Engine, url: str) -> tuple[str | None, str | None]:
    found = draft(database, url)
    return found.person and found.person.name, found.place and found.place.name


def test_a_draft_is_for_themself_and_their_newest_place_at_first(ada: FlaskClient, database: Engine) -> None:
    url = opened(ada)
    assert whom(database, url) == ("Ada Winter", "Hall")
    page = ada.get(url).text
    assert page.index("For whom") < page.index("Your height")
    assert page.partition("<main")[2].count('aria-current="true"') == 2


def test_for_somebody_else_it_goes_on_in_a_draft_of_its_own(ada: FlaskClient, database: Engine) -> None:
    url = opened(ada)
    assert ada.post(url, data={"was.wood": "[]", "a.wood": "pine", "was.height": "[]", "a.height": "165"}
                    ).status_code == 303
    answer = ada.post(f"{url}/for", data={"person": named(database, "Tom")})
    other = answer.headers["Location"]
    assert other != url
    mine, toms = draft(database, url), draft(database, other)
    assert whom(database, other) == ("Tom", "Hall")
    assert mine.history[mine.position]["choices"] == {"height": 1650, "wood": "pine"}  # as it was
    assert toms.history[toms.position]["choices"] == {"wood": "pine"}  # the height was Ada's
    assert toms.inputs == mine.inputs, "for whom is no answer"
    page = ada.get(f"{other}?group=1").text
    assert 'value="190"' in page
    assert "himself" in page


def test_a_name_that_is_typed_makes_them_and_a_known_one_finds_them(ada: FlaskClient, database: Engine) -> None:
    url = opened(ada)
    mila = ada.post(f"{url}/for", data={"new_person": " Mila "}).headers["Location"]
    assert whom(database, mila) == ("Mila", "Hall")
    again = ada.post(f"{url}/for", data={"new_person": "mila"}).headers["Location"]
    assert draft(database, again).person_id == draft(database, mila).person_id
    attic = ada.post(f"{mila}/for", data={"new_place": "Attic"}).headers["Location"]
    assert whom(database, attic) == ("Mila", "Attic")


@on_sqlite
@pytest.mark.parametrize("name", ["x" * 121, "a\x00b", "\x1b[0m"])
def test_what_is_no_name_makes_nobody(ada: FlaskClient, database: Engine, name: str) -> None:
    url = opened(ada)
    assert ada.post(f"{url}/for", data={"new_person": name}).headers["Location"] == url
    assert "A name has" in ada.get(url).text
    with open_session(database) as session:
        assert len(session.scalars(select(Subject)).all()) == 4


def test_the_page_of_a_product_shows_it_for_whom_one_asks(ada: FlaskClient, database: Engine) -> None:
    tom, terrace = named(database, "Tom"), named(database, "Terrace")
    page = ada.get(f"/products/bench?person={tom}&place={terrace}").text
    assert f'name="person" value="{tom}"' in page
    assert whom(database, opened(ada, person=str(tom), place=str(terrace))) == ("Tom", "Terrace")
    assert whom(database, opened(ada, new_person="Mila")) == ("Mila", "Hall")


def test_other_customers_people_are_not_there(ada: FlaskClient, database: Engine) -> None:
    with transaction(database) as session:
        stranger = member(session, name="Mira").customer.subjects[0].id
    url, tom = opened(ada), named(database, "Tom")
    for id_ in (str(stranger), "0", "x", "9" * 30):
        assert ada.post(f"{url}/for", data={"person": id_}).status_code == 404
        assert ada.post("/products/bench", data={"person": id_}).status_code == 404
        assert ada.get(f"/products/bench?person={id_}").status_code == 404
    assert ada.post(f"{url}/for", data={"place": tom}).status_code == 404  # a person is no place


def test_a_guest_is_not_asked_and_becomes_themself_by_signing_up(app: Flask, ada: FlaskClient, database: Engine
                                                                 ) -> None:
    guest = app.test_client()
    url = opened(guest)
    assert "For whom" not in guest.get(url).text
    assert guest.post(f"{url}/for", data={"new_person": "Tom"}).status_code == 404
    guest.post("/account/signup", data={"name": "Mira", "email": "mira@example.com", "phone": "",
                                        "password": "a sentence to sign in with"})
    assert whom(database, url) == ("Mira", None)


def test_a_product_that_asks_about_nobody_asks_for_nobody(ada: FlaskClient, database: Engine) -> None:
    with transaction(database) as session:
        published(session, bench(name="stool", characteristics=bench_document()))
    url = ada.post("/products/stool").headers["Location"]
    page = ada.get(url).text
    assert "For whom" not in page
    assert whom(database, url) == (None, None)


def bench_document() -> list[dict[str, object]]:
    return [{**c, "about": "product", "trait": ""} if c["name"] in ("height", "width") else c
            for c in to_document(bench())["characteristics"]]


def test_orders_specifications_and_sheets_say_for_whom(ada: FlaskClient, database: Engine) -> None:
    tom = named(database, "Tom")
    url = opened(ada, person=str(tom))
    ada.post(url, data={"save": "new", "name": "Garden"})
    review = ada.get(f"{url}/order").text
    assert "for Tom, Hall" in review
    fields = dict(pair for pair in _hidden(review))
    number = ada.post(f"{url}/order", data={**fields, "quantity": "1", "place": ""}).headers["Location"]
    assert "for Tom, Hall" in ada.get(number).text
    assert "for Tom, Hall" in ada.get("/specifications/S-0001").text
    for page in ("/orders", "/specifications"):
        assert "Tom, Hall" in ada.get(page).text
    with open_session(database) as session:
        order = session.scalars(select(Order)).one()
        assert (order.person_id, order.sheet["customer"]["for"]) == (tom, ["Tom", "Hall"])


def _hidden(page: str) -> list[tuple[str, str]]:
    return re.findall(r'name="(agreed|total|ready|unmeasured)" value="([^"]*)"', page)


def test_what_differs_is_said_of_the_same_persons_last_order(database: Engine) -> None:
    with transaction(database) as session:
        version, ada = published(session), member(session).customer
        tom = subjects.add(session, ada, "person", "Tom")
        first = ordered(session, ada, version)
        toms = ordered(session, ada, version, person=tom)
        assert (ordered(session, ada, version).sheet["previous"], toms.sheet["previous"]) == (first.number, None)


def test_the_api_lists_people_and_goes_on_for_them(ada: FlaskClient, database: Engine) -> None:
    people = {subject["name"]: subject["id"] for subject in ada.get("/api/people").json}
    assert people.keys() == {"Ada Winter", "Tom", "Terrace", "Hall"}
    made = ada.post("/api/products/bench/drafts", json={"person": people["Tom"]}).json
    assert made["person"] == {"id": people["Tom"], "name": "Tom"}
    assert made["values"]["height"] == 1900
    other = ada.post(f"/api/drafts/{made['id']}/for", json={"place": people["Terrace"]})
    assert (other.status_code, other.json["place"]["name"], other.json["inputs"]) == (201, "Terrace", 0)
    for body in ({"person": "x"}, {"people": 1}, [1], {"person": True}):
        assert ada.post(f"/api/drafts/{made['id']}/for", json=body).status_code == 422
    assert ada.post(f"/api/drafts/{made['id']}/for", json={"person": people["Hall"]}).status_code == 404


def test_a_rep_chooses_among_the_clients_people(app: Flask, database: Engine) -> None:
    with transaction(database) as session:
        here = house(session)
        tom = subjects.add(session, here.ada.customer, "person", "Tom")
        theirs = here.mira.customer.subjects[0].id
    rep = app.test_client()
    sign_in(rep, here.rep)
    url = rep.post("/desk/clients/1001/order/bench", data={"person": str(tom.id)}).headers["Location"]
    assert whom(database, url) == ("Tom", "Home")
    assert "Ada Winter" in rep.get(url).text.partition('id="whom"')[2]
    assert rep.post(f"{url}/for", data={"person": str(theirs)}).status_code == 404


def test_somebody_else_without_a_name_is_nobody(ada: FlaskClient, database: Engine) -> None:
    for page in "/products/bench", f"{opened(ada)}/for":
        for name in "", "   ":
            answer = ada.post(page, data={"new_person": name}, follow_redirects=True)
            assert "A name has 1 to 120 characters" in answer.text, page

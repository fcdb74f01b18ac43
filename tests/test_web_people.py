"""People and places as pages: kept by their customer and by a rep, seen by nobody else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from factories import House, sign_in, subject_named
from flask import Flask
from household import Ours, on_sqlite
from sqlalchemy import Engine, select

from catalog.database import now
from catalog.records import Version
from configurator.drafts.sessions import open_draft
from configurator.records import Draft
from configurator.transaction import open_session, transaction
from orders import subjects
from orders.memory import facts
from orders.memory.remembered import Fact
from orders.records import Customer, Subject
from orders.subjects import Whom


def names(database: Engine, number: str = "1001") -> list[str]:
    with open_session(database) as session:
        return [subject.name for subject in session.scalars(
            select(Subject).join(Customer).where(Customer.number == number).order_by(Subject.id))]


def test_somebody_is_added_renamed_and_removed(ours: Ours, database: Engine) -> None:
    client, base = ours
    made = client.post(base, data={"kind": "person", "name": " Tom <b> "}).headers["Location"]
    assert made == f"{base}/{subject_named(database, 'Tom <b>')}"
    assert "Tom &lt;b&gt;" in client.get(base).text
    assert client.post(f"{made}/rename", data={"name": "Thomas"}).headers["Location"] == made
    assert "<h1>Thomas</h1>" in client.get(made).text
    assert client.post(f"{made}/remove").headers["Location"] == base
    assert client.get(made).status_code == 404
    assert names(database) == ["Ada Winter", "Home"]


@on_sqlite
@pytest.mark.parametrize("name", ["", " ", "x" * 121, "a\x00b", "Ada Winter"])
def test_what_is_no_name_or_somebody_elses_changes_nothing(ours: Ours, database: Engine, name: str) -> None:
    client, base = ours
    tom = client.post(base, data={"kind": "person", "name": "Tom"}).headers["Location"]
    client.post(base, data={"kind": "person", "name": name})
    client.post(f"{tom}/rename", data={"name": name})
    assert names(database) == ["Ada Winter", "Home", "Tom"]
    assert client.post(base, data={"kind": "dog", "name": "Rex"}).status_code == 404


def test_who_has_orders_is_not_removed_and_neither_is_the_customer(ours: Ours, database: Engine) -> None:
    client, base = ours
    home, themself = f"{base}/{subject_named(database, 'Home')}", f"{base}/{subject_named(database, 'Ada Winter')}"
    assert "one order is for them, one specification is kept for them" in client.get(home).text
    assert "/remove" not in client.get(home).text + client.get(themself).text
    for kept in (home, themself):
        client.post(f"{kept}/remove")
    assert names(database) == ["Ada Winter", "Home"]


def test_what_was_told_and_begun_goes_with_whom_it_is_about(ours: Ours, people: House, database: Engine) -> None:
    client, base = ours
    with transaction(database) as session:
        ada = session.get_one(Customer, people.order.customer_id)
        version = session.get_one(Version, people.order.version_id)
        tom = subjects.add(session, ada, "person", "Tom")
        facts.state(session, tom, "height", 1900, "mm", "himself")
        begun = open_draft(session, version, Whom(ada, person=tom)).id
        other = open_draft(session, version, Whom(ada)).id
    client.post(f"{base}/{tom.id}/remove")
    with open_session(database) as session:
        assert session.scalars(select(Fact).where(Fact.subject_id == tom.id)).all() == []
        assert (session.get(Draft, begun), session.get(Draft, other) is not None) == (None, True)


def test_each_shows_its_facts_specifications_and_orders(ours: Ours, people: House, database: Engine) -> None:
    client, base = ours
    with transaction(database) as session:
        tom = subjects.add(session, session.get_one(Customer, people.order.customer_id), "person", "Tom")
        facts.state(session, tom, "height", 1900, "mm", "the telephone", "Ben", at=now() - timedelta(3))
    page = client.get(f"{base}/{tom.id}").text
    for words in ("Height", "190\u00a0cm", "measured by Ben", "Nothing was ordered yet"):
        assert words in page
    page = client.get(f"{base}/{subject_named(database, 'Home')}").text
    for words in ("120", "2001", "S-0001"):
        assert words in page
    for name in ("Mira", "2002", "S-0002"):
        assert name not in page


def test_a_measure_is_told_with_its_day_and_who_took_it(ours: Ours, people: House, database: Engine) -> None:
    client, base = ours
    client.post(base, data={"kind": "person", "name": "Tom"})
    tom, memory = subject_named(database, "Tom"), base.replace("people", "memory")
    told = {"piece": f"[{tom}, \"height\"]", "answer": "1.9 m", "taken_by": "Ben", "taken_on": "2026-01-05"}
    assert client.post(f"{memory}/correct", data=told).status_code == 303
    for refused in ({"taken_on": "2999-01-01"}, {"taken_on": "soon"}, {"answer": "9 m"}):
        assert client.post(f"{memory}/correct", data=told | refused).status_code == 422
    before = told | {"answer": "180", "taken_on": "2020-01-05"}
    older = client.post(f"{memory}/correct", data=before, follow_redirects=True)
    assert "still holds" in older.text
    page = client.get(f"{base}/{tom}").text
    for words in ("190\u00a0cm", "measured by Ben", "Jan 5, 2026"):
        assert words in page


def test_others_people_are_not_there(app: Flask, people: House, database: Engine) -> None:
    mira, ada = app.test_client(), subject_named(database, "Ada Winter")
    sign_in(mira, people.mira)
    for path in (f"/people/{ada}", "/people/0", f"/people/{1 << 40}"):
        assert mira.get(path).status_code == 404
        for act in ("rename", "remove"):
            assert mira.post(f"{path}/{act}", data={"name": "Mine"}).status_code == 404
    assert mira.post("/memory/forget", data={"plan": subject_named(database, "Home")}).status_code == 404
    assert mira.get("/desk/clients/1001/people").status_code == 403
    rep = app.test_client()
    sign_in(rep, people.rep)
    assert rep.get(f"/desk/clients/1002/people/{ada}").status_code == 404
    assert rep.get("/people").status_code == 403
    assert app.test_client().get("/people").status_code == 303


def test_a_name_that_is_taken_is_refused_and_not_told_as_done(ours: Ours, database: Engine) -> None:
    client, base = ours
    home = subject_named(database, "Home")
    client.post(base, data={"kind": "place", "name": "Attic"})
    for answer in (client.post(base, data={"kind": "place", "name": "Attic"}, follow_redirects=True),
                   client.post(f"{base}/{home}/rename", data={"name": "Attic"}, follow_redirects=True)):
        told = re.search(r'<span class="tag" data-state="(\w+)">.*?no two people or places have the same', answer.text)
        assert told is not None
        assert told[1] == "warning"

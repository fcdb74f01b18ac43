"""People and places as pages: kept by their customer and by a rep, seen by nobody else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from factories import House, house, sign_in
from flask import Flask
from flask.testing import FlaskClient
from household import on_sqlite
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


@pytest.fixture
def here(app: Flask, database: Engine) -> House:
    with transaction(database) as session:
        return house(session)


@pytest.fixture(params=["customer", "rep"])
def ours(request: pytest.FixtureRequest, app: Flask, here: House) -> tuple[FlaskClient, str]:
    """A browser, and where Ada's people and places are on it: her own, and a rep's."""
    client = app.test_client()
    sign_in(client, here.ada if request.param == "customer" else here.rep)
    return client, "/people" if request.param == "customer" else "/desk/clients/1001/people"


def names(database: Engine, number: str = "1001") -> list[str]:
    with open_session(database) as session:
        return [subject.name for subject in session.scalars(
            select(Subject).join(Customer).where(Customer.number == number).order_by(Subject.id))]


def subject(database: Engine, name: str) -> int:
    with open_session(database) as session:
        return session.scalars(select(Subject.id).where(Subject.name == name).order_by(Subject.id)).first() or 0


def test_somebody_is_added_renamed_and_removed(ours: tuple[FlaskClient, str], database: Engine) -> None:
    client, base = ours
    made = client.post(base, data={"kind": "person", "name": " Tom <b> "}).headers["Location"]
    assert made == f"{base}/{subject(database, 'Tom <b>')}"
    assert "Tom &lt;b&gt;" in client.get(base).text
    assert client.post(f"{made}/rename", data={"name": "Thomas"}).headers["Location"] == made
    assert "<h1>Thomas</h1>" in client.get(made).text
    assert client.post(f"{made}/remove").headers["Location"] == base
    assert client.get(made).status_code == 404
    assert names(database) == ["Ada Winter", "Home"]


@on_sqlite
@pytest.mark.parametrize("name", ["", " ", "x" * 121, "a\x00b", "Ada Winter"])
def test_what_is_no_name_or_somebody_elses_changes_nothing(ours: tuple[FlaskClient, str], database: Engine, name: str
                                                           ) -> None:
    client, base = ours
    tom = client.post(base, data={"kind": "person", "name": "Tom"}).headers["Location"]
    client.post(base, data={"kind": "person", "name": name})
    client.post(f"{tom}/rename", data={"name": name})
    assert names(database) == ["Ada Winter", "Home", "Tom"]
    assert client.post(base, data={"kind": "dog", "name": "Rex"}).status_code == 404


def test_who_has_orders_is_not_removed_and_neither_is_the_customer(ours: tuple[FlaskClient, str], database: Engine
                                                                  ) -> None:
    client, base = ours
    home, themself = f"{base}/{subject(database, 'Home')}", f"{base}/{subject(database, 'Ada Winter')}"
    assert "one order is for them, one specification is kept for them" in client.get(home).text
    assert "/remove" not in client.get(home).text + client.get(themself).text
    for kept in (home, themself):
        client.post(f"{kept}/remove")
    assert names(database) == ["Ada Winter", "Home"]


def test_what_was_told_and_begun_goes_with_whom_it_is_about(ours: tuple[FlaskClient, str], here: House, database: Engine
                                                            ) -> None:
    client, base = ours
    with transaction(database) as session:
        ada = session.get_one(Customer, here.order.customer_id)
        version = session.get_one(Version, here.order.version_id)
        tom = subjects.add(session, ada, "person", "Tom")
        facts.state(session, tom, "height", 1900, "mm", "himself")
        begun = open_draft(session, version, Whom(ada, person=tom)).id
        other = open_draft(session, version, Whom(ada)).id
    client.post(f"{base}/{tom.id}/remove")
    with open_session(database) as session:
        assert session.scalars(select(Fact).where(Fact.subject_id == tom.id)).all() == []
        assert (session.get(Draft, begun), session.get(Draft, other) is not None) == (None, True)


def test_each_shows_its_facts_specifications_and_orders(ours: tuple[FlaskClient, str], here: House, database: Engine
                                                        ) -> None:
    client, base = ours
    with transaction(database) as session:
        tom = subjects.add(session, session.get_one(Customer, here.order.customer_id), "person", "Tom")
        facts.state(session, tom, "height", 1900, "mm", "the telephone", "Ben", at=now() - timedelta(3))
    page = client.get(f"{base}/{tom.id}").text
    for words in ("Height", "190\u00a0cm", "measured by Ben", "Nothing was ordered yet"):
        assert words in page
    page = client.get(f"{base}/{subject(database, 'Home')}").text
    for words in ("120", "2001", "S-0001"):
        assert words in page
    for name in ("Mira", "2002", "S-0002"):
        assert name not in page


def test_a_measure_is_told_with_its_day_and_who_took_it(ours: tuple[FlaskClient, str], here: House, database: Engine
                                                        ) -> None:
    client, base = ours
    client.post(base, data={"kind": "person", "name": "Tom"})
    tom, memory = subject(database, "Tom"), base.replace("people", "memory")
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


def test_others_people_are_not_there(app: Flask, here: House, database: Engine) -> None:
    mira, ada = app.test_client(), subject(database, "Ada Winter")
    sign_in(mira, here.mira)
    for path in (f"/people/{ada}", "/people/0", f"/people/{1 << 40}"):
        assert mira.get(path).status_code == 404
        for act in ("rename", "remove"):
            assert mira.post(f"{path}/{act}", data={"name": "Mine"}).status_code == 404
    assert mira.post("/memory/forget", data={"plan": subject(database, "Home")}).status_code == 404
    assert mira.get("/desk/clients/1001/people").status_code == 403
    rep = app.test_client()
    sign_in(rep, here.rep)
    assert rep.get(f"/desk/clients/1002/people/{ada}").status_code == 404
    assert rep.get("/people").status_code == 403
    assert app.test_client().get("/people").status_code == 303


ROOM = {"thing": "room", "width": "4 m", "depth": "3000", "height": "250 cm"}
SOFA = {"thing": "furniture", "name": "Sofa <b>", "x": "0", "y": "0", "width": "200 cm", "depth": "900",
        "height": "800"}


def marks(client: FlaskClient, page: str, of: str) -> list[str]:
    """What the forms of a plan's things carry to tell them by, new ones' last."""
    field = '<input type="hidden" name="was" value="(\\w*)">'
    return re.findall(f'name="thing" value="{of}">{field}', client.get(page).text)


def plan(database: Engine, place: int) -> dict[str, object] | None:
    with open_session(database) as session:
        return session.get_one(Subject, place).plan


def test_a_plan_is_drawn_thing_by_thing(ours: tuple[FlaskClient, str], database: Engine) -> None:
    client, base = ours
    home = subject(database, "Home")
    page = f"{base}/{home}/plan"
    assert "Begin the plan" in client.get(page).text
    for fields in (ROOM, SOFA):
        assert client.post(page, data=fields).status_code == 303
    kept = plan(database, home)
    assert kept is not None
    assert (kept["width"], kept["height"]) == (4000, 2500)
    assert kept["furniture"] == [{"x": 0, "y": 0, "width": 2000, "depth": 900, "height": 800, "name": "Sofa <b>"}]
    drawn = client.get(page).text
    assert "Sofa &lt;b&gt;" in drawn
    assert '<rect class="pic-furniture" x="0" y="0" width="2000" height="900"/>' in drawn
    sofa = {**SOFA, "was": marks(client, page, "furniture")[0]}
    assert client.post(page, data={**sofa, "x": "500"}).status_code == 303
    assert plan(database, home)["furniture"][0]["x"] == 500
    gone = {"thing": "furniture", "was": marks(client, page, "furniture")[0], "remove": "yes"}
    assert client.post(page, data=gone).status_code == 303
    assert plan(database, home)["furniture"] == []
    assert client.post(f"{page}/remove").status_code == 303
    assert plan(database, home) is None


def test_a_wall_is_as_high_as_its_room_and_no_higher(ours: tuple[FlaskClient, str], database: Engine) -> None:
    client, base = ours
    page = f"{base}/{subject(database, 'Home')}/plan"
    client.post(page, data={**ROOM, "height": "2450"})
    new = re.search(r'id="walls-new-height"[^>]* value="(\d+)"', client.get(page).text)
    assert new
    wall = {**SOFA, "thing": "walls", "name": "Chimney"}
    refused = client.post(page, data={**wall, "height": str(int(new[1]) + 1)})
    assert refused.status_code == 422
    assert "It is higher than the room." in refused.text
    assert client.post(page, data={**wall, "height": new[1]}).status_code == 303


def test_what_else_would_be_wrong_is_named(ours: tuple[FlaskClient, str], database: Engine) -> None:
    client, base = ours
    page = f"{base}/{subject(database, 'Home')}/plan"
    for fields in (ROOM, SOFA):
        client.post(page, data=fields)
    assert "Sofa &lt;b&gt;: It stands in a wall." in client.post(page, data={**SOFA, "thing": "walls"}).text
    assert "Sofa &lt;b&gt;: It stands out of the room." in client.post(
        page, data={**ROOM, "width": "1 m", "was": marks(client, page, "room")[0]}).text
    alone = client.post(page, data={**SOFA, "was": marks(client, page, "furniture")[0], "x": "3500"}).text
    assert ": It stands out of the room." not in alone
    assert "It stands out of the room." in alone


def test_a_plan_is_among_what_is_remembered(ours: tuple[FlaskClient, str], database: Engine) -> None:
    client, base = ours
    page = f"{base}/{subject(database, 'Home')}/plan"
    memory = base.replace("people", "memory")
    empty = client.get(memory).text
    assert page not in empty
    for fields in (ROOM, SOFA):
        client.post(page, data=fields)
    told = client.get(memory).text
    before, now = (int(re.findall(r"(\d+) things (?:you|that this)", text)[0]) for text in (empty, told))
    assert now == before + 1
    assert f"Forget all {now} things" in told
    assert f'href="{page}"' in told
    assert "Sofa &lt;b&gt;" in told


def test_a_plan_is_forgotten_alone_or_with_everything_and_comes_back(ours: tuple[FlaskClient, str], database: Engine
                                                                     ) -> None:
    client, base = ours
    home = subject(database, "Home")
    memory = base.replace("people", "memory")
    for fields in (ROOM, SOFA):
        client.post(f"{base}/{home}/plan", data=fields)
    kept = plan(database, home)
    for fields in ({"plan": home}, {"everything": "yes"}):
        assert client.post(f"{memory}/forget", data=fields).status_code == 303
        assert plan(database, home) is None
        assert "Begin the plan" in client.get(f"{base}/{home}/plan").text
        assert "Sofa &lt;b&gt;" in client.get(memory).text, "what can be brought back is told"
        assert client.post(f"{memory}/forget", data={"plan": home, "undo": "yes"}).status_code == 303
        assert plan(database, home) == kept
    client.post(f"{memory}/forget", data={"plan": home})
    client.post(f"{base}/{home}/plan", data=ROOM)
    assert client.post(f"{memory}/forget", data={"plan": home, "undo": "yes"}).status_code == 303
    assert plan(database, home)["furniture"] == [], "one that was drawn since holds"
    for nobody in ("", "x", subject(database, "Ada Winter"), 1 << 70):
        assert client.post(f"{memory}/forget", data={"plan": nobody}).status_code == 404


def test_a_plan_removed_for_good_does_not_come_back_although_it_was_forgotten(
        ours: tuple[FlaskClient, str], database: Engine) -> None:
    """Another window, that shows it still, removes what this one forgot."""
    client, base = ours
    home, memory = subject(database, "Home"), base.replace("people", "memory")
    for fields in (ROOM, SOFA):
        client.post(f"{base}/{home}/plan", data=fields)
    client.post(f"{memory}/forget", data={"plan": home})
    assert "The plan is removed" in client.post(f"{base}/{home}/plan/remove", follow_redirects=True).text
    assert "Sofa &lt;b&gt;" not in client.get(memory).text
    client.post(f"{memory}/forget", data={"plan": home, "undo": "yes"})
    assert plan(database, home) is None


def test_what_was_changed_meanwhile_is_not_mistaken(ours: tuple[FlaskClient, str], database: Engine) -> None:
    """A window that is open for long knows the things as they were then, and in another order."""
    client, base = ours
    home = subject(database, "Home")
    page, lamp = f"{base}/{home}/plan", {**SOFA, "name": "Lamp", "x": "3 m", "width": "300", "depth": "300"}
    for fields in (ROOM, SOFA, lamp):
        client.post(page, data=fields)
    room, (sofa, was, _new) = marks(client, page, "room")[0], marks(client, page, "furniture")
    client.post(page, data={"thing": "furniture", "was": sofa, "remove": "yes"})
    assert client.post(page, data={**lamp, "was": was, "x": "2 m"}).status_code == 303
    kept = plan(database, home)
    assert [(thing["name"], thing["x"]) for thing in kept["furniture"]] == [("Lamp", 2000)], "it is now the first"
    for stale in ({**lamp, "was": was, "x": "1 m"}, {"thing": "furniture", "was": was, "remove": "yes"},
                  {**SOFA, "was": sofa, "x": "1234"}, {**ROOM, "width": "5 m"}, {**ROOM, "width": "5 m", "was": "x"}):
        refused = client.post(page, data=stale)
        assert refused.status_code == 409
        assert "It was changed or removed meanwhile" in refused.text
        assert plan(database, home) == kept
    assert re.search(r'id="furniture-new-x"[^>]* value="1234"', client.post(page, data={
        **SOFA, "was": sofa, "x": "1234"}).text), "what is gone can be added again"
    told = client.post(page, data={**lamp, "was": was, "x": "1234"}).text
    assert re.search(r'id="furniture-0-x"[^>]* value="1234"', told), "what is still there can be changed again"
    assert client.post(page, data={**ROOM, "width": "5 m", "was": room}).status_code == 303
    client.post(f"{page}/remove")
    assert "The plan was removed meanwhile" in client.post(page, data=lamp, follow_redirects=True).text
    assert plan(database, home) is None


def test_furniture_in_the_same_place_is_kept_and_told_of_both(ours: tuple[FlaskClient, str], database: Engine) -> None:
    client, base = ours
    home = subject(database, "Home")
    page = f"{base}/{home}/plan"
    for fields in (ROOM, SOFA, {**SOFA, "name": "Lamp", "x": "1999"}, {**SOFA, "name": "Desk", "x": "0", "y": "900"}):
        assert client.post(page, data=fields).status_code == 303
    told = client.get(page).text
    assert told.count("It stands in the same place as Lamp.") == told.count(
        "It stands in the same place as Sofa &lt;b&gt;.") == 2, "in the list and beside the drawing"
    assert told.count("pic-crowded") == 2
    assert "the same place as Desk" not in told, "it stands beside it"


@on_sqlite
@pytest.mark.parametrize("change", [
    {"width": "9 m"}, {"width": "-1"}, {"width": "1e9"}, {"x": "3.5 m"}, {"name": ""}, {"name": "x" * 61},
    {"depth": ""}, {"name": "a\x00b"}])
def test_what_cannot_be_in_a_plan_changes_nothing_and_is_told(ours: tuple[FlaskClient, str], database: Engine,
                                                            change: dict[str, str]) -> None:
    client, base = ours
    home = subject(database, "Home")
    client.post(f"{base}/{home}/plan", data=ROOM)
    before = plan(database, home)
    refused = client.post(f"{base}/{home}/plan", data=SOFA | change)
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert plan(database, home) == before


@on_sqlite
@pytest.mark.parametrize(("change", "wrong"), [
    ({"width": "-5"}, ["width"]), ({"width": "wide", "depth": ""}, ["width", "depth"]),
    ({"width": "100 m", "depth": "1"}, ["width"]), ({"depth": "1"}, ["width", "depth", "height"])])
def test_only_the_measures_that_are_none_are_marked(ours: tuple[FlaskClient, str], database: Engine,
                                                    change: dict[str, str], wrong: list[str]) -> None:
    """What is none stands out; what is one and cannot be beside the others is about all of them."""
    client, base = ours
    refused = client.post(f"{base}/{subject(database, 'Home')}/plan", data=ROOM | change)
    assert refused.status_code == 422
    assert re.findall(r'id="room-(\w+)"[^>]* aria-invalid="true"', refused.text) == wrong


@on_sqlite
@pytest.mark.parametrize("fields", [{}, {"thing": "subjects:1"}, {"thing": "walls:0"}, {"thing": "plan"}])
def test_a_form_that_no_page_had_changes_no_plan(ours: tuple[FlaskClient, str], database: Engine, fields: dict[str, str]
                                                 ) -> None:
    client, base = ours
    home = subject(database, "Home")
    assert client.post(f"{base}/{home}/plan", data={**ROOM, "thing": "", **fields}).status_code == 404
    assert plan(database, home) is None
    assert client.get(f"{base}/{subject(database, 'Ada Winter')}/plan").status_code == 404  # a person has none


def test_openings_are_checked_and_drawn(ours: tuple[FlaskClient, str], database: Engine) -> None:
    client, base = ours
    page = f"{base}/{subject(database, 'Home')}/plan"
    client.post(page, data=ROOM)
    opening = {"thing": "openings", "at": "0", "name": "Door", "kind": "door", "side": "back", "hinge": "left",
               "width": "900", "swing": "900", "sill": "0", "height": "2000"}
    for wrong in ({"sill": "10"}, {"kind": "hatch"}, {"side": "top"}, {"swing": "4000"}, {"height": "2600"}):
        assert client.post(page, data=opening | wrong).status_code == 422
    assert client.post(page, data=opening).status_code == 303
    assert "pic-swing" in client.get(page).text
    assert client.post(page, data=opening | {"at": "500"}).status_code == 422  # there is one already

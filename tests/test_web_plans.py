"""Plans of rooms as pages: drawn thing by thing, refused where nothing could stand, forgotten and brought back."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from factories import subject_named
from flask.testing import FlaskClient
from household import Ours, on_sqlite
from sqlalchemy import Engine

from configurator.transaction import open_session
from configurator.web.memory.plans import SAID
from orders.places.rooms import Wrong
from orders.records import Subject

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


def test_a_plan_is_drawn_thing_by_thing(ours: Ours, database: Engine) -> None:
    client, base = ours
    home = subject_named(database, "Home")
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


def test_a_wall_is_as_high_as_its_room_and_no_higher(ours: Ours, database: Engine) -> None:
    client, base = ours
    page = f"{base}/{subject_named(database, 'Home')}/plan"
    client.post(page, data={**ROOM, "height": "2450"})
    new = re.search(r'id="walls-new-height"[^>]* value="(\d+)"', client.get(page).text)
    assert new
    wall = {**SOFA, "thing": "walls", "name": "Chimney"}
    refused = client.post(page, data={**wall, "height": str(int(new[1]) + 1)})
    assert refused.status_code == 422
    assert "It is higher than the room." in refused.text
    assert client.post(page, data={**wall, "height": new[1]}).status_code == 303


def test_what_else_would_be_wrong_is_named(ours: Ours, database: Engine) -> None:
    client, base = ours
    page = f"{base}/{subject_named(database, 'Home')}/plan"
    for fields in (ROOM, SOFA):
        client.post(page, data=fields)
    assert "Sofa &lt;b&gt;: It stands in a wall." in client.post(page, data={**SOFA, "thing": "walls"}).text
    assert "Sofa &lt;b&gt;: It stands out of the room." in client.post(
        page, data={**ROOM, "width": "1 m", "was": marks(client, page, "room")[0]}).text
    alone = client.post(page, data={**SOFA, "was": marks(client, page, "furniture")[0], "x": "3500"}).text
    assert ": It stands out of the room." not in alone
    assert "It stands out of the room." in alone


def test_a_plan_is_among_what_is_remembered(ours: Ours, database: Engine) -> None:
    client, base = ours
    page = f"{base}/{subject_named(database, 'Home')}/plan"
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


def test_a_plan_is_forgotten_alone_or_with_everything_and_comes_back(ours: Ours, database: Engine) -> None:
    client, base = ours
    home = subject_named(database, "Home")
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
    for nobody in ("", "x", subject_named(database, "Ada Winter"), 1 << 70):
        assert client.post(f"{memory}/forget", data={"plan": nobody}).status_code == 404


def test_a_plan_removed_for_good_does_not_come_back_although_it_was_forgotten(ours: Ours, database: Engine) -> None:
    """Another window, that shows it still, removes what this one forgot."""
    client, base = ours
    home, memory = subject_named(database, "Home"), base.replace("people", "memory")
    for fields in (ROOM, SOFA):
        client.post(f"{base}/{home}/plan", data=fields)
    client.post(f"{memory}/forget", data={"plan": home})
    assert "The plan is removed" in client.post(f"{base}/{home}/plan/remove", follow_redirects=True).text
    assert "Sofa &lt;b&gt;" not in client.get(memory).text
    client.post(f"{memory}/forget", data={"plan": home, "undo": "yes"})
    assert plan(database, home) is None


def test_what_was_changed_meanwhile_is_not_mistaken(ours: Ours, database: Engine) -> None:
    """A window that is open for long knows the things as they were then, and in another order."""
    client, base = ours
    home = subject_named(database, "Home")
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


def test_furniture_in_the_same_place_is_kept_and_told_of_both(ours: Ours, database: Engine) -> None:
    client, base = ours
    home = subject_named(database, "Home")
    page = f"{base}/{home}/plan"
    for fields in (ROOM, SOFA, {**SOFA, "name": "Lamp", "x": "1999"}, {**SOFA, "name": "Desk", "x": "0", "y": "900"}):
        assert client.post(page, data=fields).status_code == 303
    told = client.get(page).text
    assert told.count("It stands in the same place as Lamp.") == told.count(
        "It stands in the same place as Sofa &lt;b&gt;.") == 2, "in the list and beside the drawing"
    assert told.count("pic-crowded") == 2
    assert "the same place as Desk" not in told, "it stands beside it"


def test_furniture_in_the_way_of_a_door_is_kept_and_told_of_both(ours: Ours, database: Engine) -> None:
    client, base = ours
    page = f"{base}/{subject_named(database, 'Home')}/plan"
    door = {"thing": "openings", "at": "0", "name": "Door", "kind": "door", "side": "back", "hinge": "left",
            "width": "900", "swing": "900", "sill": "0", "height": "2000"}
    window = {**door, "name": "Window", "kind": "window", "at": "1 m", "swing": "500", "sill": "800", "height": "1200"}
    for fields in (ROOM, door, window, SOFA, {**SOFA, "name": "Desk", "y": "900"}):
        assert client.post(page, data=fields).status_code == 303
    told = client.get(page).text
    assert told.count("It stands where Door opens.") == told.count(
        "It opens against Sofa &lt;b&gt;.") == 2, "in the list and beside the drawing"
    assert told.count("pic-crowded") == 1, "the desk stands beside the leaf"
    assert "where Door, Window opens" not in told, "the window opens above the sofa"


@on_sqlite
@pytest.mark.parametrize(("of", "change", "near"), [
    ("room", {"width": "-5"}, "200"), ("furniture", {"width": "-5"}, "1"), ("furniture", {"x": "-5"}, "0"),
    ("openings", {"swing": "-5"}, "0")])
def test_the_measure_that_is_offered_is_taken(ours: Ours, database: Engine, of: str, change: dict[str, str],
                                              near: str) -> None:
    client, base = ours
    page = f"{base}/{subject_named(database, 'Home')}/plan"
    client.post(page, data=ROOM)
    forms = {"room": {**ROOM, "was": marks(client, page, "room")[0]}, "furniture": SOFA, "openings": {
        "thing": "openings", "at": "0", "name": "Door", "kind": "door", "side": "back", "hinge": "left",
        "width": "900", "swing": "900", "sill": "0", "height": "2000"}}
    refused = client.post(page, data=forms[of] | change)
    assert f"The nearest is {near}\N{NO-BREAK SPACE}mm." in refused.text
    assert client.post(page, data=forms[of] | dict.fromkeys(change, near)).status_code == 303


@on_sqlite
@pytest.mark.parametrize(("change", "told"), [
    ({"width": "9 m"}, "It stands out of the room."), ({"width": "-1"}, "The nearest is 1"),
    ({"width": "1e9"}, "Enter a number"), ({"x": "3.5 m"}, "It stands out of the room."),
    ({"height": "3 m"}, "It is higher than the room."),
    ({"name": ""}, "A name has 1 to 60 characters."), ({"name": "x" * 61}, "A name has 1 to 60 characters."),
    ({"name": "a\x00b"}, "A name has 1 to 60 characters."), ({"depth": ""}, "Enter a number")])
def test_what_cannot_be_in_a_plan_changes_nothing_and_is_told(
        ours: Ours, database: Engine, change: dict[str, str], told: str) -> None:
    client, base = ours
    home = subject_named(database, "Home")
    client.post(f"{base}/{home}/plan", data=ROOM)
    before = plan(database, home)
    refused = client.post(f"{base}/{home}/plan", data=SOFA | change)
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert told in refused.text
    assert plan(database, home) == before


def test_whatever_can_be_wrong_with_a_plan_has_words_of_its_own() -> None:
    assert set(SAID) == set(get_args(Wrong))


@on_sqlite
@pytest.mark.parametrize(("change", "wrong"), [
    ({"width": "-5"}, ["width"]), ({"width": "wide", "depth": ""}, ["width", "depth"]),
    ({"width": "100 m", "depth": "1"}, ["width", "depth"]), ({"depth": "1"}, ["depth"])])
def test_only_the_measures_that_are_none_are_marked(
        ours: Ours, database: Engine, change: dict[str, str], wrong: list[str]) -> None:
    """What is none stands out; what a room cannot measure is none."""
    client, base = ours
    refused = client.post(f"{base}/{subject_named(database, 'Home')}/plan", data=ROOM | change)
    assert refused.status_code == 422
    assert re.findall(r'id="room-(\w+)"[^>]* aria-invalid="true"', refused.text) == wrong


@on_sqlite
@pytest.mark.parametrize("fields", [{}, {"thing": "subjects:1"}, {"thing": "walls:0"}, {"thing": "plan"}])
def test_a_form_that_no_page_had_changes_no_plan(ours: Ours, database: Engine, fields: dict[str, str]) -> None:
    client, base = ours
    home = subject_named(database, "Home")
    assert client.post(f"{base}/{home}/plan", data={**ROOM, "thing": "", **fields}).status_code == 404
    assert plan(database, home) is None
    assert client.get(f"{base}/{subject_named(database, 'Ada Winter')}/plan").status_code == 404  # a person has none


def test_openings_are_checked_and_drawn(ours: Ours, database: Engine) -> None:
    client, base = ours
    page = f"{base}/{subject_named(database, 'Home')}/plan"
    client.post(page, data=ROOM)
    opening = {"thing": "openings", "at": "0", "name": "Door", "kind": "door", "side": "back", "hinge": "left",
               "width": "900", "swing": "900", "sill": "0", "height": "2000"}
    for wrong in ({"sill": "10"}, {"kind": "hatch"}, {"side": "top"}, {"swing": "4000"}, {"height": "2600"}):
        assert client.post(page, data=opening | wrong).status_code == 422
    assert client.post(page, data=opening).status_code == 303
    assert "pic-swing" in client.get(page).text
    assert client.post(page, data=opening | {"at": "500"}).status_code == 422  # there is one already

"""A piece in the plan of a room, on the configuring page: placed, greyed out, moved, ordered."""

from __future__ import annotations

import re
from html import unescape

import pytest
from factories import bench, member, published, sign_in
from flask import Flask
from flask.testing import FlaskClient
from halls import FOOTPRINT, HALL, sized
from household import on_sqlite
from sqlalchemy import Engine, select

from configurator.drafts.progress import limits_of, progress_of
from configurator.records import Draft
from configurator.transaction import open_session, transaction
from orders import subjects
from orders.places.rooms import Block, Plan
from orders.records import Order, Subject

BETWEEN = "[0, 0, 0]"


@pytest.fixture
def ada(app: Flask, database: Engine) -> FlaskClient:
    """Ada's browser; she has a hall with a plan, and an attic without one."""
    with transaction(database) as session:
        published(session, bench(**sized()))
        account = member(session)
        subjects.add(session, account.customer, "place", "Attic")
        subjects.add(session, account.customer, "place", "Hall").plan = HALL.plain()
    client = app.test_client()
    sign_in(client, account)
    return client


def opened(client: FlaskClient) -> str:
    return client.post("/products/bench").headers["Location"]


def act(client: FlaskClient, url: str, **fields: str) -> tuple[int, str]:
    answer = client.post(f"{url}?group=2", data=fields)
    return answer.status_code, unescape(answer.text if answer.status_code != 303 else client.get(f"{url}?group=2").text)


def agreed(client: FlaskClient, url: str) -> dict[str, str]:
    """The form that orders what is shown before ordering."""
    review = client.get(f"{url}/order").text
    fields = dict(re.findall(r'name="(agreed|total|ready|unmeasured)" value="([^"]*)"', review))
    return {**fields, "quantity": "1", "place": ""}


def values(app: Flask, database: Engine, url: str) -> tuple[object, object, int]:
    """The width as shown, the spot, the inputs."""
    with app.test_request_context(), open_session(database) as session:
        draft = session.get_one(Draft, url.split("/")[2])
        standing = limits_of(draft).standing
        return progress_of(session, draft).values["width"], standing and standing.spot.x, draft.inputs


def test_the_page_shows_where_it_fits_best_and_what_would(ada: FlaskClient) -> None:
    page = unescape(ada.get(opened(ada)).text)
    assert "In Hall" in page
    assert "100\u00a0mm too wide here: 1,200\u00a0mm fits." in page  # 1,300 as proposed, right of the chimney
    assert "Chest &lt;b&gt;" in ada.get(opened(ada)).text
    assert "right of Chimney" in page


def test_what_fits_is_taken_in_one_act_and_one_input_and_undone(ada: FlaskClient, app: Flask, database: Engine) -> None:
    url = opened(ada)
    status, page = act(ada, url, stand_fitting="[1800, 0, 0]")
    assert (status, values(app, database, url)) == (303, (1200, 1800, 1))
    assert "It stands here" in page
    assert "Possible: 600 to 1,200" in page
    assert "It would not be in the room" in page  # why no more
    act(ada, url, undo="")
    assert values(app, database, url)[:2] == (1300, None)


def test_where_it_is_placed_no_larger_one_is_accepted(ada: FlaskClient, app: Flask, database: Engine) -> None:
    url = opened(ada)
    act(ada, url, stand_fitting=BETWEEN)
    assert values(app, database, url)[:2] == (1000, 0)
    status, page = act(ada, url, **{"was.width": "[]", "a.width": "1060"})
    assert status == 422
    assert "60\u00a0mm too wide here: 1,000\u00a0mm fits. Chimney is in its way." in page
    status, _ = act(ada, url, **{"was.width": "[]", "a.width": "940"})
    assert (status, values(app, database, url)[0]) == (303, 940)


def test_a_choice_is_not_changed_unasked(ada: FlaskClient, app: Flask, database: Engine) -> None:
    url = opened(ada)
    act(ada, url, **{"was.width": "[]", "a.width": "1300"})
    status, page = act(ada, url, stand=BETWEEN)
    assert status == 422
    assert "300\u00a0mm too wide here: 1,000\u00a0mm fits." in page
    assert values(app, database, url)[:2] == (1300, None)
    assert act(ada, url, stand_fitting=BETWEEN)[0] == 303
    assert values(app, database, url) == (1000, 0, 1)


def test_it_is_placed_by_its_fields_and_taken_out(ada: FlaskClient, app: Flask, database: Engine) -> None:
    url = opened(ada)
    act(ada, url, **{"was.width": "[]", "a.width": "700"})
    assert act(ada, url, stand="here", stand_x="3 m", stand_y="10 cm", stand_turned="90")[0] == 303
    assert values(app, database, url)[1] == 3000
    status, page = act(ada, url, stand="here", stand_x="1400", stand_y="1000", stand_turned="0")
    assert (status, "would not stand against a wall" in page) == (422, True)
    assert act(ada, url, stand_out="out")[0] == 303
    assert values(app, database, url)[1] is None


@on_sqlite
@pytest.mark.parametrize("spot", [
    "", "[]", "[0, 0]", "[0, 0, 45]", '["0", 0, 0]', "[true, 0, 0]", "[1e9, 0, 0]", "[-1, 0, 0]", "{}", "null",
    "[" * 5000, "[99999999999, 0, 0]", "here"])
def test_a_spot_that_is_none_is_refused(ada: FlaskClient, app: Flask, database: Engine, spot: str) -> None:
    url = opened(ada)
    assert act(ada, url, stand=spot)[0] == 422
    assert values(app, database, url)[1] is None


def test_elsewhere_there_is_nothing_to_stand_in(ada: FlaskClient, app: Flask, database: Engine) -> None:
    url = opened(ada)
    act(ada, url, stand_fitting=BETWEEN)
    with open_session(database) as session:
        attic = session.scalars(select(Subject.id).where(Subject.name == "Attic")).one()
    other = ada.post(f"{url}/for", data={"place": attic}).headers["Location"]
    assert values(app, database, other)[:2] == (1000, None)  # the width was chosen, the spot was of the hall
    assert 'id="room"' not in ada.get(other).text
    assert act(ada, other, stand=BETWEEN)[0] == 303
    assert values(app, database, other)[1] is None


def test_a_plan_that_changes_is_followed(ada: FlaskClient, app: Flask, database: Engine) -> None:
    url = opened(ada)
    act(ada, url, stand_fitting=BETWEEN)
    with transaction(database) as session:
        hall = session.scalars(select(Subject).where(Subject.name == "Hall")).one()
        hall.plan = Plan(3000, 2400, 2500, furniture=(Block(0, 0, 3000, 1000, 900, "Stage"),)).plain()
    page = unescape(ada.get(url).text)
    assert "Stage is in its way." in page  # nothing fits there any more: it is said, and shown as it is
    with transaction(database) as session:
        session.scalars(select(Subject).where(Subject.name == "Hall")).one().plan = None
    assert 'id="room"' not in ada.get(url).text
    assert values(app, database, url)[1] is None


def test_the_order_keeps_where_it_goes_with_the_plan_of_that_day(ada: FlaskClient, database: Engine) -> None:
    url = opened(ada)
    act(ada, url, stand_fitting=BETWEEN)
    placed = ada.post(f"{url}/order", data=agreed(ada, url)).headers["Location"]
    with transaction(database) as session:
        session.scalars(select(Subject).where(Subject.name == "Hall")).one().plan = None
    page = ada.get(placed).text
    assert "it covers 1000 × 400 mm" in page
    assert "pic-piece" in page
    with open_session(database) as session:
        room = session.scalars(select(Order)).one().sheet["room"]
        assert (room["place"], room["spot"], room["area"]) == ("Hall", [0, 0, 0], [0, 0, 1000, 400])
        assert Plan.from_plain(room["plan"]) == HALL


def test_what_does_not_fit_any_more_is_said_before_ordering_and_nothing_is_ordered(
        ada: FlaskClient, database: Engine) -> None:
    url = opened(ada)
    act(ada, url, stand_fitting=BETWEEN)
    order = agreed(ada, url)
    with transaction(database) as session:
        session.scalars(select(Subject).where(Subject.name == "Hall")).one().plan = Plan(
            3000, 2400, 2500, furniture=(Block(0, 0, 3000, 1000, 900, "Stage"),)).plain()
    for review in (ada.get(f"{url}/order"), ada.post(f"{url}/order", data=order)):
        assert review.status_code == 409
        assert "Stage is in its way." in review.text
        assert 'id="place"' not in review.text
    act(ada, url, stand_out="out")
    assert ada.post(f"{url}/order", data=agreed(ada, url)).status_code == 303
    with open_session(database) as session:
        assert session.scalars(select(Order)).one().sheet["room"] is None


def test_the_api_places_it(ada: FlaskClient) -> None:
    made = ada.post("/api/products/bench/drafts", json={}).json
    spot = {"x": 1800, "y": 0, "turned": 0}
    state = ada.post(made["self"], json={"stand": spot}).json
    assert (state["limits"]["spot"], state["domains"]["width"]["intervals"]) == ([1800, 0, 0], [[600, 1200]])
    assert ada.post(made["self"], json={"set": {"width": 1210}}).status_code == 409
    why = ada.get(f"{made['self']}/why?name=width&value=1210").json
    assert [trace["rule"] for trace in why["traces"]] == ["standing: right"]
    for wrong in ({"x": 1}, {**spot, "turned": 45}, {**spot, "x": True}, {**spot, "x": 10**9}):
        assert ada.post(made["self"], json={"stand": wrong}).status_code == 422
    assert ada.post(made["self"], json={"stand": {**spot, "x": 2900}}).status_code == 409
    assert ada.post(made["self"], json={"stand": None}).json["limits"]["spot"] is None


def test_a_plan_tells_the_alcove_to_whatever_asks_for_it(app: Flask, ada: FlaskClient, database: Engine) -> None:
    with transaction(database) as session:
        published(session, bench(name="nook", title="Nook", footprint=FOOTPRINT))
        attic = session.scalars(select(Subject.id).where(Subject.name == "Attic")).one()
    room = {"thing": "room", "width": "3000", "depth": "2000", "height": "2400"}
    pillar = {"thing": "walls", "name": "Pillar", "x": "1500", "y": "0", "width": "300", "depth": "500",
              "height": "2400"}
    for fields in (room, pillar):
        assert ada.post(f"/people/{attic}/plan", data=fields).status_code == 303
    url = ada.post("/products/nook", data={"place": str(attic)}).headers["Location"]
    page = unescape(ada.get(f"{url}?group=1").text)
    assert 'value="1500"' in page
    assert "the plan" in page

"""A measure that nobody took: it is built only deliberately, the sheet says so, and nobody remembers it."""

from __future__ import annotations

import re
from html import unescape
from io import BytesIO

import pytest
from factories import a_customer, bench_values, browser, member, ordered, published
from flask import Flask
from flask.testing import FlaskClient
from household import pages_on_sqlite
from pypdf import PdfReader
from sqlalchemy import Engine, select

from catalog.model import from_plain
from configurator.drafts import sessions, steps
from configurator.drafts.progress import progress_of
from configurator.measured import unmeasured
from configurator.transaction import open_session, transaction
from orders import specifications, subjects
from orders.memory import facts
from orders.memory.remembered import Evidence
from orders.records import Order
from orders.sheets import printing
from orders.subjects import Whom

pytestmark = pages_on_sqlite


@pytest.fixture
def app(app: Flask) -> Flask:
    """A shop that sold benches with lamps to many others, all of one height."""
    with transaction(app.extensions["engine"]) as session:
        version = published(session)
        for number in range(6):
            ordered(session, a_customer(session, f"Customer {number}"), version, height=1900, width=800, lamp=True)
    return app


@pytest.fixture
def ada(app: Flask, engine: Engine) -> FlaskClient:
    with transaction(engine) as session:
        account = member(session)
        session.flush()
        session.expunge(account)
    return browser(app, account)


def review(client: FlaskClient, url: str) -> tuple[dict[str, str], str]:
    """The form before ordering without its tick, and what the tick says."""
    page = unescape(client.get(f"{url}/order").text)
    tick = re.search(r'name="unmeasured" value="([^"]*)" required', page)
    fields = dict(re.findall(r'type="hidden" name="(agreed|total|ready)" value="([^"]*)"', page))
    return {**fields, "quantity": "1", "place": ""}, tick[1] if tick else ""


def last(engine: Engine) -> Order:
    with open_session(engine) as session:
        return session.scalars(select(Order).order_by(Order.id.desc())).first()


def test_what_nobody_gave_is_not_ordered_in_one_act(ada: FlaskClient) -> None:
    page = ada.get("/products/bench").text
    assert "Order as shown" not in page, "nor what most choose"
    assert re.search(r"Left to you</dt><dd>[2-9]", page)


def test_it_is_built_unmeasured_only_if_the_customer_says_so_of_each(ada: FlaskClient, engine: Engine) -> None:
    url = ada.post("/products/bench").location
    before, (form, tick) = last(engine).id, review(ada, url)
    assert tick == "height width"
    for said in ({}, {"unmeasured": ""}, {"unmeasured": "height"}, {"unmeasured": "on"}):
        refused = ada.post(f"{url}/order", data=form | said)
        assert (refused.status_code, "built unmeasured" in refused.text) == (409, True), said
    assert last(engine).id == before
    assert ada.post(f"{url}/order", data=form | {"unmeasured": tick}).status_code == 303
    assert last(engine).id > before


def test_the_sheet_says_it_and_nobody_remembers_it(ada: FlaskClient, app: Flask, engine: Engine) -> None:
    url = ada.post("/products/bench").location
    ada.post(url, data={"a.width": "900", "was.width": "", "answer": ""})
    form, tick = review(ada, url)
    assert tick == "height"
    page = ada.post(f"{url}/order", data=form | {"unmeasured": tick}).location
    with transaction(engine) as session:
        order = session.get_one(Order, last(engine).id)
        rows = {row["name"]: row["measured"] for group in order.sheet["groups"] for row in group["rows"]}
        assert [name for name, measured in rows.items() if not measured] == ["height"]
        told = facts.of(session, *order.customer.subjects)
        assert {trait: fact.answer["value"] for trait, fact in told.items()} == {"alcove": 900}
        piece = session.scalars(select(Evidence).where(Evidence.order_id == order.id)).one()
        assert from_plain(piece.values) == {name: value for name, value in from_plain(order.values).items()
                                            if name != "height"}
        paper = PdfReader(BytesIO(printing.pdf([printing.Paper.of(order)])))
        worker = member(session, "fulfilment")
        session.flush()
        session.expunge(worker)
    assert "not measured: standard" in " ".join(" ".join(page.extract_text() for page in paper.pages).split())
    assert browser(app, worker).get(f"/floor{page}").text.count("not measured: standard") == 1
    assert ada.get(page).text.count("not measured") == 1
    remembered = set(re.findall(r"\d+", re.sub("<[^>]*>", " ", unescape(ada.get("/memory").text))))
    assert "900" in remembered
    assert not remembered & {"175", "190"}
    assert review(ada, ada.post("/products/bench").location)[1] == "height", "it is asked the next time again"


def test_all_proposals_are_kept_but_for_guesses_about_somebody(ada: FlaskClient, engine: Engine) -> None:
    url = ada.post("/products/bench").location
    ada.post(f"{url}?group=1", data={"keep_all": ""})
    assert review(ada, url)[1] == "height width"
    ada.post(f"{url}?group=1", data={"keep": "height"})
    assert review(ada, url)[1] == "width", "one by one is deliberate"


def test_what_somebody_gave_once_is_measured_however_it_is_ordered_again(session) -> None:
    version, customer = published(session), a_customer(session)
    tom = subjects.add(session, customer, "person", "Tom")
    configured = specifications.Configured(version, bench_values(height=1820, width=700), {"height": 1820},
                                           guessed=["width"])
    revision = specifications.save(session, Whom(customer), "Terrace", configured)
    assert guesses(session, version, Whom.of(revision.specification), sessions.Begun.of(revision)) == ("width",)
    order = ordered(session, customer, version, height=1820, width=900, guessed=["width"], told={"height": 1820})
    shown = from_plain(order.values)
    again, shorter = sessions.Begun(shown=shown), sessions.Begun(shown={**shown, "height": 1700})
    assert guesses(session, version, Whom(customer), again) == ("width",)
    assert guesses(session, version, Whom(customer), shorter) == ("height", "width")
    assert guesses(session, version, Whom(customer, tom), again) == ("height", "width")
    facts.state(session, order.place, "alcove", 900, "mm")
    assert guesses(session, version, Whom(customer), again) == ()


def guesses(session, version, whom, begun):
    return unmeasured(session, progress_of(session, sessions.open_draft(session, version, whom, begun)))


def test_what_is_chosen_is_no_guess(session) -> None:
    draft = sessions.open_draft(session, published(session), guest="a guest")
    steps.answer(session, draft, {"height": 1500})
    assert unmeasured(session, progress_of(session, draft)) == ("width",)

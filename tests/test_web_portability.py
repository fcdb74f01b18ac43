"""What a customer takes along and brings back: whole, readable, harmless; nothing of anybody else."""

import csv
import io
import re

import pytest
from factories import HOSTILE, bench_values, member, ordered, published, sign_in, staff
from household import pages_on_sqlite
from hypothesis import given
from hypothesis import strategies as st
from portability import AT, LAST_YEAR, ROOM, brought, known, taken
from remembering import proposed
from sqlalchemy import func, select

from catalog.characters import hidden
from configurator import portable
from configurator.portable.document import SECTIONS
from configurator.settings import ROOT
from configurator.transaction import open_session, transaction
from orders import specifications
from orders.changes.changed import Request, Superseded
from orders.floor.worked import Measurement, Trouble
from orders.memory import plans
from orders.memory.remembered import Evidence
from orders.places.rooms import Plan
from orders.records import Customer, Order, Specification
from orders.relation import tiers
from orders.relation.followed import FollowUp, Tier, TierUse
from orders.shipments.posted import Mail
from orders.shipments.shipped import Shipment
from orders.subjects import Whom

pytestmark = pages_on_sqlite


@pytest.fixture
def ada(engine):
    return known(engine)


def test_what_reps_noted_is_taken_along_and_comes_back_nowhere(engine, ada):
    for write in portable.to_json, portable.to_csv:
        document = portable.from_bytes(taken(engine, ada, write))
        assert [note["text"] for note in document["note"]] == ["=Rings on Mondays.\nSpeaks Finnish."]
        assert (len(document["call"]), document["customer"][0]["company"]) == (1, "@Winter")
    with transaction(engine) as session:
        again = member(session)
    brought(engine, again, taken(engine, ada))
    assert portable.from_bytes(taken(engine, again))["note"] == []


def test_what_the_firm_and_the_bench_noted_is_taken_along_too(engine, ada):
    with transaction(engine) as session:
        order, rep, mira = session.scalars(select(Order)).one(), staff(session), member(session, name="Mira")
        gold = Tier(name="Gold", rank=1, currency="EUR", priority=True)
        tiers.put(session, order.customer, gold, "=They were patient", rep)
        for whose in order, ordered(session, mira.customer, today=LAST_YEAR):
            at_bench = {"order": whose, "operation": "saw", "step": 1, "key": f"at {whose.number}"}
            session.add(Measurement(**at_bench, value=12.05, within=False, decision="accept", word=whose.number))
            session.add(Measurement(**at_bench | {"operation": "gone", "key": f"{whose.id}"}, value=2, within=True))
            session.add(Trouble(**at_bench, note="A knot\nin the seat", outcome="Turned round", settled_at=AT))
            session.add(TierUse(tier_id=gold.id, order=whose, what="remake", cost=500))
            session.add(FollowUp(customer_id=whose.customer_id, about=f"answer {whose.number}", done="never"))
    for write in portable.to_json, portable.to_csv:
        document = portable.from_bytes(taken(engine, ada, write))
        assert [(one["value"], one["unit"], one["words"]) for one in document["measurement"]] == [
            ("12.05", "", order.number), ("2", "", "")]
        assert [(one["note"], one["words"], one["settled_at"]) for one in document["problem"]] == [
            ("A knot\nin the seat", "Turned round", AT)]
        assert [(one["name"], one["words"]) for one in document["tier"]] == [("Gold", "=They were patient")]
        assert [(one["order"], one["what"]) for one in document["tier use"]] == [(order.number, "remake")]
        assert [(one["about"], one["done"]) for one in document["follow up"]] == [(f"answer {order.number}", "never")]


def test_what_became_of_orders_and_was_written_about_them_is_taken_along(engine, ada):
    with transaction(engine) as session:
        order, mira = session.scalars(select(Order)).one(), member(session, name="Mira")
        for whose in order, ordered(session, mira.customer, today=LAST_YEAR):
            ids = {"order_id": whose.id, "customer_id": whose.customer_id}
            session.add(Superseded(**ids, number=1, values={"wood": "oak"}, sheet={}, total=9, quantity=2, done=[],
                                   promised_on=LAST_YEAR, why=f"=Pine for {whose.number}", at=AT))
            session.add(Request(**ids, kind="cancel", state="refused", why="Moved", at=AT,
                                word=f"{whose.number} is cut"))
            session.merge(Shipment(**ids, tracking=whose.number, shipped_at=AT))
            session.add(Mail(**ids, kind="shipped", locale="en", recipient="a@b.example", subject=f"On {whose.number}",
                             plain="It left.", html="<p>It left.</p>", at=AT))
    for write in portable.to_json, portable.to_csv:
        document = portable.from_bytes(taken(engine, ada, write))
        assert [(one["words"], one["values"]) for one in document["order before"]] == [
            (f"=Pine for {order.number}", {"wood": "oak"})]
        assert [(one["answer"], one["values"]) for one in document["request"]] == [(f"{order.number} is cut", None)]
        assert [(one["tracking"], one["carrier"]) for one in document["shipment"]] == [(order.number, None)]
        assert [(one["subject"], one["text"], one["sent_at"]) for one in document["mail"]] == [
            (f"On {order.number}", "It left.", None)]


@pytest.mark.parametrize("write", [portable.to_json, portable.to_csv])
def test_what_is_taken_comes_back_in_another_account(engine, ada, write):
    with transaction(engine) as session:
        again = member(session, name="Ada Winter")
    came = brought(engine, again, taken(engine, ada, write))
    assert came.counts == {"person": 1, "place": 1, "fact": 3, "specification": 1, "order": 1, "correction": 1,
                           "verdict": 1, "consent": 1}
    assert not came.left_out
    before, after = (portable.from_bytes(taken(engine, who)) for who in (ada, again))
    assert after["person"][1]["name"] == "Paul"
    assert [(place["name"], place["plan"]) for place in after["place"] if place["plan"]] == [("Terrace", ROOM)]
    assert {(fact["person"], fact["trait"], fact["value"], fact["at"]) for fact in before["fact"]} == {
        (fact["person"], fact["trait"], fact["value"], fact["at"]) for fact in after["fact"]}
    for section, same in (("specification", ("product", "name", "person", "place")),
                          ("revision", ("letter", "digest", "at", "choices", "values")), ("forgotten", ("key", "at"))):
        assert [[record[name] for name in same] for record in before[section]] == [
            [record[name] for name in same] for record in after[section]]
    assert after["order"] == []  # they are not orders here
    assert proposed(engine, again)[0] == proposed(engine, ada)[0]


def test_a_forgotten_plan_comes_as_one_and_a_file_brings_none_back(engine, ada):
    before = taken(engine, ada)
    with transaction(engine) as session:
        again = member(session, name="Ada Winter")
        plans.forget(session, subject_of(session, ada, "Terrace"))
    for account, content in ((again, taken(engine, ada)), (ada, before)):
        brought(engine, account, content)
        with transaction(engine) as session:
            terrace = subject_of(session, account, "Terrace")
            assert terrace.plan is None
            plans.recall(session, terrace)
            assert terrace.plan == ROOM
            plans.forget(session, terrace)
    with transaction(engine) as session:
        plans.keep(session, subject_of(session, again, "Terrace"), Plan(2000, 2000, 2000))
    brought(engine, again, taken(engine, ada))
    with open_session(engine) as session:
        assert subject_of(session, again, "Terrace").plan["width"] == 2000, "what was drawn here holds"


def subject_of(session, account, name):
    return next(one for one in session.get(Customer, account.customer_id).subjects if one.name == name)


@pytest.mark.parametrize("write", [portable.to_json, portable.to_csv])
def test_the_same_file_twice_changes_nothing(engine, ada, write):
    content = taken(engine, ada, write)
    assert brought(engine, ada, content).counts == {}
    with open_session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Specification)) == 1
        assert session.scalar(select(func.count()).select_from(Order)) == 1


def test_both_files_say_the_same(engine, ada):
    assert portable.from_bytes(taken(engine, ada)) == portable.from_bytes(taken(engine, ada, portable.to_csv))


def test_no_cell_of_the_table_is_a_formula(engine, ada):
    rows = csv.reader(io.StringIO(taken(engine, ada, portable.to_csv).decode()))
    cells = [cell for row in rows for cell in row]
    assert "'=SUM(A1)" in cells
    assert not [cell for cell in cells if cell[:1] in tuple("=+-@\t\r\n")]


@given(st.lists(st.sampled_from([*HOSTILE, "'", "''=1", "+49", "-1", "@x", "\t=1", "\r", "a\r\nb", "", '"']) | st.text(
    st.characters().filter(lambda sign: hidden(sign) is None), max_size=20), max_size=4))
def test_every_text_that_can_be_seen_survives_both_ways(texts):
    document = {section: [] for section in SECTIONS} | {"place": [
        {"name": text, "plan": {"walls": [text, -1, True]}, "at": AT} for text in texts]}
    for write in portable.to_json, portable.to_csv:
        assert portable.from_bytes(write(document).encode()) == document


def test_what_nobody_measured_is_brought_as_what_nobody_measured(engine, ada):
    with transaction(engine) as session:
        again, customer = member(session), session.get(Customer, ada.customer_id)
        configured = specifications.Configured(published(session), bench_values(height=2010), guessed=["height"])
        specifications.save(session, Whom(customer), "Guessed", configured)
    brought(engine, again, taken(engine, ada))
    with open_session(engine) as session:
        assert "2010" not in str([piece.values for piece in session.scalars(
            select(Evidence).where(Evidence.customer_id == again.customer_id))])


def test_the_pages_take_and_bring(engine, app, ada):
    client, other = app.test_client(), app.test_client()
    with transaction(engine) as session:
        mira = member(session, name="Mira")
    sign_in(client, ada)
    sign_in(other, mira)
    for suffix in "json", "csv":
        answer = client.get(f"/memory/take.{suffix}")
        assert answer.headers["Content-Disposition"] == f"attachment; filename=remembered-1001.{suffix}"
        assert answer.headers["Cache-Control"] == "no-store"
        assert b"Ada Winter" in answer.data
        assert b"Ada Winter" not in other.get(f"/memory/take.{suffix}").data
        page = other.post("/memory/bring", data={"file": (io.BytesIO(answer.data), f"file.{suffix}")}).text
        said = "Brought along: one person, one place, 3 measures" if suffix == "json" else "Nothing in the file is new"
        assert said in page.split("<h1>")[1].split('class="lead"')[0], "at the top, where the page opens"
    assert "Paul" in other.get("/memory").text
    assert other.get("/desk/clients/1001/memory/take.json").status_code == 403


def test_the_format_is_documented_field_by_field():
    documented = dict(re.findall(r"^\| `([a-z ]+)` \| ([^|]+) \|", (ROOT / "docs/portability.md").read_text(), re.M))
    assert documented.keys() == SECTIONS.keys()
    for section, fields in SECTIONS.items():
        assert set(re.findall(r"\w+", documented[section].replace(" or ", ", "))) == set(fields), section

"""What a customer takes along and brings back: whole, readable, harmless; nothing of anybody else."""

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from factories import HOSTILE, bench, bench_values, member, ordered, published, shipped, sign_in, staff
from household import pages_on_sqlite
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, func, select

from catalog.characters import hidden
from catalog.database import now
from catalog.model import from_plain
from configurator import portable
from configurator.engines import engine_of
from configurator.portable.document import MOST, SECTIONS
from configurator.recollection import propose
from configurator.settings import ROOT
from configurator.transaction import open_session, transaction
from orders import specifications, subjects
from orders.buildable import check
from orders.changes.changed import Request, Superseded
from orders.clients import notes
from orders.floor.worked import Measurement, Trouble
from orders.memory import consents, facts, feedback, pieces, plans
from orders.memory.remembered import Evidence, Fact
from orders.places.rooms import Block, Plan
from orders.records import Customer, Order, Specification
from orders.relation import tiers
from orders.relation.followed import FollowUp, Tier, TierUse
from orders.shipments.posted import Mail
from orders.shipments.shipped import Shipment
from orders.subjects import Whom

LAST_YEAR = now().date() - timedelta(300)
AT = datetime(LAST_YEAR.year, LAST_YEAR.month, LAST_YEAR.day, tzinfo=UTC)


ROOM = Plan(3000, 2000, 2500, walls=(Block(0, 0, 400, 300, 2500, "=Chimney"),)).plain()


pytestmark = pages_on_sqlite


@pytest.fixture
def ada(engine):
    """Ada, who orders for herself and Paul, has a terrace, took a correction and a verdict, and forgot her lamp."""
    with transaction(engine) as session:
        account, version = member(session, name="Ada Winter"), published(session)
        customer = account.customer
        paul = subjects.add(session, customer, "person", "Paul")
        terrace = subjects.add(session, customer, "place", "Terrace")
        terrace.plan = ROOM
        facts.state(session, paul, "height", 1910, "mm", "this page", "Ben, the carpenter", AT)
        saved = specifications.save(session, Whom(customer, person=paul, place=terrace), "=SUM(A1)",
                                    specifications.Configured(version, bench_values(wood="pine"), {"wood": "pine"}),
                                    account, at=AT)
        specifications.save(session, Whom(customer), "=SUM(A1)",
                            specifications.Configured(version, bench_values(engraving="@Paul"), {"wood": "oak"}),
                            account, saved.specification, at=AT + timedelta(1))
        order = ordered(session, customer, version, today=LAST_YEAR, engraving="-Ada, 'til \"June\"", wood="pine")
        shipped(session, order)
        feedback.give(session, order, {"wood": feedback.Verdict("other", "oak", "Too bright")}, "A note")
        known = {piece.key: piece for piece in pieces.of(session, customer)}
        pieces.tell(session, customer, known["bench.hooks"], frozenset({"right"}), "this page")
        pieces.forget(session, customer, known["bench.lamp"])
        consents.say(session, customer, "analysis", False, account)
        notes.write(session, customer, "=Rings on Mondays.\nSpeaks Finnish.", staff(session))
        customer.company = "@Winter"
    return account


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


def taken(engine, account, write=portable.to_json):
    with open_session(engine) as session:
        return write(portable.take(session, session.get(Customer, account.customer_id))).encode()


def proposed(engine, account):
    with open_session(engine) as session:
        version, customer = published(session), session.get(Customer, account.customer_id)
        whom = subjects.likely(session, Whom(customer), version)
        return propose(session, version, engine_of(version).start(), whom).configuration.values()


def brought(engine, account, content):
    with transaction(engine) as session:
        return portable.bring(session, session.get(Customer, account.customer_id), portable.from_bytes(content), None)


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
    assert proposed(engine, again) == proposed(engine, ada)


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


def test_another_catalogue_takes_what_it_has_and_says_what_it_has_not(engine, ada):
    content = json.loads(taken(engine, ada))
    content["revision"][0]["values"]["varnish"] = "matt"
    content["evidence"][-1] |= {"product": "boat"}
    content["fact"].append({**content["fact"][0], "trait": "shoe size", "value": 42})
    content["fact"].append({**content["fact"][0], "value": 5})
    with transaction(engine) as session:
        again = member(session)
    content["place"].append({**content["place"][0], "name": "Attic", "plan": {"width": 1, "walls": "none"}})
    came = brought(engine, again, json.dumps(content).encode())
    assert set(came.left_out) == {("plan", "Attic"), ("answer", "Garden bench: varnish"), ("product", "boat"),
                                  ("fact", "shoe size"), ("fact", "height")}


def test_a_file_takes_back_what_is_allowed_and_allows_nothing(engine, ada):
    with transaction(engine) as session:
        mira, allowing = member(session, name="Mira"), member(session, name="Max")
        consents.say(session, mira.customer, "experience", False, mira)
    content = taken(engine, ada)
    assert brought(engine, allowing, content).counts["consent"] == 1
    document = json.loads(content) | {"consent": [
        {"purpose": "experience", "given": False, "at": AT.isoformat()},
        {"purpose": "experience", "given": True, "at": AT.isoformat()},
        {"purpose": "world domination", "given": True, "at": AT.isoformat()}]}
    assert set(brought(engine, mira, json.dumps(document).encode()).left_out) == {("consent", "experience")}
    with open_session(engine) as session:
        assert [consents.allowed(session, session.get(Customer, who.customer_id)) for who in (allowing, mira)] == [
            {"proposals", "experience"}, {"proposals", "analysis"}]


def test_a_specification_that_cannot_be_built_here_is_brought_to_what_can(engine, ada):
    content = json.loads(taken(engine, ada))
    first, second = content["revision"]
    first["values"] |= {"lamp": True}  # of pine
    second["values"] = {"colour": "red"}
    with transaction(engine) as session:
        again = member(session)
    came = brought(engine, again, json.dumps(content).encode())
    assert {("mended", "=SUM(A1)"), ("specification", "=SUM(A1)")} <= came.left_out.keys()
    with open_session(engine) as session:
        revision, = specifications.of(session, session.get(Customer, again.customer_id))[0].revisions
        check(bench(), from_plain(revision.values))
        assert from_plain(revision.values)["engraving"] == first["values"]["engraving"]


def test_what_nobody_measured_is_brought_as_what_nobody_measured(engine, ada):
    with transaction(engine) as session:
        again, customer = member(session), session.get(Customer, ada.customer_id)
        configured = specifications.Configured(published(session), bench_values(height=2010), guessed=["height"])
        specifications.save(session, Whom(customer), "Guessed", configured)
    brought(engine, again, taken(engine, ada))
    with open_session(engine) as session:
        assert "2010" not in str([piece.values for piece in session.scalars(
            select(Evidence).where(Evidence.customer_id == again.customer_id))])


BAD = {
    "nothing": b"", "no text": b"\xff\xfe\x00", "no JSON": b"{", "not ours": b"{}",
    "another version": b'{"lot_one": 2}',
    "unknown section": b'{"lot_one": 1, "accounts": []}', "no list": b'{"lot_one": 1, "fact": {}}',
    "no record": b'{"lot_one": 1, "fact": [1]}', "missing field": b'{"lot_one": 1, "fact": [{}]}',
    "unknown field": b'{"lot_one": 1, "person": [{"name": "A", "themself": true, "at": "2026-01-01", "role": "rep"}]}',
    "wrong kind": b'{"lot_one": 1, "person": [{"name": 1, "themself": true, "at": "2026-01-01"}]}',
    "not a moment": b'{"lot_one": 1, "person": [{"name": "A", "themself": true, "at": "soon"}]}',
    "NaN": b'{"lot_one": NaN}', "a fraction": b'{"lot_one": 1.0}', "huge": b'{"lot_one": ' + b"9" * 6000 + b"}",
    "deep": b'{"lot_one": 1, "fact": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep plan": json.dumps({"lot_one": 1, "place": [{"name": "A", "at": "2026-01-01", "plan": json.loads(
        '{"a":' * 50 + "1" + "}" * 50)}]}).encode(),
    "many": json.dumps({"lot_one": 1, "consent": [{"purpose": "x", "given": True, "at": "2026-01-01"}] * (MOST + 1)}
                       ).encode(),
    "long": json.dumps({"lot_one": 1, "consent": [{"purpose": "x" * 5000, "given": True, "at": "2026-01-01"}]}
                       ).encode(),
    "NUL": b'{"lot_one": 1, "consent": [{"purpose": "\\u0000", "given": true, "at": "2026-01-01"}]}',
    "half a sign": b'{"lot_one": 1, "forgotten": [{"key": "\\ud800", "at": "2026-01-01"}]}',
    "a sign that turns others round": json.dumps({"lot_one": 1, "fact": [
        {"person": "A", "trait": "height", "value": 1600, "unit": "mm", "at": "2026-01-01", "source": "",
         "taken_by": "\u202eneB"}]}).encode(),
    "many people": json.dumps({"lot_one": 1, "person": [
        {"name": f"{n}", "themself": False, "at": "2026-01-01"} for n in range(201)]}).encode(),
    "no table": b"a,b\r\n1,2\r\n", "unknown record": b"record,name\r\nadmin,x\r\n",
    "ragged": b"record,name\r\nperson\r\n",
    "bad quotes": b'record,name\r\nperson,"x"y\r\n', "number too large":
    b'{"lot_one": 1, "past order": [{"product": "b", "quantity": 99999999999, "source": "", "values": {}}]}',
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_read_is_refused_whole(engine, app, ada, name):
    client = app.test_client()
    sign_in(client, ada)
    before = taken(engine, ada)
    answer = client.post("/memory/bring", data={"file": (io.BytesIO(BAD[name]), "file.json")})
    assert answer.status_code == 422, name
    assert "Refused; nothing was changed." in answer.text
    assert taken(engine, ada) == before


def test_the_shop_is_not_kept_waiting_by_what_a_file_forgets(engine, ada):
    with transaction(engine) as session:
        customer = session.get(Customer, ada.customer_id)
        documents = [portable.from_bytes(json.dumps({"lot_one": 1, "forgotten": [
            {"key": f"{count} {n}", "at": "2026-01-01"} for n in range(count)]}).encode()) for count in (2, 200)]
        asked = []
        event.listen(session, "do_orm_execute", lambda state: asked.append(state.is_select))
        for document in documents:
            portable.bring(session, customer, document, None)
            asked.append("next")
    few, many = "".join("n" if one == "next" else "s" for one in asked).split("n")[:2]
    assert len(many) == len(few)


def test_nothing_is_half_brought(engine, ada, monkeypatch):
    content = taken(engine, ada)
    with transaction(engine) as session:
        again = member(session)
    before = taken(engine, again)
    monkeypatch.setattr("orders.memory.evidence.keep", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        brought(engine, again, content)
    assert taken(engine, again) == before


def test_a_file_cannot_make_others_experience_nor_date_itself_ahead(engine, ada):
    """Whoever brings a thousand orders that nobody placed changes what is proposed to themselves alone."""
    with transaction(engine) as session:
        liar = member(session)
        stranger = member(session)
        published(session, bench())
    record = json.loads(taken(engine, ada))["evidence"][-1] | {"kind": "order", "verdicts": {}}
    document = {"lot_one": 1, "evidence": [
        {**record, "person": None, "place": None, "at": f"2999-01-01T00:00:{n:02}+00:00", "source": f"order {n}",
         "values": bench_values(wood="pine", hooks=["right"])} for n in range(30)]}
    brought(engine, liar, json.dumps(document).encode())
    assert proposed(engine, liar)["hooks"] == frozenset({"right"})
    assert proposed(engine, stranger)["hooks"] == frozenset()
    with open_session(engine) as session:
        assert session.scalar(select(func.max(Evidence.at))) <= now()
        assert session.scalar(select(func.count()).where(Evidence.kind == "order")) == 1
        assert session.scalar(select(func.max(Fact.stated_at))) <= now()


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

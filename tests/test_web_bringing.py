"""What a file that is brought cannot do: come by halves, speak for others, say what is unknown, keep the shop busy."""

import io
import json

import pytest
from factories import bench, bench_values, member, published, sign_in
from household import pages_on_sqlite
from portability import AT, brought, known, taken
from remembering import proposed
from sqlalchemy import event, func, select

from catalog.database import now
from catalog.model import from_plain
from configurator import portable
from configurator.portable.document import MOST
from configurator.transaction import open_session, transaction
from orders import specifications
from orders.buildable import check
from orders.memory import consents
from orders.memory.remembered import Evidence, Fact
from orders.records import Customer

pytestmark = pages_on_sqlite


@pytest.fixture
def ada(engine):
    return known(engine)


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
    assert proposed(engine, liar)[0]["hooks"] == frozenset({"right"})
    assert proposed(engine, stranger)[0]["hooks"] == frozenset()
    with open_session(engine) as session:
        assert session.scalar(select(func.max(Evidence.at))) <= now()
        assert session.scalar(select(func.count()).where(Evidence.kind == "order")) == 1
        assert session.scalar(select(func.max(Fact.stated_at))) <= now()

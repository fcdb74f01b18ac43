"""What is no longer needed goes once a day, whoever serves; it says what it removed, and nothing else goes."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from click.testing import CliRunner
from factories import bench, bench_values, member, ordered, published, read_in, shipped, sign_in, staff
from sqlalchemy import func, select

from catalog.database import now
from catalog.formats import from_document, to_document
from configurator import retention
from configurator.cli import main
from configurator.drafts.sessions import open_draft
from configurator.records import Draft
from configurator.settings import Settings
from configurator.transaction import open_session, transaction
from configurator.web.memory.keeping import REMOVED
from orders import accounts, subjects
from orders.clients import calls, notes
from orders.memory import erasure, facts, pieces, plans
from orders.memory.evidence import Occasion
from orders.memory.history import Row
from orders.memory.remembered import ErasureWish, Evidence, Fact, Forgotten, Removal
from orders.places.rooms import Plan
from orders.records import Account, Customer, HistoryFile, Login, LoginFailure, Order, PastOrder
from orders.specifications import Configured, save
from orders.subjects import Whom

SETTINGS = Settings()
LAST_YEAR = now().date() - timedelta(300)
AT = datetime(LAST_YEAR.year, LAST_YEAR.month, LAST_YEAR.day, tzinfo=UTC)


def removed(session, settings=SETTINGS):
    """How many of what; nothing of what there was none."""
    session.flush()
    return {removal.what: removal.count for removal in retention.retain(session, settings) if removal.count}


def aged(session, draft, days):
    session.flush()
    session.execute(Draft.__table__.update().where(Draft.id == draft.id).values(
        updated_at=now() - timedelta(days=days)))
    session.expire_all()


def test_configurations_go_when_nobody_came_back_to_them(session):
    version, customer = published(session), member(session).customer
    drafts = {name: open_draft(session, version, **owner) for name, owner in {
        "guest": {"guest": "a"}, "old guest": {"guest": "b"}, "old": {"whom": Whom(customer)},
        "new": {"whom": Whom(customer)}}.items()}
    for name, days in ("guest", 29), ("old guest", 31), ("new", 364), ("old", 366):
        aged(session, drafts[name], days)
    kept = {drafts["guest"].id, drafts["new"].id}
    assert removed(session) == {"configurations of guests": 1, "old configurations of customers": 1}
    assert set(session.scalars(select(Draft.id))) == kept


def test_logins_and_failures_that_are_over_go(session):
    account = member(session)
    for ends in -1, 1:
        session.add(Login(digest=str(ends), account_id=account.id, until=now() + timedelta(days=ends)))
    accounts.authenticate(session, account.email, "wrong password", "127.0.0.1")
    session.add(LoginFailure(key="email:x", at=now() - accounts.WINDOW - timedelta(seconds=1)))
    assert removed(session) == {"logins that ended": 1, "failed sign-ins": 1}
    assert session.scalars(select(Login.digest)).all() == ["1"]


@pytest.fixture
def ada(session):
    account, version = member(session, name="Ada"), published(session)
    save(session, Whom(account.customer), "Mine",
         Configured(version, bench_values(engraving="Xanthippe"), bench_values(engraving="Xanthippe")), account, at=AT)
    shipped(session, ordered(session, account.customer, version, today=LAST_YEAR, engraving="Xanthippe", wood="pine"))
    return account.customer


def forget(session, customer, key, days):
    known = {piece.key: piece for piece in pieces.of(session, customer)}
    pieces.forget(session, customer, known[key])
    session.scalars(select(Forgotten).where(Forgotten.key == key)).one().at = now() - timedelta(days=days)
    session.flush()


def test_what_was_forgotten_is_taken_out_when_it_can_no_longer_be_undone(session, ada):
    forget(session, ada, "bench.engraving", 8)
    forget(session, ada, "height", 8)
    forget(session, ada, "bench.wood", 6)
    assert removed(session) == {"forgotten pieces": 2}
    stated = session.scalars(select(Evidence).where(Evidence.customer_id == ada.id)).all()
    assert [("engraving" in one.values, "height" in one.values, "wood" in one.values) for one in stated] == [
        (False, False, True)] * 2
    assert "height" not in session.scalars(select(Fact.trait)).all()
    assert session.scalars(select(Forgotten.key)).all() == ["bench.wood"]
    assert ada.orders[0].values["engraving"] == "Xanthippe"  # it is what was promised
    assert {"height", "bench.engraving"} & {piece.key for piece in pieces.of(session, ada)} == set()


def test_a_plan_that_was_forgotten_goes_too(session, ada):
    room = Plan(3000, 2000, 2500)
    for name, days in (("Attic", 8), ("Hall", 6)):
        place = subjects.add(session, ada, "place", name)
        plans.keep(session, place, room)
        plans.forget(session, place, now() - timedelta(days))
    assert removed(session) == {"forgotten pieces": 1}
    for place in subjects.of(session, ada, "place"):
        plans.recall(session, place)
    assert {place.name: place.plan for place in ada.subjects if place.plan} == {"Hall": room.plain()}


def test_what_was_said_since_stays(session, ada):
    forget(session, ada, "height", 8)
    facts.state(session, ada.subjects[0], "height", 1800, "mm", "order 2002")
    assert removed(session) == {"forgotten pieces": 1}
    assert [fact.answer["value"] for fact in session.scalars(select(Fact).where(Fact.trait == "height"))] == [1800]


def test_what_is_told_anew_holds_although_it_was_measured_before_the_rest_was_forgotten(session, ada):
    forget(session, ada, "height", 0)
    place = ada.subjects[0].id, "height"
    pieces.tell(session, ada, pieces.find(session, ada, place), 1880,
                Occasion("this page", at=now() - timedelta(days=3)))
    known = pieces.find(session, ada, place)
    assert (known.forgotten, [statement.answer for statement in known.statements]) == (None, [1880])
    assert removed(session) == {}
    assert facts.of(session, ada.subjects[0])["height"].answer == {"value": 1880}


def test_evidence_and_facts_go_after_the_years_that_are_set_and_not_before(session, ada):
    for stated in session.scalars(select(Evidence).where(Evidence.kind == "order")):
        stated.at = now() - timedelta(days=366 * 3)
    assert removed(session) == {}
    assert removed(session, replace(SETTINGS, evidence_years=3)) == {"old evidence and facts": 1}
    assert session.scalars(select(Evidence.kind)).all() == ["specification"]


def test_who_was_not_seen_for_the_years_that_are_set_is_erased(session, ada):
    lately, unseen = member(session).customer, member(session).customer
    for customer in ada, lately, unseen:
        customer.created_at = now() - timedelta(days=3000)
    session.add(Login(digest="x", account_id=session.scalar(select(Account.id).where(
        Account.customer_id == lately.id)), until=now() + timedelta(days=1)))
    assert removed(session) == {}
    assert removed(session, replace(SETTINGS, unseen_years=2)) == {"customers not seen for long": 1}
    assert [erasure.erased(session, one) is None for one in (ada, lately, unseen)] == [True, True, False]


def test_notes_and_calls_go_when_they_are_as_old_as_evidence_may_be(session):
    customer, rep = member(session).customer, staff(session)
    for years in 1, 4:
        notes.write(session, customer, f"{years} years ago", rep, now() - timedelta(days=366 * years))
    assert removed(session) == {}
    assert removed(session, replace(SETTINGS, evidence_years=3)) == {"old notes and calls": 2}
    assert [note.text for note in notes.of(session, customer)] == ["1 years ago"]


def test_whoever_was_spoken_to_lately_is_not_unseen(session):
    customer = member(session).customer
    customer.created_at = now() - timedelta(days=3000)
    calls.act(session, customer, staff(session))
    assert removed(session, replace(SETTINGS, unseen_years=2)) == {}


def test_a_wish_to_be_erased_is_fulfilled_when_nothing_is_being_made(session):
    customer, version = member(session).customer, published(session)
    order = ordered(session, customer, version, today=LAST_YEAR)
    session.add(ErasureWish(customer_id=customer.id))
    assert removed(session) == {}
    shipped(session, order)
    assert removed(session) == {"customers who wished to be erased": 1}
    assert erasure.wish(session, customer) is None
    assert customer.name == erasure.NAME


def test_the_orders_of_the_erased_go_when_the_books_need_them_no_more(session, ada):
    erasure.erase(session, ada)
    assert removed(session) == {}
    session.execute(Order.__table__.update().values(placed_at=now() - timedelta(days=366 * 10)))
    session.expire_all()
    assert removed(session) == {"orders of erased customers": 1}
    assert session.scalars(select(Customer)).all() == []


def test_a_rule_that_fails_takes_back_what_it_did_and_holds_up_no_other(session, ada, monkeypatch, caplog):
    def fails(session, *_):
        session.add(Customer(number=ada.number, name="Twice"))
        session.flush()

    monkeypatch.setattr(retention, "RULES", {"what fails": fails, **retention.RULES})
    forget(session, ada, "height", 8)
    assert removed(session) == {"forgotten pieces": 1}
    assert "Of what fails nothing could be removed" in caplog.text
    assert session.scalars(select(Customer)).all() == [ada]


def test_it_runs_once_a_day_however_many_serve(database):
    at_once, results = Barrier(4), []

    def serve():
        at_once.wait()
        results.append(retention.daily(database, SETTINGS))

    servers = [Thread(target=serve) for _ in range(4)]
    for server in servers:
        server.start()
    for server in servers:
        server.join()
    assert sorted(map(type, results), key=str) == [type(None)] * 3 + [list]  # whoever met another one started over
    assert retention.daily(database, SETTINGS) is None
    with open_session(database) as session:
        assert session.scalar(select(func.count()).select_from(Removal)) == len(retention.RULES)


def test_the_next_day_it_runs_again(database, monkeypatch):
    assert retention.daily(database, SETTINGS)
    tomorrow = now() + timedelta(days=1)
    monkeypatch.setattr(retention, "now", lambda: tomorrow)
    assert retention.daily(database, SETTINGS)


def test_what_failed_is_shown_until_it_succeeds(app_with, monkeypatch, caplog):
    app = app_with()
    engine = app.extensions["engine"]
    with transaction(engine) as session:
        manager = member(session, "manager")
    client = app.test_client()
    sign_in(client, manager)
    assert "Not removed" not in client.get("/keeping/").text  # it did not run yet
    monkeypatch.setattr(retention, "RULES", retention.RULES | {"old mails": lambda *_: 1 / 0})
    assert retention.daily(engine, SETTINGS)
    page = client.get("/keeping/").text
    assert "Not removed: it failed, and is tried again the next day" in page
    assert page.count("Old mails") == 1
    monkeypatch.undo()
    with transaction(engine) as session:
        retention.retain(session, SETTINGS)
    assert "Not removed" not in client.get("/keeping/").text


def test_the_command_and_the_page_say_what_was_removed(app_with, monkeypatch):
    app = app_with()
    engine = app.extensions["engine"]
    with transaction(engine) as session:
        aged(session, open_draft(session, published(session), guest="a"), 40)
        manager, customer = member(session, "manager"), member(session)
    monkeypatch.setenv("LOTONE_DATABASE_URL", str(engine.url))
    said = CliRunner().invoke(main, ["retain"])
    assert said.exit_code == 0, said.output
    assert "1  configurations of guests" in said.output
    assert "0  failed sign-ins" in said.output
    client = app.test_client()
    sign_in(client, manager)
    page = client.get("/keeping/").text
    assert "<dt>Configurations of guests</dt><dd>1</dd>" in page
    assert "Failed sign-ins" not in page, "none was removed"
    assert set(REMOVED) == set(retention.RULES), "each has words in the reader's language"
    other = app.test_client()
    sign_in(other, customer)
    assert other.get("/keeping/").status_code == 403


def test_what_was_read_in_from_files_is_taken_out_too(session, tmp_path):
    customer = member(session).customer
    read_in(session, published(session), tmp_path / "past.csv",
            Row((("engraving", "Xanthippe"), ("wood", "oak")), customer.number, LAST_YEAR))
    forget(session, customer, "bench.engraving", 8)
    assert removed(session) == {"forgotten pieces": 1}
    assert session.scalars(select(PastOrder)).one().values == {"wood": "oak"}


def test_what_was_read_in_goes_after_the_years_that_are_set_too(session, tmp_path):
    customer, long_ago = member(session).customer, LAST_YEAR - timedelta(1100)
    placed = (customer.number, LAST_YEAR), (customer.number, long_ago), (None, long_ago), (customer.number, None)
    read_in(session, published(session), tmp_path / "past.csv", *(Row((("wood", "oak"),), *one) for one in placed))
    assert removed(session, replace(SETTINGS, evidence_years=3)) == {"old evidence and facts": 1}
    session.scalars(select(HistoryFile)).one().read_at = AT - timedelta(1100)
    assert removed(session, replace(SETTINGS, evidence_years=3)) == {"old evidence and facts": 1}
    assert {(past.customer_id, past.placed_on) for past in session.scalars(select(PastOrder))} == {
        (customer.id, LAST_YEAR), (None, LAST_YEAR - timedelta(1100))}


def test_what_was_read_in_and_is_called_otherwise_now_stays_forgotten_and_goes(session, tmp_path):
    customer = member(session).customer
    read_in(session, published(session), tmp_path / "past.csv",
            Row((("engraving", "Xanthippe"), ("wood", "oak")), customer.number, LAST_YEAR))
    forget(session, customer, "bench.engraving", 8)
    document = to_document(bench())
    next(one for one in document["characteristics"] if one["name"] == "engraving").update(
        name="words", was=["engraving"])
    published(session, from_document(json.loads(json.dumps(document).replace("{engraving}", "{words}").replace(
        "size(engraving)", "size(words)").replace("engraving != ", "words != "))))
    assert {piece.key: piece.forgotten is None for piece in pieces.of(session, customer)} == {
        "bench.words": False, "bench.wood": True}
    assert removed(session) == {"forgotten pieces": 1}
    assert session.scalars(select(PastOrder)).one().values == {"wood": "oak"}

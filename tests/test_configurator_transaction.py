"""A request is stored whole or not at all, and nobody's update gets lost."""

import ast
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import count as count_up
from multiprocessing import get_context
from time import monotonic, sleep

import pytest
from factories import a_customer, member, published, sign_in
from flask import abort, flash
from flask import session as cookie
from psycopg.errors import SerializationFailure
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from catalog.database import connect, writing, writing_late
from configurator.drafts import sessions
from configurator.records import Draft
from configurator.settings import ROOT
from configurator.transaction import repeated, transaction, write_late
from configurator.transaction import session as of_request
from configurator.web.access import access, current_account, sign_out
from orders.records import Customer, LoginFailure


@pytest.fixture
def client(app):
    """A browser of an application with two views more."""
    app.testing = False  # errors become pages, as for everybody

    @app.post("/test/add/<how>")
    @access("public")
    def add(how):
        a_customer(of_request)
        if how == "abort":
            abort(404)
        if how == "fail":
            raise RuntimeError("broken")
        return "stored"

    @app.post("/test/raise")
    @access("public")
    def raise_number():
        customer = of_request.scalars(select(Customer)).one()
        customer.phone = str(int(customer.phone) + 1)
        flash("raised")
        return {"said": len(cookie["_flashes"])}
    return app.test_client()


def connected(database):
    """As who only reads is."""
    return database


def count(database):
    with transaction(database) as session:
        return session.scalar(select(func.count()).select_from(Customer))


@pytest.mark.parametrize(("how", "status", "stored"), [("well", 200, 1), ("abort", 404, 0), ("fail", 500, 0)])
def test_a_request_is_stored_if_it_ends_well_and_leaves_nothing_if_not(client, database, how, status, stored):
    assert client.post(f"/test/add/{how}").status_code == status
    assert count(database) == stored


def test_an_answer_is_sent_only_when_what_it_says_is_stored(client, database, monkeypatch):
    def full(_):
        raise OSError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr("sqlalchemy.orm.Session.commit", full)
        assert client.post("/test/add/well").status_code == 500
    assert count(database) == 0


def test_a_command_is_stored_whole_or_not_at_all(database):
    def interrupted():
        with transaction(database) as session:
            a_customer(session)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert count(database) == 0


def test_updates_at_the_same_time_all_count_and_each_says_so_once(client, app, database):
    with transaction(database) as session:
        a_customer(session, phone="0")
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: app.test_client().post("/test/raise"), range(60)))
    assert [answer.status_code for answer in answers] == [200] * 60
    assert {answer.json["said"] for answer in answers} == {1}
    with transaction(database) as session:
        assert session.scalar(select(Customer.phone)) == "60"


def test_who_meets_others_again_and_again_gets_through_or_is_told_in_the_end(monkeypatch):
    met, meetings = OperationalError("", {}, SerializationFailure()), iter(range(20))

    def act():
        if next(meetings, None) is not None:
            raise met
        return "stored"
    assert repeated(act) == "stored"
    monkeypatch.setattr("configurator.transaction.WAIT", 0.1)
    meetings = count_up()
    with pytest.raises(OperationalError):
        repeated(act)


def test_a_view_that_writes_late_keeps_nobody_waiting_while_it_computes(client, app, database):
    @app.post("/test/late")
    @access("public")
    def late():
        write_late()
        assert of_request.scalar(select(func.count()).select_from(Customer)) == 0
        with transaction(database) as other:
            a_customer(other)
        of_request.add(LoginFailure(key="stored"))
        return "stored"
    assert client.post("/test/late").status_code == 200
    assert count(database) == 1
    with transaction(database) as session:
        assert session.scalars(select(LoginFailure.key)).all() == ["stored"]


def test_a_view_that_writes_late_is_stored_whole_or_not_at_all(client, app, database):
    @app.post("/test/late/<how>")
    @access("public")
    def late(how):
        write_late()
        a_customer(of_request)
        of_request.flush()
        abort(404 if how == "abort" else 500)
    assert {client.post(f"/test/late/{how}").status_code for how in ("abort", "fail")} == {404, 500}
    assert count(database) == 0


def test_who_changed_what_another_changed_meanwhile_starts_over(client, app, database):
    with transaction(database) as session:
        draft = sessions.open_draft(session, published(session), guest="somebody")
    turns = []

    @app.post("/test/input")
    @access("public")
    def count_input():
        write_late()
        mine = of_request.get(Draft, draft.id)
        turns.append(mine.inputs)
        if len(turns) == 1:
            with transaction(database) as other:
                other.get(Draft, draft.id).inputs += 1
        mine.inputs += 1
        return "counted"
    assert client.post("/test/input").status_code == 200
    assert turns == [0, 1]
    with transaction(database) as session:
        assert session.get(Draft, draft.id).inputs == 2


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # SQLite has no zone of its own
def test_moments_and_their_days_are_those_of_utc_wherever_the_server_stands(database):
    with database.connect() as connection:
        name = connection.scalar(text("SELECT current_database()"))
        connection.execute(text(f'ALTER DATABASE "{name}" SET timezone TO \'Pacific/Auckland\''))
        connection.commit()
    database.dispose()
    late = datetime(2027, 1, 5, 23, 30, tzinfo=UTC)
    with transaction(database) as session:
        a_customer(session).created_at = late
    with transaction(database) as session:
        at, day = session.execute(select(Customer.created_at, func.date(Customer.created_at))).one()
    assert (at, at.date(), day) == (late, late.date(), late.date())


def test_who_starts_over_is_whoever_they_were_at_the_beginning(client, app, database):
    with transaction(database) as session:
        account = member(session)
    met = OperationalError("", {}, SerializationFailure())
    turns = []

    @app.post("/test/leave")
    @access("customer")
    def leave():
        turns.append(current_account().name)
        sign_out()
        if len(turns) == 1:
            raise met
        return "left"
    sign_in(client, account)
    assert client.post("/test/leave").text == "left"
    assert turns == [account.name] * 2


def test_only_one_place_commits():
    sites = [str(path.relative_to(ROOT))
             for room in ("catalog", "orders", "configurator") for path in (ROOT / room).rglob("*.py")
             for node in ast.walk(ast.parse(path.read_text()))
             if isinstance(node, ast.Call) and ast.unparse(node.func).endswith((
                 ".commit", "session.begin", "engine.begin", "connection.begin"))]
    assert sites == ["configurator/transaction.py"]


def test_writers_take_turns_and_none_waits_for_many_others(sqlite):
    def write(_):
        waits = []
        for _ in range(10):
            start = monotonic()
            with transaction(sqlite) as session:
                a_customer(session)
                waits.append(monotonic() - start)
                sleep(0.01)
            sleep(0.001)  # the next one of this thread is a new visitor
        return max(waits)

    with ThreadPoolExecutor(6) as threads:
        assert max(threads.map(write, range(6))) < 1.5  # each one's turn is a tenth of a second; machines are busy


def hold(url, holding, done):
    """Holds the write lock nearly all the time."""
    engine = connect(url)
    while not done.is_set():
        with transaction(engine) as session:
            a_customer(session)
            holding.set()
            sleep(0.15)
        sleep(0.01)


def test_writers_of_several_processes_take_turns(sqlite):
    processes = get_context("fork")
    holding, done = processes.Event(), processes.Event()
    other = processes.Process(target=hold, args=(str(sqlite.url), holding, done))
    other.start()
    assert holding.wait(10)
    waits = []
    for _ in range(6):
        start = monotonic()
        with transaction(sqlite) as session:
            a_customer(session)
        waits.append(monotonic() - start)
        sleep(0.05)
    done.set()
    other.join(10)
    assert max(waits) < 1, waits


@pytest.mark.parametrize("turns", [(writing, writing_late, writing), (writing_late, connected, writing_late)])
def test_only_who_writes_late_does_not_wait_for_the_disk(database, turns):
    """What a connection did before says nothing about what it does next."""
    asked = "PRAGMA synchronous"
    if database.dialect.name == "postgresql":
        asked = "SHOW synchronous_commit"
        with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f'ALTER DATABASE "{database.url.database}" SET synchronous_commit = on'))
        database.dispose()  # connections to come know of it; the server for tests waits for no disk else
    for way in turns:
        with way(database).connect() as connection:
            waits = connection.execute(text(asked)).scalar_one() in (2, "on")
        assert waits == (way is not writing_late)

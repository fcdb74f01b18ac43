"""The migrations make the schema that the records describe, take it down, and freeze what was promised."""

import json

import pytest
from alembic.util import CommandError
from factories import a_customer, bench_values, ordered, published
from sqlalchemy import delete, inspect, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from catalog.database import connect
from catalog.model import to_plain
from configurator import schema
from configurator.drafts import steps
from configurator.drafts.progress import progress_of
from configurator.drafts.sessions import open_draft
from configurator.records import Draft
from orders import subjects
from orders.clients.finding import find
from orders.memory import facts
from orders.memory.remembered import Erasure, Evidence
from orders.records import Customer
from orders.specifications import Configured, save
from orders.subjects import Whom


def test_the_migrations_make_what_the_records_say(database):
    schema.check(database)


def test_a_difference_would_be_noticed(database):
    with database.begin() as connection:
        connection.execute(text("ALTER TABLE customer DROP COLUMN phone"))
    with pytest.raises(CommandError, match="phone"):
        schema.check(database)


def test_migrations_go_down_to_nothing_and_up_again(database):
    tables = set(inspect(database).get_table_names())
    assert len(tables) > 10
    assert schema.is_current(database)
    schema.take_down(database)
    assert set(inspect(database).get_table_names()) == {"alembic_version"}
    assert not schema.is_current(database)
    schema.migrate(database)
    assert set(inspect(database).get_table_names()) == tables
    schema.check(database)


def test_a_database_that_nobody_made_is_not_current(tmp_path):
    assert not schema.is_current(connect(f"sqlite:///{tmp_path}/empty.sqlite"))


@pytest.mark.parametrize("statement", [
    "UPDATE version SET title = 'Other'", "DELETE FROM version", "UPDATE revision SET number = 7",
    "DELETE FROM revision",
    'UPDATE "order" SET total = 1', """UPDATE "order" SET sheet = '{}'""", """UPDATE "order" SET number = '1'"""])
def test_the_database_itself_refuses_to_change_what_was_published_saved_or_promised(database, statement):
    with Session(database) as session:
        customer, version = a_customer(session), published(session)
        order = ordered(session, customer, version)
        save(session, Whom(customer), "Bench", Configured(version, order.values))
        session.commit()
        with pytest.raises(IntegrityError, match="cannot be changed"):
            session.execute(text(statement))


def test_the_state_of_an_order_moves(database):
    with Session(database) as session:
        order = ordered(session, a_customer(session))
        order.state = "shipped"
        session.commit()
        session.refresh(order)
        assert order.state == "shipped"


def test_a_draft_of_before_is_shown_as_it_was(database):
    """Proposals were not kept with drafts once; a draft that was opened with certain values had them alone."""
    history = [{"name": None, "choices": {}}, {"name": "wood", "choices": {"wood": "pine"}}]
    with Session(database) as session:
        version = published(session)
        session.commit()
        row = {"guest": "a guest", "version": version.id, "history": json.dumps(history), "at": "2026-01-01 00:00:00"}
    schema.take_down(database, "0002")
    with database.begin() as connection:
        for id_, start in ("new", {}), ("again", to_plain(bench_values(width=777))):
            connection.execute(text(
                "INSERT INTO draft (id, guest, version_id, start, history, position, inputs, created_at, updated_at) "
                "VALUES (:id, :guest, :version, :start, :history, 1, 1, :at, :at)"),
                {**row, "id": id_, "start": json.dumps(start)})
    for _ in range(2):
        schema.migrate(database)
        with Session(database) as session:
            new, again = (session.get_one(Draft, id_) for id_ in ("new", "again"))
            assert progress_of(session, again).values == bench_values(width=777, wood="pine")
            assert progress_of(session, new).values["wood"] == "pine"
            steps.answer(session, new, {"width": 900})
            assert "0" in new.proposals, "from now on it is kept"
            assert progress_of(session, new).values["width"] == 900
        schema.take_down(database, "0002")
    schema.migrate(database)


def test_what_customers_said_before_people_and_places_is_evidence_now(database):
    with Session(database) as session:
        ada, version = a_customer(session), published(session)
        first = ordered(session, ada, version, height=1810, width=700)
        save(session, Whom(ada), "Bench", Configured(version, bench_values()))
        drafts = [open_draft(session, version, Whom(ada)).id, open_draft(session, version, guest="a guest").id]
        session.commit()
        number, customer = first.number, ada.id
    schema.take_down(database, "0003")
    schema.migrate(database)
    schema.check(database)
    with Session(database) as session:
        ada = session.get_one(Customer, customer)
        themself, home = ada.subjects
        assert (themself.name, themself.themself, home.kind, home.themself) == (ada.name, True, "place", False)
        said = {(piece.kind, piece.person, piece.place, piece.corrected)
                for piece in session.scalars(select(Evidence))}
        assert said == {("order", themself, home, None), ("specification", themself, home, None)}
        own, guests = (session.get_one(Draft, id_) for id_ in drafts)
        assert [(own.person, own.place), (guests.person, guests.place)] == [(themself, home), (None, None)]
        assert facts.of(session, themself)["height"].answer == {"value": 1810}
        assert facts.of(session, home)["alcove"].source == f"order {number}"


@pytest.mark.parametrize("act", ['UPDATE "order" SET total = 1', "DELETE FROM revision"])
def test_only_of_who_is_erased_can_what_was_promised_be_changed(database, act):
    with Session(database) as session:
        ada, mira, version = a_customer(session), a_customer(session, "Mira Albers"), published(session)
        for customer in ada, mira:
            ordered(session, customer, version)
            save(session, Whom(customer), "Bench", Configured(version, bench_values()))
        session.execute(delete(Evidence))
        session.add(Erasure(customer_id=ada.id))
        session.commit()
        owned = {"order": "customer_id = {0}",
                 "revision": "specification_id IN (SELECT id FROM specification WHERE customer_id = {0})"}
        where = owned["order" if "order" in act else "revision"]
        with pytest.raises(IntegrityError, match="cannot be changed"), session.begin_nested():
            session.execute(text(f"{act} WHERE {where.format(mira.id)}"))
        assert session.execute(text(f"{act} WHERE {where.format(ada.id)}")).rowcount == 1


def test_whoever_was_there_before_is_found_by_their_people(database):
    with Session(database) as session:
        subjects.add(session, a_customer(session, "Ada Winter"), "person", "Tom Zwetschge")
        session.commit()
    schema.take_down(database, "0011")
    with database.begin() as connection:
        for table in "client_word", "spelling":
            connection.execute(text(f"DELETE FROM {table} WHERE word IN ('tom', 'zwetschge')"))
    schema.migrate(database)
    with Session(database) as session:
        assert [[hit.customer.name for hit in find(session, typed)] for typed in ("tom", "zwetchge")] == [
            ["Ada Winter"], ["Ada Winter"]]

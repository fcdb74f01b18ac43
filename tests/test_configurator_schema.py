"""The migrations make the schema that the records describe, take it down, and freeze what was promised."""

import json

import pytest
from alembic.util import CommandError
from factories import a_customer, bench_values, ordered, published
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from catalog.database import connect
from catalog.model import to_plain
from configurator import schema, steps
from configurator.progress import progress_of
from configurator.records import Draft
from orders.specifications import save


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
        save(session, customer=customer, version=version, name="Bench", choices={}, values=order.values, by=None)
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

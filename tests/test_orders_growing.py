"""A shop of many years: what is asked all the time reads what matters now, not all that ever was."""

from datetime import date

import pytest
from factories import a_customer
from sqlalchemy import event
from sqlalchemy.orm import Session

from orders import subjects
from orders.floor import batches
from orders.relation import attention
from orders.supplies import reservations, snapshot

TODAY = date(2026, 1, 5)


@pytest.mark.parametrize(("ask", "by"), [
    (lambda session, _: snapshot.fresh(session, TODAY), "reservation USING INDEX ix_reservation_open"),
    (lambda session, _: list(reservations.allotted(session, ["bolt"])), "reservation USING INDEX ix_reservation_open"),
    (lambda session, _: batches.lately(session, "bolt"), "used USING INDEX ix_used_part"),
    (lambda session, person: subjects.hanging(session, person), "evidence USING INDEX ix_evidence_customer_id"),
    (lambda session, _: list(attention.complained(session, TODAY)), "order_2 USING INDEX ix_order_remake_of_id")])
def test_what_is_asked_all_the_time_does_not_read_all_that_ever_was(sqlite, ask, by):
    plans: list[str] = []

    def explain(connection, cursor, statement, parameters, *_):
        cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
        plans.extend(row[3] for row in cursor.fetchall())

    with Session(sqlite) as session:
        person = subjects.add(session, a_customer(session), "person", "Tom")
        session.commit()
        event.listen(sqlite, "before_cursor_execute", explain)
        ask(session, person)
    assert any(by in plan for plan in plans), plans

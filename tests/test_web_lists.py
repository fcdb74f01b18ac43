"""Lists ask the database as often, however long they are."""

from datetime import timedelta
from itertools import count

import pytest
from factories import a_customer, ordered
from household import pages_on_sqlite
from sqlalchemy import event

from catalog.database import now
from configurator.transaction import transaction
from orders.changes import requests
from orders.lifecycle import CUSTOMER
from orders.supplies import purchasing, stock
from orders.supplies.supply import UNIT

NUMBERS = count(1)


pytestmark = pages_on_sqlite


def grow(engine, worker):
    """Customers with an order that is late, one of which is to be cancelled, and parts that are on their way."""
    today = now().date()
    with transaction(engine) as session:
        for number in (next(NUMBERS) for _ in range(3)):
            order = ordered(session, a_customer(session, f"Customer {number}"), today=today - timedelta(60))
            stock.keep(session, f"P-{number}", "A part", "", lead_days=3, supplier=f"Supplier {number}")
            purchasing.order(session, None, {f"P-{number}": UNIT}, worker, today)
        order.state = "released"
        requests.ask(session, order, "cancel", CUSTOMER)
    return order.number, f"P-{number}"


@pytest.mark.parametrize(("role", "page"), [
    ("rep", "/desk/"), ("rep", "/desk/today/"), ("worker", "/floor/buying"), ("worker", "/floor/"),
    ("worker", "/floor/board"), ("worker", "/floor/centres"), ("worker", "/floor/stock"),
    ("worker", "/floor/requests")])
def test_a_list_takes_as_many_queries_however_long_it_is(role, page, app, engine, people, request, monkeypatch):
    monkeypatch.setattr("configurator.web.memory.erasing.LOOK", float("inf"))  # else it asks once a second
    client, asked = request.getfixturevalue(role), []
    event.listen(engine, "before_cursor_execute", lambda *query: asked.append(query[2]))

    def queries():
        newest = grow(engine, people.worker)
        client.get(page)  # a process reads the supply, and outlines, once after each change
        asked.clear()
        shown = client.get(page).text
        assert any(name in shown for name in newest)
        return len(asked)

    assert queries() == queries()

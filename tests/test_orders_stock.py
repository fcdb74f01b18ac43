"""Parts and hours: promised to one order they are nobody else's, also if many ask at once."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from threading import Barrier

import pytest
from factories import TODAY, a_customer, bench, bench_values, on_hand, ordered, published, sent_quote, stocked
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError

from catalog.database import WRITES, collided, writing
from catalog.expressions import holds
from catalog.store import model_of
from configurator.transaction import committed, open_session, transaction
from orders import placing
from orders.lots import Lot
from orders.placing import Agreed, Changed, Entered, place
from orders.promises import Unpromised, offered, promise, ready_within
from orders.records import Customer, Order
from orders.subjects import Whom
from orders.supplies import capacity, purchasing, reservations, snapshot, stock
from orders.supplies.supplied import Booking, Reservation
from orders.supplies.supply import NEVER, NO_DAY, UNIT, Supply

SOON, LATER = date(2027, 1, 7), date(2027, 1, 18)
"""A bench of oak that is in the house, and one whose oak has to be bought: nine working days, and one to build."""
ORDERS, BOARDS = 6, 2


def ready(session, quantity=1, **values):
    version = published(session)
    return promise(model_of(version), bench_values(**values), snapshot.supply(session, TODAY), quantity)


@contextmanager
def listening(engine, name, hear):
    event.listen(engine, name, hear)
    yield
    event.remove(engine, name, hear)


def test_what_is_promised_follows_from_what_is_left(session):
    stocked(session, amount=2)
    customer = a_customer(session)
    assert ready(session) == SOON
    orders = [ordered(session, customer) for _ in range(2)]
    assert [order.promised_on for order in orders] == [SOON, SOON]
    assert ready(session) == LATER, "both boards are promised"
    assert ready(session, wood="pine") == SOON
    reservations.release(session, orders[0])
    assert ready(session) == SOON
    assert ready(session, quantity=2) == LATER


def test_what_is_on_its_way_counts_from_its_day_and_what_is_overdue_does_not(session):
    stocked(session)
    purchase = purchasing.order(session, None, {"W-OAK": UNIT}, None, TODAY, TODAY + timedelta(days=3))
    assert ready(session) == TODAY + timedelta(days=4)
    ordered(session, a_customer(session))
    assert ready(session) == LATER, "it is promised to the first"
    purchasing.postpone(session, purchase.lines[0], TODAY - timedelta(days=1), TODAY - timedelta(days=1))
    with pytest.raises(ValueError, match="over"):
        purchasing.postpone(session, purchase.lines[0], TODAY - timedelta(days=1), TODAY)
    later = promise(bench(), bench_values(), snapshot.supply(session, TODAY))
    assert later == LATER


def send(session, customer_id):
    """Orders what somebody saw while there were boards."""
    version = published(session)
    lot = Lot(version, model_of(version), bench_values(), 1)
    offer = offered(lot.model, lot.values, Supply.on(TODAY))
    return place(session, Whom(session.get_one(Customer, customer_id)), lot, Agreed(offer.total, SOON), Entered(1),
                 key="once", today=TODAY)


def at_once(database, engine):
    """So many orders at the same time for fewer boards, all promised soon: how many were placed."""
    with transaction(database) as session:
        customers = [a_customer(session, f"Customer {number}").id for number in range(ORDERS)]
        published(session)
        stocked(session, amount=BOARDS)
    together = Barrier(ORDERS, timeout=20)

    def order(customer_id):
        together.wait()
        for _ in range(10 * ORDERS):
            try:
                with open_session(engine) as session, committed(session):
                    send(session, customer_id)
                    return 1
            except Changed:
                return 0
            except OperationalError as error:
                if not collided(error) and "locked" not in str(error):
                    raise
        raise AssertionError("no turn got through")

    with ThreadPoolExecutor(ORDERS) as pool:
        return sum(pool.map(order, customers))


@pytest.mark.parametrize("isolation", ["repeatable", "plain"])
def test_orders_at_the_same_time_never_get_the_same_board(database, isolation):
    engine = database if isolation == "plain" and database.dialect.name != "sqlite" else writing(database)
    assert at_once(database, engine) == BOARDS
    with open_session(database) as session:
        promised = session.scalar(select(func.sum(Reservation.amount)).where(Reservation.number == "W-OAK"))
        assert promised == BOARDS * UNIT == on_hand(session)


def test_without_the_lock_they_would(database, monkeypatch):
    """The control: with nothing to keep them apart, all read that there are boards before any of them takes one."""
    read = Barrier(ORDERS, timeout=5)

    def fresh(session, day):
        found = snapshot.supply(session, day)
        with suppress(Exception):
            read.wait()
        return found
    for room in placing, stock:
        monkeypatch.setattr(room, "lock", lambda session: None)
    monkeypatch.setattr(placing, "fresh", fresh)
    alone = database.execution_options(**{WRITES: "never"}) if database.dialect.name == "sqlite" else database
    assert at_once(database, alone) > BOARDS


def test_two_pieces_of_work_do_not_get_the_same_minutes(session):
    customer = a_customer(session)
    first = ordered(session, customer, quantity=12, wood="pine")
    second = ordered(session, customer, quantity=12, wood="pine")
    assert second.promised_on > first.promised_on
    days = session.execute(select(Booking.day, func.sum(Booking.minutes)).group_by(Booking.day)).all()
    assert sum(minutes for _, minutes in days) == 2 * 12 * 40
    assert max(minutes for _, minutes in days) <= 480
    capacity.done(session, first, "saw")
    left = session.scalar(select(func.sum(Booking.minutes)).where(Booking.order_id == first.id))
    assert left == 12 * 20, "fitting is still to be done"


def test_hours_and_closed_days_move_the_promise(session):
    published(session)
    assert ready(session, wood="pine") == SOON
    capacity.close(session, SOON, "Feast")
    assert ready(session, wood="pine") == SOON + timedelta(days=1)
    capacity.open_again(session, SOON)
    capacity.set_hours(session, "bench_saw", [0, 0, 0, 0, 60, 0, 0])
    assert ready(session, wood="pine") == date(2027, 1, 22), "only Fridays, and the lead time counts them alone"
    with pytest.raises(ValueError, match="minutes"):
        capacity.set_hours(session, "bench_saw", [1])


def test_where_nobody_works_no_day_is_promised(session):
    """On its first day a shop works the usual week; a centre set to nothing promises nothing, not a day far off."""
    customer = a_customer(session)
    assert ready(session, wood="pine") < NO_DAY
    order = ordered(session, customer, wood="pine")
    capacity.set_hours(session, "bench_saw", [0] * 7)
    assert ready(session, wood="pine") == NO_DAY
    now, model = snapshot.supply(session, TODAY), model_of(published(session))
    assert not holds(ready_within(model, now, NEVER - 1), bench_values(), model)
    with pytest.raises(Unpromised):
        ordered(session, customer, wood="pine")
    with pytest.raises(Unpromised):
        sent_quote(session, customer, today=TODAY)
    reservations.release(session, order)
    reservations.reserve(session, order, TODAY)  # what was granted already is not lost
    assert session.scalars(select(Booking)).all() == []
    assert reservations.reserved(session, order)["W-PINE"] == 3 * UNIT
    capacity.set_hours(session, "bench_saw", [0, 480, 0, 0, 0, 0, 0])
    assert ready(session, wood="pine") < NO_DAY


def test_centres_that_never_work_on_the_same_day_promise_nothing():
    both = frozenset({"saw", "paint"})
    never = Supply(TODAY, weeks={"saw": [480, 0, 0, 0, 0, 0, 0], "paint": [0, 480, 0, 0, 0, 0, 0]})
    assert never.after(never.finish(both, 0, 30)) == NO_DAY
    assert never.after(never.finish(frozenset({"saw"}), 0, 30)) < NO_DAY
    assert never.after(never.finish(frozenset({"saw"}), 0, 10**12)) == NO_DAY, "nobody waits ten years"


def test_what_orders_wait_for_takes_as_many_queries_however_many_there_are(session):
    stocked(session, amount=1, supplier="Weaver")

    def asked(orders):
        for number in range(orders):
            ordered(session, a_customer(session, f"Customer {number}"))
        found = list(session.scalars(select(Order)))
        session.flush()
        statements = []
        with listening(session.get_bind().engine, "before_cursor_execute", lambda *said: statements.append(said)):
            reservations.waiting(session, found)
            purchasing.needs(session, TODAY)
        return len(statements)

    first = asked(2)
    session.expunge_all()
    assert asked(6) <= first


def test_the_supply_is_read_once_until_it_changes(database, monkeypatch):
    with transaction(database) as session:
        published(session)
        stocked(session, amount=1)
    read, parts = [], snapshot._parts
    monkeypatch.setattr(snapshot, "_parts", lambda *given: read.append(given) or parts(*given))
    for _ in range(3):
        with open_session(database) as session:
            assert snapshot.supply(session, TODAY) is snapshot.supply(session, TODAY)
    assert len(read) == 1
    with transaction(database) as session:
        stock.count(session, "W-OAK", 0, None)
        assert snapshot.supply(session, TODAY).parts["W-OAK"].known == ()
    with open_session(database) as session:
        assert snapshot.supply(session, TODAY).parts["W-OAK"].known == ()
    with suppress(RuntimeError), transaction(database) as session:
        stock.count(session, "W-OAK", 5 * UNIT, None)
        snapshot.supply(session, TODAY)
        raise RuntimeError("taken back")
    with open_session(database) as session:
        assert snapshot.supply(session, TODAY).parts["W-OAK"].known == (), "what was taken back is nobody's"

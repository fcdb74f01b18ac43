"""Parts and hours: promised to one order they are nobody else's, and every change of an amount is in the ledger."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from threading import Barrier

import pytest
from factories import TODAY, a_customer, bench, bench_values, ordered, published, sent_quote, staff
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError

from catalog.database import WRITES, collided, writing
from catalog.expressions import holds
from catalog.formats import to_document
from catalog.store import model_of
from configurator.transaction import committed, open_session, transaction
from orders import placing
from orders.floor import picking
from orders.lots import Lot
from orders.placing import Agreed, Changed, Entered, place
from orders.promises import Unpromised, offered, promise, ready_within
from orders.records import Customer, Order
from orders.subjects import Whom
from orders.supplies import capacity, purchasing, reservations, snapshot, stock
from orders.supplies.supplied import Booking, Movement, Reservation, Stock
from orders.supplies.supply import NEVER, NO_DAY, UNIT, Supply

SOON, LATER = date(2027, 1, 7), date(2027, 1, 18)
"""A bench of oak that is in the house, and one whose oak has to be bought: nine working days, and one to build."""
ORDERS, BOARDS = 6, 2


def keep(session, number="W-OAK", amount=0, lead=9, **more):
    stock.keep(session, number, number, "", lead_days=lead, **more)
    if amount:
        stock.count(session, number, amount * UNIT, None)


def ready(session, quantity=1, **values):
    version = published(session)
    return promise(model_of(version), bench_values(**values), snapshot.supply(session, TODAY), quantity)


@contextmanager
def listening(engine, name, hear):
    event.listen(engine, name, hear)
    yield
    event.remove(engine, name, hear)


def on_hand(session, number="W-OAK"):
    return session.get_one(Stock, number, populate_existing=True).on_hand


def test_what_is_promised_follows_from_what_is_left(session):
    keep(session, amount=2)
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
    keep(session)
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
        keep(session, amount=BOARDS)
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


def test_picking_takes_what_was_reserved_and_putting_back_keeps_its_place(session):
    keep(session, amount=1)
    worker = staff(session, "fulfilment")
    first, second = (ordered(session, a_customer(session, name)) for name in ("Ada", "Mira"))
    reservations.consume(session, first, worker, {"W-OAK": None})
    assert (on_hand(session), reservations.reserved(session, first).get("W-OAK")) == (0, None)
    assert reservations.reserved(session, first)["SCREW"] == 6 * UNIT
    reservations.give_back(session, first, worker, {"W-OAK": UNIT})
    waits = reservations.waiting(session, [first, second])
    assert "W-OAK" not in {wait.number for wait in waits[first.id]}
    assert ("W-OAK", UNIT, None) in {(wait.number, wait.amount, wait.due) for wait in waits[second.id]}


def test_what_the_book_does_not_have_is_found_or_refused(session):
    keep(session)
    order, worker = ordered(session, a_customer(session)), staff(session, "fulfilment")
    before = reservations.reserved(session, order)
    with pytest.raises(reservations.Short, match="W-OAK"):
        reservations.consume(session, order, worker)
    assert reservations.reserved(session, order) == before, "nothing was taken"
    reservations.consume(session, order, worker, found=True)
    assert reservations.reserved(session, order) == {}
    moved = session.execute(select(Movement.kind, Movement.amount).order_by(Movement.id)).all()
    assert moved == [("found", UNIT), ("picked", -UNIT)]
    assert not reservations.waiting(session, [order])


def test_what_orders_wait_for_takes_as_many_queries_however_many_there_are(session):
    keep(session, amount=1, supplier="Weaver")

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


def test_what_came_is_received_once_however_often_it_is_pressed(session):
    keep(session)
    line = purchasing.order(session, None, {"W-OAK": 4 * UNIT}, None, TODAY).lines[0]
    stock.receive(session, line, UNIT, None, awaited=4 * UNIT)
    with pytest.raises(ValueError, match="to come"):
        stock.receive(session, line, UNIT, None, awaited=4 * UNIT)
    assert (on_hand(session), line.coming) == (UNIT, 3 * UNIT)


def test_what_to_buy_is_rounded_up_to_lots_and_ordered_in_time(session):
    keep(session, lead=9, lot=4 * UNIT, supplier="Weaver")
    keep(session, "SCREW", amount=100, lead=2, reorder=120 * UNIT, lot=50 * UNIT, supplier="Bolts")
    orders = [ordered(session, a_customer(session)) for _ in range(3)]
    found = {need.part.number: need for needs in purchasing.needs(session, TODAY).values() for need in needs}
    oak, screw, pine = found["W-OAK"], found["SCREW"], found["W-PINE"]
    assert (oak.missing, oak.amount, oak.order_by) == (3 * UNIT, 4 * UNIT, TODAY)
    assert oak.orders == tuple(order.number for order in orders)
    assert (screw.missing, screw.amount, screw.order_by) == ((120 - 100 + 18) * UNIT, 50 * UNIT, None)
    assert (pine.part.supplier, pine.amount) == (None, 6 * UNIT), "bought for the orders, though nobody keeps it"
    later = TODAY + timedelta(days=3)
    assert purchasing.needs(session, later)[oak.part.supplier][0].order_by < later, "it is late"
    line = purchasing.order(session, oak.part.supplier, {"W-OAK": 3 * UNIT}, None, TODAY).lines[0]
    assert (line.amount, line.due) == (4 * UNIT, date(2027, 1, 15))
    assert "W-OAK" not in {need.part.number for needs in purchasing.needs(session, TODAY).values() for need in needs}
    stock.receive(session, line, 3 * UNIT, None)
    assert (on_hand(session), line.coming) == (3 * UNIT, UNIT)
    stock.receive(session, line, 0, None, rest=False)
    assert (line.closed, line.coming) == (True, 0)
    for wrong in {}, {"W-OAK": 0}:
        with pytest.raises(ValueError, match="more than nothing"):
            purchasing.order(session, None, wrong, None, TODAY)


ACTS = st.lists(st.tuples(st.sampled_from(["count", "order", "receive", "place", "release", "consume", "back"]),
                          st.integers(0, 9)), max_size=14)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS)
def test_the_stock_is_the_sum_of_its_ledger_and_never_less_than_nothing(sqlite, acts):
    with open_session(writing(sqlite)) as session:
        published(session)
        keep(session)
        customer, placed = a_customer(session), []
        for act, number in acts:
            lines = stock.coming(session, ["W-OAK"])
            order = placed[number % len(placed)] if placed else None
            match act:
                case "count":
                    stock.count(session, "W-OAK", number * UNIT, None)
                case "order":
                    purchasing.order(session, None, {"W-OAK": (number + 1) * UNIT}, None, TODAY)
                case "receive" if lines:
                    stock.receive(session, lines[0], number * UNIT, None)
                case "place":
                    placed.append(ordered(session, customer))
                case "release" if order:
                    reservations.release(session, order)
                case "consume" if order:
                    with suppress(reservations.Short):
                        reservations.consume(session, order, None, found=number % 2 == 0)
                case "back" if order:
                    reservations.give_back(session, order, None, {"W-OAK": number * UNIT})
            session.flush()
            moved = session.scalar(select(func.sum(Movement.amount)).where(Movement.number == "W-OAK")) or 0
            assert on_hand(session) == moved >= 0
            promised = sum(reservations.reserved(session, each).get("W-OAK", 0) for each in placed)
            coming = sum(line.coming for line in stock.coming(session, ["W-OAK"]))
            missing = sum(wait.amount for waits in reservations.waiting(session, placed).values() for wait in waits
                          if wait.number == "W-OAK" and wait.due is None)
            assert missing == max(0, promised - moved - coming), "what there is was given to somebody, once"


def test_the_supply_is_read_once_until_it_changes(database, monkeypatch):
    with transaction(database) as session:
        published(session)
        keep(session, amount=1)
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


def test_what_is_made_here_is_neither_reserved_nor_bought_nor_picked_but_what_it_is_made_of_is(session):
    document = to_document(bench())
    model = bench(parts=[{**part, "made_here": part["number"] == "W-PINE"} for part in document["parts"]])
    order = ordered(session, a_customer(session), published(session, model))
    assert {part.number for part in session.scalars(select(Reservation))} == {"W-OAK", "SCREW"}
    assert set(picking.needs(order)) == {"W-OAK", "SCREW"}
    session.add(Reservation(order_id=order.id, number="W-PINE", amount=UNIT, needed_on=TODAY))  # as it once was
    session.flush()
    assert {need.part.number for need in purchasing.needs(session, TODAY)[None]} == {"W-OAK", "SCREW"}
    assert order.sheet["operations"][0]["parts"][-1]["made_here"], "the sheet says what is cut"

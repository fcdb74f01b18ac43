"""The stock's ledger: what is picked, bought and received adds up to what lies there, which is never less than 0."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from factories import TODAY, a_customer, bench, on_hand, ordered, published, staff, stocked
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from catalog.database import writing
from catalog.formats import to_document
from configurator.transaction import open_session
from orders.floor import picking
from orders.supplies import purchasing, reservations, stock
from orders.supplies.supplied import Movement, Reservation
from orders.supplies.supply import UNIT


def test_picking_takes_what_was_reserved_and_putting_back_keeps_its_place(session):
    stocked(session, amount=1)
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
    stocked(session)
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


def test_what_came_is_received_once_however_often_it_is_pressed(session):
    stocked(session)
    line = purchasing.order(session, None, {"W-OAK": 4 * UNIT}, None, TODAY).lines[0]
    stock.receive(session, line, UNIT, None, awaited=4 * UNIT)
    with pytest.raises(ValueError, match="to come"):
        stock.receive(session, line, UNIT, None, awaited=4 * UNIT)
    assert (on_hand(session), line.coming) == (UNIT, 3 * UNIT)


def test_what_to_buy_is_rounded_up_to_lots_and_ordered_in_time(session):
    stocked(session, lead=9, lot=4 * UNIT, supplier="Weaver")
    stocked(session, "SCREW", amount=100, lead=2, reorder=120 * UNIT, lot=50 * UNIT, supplier="Bolts")
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
        stocked(session)
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

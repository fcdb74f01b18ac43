"""Working on an order at the bench: whatever two people press, it is told as it happened, and built once."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from conftest import application, settings_for
from factories import BAD, CHECKED, GOOD, a_customer, browser, checked, member, ordered, published, staff
from sqlalchemy import func, select

from catalog.database import now
from configurator import retention
from configurator.settings import Settings
from configurator.transaction import open_session, transaction
from orders.floor import batches, measuring, picking, production, troubles, working
from orders.floor.steps import signed, steps
from orders.floor.worked import Counted, Measurement, Picked, Trouble, Used, Work
from orders.lifecycle import NotAllowed, move
from orders.memory import erasure
from orders.records import Order, OrderEvent
from orders.supplies.supplied import Booking


def test_two_workers_who_finish_the_last_steps_at_once_build_it_once(database, tmp_path):
    with transaction(database) as session:
        customer, version = a_customer(session), published(session)
        accounts = [member(session, "fulfilment", name) for name in ("Chloe", "Dan")]
        numbers = []
        for _ in range(3):
            order = ordered(session, customer, version, engraving="A")
            for step in steps(order)[:2]:
                production.sign_off(session, order, *step, accounts[0])
            numbers.append(order.number)
    with application(settings_for(database, tmp_path)) as app:
        clients = [browser(app, account) for account in accounts]
        for number in numbers:
            answers, together = [], Barrier(2)

            def finish(client, step, number=number, answers=answers, together=together):
                together.wait()
                for act in "begin", "done", "done":
                    answers.append(client.post(f"/floor/orders/{number}/operations/2/steps/{step}/{act}").status_code)

            threads = [Thread(target=finish, args=(client, step)) for step, client in enumerate(clients, 1)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(30)
            assert answers == [303] * 6
    with open_session(database) as session:
        for number in numbers:
            order = session.scalar(select(Order).where(Order.number == number))
            built = select(func.count()).where(OrderEvent.order_id == order.id, OrderEvent.state == "built")
            assert (order.state, session.scalar(built), len(order.sign_offs)) == ("built", 1, 4)


def test_an_operation_that_is_not_done_after_all_takes_its_hours_again(session):
    order, worker = ordered(session, a_customer(session), engraving="Ada"), staff(session, "fulfilment")
    booked = select(func.sum(Booking.minutes)).where(Booking.order_id == order.id, Booking.operation == "fit")
    before = session.scalar(booked)
    assert before
    for step in steps(order):
        production.sign_off(session, order, *step, worker)
    assert session.scalar(booked) is None
    for step in steps(order)[-2:]:
        production.take_back(session, order, *step, worker)
        assert session.scalar(booked) == before


def test_work_that_nobody_ended_is_forgotten_after_a_while(session):
    order, (one, other) = ordered(session, a_customer(session)), [staff(session, "fulfilment") for _ in range(2)]
    working.begin(session, order, ("saw", 1), one, now() - timedelta(hours=5))
    working.begin(session, order, ("saw", 1), other)
    assert [work.account for work in working.at_work(session, order)] == [other]
    again = working.begin(session, order, ("saw", 1), one)
    assert again.started > now() - timedelta(minutes=1)


def test_an_operation_that_is_made_otherwise_starts_anew(session):
    worker = staff(session, "fulfilment")
    order = ordered(session, a_customer(session), published(session, checked()), quantity=2)
    working.begin(session, order, ("saw", 2), worker)
    for piece in 1, 2:
        with pytest.raises(measuring.Unmeasured, match=str(piece)):
            production.sign_off(session, order, *CHECKED, worker)
        measuring.measure(session, order, CHECKED, GOOD, worker, key=f"m{piece}", piece=piece)
    production.sign_off(session, order, *CHECKED, worker)
    production.count(session, order, "saw", 2, 1, worker)
    production.sign_off(session, order, "fit", 1, worker)
    production.void(session, order, "saw")
    assert signed(order) == {("fit", 1)}
    assert production.counts(session, order) == {}
    assert measuring.of(session, order) == []
    assert working.at_work(session, order) == []


def done(session, **changes):
    """An order of a customer, shipped, with everything that can be noted at the bench."""
    worker = staff(session, "fulfilment", "Chloe Maran")
    order = ordered(session, a_customer(session, "Zwetschgentoni Winter"), published(session, checked()))
    working.begin(session, order, CHECKED, worker)
    measured = measuring.measure(session, order, CHECKED, BAD, worker, key="m")
    measuring.decide(session, measured, "accept", worker, "Zwetschgentoni does not mind")
    trouble = troubles.report(session, order, ("saw", 2), "Zwetschgentoni's name is misspelt", worker, key="t")
    troubles.settle(session, trouble, "Zwetschgentoni laughed", worker)
    batches.use(session, order, "saw", "W-OAK", "B-77", worker)
    picking.pick(session, order, "SCREW", worker)
    for step in steps(order):
        production.sign_off(session, order, *step, worker)
    move(session, order, "shipped", worker)
    return order, trouble


def test_of_somebody_erased_only_the_batches_can_be_traced(session):
    order, _ = done(session)
    erasure.erase(session, order.customer)
    for record in Measurement, Trouble:
        assert session.scalars(select(record)).all() == []
    assert [used.order.number for used in batches.trace(session, "B-77")] == [order.number]
    erasure.let_orders_go(session, order.customer)
    for record in Work, Used, Picked, Counted:
        assert session.scalars(select(record)).all() == []


def test_names_and_photos_go_in_time_and_the_minutes_stay(session):
    order, trouble = done(session)
    long_ago = now() - timedelta(days=400)
    trouble.photo, trouble.settled_at = b"jpeg", long_ago
    kept = troubles.Trouble(key="open", order=order, operation="saw", step=1, note="Look", photo=b"jpeg")
    session.add(kept)
    for work in session.scalars(select(Work)):
        work.started, work.ended = long_ago, long_ago + timedelta(minutes=5)
    session.flush()
    removed = {one.what: one.count for one in retention.retain(session, Settings())}
    assert removed["photos of problems"] == 1
    assert removed["names at times of work"] == len(session.scalars(select(Work)).all()) > 0
    session.expire_all()
    assert (trouble.photo, kept.photo) == (None, b"jpeg")
    assert session.scalars(select(Work.account_id)).all() == [None] * removed["names at times of work"]


def test_nothing_is_begun_or_picked_of_an_order_that_left(session):
    order, _ = done(session)
    worker = staff(session, "fulfilment")
    for act in (lambda: working.begin(session, order, CHECKED, worker),
                lambda: picking.pick(session, order, "SCREW", worker),
                lambda: batches.use(session, order, "saw", "W-OAK", "B-78", worker),
                lambda: troubles.report(session, order, CHECKED, "Look", worker, key="later"),
                lambda: measuring.measure(session, order, CHECKED, GOOD, worker, key="later")):
        with pytest.raises(NotAllowed):
            act()

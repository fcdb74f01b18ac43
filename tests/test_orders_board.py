"""Queues, the board and times: what stands where, what will be late and why, and nothing about a person."""

import re
from datetime import timedelta

from factories import BAD, CHECKED, TODAY, a_customer, bench, checked, ordered, published, staff
from sqlalchemy import event, select

from catalog.database import now
from orders.floor import board, measuring, production, queues, times, troubles, working
from orders.floor.steps import steps
from orders.floor.worked import Work
from orders.supplies import capacity, stock


def test_alike_set_ups_stand_together_where_the_first_is_promised(session):
    customer, version = a_customer(session), published(session, checked())
    woods = ("pine", "oak", "pine", "oak")
    orders = [ordered(session, customer, version, wood=wood, today=TODAY + timedelta(days=7 * week))
              for week, wood in enumerate(woods)]
    queue, = queues.queues(session)
    assert [(setup, [job.order for job in jobs]) for setup, jobs in queue.ready] == [
        ("Pine", [orders[0], orders[2]]), ("Oak", [orders[1], orders[3]])]
    assert {job.before for job in queue.waiting} == {"Cut to size"}
    assert [job.order for job in queue.waiting] == orders
    troubles.report(session, orders[0], CHECKED, "Split", staff(session), key="one")
    queue, = queues.queues(session)
    assert [setup for setup, _ in queue.ready] == ["Oak", "Pine"]
    assert queue.waiting[0].stopped


def test_a_set_up_stands_in_one_place_although_the_first_order_needs_two(session):
    """Two orders whose second operation is under way before the first is done: both are ready, each with its set-up."""
    two = bench(operations=[
        {"name": "saw", "title": "Cut to size", "work_centre": "bench_saw", "minutes": 20, "setup": "{wood}",
         "steps": [{"do": "Cut"}]},
        {"name": "fit", "title": "Fit together", "work_centre": "bench_saw", "minutes": 40, "setup": "Clamps",
         "steps": [{"do": "Screw it together"}, {"do": "Oil it"}]}])
    customer, version, worker = a_customer(session), published(session, two), staff(session, "fulfilment")
    orders = [ordered(session, customer, version, wood="pine", today=TODAY + timedelta(days=7 * week))
              for week in range(2)]
    for order in orders:
        production.sign_off(session, order, "fit", 1, worker)
    queue, = queues.queues(session)
    assert [(setup, [job.order for job in jobs]) for setup, jobs in queue.ready] == [
        ("Clamps", orders), ("Pine", orders)]


def test_the_board_says_why(session):
    worker, customer, version = staff(session, "fulfilment"), a_customer(session), published(session, checked())
    late, tight, wrong, fine = (ordered(session, customer, version, today=TODAY + timedelta(days=days), quantity=pieces)
                                for days, pieces in ((0, 1), (28, 1), (28, 2), (90, 1)))
    today = TODAY + timedelta(days=30)
    assert late.promised_on < today < fine.promised_on
    measuring.measure(session, wrong, CHECKED, BAD, worker, key="bad")
    stock.keep(session, "SCREW", "Screw", "", lead_days=1)
    entries, others = board.board(session, today)
    reasons = {entry.order: (entry.late, entry.missed, bool(entry.undecided)) for entry in entries}
    assert reasons[late] == (True, True, False)
    assert reasons[wrong][2]
    assert fine not in reasons
    assert others == 4 - len(entries)
    assert entries[0].order is late
    assert entries[0].minutes == 60
    before = board.stamp(session, today)
    assert board.stamp(session, today) == before
    measuring.decide(session, entries[-1].undecided[0] if entries[-1].undecided else measuring.out(session, wrong)[0],
                     "accept", worker, "hidden")
    assert board.stamp(session, today) != before
    assert tight.state == "released"


def test_an_order_will_be_late_by_the_hours_of_its_centres(session):
    """One bench takes forty minutes at the saw, which works five a day: five days are not enough."""
    order = ordered(session, a_customer(session), wood="pine")

    def tight():
        return [entry.order for entry in board.board(session, TODAY)[0] if entry.tight]
    assert tight() == []
    capacity.set_hours(session, "bench_saw", [5] * 5 + [0, 0])
    assert tight() == [order]


def test_the_queue_reads_no_sheet_twice(session):
    order = ordered(session, a_customer(session))
    production.queue(session)
    read = []
    event.listen(session.get_bind().engine, "before_cursor_execute", lambda *said: read.append(said[2]))
    session.expunge_all()
    ((found, outline),) = production.queue(session)
    assert (found.id, outline.product, outline.customer) == (order.id, "Garden bench", "Ada Winter")
    assert not any(re.search(r"\bsheet\b", statement) for statement in read)
    assert production.progress(found, outline) == production.progress(found) == (0, 3)


def test_times_are_means_over_orders_and_never_by_person(session):
    workers = [staff(session, "fulfilment", name) for name in ("Chloe", "Dan", "Eva")]
    customer, version = a_customer(session), published(session)
    at = now() - timedelta(days=1)
    for worker, minutes in zip(workers, (10, 20, 30), strict=True):
        order = ordered(session, customer, version, engraving="A")
        for step in steps(order)[:2]:
            working.begin(session, order, step, worker, at)
            production.sign_off(session, order, *step, worker, at + timedelta(minutes=minutes))
            at += timedelta(minutes=minutes)
            working.pause(session, order, worker, at)
    row, = times.taken(session, at - timedelta(days=2))
    assert (row.product, row.operation, row.orders, row.planned, row.real) == (
        "Garden bench", "Cut to size", 3, 20, 40)
    assert not any(worker.name in str(row) for worker in workers)
    forgotten = session.scalars(select(Work)).first()
    forgotten.ended = forgotten.started + timedelta(hours=9)
    assert times.taken(session, at - timedelta(days=2)) == [], "of two orders nothing is told"

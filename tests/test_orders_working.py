"""The bench: whoever starts, counts, measures and finishes what, the records say so, and the order's state is true."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from threading import Barrier, Thread

import pytest
from conftest import application, settings_for
from factories import TODAY, a_customer, bench, browser, member, ordered, published, staff
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from hypothesis.strategies import integers, sampled_from
from sqlalchemy import event, func, select
from test_orders_changing import change

from catalog.database import Base, connect, now
from configurator import retention
from configurator.settings import Settings
from configurator.transaction import open_session, transaction
from orders.changes import answering, changing
from orders.floor import batches, board, measuring, picking, production, queues, times, troubles, working
from orders.floor.steps import signed, steps
from orders.floor.worked import Counted, Measurement, Picked, Trouble, Used, Work
from orders.lifecycle import NotAllowed, move
from orders.memory import erasure
from orders.records import Order, OrderEvent
from orders.supplies import capacity, reservations, stock
from orders.supplies.supplied import Booking, Stock
from orders.supplies.supply import UNIT

STEPS = [("saw", 1), ("saw", 2), ("fit", 1)]
CHECKED = ("saw", 1)
GOOD, BAD = 1164.0, 1170.0
PIECES = 3


def checked(**changes):
    """A bench whose first step has a check: 1164 mm and no more than 1 mm off."""
    check = {"name": "Length", "unit": "mm", "nominal": "span", "plus": 1, "minus": 1}
    return bench(operations=[
        {"name": "saw", "title": "Cut to size", "work_centre": "bench_saw", "minutes": 20, "setup": "{wood}",
         "steps": [{"do": "Cut", "check": check}, {"do": "Break the edges"}]},
        {"name": "fit", "title": "Fit together", "work_centre": "bench_saw", "minutes": 40,
         "steps": [{"do": "Screw it together"}]}], **changes)


class Bench(RuleBasedStateMachine):
    """Two workers, one lot of three pieces; what a bystander with a notebook would have written down."""

    def __init__(self):
        super().__init__()
        engine = connect("sqlite://")
        Base.metadata.create_all(engine)
        self.session = open_session(engine)
        self.workers = [staff(self.session, "fulfilment", name) for name in ("Chloe", "Dan")]
        customer, version = a_customer(self.session), published(self.session, checked())
        self.order = ordered(self.session, customer, version, quantity=PIECES)
        self.at = datetime(2027, 1, 5, 8, tzinfo=UTC)
        self.signed, self.counted, self.here = {}, {}, {}
        self.begun = False
        self.measured = {}  # by piece: whether it may stay
        self.open = []  # problems, with their step
        self.keys = 0

    def teardown(self):
        self.session.close()

    def key(self):
        self.keys += 1
        return str(self.keys)

    def later(self):
        self.at += timedelta(minutes=1)
        return self.at

    def stopped(self, step):
        return ((step == CHECKED and not (len(self.measured) == PIECES and all(self.measured.values())))
                or any(one.operation == step[0] and one.step == step[1] for one in self.open))

    def leave(self, step, who):
        """A step is done: whoever was at it leaves, and who did it goes on if they were at it."""
        was = self.here.get(who) == step
        self.here = {one: at for one, at in self.here.items() if at != step}
        following = next((one for one in STEPS if one[0] == step[0] and one not in self.signed), None)
        if was and following:
            self.here[who] = following

    @rule(step=sampled_from(STEPS), who=integers(0, 1))
    def begin(self, step, who):
        made = working.begin(self.session, self.order, step, self.workers[who], self.later())
        assert (made is None) == (step in self.signed)
        if made:
            self.here[who], self.begun = step, True

    @rule(who=integers(0, 1))
    def pause(self, who):
        working.pause(self.session, self.order, self.workers[who], self.later())
        self.here.pop(who, None)

    @rule(step=sampled_from(STEPS), who=integers(0, 1))
    def sign(self, step, who):
        act = production.sign_off, (self.session, self.order, *step, self.workers[who], self.later())
        if step not in self.signed and self.stopped(step):
            with pytest.raises((measuring.Unmeasured, troubles.Unsettled)):
                act[0](*act[1])
            return
        act[0](*act[1])
        if step not in self.signed:
            self.signed[step] = who
            self.leave(step, who)

    @rule(step=sampled_from(STEPS), who=integers(0, 1))
    def undo(self, step, who):
        if self.signed.get(step, who) != who:
            with pytest.raises(production.NotYours):
                production.take_back(self.session, self.order, *step, self.workers[who])
        else:
            production.take_back(self.session, self.order, *step, self.workers[who])
            if self.signed.pop(step, None) is not None:
                self.counted.pop(step, None)

    @rule(step=sampled_from(STEPS), who=integers(0, 1), pieces=integers(-1, PIECES + 1))
    def count(self, step, who, pieces):
        if not 0 <= pieces <= PIECES:
            with pytest.raises(production.BeyondLot):
                production.count(self.session, self.order, *step, pieces, self.workers[who])
        elif step not in self.signed and pieces == PIECES and self.stopped(step):
            with pytest.raises((measuring.Unmeasured, troubles.Unsettled)):
                production.count(self.session, self.order, *step, pieces, self.workers[who])
        else:
            production.count(self.session, self.order, *step, pieces, self.workers[who])
            if step not in self.signed:
                self.counted[step] = pieces
                if pieces == PIECES:
                    self.signed[step] = who
                    self.leave(step, who)

    @rule(value=sampled_from([GOOD, BAD]), piece=integers(1, PIECES))
    def measure(self, value, piece):
        key = self.key()
        made = [measuring.measure(self.session, self.order, CHECKED, value, self.workers[0], key=key, piece=piece)
                for _ in range(2)]
        assert made[0] is made[1]
        self.measured[piece] = made[0].within
        assert made[0].within == (value == GOOD)

    @rule(decision=sampled_from(["accept", "rework", "problem"]))
    def decide(self, decision):
        for one in measuring.out(self.session, self.order):
            if not one.decision:
                measuring.decide(self.session, one, decision, self.workers[1], "It does not show.")
                self.measured[one.piece] = decision == "accept"

    @rule(step=sampled_from(STEPS))
    def report(self, step):
        self.open.append(troubles.report(self.session, self.order, step, "A crack", self.workers[0], key=self.key()))

    @rule()
    def settle(self):
        if self.open:
            troubles.settle(self.session, self.open.pop(), "Filled.", self.workers[1])

    @invariant()
    def who_is_where_is_known(self):
        found = self.session.scalars(select(Work).where(Work.ended.is_(None))).all()
        assert {self.workers.index(one.account): (one.operation, one.step) for one in found} == self.here
        assert len(found) == len(self.here)

    @invariant()
    def nobody_is_at_two_steps_at_once(self):
        for worker in self.workers:
            spans = self.session.scalars(select(Work).where(Work.account_id == worker.id).order_by(Work.id)).all()
            assert all(one.ended and one.ended <= later.started for one, later in pairwise(spans))

    @invariant()
    def the_state_is_true(self):
        begun = self.signed or self.begun
        made = "built" if len(self.signed) == len(STEPS) else "in_production" if begun else "released"
        assert self.order.state == made
        assert signed(self.order) == set(self.signed)
        assert production.counts(self.session, self.order) == self.counted
        assert set(troubles.open_(self.session, self.order)) == set(self.open)


Bench.TestCase.settings = settings(max_examples=15, stateful_step_count=30, deadline=None)
TestBench = Bench.TestCase


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


def test_two_who_pick_the_same_part_at_once_take_it_once(database, tmp_path):
    with transaction(database) as session:
        order = ordered(session, a_customer(session))
        accounts = [member(session, "fulfilment", name) for name in ("Chloe", "Dan")]
        stock.keep(session, "SCREW", "Screw", "", lead_days=1)
        stock.count(session, "SCREW", 100_000, accounts[0])
    with application(settings_for(database, tmp_path)) as app:
        clients, together = [browser(app, account) for account in accounts], Barrier(2)

        def take(client):
            together.wait()
            client.post("/floor/pick", data={"part": "SCREW", "for": [order.number]})

        threads = [Thread(target=take, args=(client,)) for client in clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    with open_session(database) as session:
        assert session.scalars(select(Picked.amount)).all() == [6000]
        assert session.scalar(select(func.sum(stock.Movement.amount))) == 94_000


def test_a_part_that_the_book_does_not_have_is_picked_only_if_it_was_there(session):
    order, worker = ordered(session, a_customer(session)), staff(session, "fulfilment")
    stock.keep(session, "SCREW", "Screw", "", lead_days=1)
    with pytest.raises(reservations.Short):
        picking.pick(session, order, "SCREW", worker)
    assert picking.pick(session, order, "SCREW", worker, found=True) == 6000
    assert picking.pick(session, order, "SCREW", worker) == 0
    picking.put_back(session, order, "SCREW", worker)
    assert session.get(stock.Stock, "SCREW").on_hand == 6000
    assert picking.pick(session, order, "SCREW", worker) == 6000


def test_the_list_walks_past_the_bins_as_they_stand(session):
    parts = [{"number": number, "title": number, "bin": place} for number, place in (
        ("a", "B 2"), ("b", "A 10"), ("c", "A 2"), ("d", ""))]
    items = [{"part": number, "quantity": "1.5", "operation": "fit"} for number in "abcd"]
    product = bench(parts=parts, items=items, characteristics=[
        {"name": "width", "kind": "number", "least": 1, "most": 9}], traits=None, quantities=None, rules=None,
        prices=None, picture=None, groups=None, operations=[
            {"name": "fit", "title": "Fit", "work_centre": "bench_saw", "minutes": 1, "steps": []}])
    customer, version = a_customer(session), published(session, product)
    orders = [ordered(session, customer, version, values={"width": 1}, quantity=pieces) for pieces in (1, 3)]
    lines = picking.pick_list(session, orders)
    assert [line.number for line in lines] == ["c", "b", "a", "d"]
    assert [share.amount for share in lines[0].shares] == [1500, 4500]
    assert lines[0].left == 6000


def test_when_all_is_built_what_nobody_ticked_was_there(session):
    order, worker = ordered(session, a_customer(session)), staff(session, "fulfilment")
    assert reservations.reserved(session, order)
    for step in steps(order):
        production.sign_off(session, order, *step, worker)
    assert reservations.reserved(session, order) == {}


def test_what_was_taken_with_the_last_step_is_not_taken_again(session):
    order, worker = ordered(session, a_customer(session)), staff(session, "fulfilment")
    stock.keep(session, "SCREW", "Screw", "", lead_days=1)
    stock.count(session, "SCREW", 100_000, worker)
    for step in steps(order):
        production.sign_off(session, order, *step, worker)
    assert picking.pick(session, order, "SCREW", worker) == 0, "its list was printed before"
    production.take_back(session, order, *steps(order)[-1], worker)
    assert not any(line.left for line in picking.pick_list(session, [order]))
    production.sign_off(session, order, *steps(order)[-1], worker)
    assert session.get(stock.Stock, "SCREW").on_hand == 94_000
    production.take_back(session, order, *steps(order)[-1], worker)
    picking.put_back(session, order, "SCREW", worker)
    left = session.get(stock.Stock, "SCREW").on_hand, reservations.reserved(session, order)["SCREW"]
    assert left == (100_000, 6000)


def test_what_was_picked_and_is_not_needed_any_more_goes_back(session):
    worker, rep = staff(session, "fulfilment"), staff(session)
    changed, gone = (ordered(session, a_customer(session, name)) for name in ("Ada", "Mira"))
    stock.keep(session, "W-OAK", "Oak", "", lead_days=1)
    stock.count(session, "W-OAK", 2000, worker)
    for order in changed, gone:
        picking.pick(session, order, "W-OAK", worker)
    answering.approve(session, change(session, changed, rep, changing.ask, wood="pine"), worker, "", TODAY)
    answering.approve(session, changing.cancel(session, gone, rep), worker, "", TODAY)
    assert picking.called_off(session, [changed.number, gone.number]) == [gone]
    oak = next(line for line in picking.pick_list(session, [changed, gone]) if line.number == "W-OAK")
    assert [(share.order, share.amount, share.picked, share.left) for share in oak.shares] == [
        (changed, 0, 1000, 0), (gone, 0, 1000, 0)]
    for order in changed, gone:
        picking.put_back(session, order, "W-OAK", worker)
    assert session.get(stock.Stock, "W-OAK").on_hand == 2000
    assert reservations.reserved(session, gone) == {}
    assert "W-OAK" not in reservations.reserved(session, changed)


def test_what_is_spoilt_at_the_bench_is_picked_once_more(session):
    stock.keep(session, "W-PINE", "Pine", "", lead_days=2)
    stock.count(session, "W-PINE", 5 * UNIT, None)
    order, worker = ordered(session, a_customer(session)), staff(session, "fulfilment")
    with pytest.raises(ValueError, match="gets 2000"):
        picking.spoil(session, order, "W-PINE", 3 * UNIT, worker)
    picking.pick(session, order, "W-PINE", worker)
    picking.spoil(session, order, "W-PINE", UNIT, worker)
    assert reservations.reserved(session, order)["W-PINE"] == UNIT
    assert picking.pick(session, order, "W-PINE", worker) == UNIT
    assert session.get_one(Stock, "W-PINE").on_hand == 2 * UNIT
    picking.put_back(session, order, "W-PINE", worker)
    assert reservations.reserved(session, order)["W-PINE"] == 2 * UNIT, "what is spoilt does not come back"
    picking.spoil(session, order, "W-PINE", 2 * UNIT, worker)
    assert reservations.reserved(session, order)["W-PINE"] == 2 * UNIT
    assert session.get_one(Stock, "W-PINE").on_hand == 2 * UNIT, "they had evidently been taken"


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

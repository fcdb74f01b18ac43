"""Picking: what was promised is taken out of the bins, once, and goes back if it is not needed any more."""

from threading import Barrier, Thread

import pytest
from changes import change
from conftest import application, settings_for
from factories import TODAY, a_customer, bench, browser, member, ordered, published, staff
from sqlalchemy import func, select

from configurator.transaction import open_session, transaction
from orders.changes import answering, changing
from orders.floor import picking, production
from orders.floor.steps import steps
from orders.floor.worked import Picked
from orders.supplies import reservations, stock
from orders.supplies.supplied import Stock
from orders.supplies.supply import UNIT


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

"""Changes after ordering: freely until the release, then as the floor grants; nothing that was agreed to is lost."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from factories import TODAY, a_customer, bench, bench_values, ordered, published, staff
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from catalog.database import collided
from catalog.formats import to_document
from catalog.model import from_plain
from catalog.store import model_of
from configurator.transaction import transaction
from orders.buildable import Unbuildable
from orders.changes import changing, consequences, requests
from orders.changes.answering import approve, refuse
from orders.changes.changing import Edit, Outdated, ask, cancel, revise, withdraw
from orders.changes.prospects import would_be
from orders.changes.revising import superseded
from orders.floor import picking, production
from orders.lifecycle import NotAllowed, move
from orders.lots import Lot
from orders.memory.remembered import Evidence
from orders.placing import Agreed, Changed, Entered
from orders.quotation import lines, quotes
from orders.records import Order
from orders.subjects import Whom
from orders.supplies import reservations, stock
from orders.supplies.supplied import Stock
from orders.supplies.supply import UNIT

HOUR = timedelta(hours=1)


def edit(order, quantity=None, number=None, why="", **changes):
    values = from_plain(order.values) | changes
    return Edit(Lot(order.version, model_of(order.version), values, quantity or order.quantity),
                number or order.sheet_number, why=why)


def agreed(session, order, wanted):
    offer = would_be(session, order, wanted.lot, TODAY).offer
    return Agreed(offer.total, offer.promised_on)


def change(session, order, account, act=revise, **wanted):
    """Changes the order, or asks for it, agreeing to what is offered."""
    new = edit(order, **wanted)
    return act(session, order, new, agreed(session, order, new), account, TODAY)


def placed(session, **details):
    return ordered(session, a_customer(session), free_for=HOUR, **details)


def done(session, order, worker, *steps):
    for step in steps:
        production.sign_off(session, order, *step, worker)


def test_until_its_release_an_order_changes_as_its_customer_likes(session):
    order, rep = placed(session, engraving="Ada"), staff(session)
    total, day, number = order.total, order.promised_on, order.number
    change(session, order, rep, wood="pine", quantity=2, why="Two of them")
    session.commit()
    session.refresh(order)
    assert (order.number, order.state, order.sheet_number, order.quantity) == (number, "placed", 2, 2)
    assert order.values == {**order.values, "wood": "pine", "engraving": "Ada"}
    assert order.sheet["revision"] == 2
    assert order.sheet["quantity"] == 2
    assert order.sheet["price"]["total"] == order.total == 2 * (total - 12000)
    (before,) = superseded(session, order)
    assert (before.number, before.total, before.quantity, before.promised_on) == (1, total, 1, day)
    assert (before.values["wood"], before.sheet["revision"], before.why) == ("oak", 1, "Two of them")
    assert before.account == rep
    assert [(event.state, event.sheet_number) for event in order.events] == [("placed", 1), ("placed", 2)]


def test_a_change_costs_what_it_changes_and_moves_the_day_by_what_it_takes(session):
    """Oak takes four days to come, pine none: the day that was promised comes nearer by as much."""
    order = placed(session)
    cheaper = would_be(session, order, edit(order, wood="pine").lot, TODAY + timedelta(3)).offer
    assert order.total - cheaper.total == 12000
    assert cheaper.promised_on < order.promised_on
    same = would_be(session, order, edit(order, engraving="Ada").lot, TODAY + timedelta(3)).offer
    assert same.promised_on == order.promised_on, "an engraving takes no day, whenever it is thought of"


def test_who_changes_something_else_keeps_their_turn_for_a_part(session):
    """The one board in the house was promised to whoever came first, and stays theirs with an engraving."""
    stock.keep(session, "W-OAK", "Oak", "", lead_days=9)
    stock.count(session, "W-OAK", UNIT, None)
    first, second = placed(session), placed(session)
    assert first.promised_on < second.promised_on
    change(session, first, staff(session), engraving="Ada")

    def waiting():
        found = reservations.waiting(session, [first, second])
        return {order: {wait.number for wait in found[order.id]} for order in (first, second)}
    assert "W-OAK" not in waiting()[first]
    assert "W-OAK" in waiting()[second]
    change(session, first, staff(session), wood="pine")
    assert "W-OAK" not in waiting()[second], "it is free for the second by now"
    change(session, first, staff(session), wood="oak")
    assert "W-OAK" not in waiting()[second], "and stays theirs"
    assert "W-OAK" in waiting()[first]


def test_what_is_missing_of_a_part_is_said_once_however_many_turns_an_order_has(session):
    """Two boards that nobody ordered yet are two boards missing, though the second came with a change."""
    stock.keep(session, "W-OAK", "Oak", "", lead_days=9)
    first, _ = placed(session), placed(session)
    change(session, first, staff(session), quantity=2)
    assert [(wait.amount, wait.due) for wait in reservations.missing(session, first)
            if wait.number == "W-OAK"] == [(2 * UNIT, None)]


def test_who_takes_more_of_a_part_keeps_what_they_had_and_queues_for_the_rest(session):
    """The only board in the house stays with whoever came first; a second one for them comes after all others."""
    stock.keep(session, "W-OAK", "Oak", "", lead_days=9)
    stock.count(session, "W-OAK", UNIT, None)
    first, second = placed(session), placed(session)
    change(session, first, staff(session), quantity=2)
    found = reservations.waiting(session, [first, second])
    assert [(wait.number, wait.amount) for wait in found[first.id] if wait.number == "W-OAK"] == [("W-OAK", UNIT)]
    stock.count(session, "W-OAK", 2 * UNIT, None)
    found = reservations.waiting(session, [first, second])
    assert "W-OAK" not in {wait.number for wait in found[second.id]}, "the second board is theirs"
    assert "W-OAK" in {wait.number for wait in found[first.id]}
    assert reservations.reserved(session, first)["W-OAK"] == 2 * UNIT
    change(session, first, staff(session), quantity=1)
    assert reservations.reserved(session, first)["W-OAK"] == UNIT


def test_what_is_put_back_after_a_change_is_reserved_as_far_as_it_is_needed(session):
    """Two boards were picked, one is needed by now: the other one is anybody's."""
    stock.keep(session, "W-OAK", "Oak", "", lead_days=9)
    stock.count(session, "W-OAK", 2 * UNIT, None)
    order, worker = ordered(session, a_customer(session), quantity=2), staff(session, "fulfilment")
    picking.pick(session, order, "W-OAK", worker)
    approve(session, change(session, order, staff(session), ask, quantity=1), worker, "", TODAY)
    assert "W-OAK" not in reservations.reserved(session, order), "it has what it needs"
    picking.spoil(session, order, "W-OAK", UNIT, worker)
    assert "W-OAK" not in reservations.reserved(session, order), "there was one more"
    stock.count(session, "W-OAK", UNIT, None)
    picking.put_back(session, order, "W-OAK", worker)
    assert reservations.reserved(session, order)["W-OAK"] == UNIT
    assert session.get_one(Stock, "W-OAK").on_hand == 2 * UNIT


def test_what_is_spoilt_by_a_change_is_reserved_anew(session):
    """The pine was cut to another length: as the floor says, it is taken out of the stock once more."""
    stock.keep(session, "W-PINE", "Pine", "", lead_days=2)
    stock.count(session, "W-PINE", 4 * UNIT, None)
    order, rep, worker = ordered(session, a_customer(session)), staff(session), staff(session, "fulfilment")
    picking.pick(session, order, "W-PINE", worker)
    done(session, order, worker, ("saw", 1))
    request = change(session, order, rep, ask, width=1000)
    (used,) = [one for one in consequences.of(session, [request])[request.id].used if one.number == "W-PINE"]
    assert used.amount == 2 * UNIT
    approve(session, request, worker, "", TODAY, spoilt=["W-PINE"])
    assert reservations.reserved(session, order)["W-PINE"] == 2 * UNIT
    assert picking.pick(session, order, "W-PINE", worker) == 2 * UNIT
    assert session.get_one(Stock, "W-PINE").on_hand == 0
    request = change(session, order, rep, ask, quantity=2)
    assert consequences.of(session, [request])[request.id].used == (), "who makes more of the same spoils nothing"


@pytest.mark.parametrize(("cost", "spent"), [({"cost": "1.155"}, 231), ({"made_here": True}, 0), ({}, 0)])
def test_what_is_cut_for_nothing_costs_what_the_catalogue_says(session, cost, spent):
    """Two boards of pine at 1.155 each; of the oak it does not say."""
    parts = [part | cost if part["number"] == "W-PINE" else part for part in to_document(bench())["parts"]]
    version = published(session, bench(parts=parts))
    order, worker = ordered(session, a_customer(session), version), staff(session, "fulfilment")

    def would_cost(**changes):
        request = change(session, order, staff(session), ask, **changes)
        found = consequences.of(session, [request])[request.id].spent
        refuse(session, request, worker, "no")
        return found
    assert would_cost(width=1000) == 0, "nothing is begun"
    done(session, order, worker, ("saw", 1))
    assert (would_cost(width=1000), would_cost(lamp=True)) == (spent, 0)
    request = cancel(session, order, staff(session))
    assert consequences.of(session, [request])[request.id].spent == spent


def test_nothing_is_changed_that_was_not_agreed_to(session):
    order, rep = placed(session), staff(session)
    wanted = edit(order, wood="pine")
    with pytest.raises(Changed):
        revise(session, order, wanted, Agreed(1, order.promised_on), rep, TODAY)
    with pytest.raises(Unbuildable):
        change(session, order, rep, wood="pine", lamp=True)
    with pytest.raises(ValueError, match="1 to 999"):
        change(session, order, rep, quantity=1000)
    with pytest.raises(Outdated):
        change(session, order, rep, wood="pine", number=2)
    with pytest.raises(NotAllowed):
        change(session, order, staff(session, "fulfilment"), wood="pine")
    assert (order.sheet_number, superseded(session, order)) == (1, [])


def test_what_is_remembered_is_what_was_ordered_in_the_end(session):
    order = placed(session, height=1750)
    change(session, order, staff(session), height=1810)
    piece = session.scalar(select(Evidence).where(Evidence.order_id == order.id))
    assert (piece.values["height"], piece.corrected["height"]) == (1810, 1750)


@pytest.mark.parametrize("statement", [
    'UPDATE "order" SET total = 1', 'UPDATE "order" SET total = 1, sheet_number = 2',
    'UPDATE "order" SET sheet_number = 2', "UPDATE superseded SET total = 1", "DELETE FROM superseded",
    'UPDATE "order" SET quantity = 9, sheet_number = sheet_number + 1', 'UPDATE "order" SET currency = \'USD\''])
def test_the_database_lets_no_order_change_of_which_nothing_is_kept(session, statement):
    order = placed(session)
    change(session, order, staff(session), wood="pine")
    session.commit()
    with pytest.raises(IntegrityError, match="cannot be changed"):
        session.execute(text(statement))


def test_after_its_release_the_floor_is_asked(session):
    """What was cut is cut anew, what nobody touched stays signed, and the old sheet keeps what is void."""
    rep, worker = staff(session), staff(session, "fulfilment")
    order = ordered(session, a_customer(session), engraving="Ada")
    with pytest.raises(NotAllowed):
        change(session, order, rep, wood="pine")
    done(session, order, worker, ("saw", 1), ("fit", 1))
    request = change(session, order, rep, ask, engraving="Eve", why="A wedding")
    assert order.sheet_number == 1, "nothing happens until the floor says so"
    found = consequences.of(session, [request])[request.id]
    assert [(one.name, one.fate, one.signed, one.steps) for one in found.operations] == [
        ("fit", "again", 1, 2), ("saw", "stays", 1, 2)], "what is lost comes first"
    assert (found.lost, found.cost) == (1, 0)
    approve(session, request, worker, "Just in time", TODAY)
    session.commit()
    session.expire_all()
    assert (order.state, order.sheet_number, order.values["engraving"]) == ("in_production", 2, "Eve")
    assert [(one.operation, one.step) for one in order.sign_offs] == [("saw", 1)]
    assert [(one["operation"], one["step"], one["account"]) for one in superseded(session, order)[0].done] == [
        ("fit", 1, worker.id)]
    assert (request.state, request.word, request.answerer) == ("approved", "Just in time", worker)


def test_consequences_say_which_parts_are_cut_and_picked(session):
    order, worker = ordered(session, a_customer(session)), staff(session, "fulfilment")
    done(session, order, worker, ("saw", 1))
    request = change(session, order, staff(session), ask, width=1000, wood="pine")
    parts = consequences.of(session, [request])[request.id].parts
    assert [part.is_lost for part in parts] == sorted((part.is_lost for part in parts), reverse=True), "lost first"
    found = {(part.number, part.measures): part for part in parts}
    assert {number for number, _ in found} == {"W-OAK", "W-PINE"}
    long, short = (found["W-PINE", (("length", size), ("width", 120))] for size in (1164, 964))
    assert (long.was, long.now, long.begun) == (2, 0, True)
    assert (short.was, short.now) == (0, 2)


def test_more_pieces_are_to_be_made_by_everybody(session):
    order, worker = ordered(session, a_customer(session)), staff(session, "fulfilment")
    done(session, order, worker, *production.steps(order))
    assert order.state == "built"
    approve(session, change(session, order, staff(session), ask, quantity=2), worker, "", TODAY)
    assert (order.state, order.quantity, order.sign_offs) == ("in_production", 2, [])


def test_a_lot_that_gets_smaller_stays_done(session):
    order, worker = ordered(session, a_customer(session), quantity=2), staff(session, "fulfilment")
    done(session, order, worker, *production.steps(order))
    approve(session, change(session, order, staff(session), ask, quantity=1), worker, "", TODAY)
    assert (order.state, order.quantity, len(order.sign_offs)) == ("built", 1, 3)


def test_what_cannot_be_done_is_not_approved(session):
    order, worker = ordered(session, a_customer(session)), staff(session, "fulfilment")
    request = change(session, order, staff(session), ask, engraving="Eve")
    with pytest.raises(ValueError, match="past"):
        approve(session, request, worker, "", TODAY, TODAY - timedelta(1))
    assert (request.state, order.sheet_number) == ("asked", 1)
    for state in "in_production", "built", "shipped":
        move(session, order, state, worker)
    with pytest.raises(NotAllowed):
        approve(session, request, worker, "", TODAY)
    assert (request.state, order.sheet_number) == ("asked", 1)


@pytest.mark.parametrize(("quantity", "total"), [(1, 22000), (5, 110000), (10, 220000), (11, 264000)])
def test_a_quoted_order_keeps_the_discount_of_what_stays_in_it(session, quantity, total):
    """Half was taken off ten benches of 440: one alone is not free, and an eleventh costs what it costs."""
    rep = staff(session, "manager")
    quote = quotes.begin(session, a_customer(session), rep)
    version = published(session)
    lot = Lot(version, model_of(version), bench_values(), 10)
    lines.add(session, quote, Whom(quote.customer), lot, Entered(0), {})
    quote.discount = 5000
    quotes.issue(session, quote, rep, TODAY)
    (order,) = quotes.accept(session, quote, 1, "Ada", TODAY, free_for=HOUR)
    assert would_be(session, order, edit(order, quantity=quantity).lot, TODAY).offer.total == total


def test_who_may_ask_for_a_change_is_who_the_table_says(session):
    order = ordered(session, a_customer(session))
    with pytest.raises(NotAllowed):
        change(session, order, staff(session, "fulfilment"), ask, engraving="Eve")
    with pytest.raises(NotAllowed):
        cancel(session, order, staff(session, "fulfilment"))
    assert requests.of(session, order) == []


def test_the_floor_refuses_with_a_word(session):
    order, rep, worker = ordered(session, a_customer(session)), staff(session), staff(session, "fulfilment")
    request = change(session, order, rep, ask, wood="pine")
    with pytest.raises(ValueError, match="says why"):
        refuse(session, request, worker, " ")
    with pytest.raises(requests.Answered):
        refuse(session, request, rep, "I say no")
    refuse(session, request, worker, "It is cut already")
    assert (request.state, order.sheet_number, requests.pending(session, order)) == ("refused", 1, None)
    with pytest.raises(requests.Answered):
        approve(session, request, worker, "", TODAY)


def test_one_thing_is_asked_at_a_time_and_can_be_taken_back(session):
    order, rep = ordered(session, a_customer(session)), staff(session)
    request = change(session, order, rep, ask, wood="pine")
    with pytest.raises(requests.Pending):
        cancel(session, order, rep)
    withdraw(session, request, rep)
    asked = cancel(session, order, rep, "Not needed any more")
    assert (asked.kind, order.state, requests.waiting(session)) == ("cancel", "released", [asked])
    approve(session, asked, staff(session, "fulfilment"), "", TODAY)
    assert (order.state, asked.state) == ("cancelled", "approved")


def test_before_its_release_an_order_is_cancelled_at_once(session):
    order = placed(session)
    assert cancel(session, order, staff(session)) is None
    assert order.state == "cancelled"


def test_a_remake_is_granted_or_refused_by_the_floor(session):
    ada, rep, worker = a_customer(session), staff(session), staff(session, "fulfilment")
    first = ordered(session, ada)
    for granted in True, False:
        remake = ordered(session, ada, remake_of=first)
        request = requests.pending(session, remake)
        assert (request.kind, remake.state) == ("remake", "placed")
        with pytest.raises(NotAllowed):
            changing.release(session, remake, rep)
        assert {one.fate for one in consequences.of(session, [request])[request.id].operations} == {"new"}
        if granted:
            approve(session, request, worker, "", TODAY)
        else:
            refuse(session, request, worker, "It was right")
        assert remake.state == ("released" if granted else "cancelled")


def test_a_change_meets_the_release_and_one_of_them_is_first(database):
    """A customer changes while the floor releases: either it is changed and then released, or they are told to ask."""
    with transaction(database) as session:
        order = placed(session)
        rep, worker = staff(session), staff(session, "fulfilment")
        id_, total = order.id, order.total
    outcomes, ready = {}, Barrier(2)

    def act(name, do):
        ready.wait()
        for _ in range(20):
            try:
                with transaction(database) as session:
                    do(session, session.get_one(Order, id_))
                outcomes[name] = "done"
                return
            except NotAllowed:
                outcomes[name] = "refused"
                return
            except Exception as error:
                if not (isinstance(error, StaleDataError) or collided(error)):
                    outcomes[name] = error
                    return
    acts = {"change": lambda session, order: change(session, order, session.merge(rep), wood="pine"),
            "release": lambda session, order: move(session, order, "released", session.merge(worker))}
    threads = [Thread(target=act, args=item) for item in acts.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with transaction(database) as session:
        order = session.get_one(Order, id_)
        assert order.state == "released"
        assert outcomes["release"] == "done"
        changed = outcomes["change"] == "done"
        assert changed or outcomes["change"] == "refused", outcomes
        assert (order.sheet_number, order.total) == ((2, total - 12000) if changed else (1, total))
        assert len(superseded(session, order)) == changed


def test_of_two_who_ask_at_once_one_is_told_to_wait(database):
    with transaction(database) as session:
        order = ordered(session, a_customer(session))
        rep, id_ = staff(session), order.id
    outcomes, ready = [], Barrier(2)

    def act():
        ready.wait()
        for _ in range(20):
            try:
                with transaction(database) as session:
                    cancel(session, session.get_one(Order, id_), session.merge(rep))
                outcomes.append("asked")
                return
            except requests.Pending:
                outcomes.append("wait")
                return
            except Exception as error:
                if not collided(error):
                    raise
    threads = [Thread(target=act) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["asked", "wait"]

"""Changes after the release: the floor is asked, sees what they would mean, and grants or refuses them."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from changes import change, done, placed
from factories import TODAY, a_customer, bench, ordered, published, staff
from sqlalchemy.orm.exc import StaleDataError

from catalog.database import collided
from catalog.formats import to_document
from configurator.transaction import transaction
from orders.changes import changing, consequences, requests
from orders.changes.answering import approve, refuse
from orders.changes.changing import ask, cancel, withdraw
from orders.changes.revising import superseded
from orders.floor import production
from orders.lifecycle import NotAllowed, move
from orders.records import Order


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

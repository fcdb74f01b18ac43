"""Changes after ordering, freely until the release: what it costs and takes, and nothing that was agreed to is lost."""

from datetime import timedelta

import pytest
from changes import HOUR, change, done, edit, placed
from factories import TODAY, a_customer, bench_values, ordered, published, staff
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from catalog.store import model_of
from orders.buildable import Unbuildable
from orders.changes import consequences
from orders.changes.answering import approve
from orders.changes.changing import Outdated, ask, cancel, revise
from orders.changes.prospects import would_be
from orders.changes.revising import superseded
from orders.floor import picking
from orders.lifecycle import NotAllowed
from orders.lots import Lot
from orders.memory.remembered import Evidence
from orders.placing import Agreed, Changed, Entered
from orders.quotation import lines, quotes
from orders.subjects import Whom
from orders.supplies import reservations, stock
from orders.supplies.supplied import Stock
from orders.supplies.supply import UNIT


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


def test_before_its_release_an_order_is_cancelled_at_once(session):
    order = placed(session)
    assert cancel(session, order, staff(session)) is None
    assert order.state == "cancelled"

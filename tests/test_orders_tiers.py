"""Tiers: who is in which by its rule, what it changes and what is counted."""

from datetime import UTC, datetime, timedelta

import pytest
from factories import TODAY, a_customer, bench, ordered, published, shipped_on, staff
from sqlalchemy import event, select

from catalog.model import from_plain
from catalog.store import model_of
from orders import lifecycle
from orders.changes import answering, changing, prospects, requests
from orders.floor import production, queues
from orders.lots import Lot
from orders.memory import consents, erasure
from orders.placing import Agreed, Entered, place, remade
from orders.promises import offered
from orders.records import Order
from orders.relation import attention as rules
from orders.relation import tiers
from orders.relation.followed import FollowUp, Membership, Tier
from orders.subjects import Whom
from orders.supplies.snapshot import fresh

DAY = timedelta(1)


def a_tier(session, name="Friends of the house", rank=1, **rule) -> Tier:
    given_ = {"orders": 0, "bought": 0, "kinds": 0, "months": 24, "currency": "EUR"}
    tier = Tier(name=name, rank=rank, **{**given_, **rule})
    session.add(tier)
    session.flush()
    return tier


def names(session) -> dict[str, str]:
    return {one.customer.name: tier.name for tier in tiers.all_(session) for one in tiers.members(session, tier)}


def test_the_first_tier_whose_rule_holds_is_theirs(session):
    version, stool = published(session), published(session, bench(name="stool", title="Stool"))
    often, wide, once = (a_customer(session, name) for name in ("Often", "Wide", "Once"))
    for _ in range(3):
        ordered(session, often, version)
    ordered(session, wide, version)
    ordered(session, wide, stool)
    ordered(session, once, version)
    a_tier(session, "Second", 2, kinds=2)
    a_tier(session, "First", 1, orders=3)
    assert tiers.refresh(session, TODAY) == 2
    assert names(session) == {"Often": "First", "Wide": "Second"}
    assert tiers.refresh(session, TODAY) == 0  # nobody moves twice
    found = tiers.of(session, wide)
    assert (found.orders, found.kinds) == (2, 2)
    assert tiers.of(session, once) is None


def test_what_is_long_ago_or_cancelled_does_not_count(session):
    customer, version = a_customer(session), published(session)
    ordered(session, customer, version, TODAY - timedelta(800))
    ordered(session, customer, version, TODAY - 10 * DAY)
    ordered(session, customer, version, TODAY - 10 * DAY).state = "cancelled"
    a_tier(session, orders=2)
    assert tiers.refresh(session, TODAY) == 0
    ordered(session, customer, version, TODAY)
    assert tiers.refresh(session, TODAY, customer) == 1
    assert tiers.refresh(session, TODAY + timedelta(800)) == 1  # and out again, with time
    assert tiers.of(session, customer) is None


def test_by_hand_stays_until_it_is_left_to_the_rules(session):
    customer, manager, tier = a_customer(session), staff(session, "manager"), a_tier(session, orders=9)
    with pytest.raises(ValueError, match="why"):
        tiers.put(session, customer, tier, " ", manager)
    tiers.put(session, customer, tier, "They opened the shop with us.", manager)
    assert tiers.refresh(session, TODAY) == 0
    assert tiers.of(session, customer).word == "They opened the shop with us."
    tiers.put(session, customer, None, "As the rules say again.", manager)
    assert tiers.of(session, customer) is None
    assert len(session.scalars(select(Membership)).all()) == 2  # the log says both


def test_whoever_objects_is_out_at_once(session):
    customer = a_customer(session)
    ordered(session, customer, published(session))
    a_tier(session, orders=1)
    tiers.refresh(session, TODAY)
    assert tiers.of(session, customer)
    consents.say(session, customer, "analysis", False, None)
    assert tiers.of(session, customer) is None
    assert names(session) == {}
    assert tiers.refresh(session, TODAY) == 1


def test_a_tier_goes_first_among_what_is_promised_for_the_same_day(session):
    version = published(session)
    plain, friend = a_customer(session, "Plain"), a_customer(session, "Friend")
    ordered(session, friend, version, TODAY - 30 * DAY)
    a_tier(session, orders=1, priority=True, remakes=1)
    tiers.refresh(session, TODAY - 29 * DAY, friend)
    first, second = ordered(session, plain, version), ordered(session, friend, version)
    second.promised_on = first.promised_on
    session.flush()
    waiting = [order for order, _ in production.queue(session) if order.promised_on == first.promised_on]
    assert waiting == [second, first]
    for queue in queues.queues(session):
        at = [job.order for job in queue.jobs if job.order.promised_on == first.promised_on]
        assert at[:1] == [second]
    assert [(use.what, use.order_id) for use in tiers.uses(session, friend)] == [("priority", second.id)]
    assert tiers.uses(session, plain) == []


def shipped_order(session, customer, **details):
    """One that was shipped, and was not right."""
    order = ordered(session, customer, published(session), TODAY - 40 * DAY, **details)
    shipped_on(session, order, TODAY - 20 * DAY)
    return order


def remake_of(session, first, **changes):
    """The same again, at what it is said to cost."""
    model = model_of(first.version)
    values, today = from_plain(first.values) | changes, TODAY
    offer = remade(session, first.customer, first, offered(model, values, fresh(session, today)))
    return place(session, Whom(first.customer), Lot(first.version, model, values, 1, remake_of=first),
                 Agreed(offer.total, offer.promised_on), Entered(0), key=f"again {first.number}", today=today)


def test_a_change_after_release_has_a_fee_that_a_tier_waives_until_its_free_ones_are_used(session):
    rep, floor, customer = staff(session), staff(session, "fulfilment", "Chloe Maran"), a_customer(session)
    order = ordered(session, customer)

    def asked(height):
        lot = Lot(order.version, model_of(order.version), from_plain(order.values) | {"height": height}, 1)
        would = prospects.would_be(session, order, lot, TODAY, fee=2500)
        request = changing.ask(session, order, changing.Edit(lot, order.sheet_number), Agreed(
            would.offer.total, would.offer.promised_on), rep, TODAY, 2500)
        return would.charge, request.total - order.total, request

    charge, dearer, request = asked(1760)
    assert (charge.due, charge.waived, dearer) == (2500, 0, 2500)  # nobody's tier gives it
    answering.approve(session, request, floor, "", TODAY)
    tier = a_tier(session, orders=1, changes=1)
    tiers.refresh(session, TODAY + DAY)
    charge, dearer, request = asked(1770)
    assert (charge.due, charge.waived, charge.tier, dearer) == (0, 2500, tier.name, 0)
    assert tiers.remaining(session, customer) == {"change": 0}  # while it is asked for
    answering.refuse(session, request, floor, "It is glued already.")
    assert tiers.remaining(session, customer) == {"change": 1}  # what is not done is not used up
    *_, request = asked(1770)
    answering.approve(session, request, floor, "", TODAY)
    assert tiers.used_for(session, order) == [("change", tier.name)]
    assert tiers.reports(session, TODAY)[tier.id].cost == 2500
    charge, dearer, request = asked(1780)
    assert (charge.due, dearer) == (2500, 2500)
    answering.approve(session, request, floor, "", TODAY)
    assert order.sheet["price"]["fee"] == 5000


def test_a_change_before_the_release_costs_nothing(session):
    order = ordered(session, a_customer(session), free_for=DAY)
    lot = Lot(order.version, model_of(order.version), from_plain(order.values) | {"height": 1760}, 1)
    assert prospects.would_be(session, order, lot, TODAY, fee=2500).offer.total == order.total


def test_a_remake_costs_what_it_costs_unless_a_tier_gives_it_as_far_as_the_first_one_cost(session):
    customer = a_customer(session)
    first, second = shipped_order(session, customer), shipped_order(session, customer)
    tier = a_tier(session, orders=1, remakes=1)
    assert remake_of(session, shipped_order(session, a_customer(session, "Nobody"))).total == first.total
    tiers.refresh(session, TODAY)
    free = remake_of(session, first, lamp=True)
    waived = free.sheet["price"]["waived"]
    assert (waived, free.sheet["price"]["tier"]) == (first.total, tier.name)
    assert free.total == free.sheet["price"]["piece"] - first.total > 0  # what is better than the first is paid for
    assert tiers.reports(session, TODAY)[tier.id].cost == first.total
    assert remake_of(session, second).total == second.total  # one in a year
    changing.cancel(session, free, staff(session))
    assert tiers.remaining(session, customer) == {"remake": 1}
    assert tiers.reports(session, TODAY)[tier.id].cost == 0


def test_a_remake_that_the_floor_finds_was_its_fault_is_free_and_uses_nothing_up(session):
    customer, floor = a_customer(session), staff(session, "fulfilment")
    first, second = shipped_order(session, customer), shipped_order(session, customer)
    a_tier(session, orders=1, remakes=1)
    tiers.refresh(session, TODAY)
    for again in remake_of(session, first), remake_of(session, second):
        answering.approve(session, requests.pending(session, again), floor, "Cut too short.", TODAY, ours=True)
        assert (again.state, again.total, again.sheet["price"]["tier"]) == ("released", 0, "")
        assert again.sheet["price"]["waived"] == first.total
    assert tiers.remaining(session, customer) == {"remake": 1}


def test_what_followed_counts_everybody_who_came_into_it_and_says_how_sure_that_is(session):
    tier, version = a_tier(session, orders=1), published(session)
    everybody = [a_customer(session, f"Member {number}") for number in range(6)]
    for number, customer in enumerate(everybody):
        ordered(session, customer, version, TODAY - timedelta(800))
        session.add(Membership(customer=customer, tier=tier, orders=1, bought=1, kinds=1,
                               at=datetime(2026, 1, 1, tzinfo=UTC) - timedelta(300)))
        for _ in range(number):
            ordered(session, customer, version, TODAY - timedelta(400))
    session.flush()
    left = Membership(customer=everybody[0], tier=None, orders=0, bought=0, kinds=0)
    session.add(left)
    consents.say(session, everybody[5], "analysis", False, None)
    found = tiers.reports(session, TODAY)[tier.id].followed
    price = session.scalars(select(Order)).first().total
    assert (found.customers, found.before, found.after) == (5, price, 2 * price)  # (0 + 1 + 2 + 3 + 4) / 5
    assert found.low < price < found.high
    consents.say(session, everybody[4], "analysis", False, None)
    assert tiers.reports(session, TODAY)[tier.id].followed is None  # too few


def test_many_tiers_are_told_of_with_no_more_questions_than_one(session):
    asked, numbers = [], []
    event.listen(session.get_bind().engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    for rank in 1, 2, 3:
        a_tier(session, f"Tier {rank}", rank)
        asked.clear()
        assert len(tiers.reports(session, TODAY)) == rank
        numbers.append(len(asked))
    assert numbers == [numbers[0]] * 3


def test_an_erased_customer_leaves_no_tier_and_no_line_behind(session):
    customer, rep = a_customer(session), staff(session)
    order = ordered(session, customer, published(session), TODAY - timedelta(30))
    a_tier(session, orders=1)
    tiers.refresh(session, TODAY)
    for state in "in_production", "built", "shipped":
        lifecycle.enter(session, order, state, rep)
    rules.done(session, rules.Line("answer", customer, "answer 1", TODAY, order), "done", TODAY, rep)
    erasure.erase(session, customer)
    assert session.scalars(select(Membership)).all() == session.scalars(select(FollowUp)).all() == []

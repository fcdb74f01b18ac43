"""Tiers: who is in which by its rule, what it changes and what is counted; and the list of a rep's day."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from factories import TODAY, a_customer, bench, bench_values, ordered, published, staff
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from catalog.database import collided
from catalog.model import from_plain
from catalog.store import model_of
from configurator import attention
from configurator.transaction import open_session, transaction, writing
from orders import lifecycle
from orders.changes import answering, changing, prospects, requests
from orders.floor import production, queues, troubles
from orders.lots import Lot
from orders.memory import consents, erasure, feedback
from orders.placing import Agreed, Entered, place, remade
from orders.promises import offered
from orders.records import Order
from orders.relation import attention as rules
from orders.relation import tiers
from orders.relation.attention import Pause
from orders.relation.followed import FollowUp, Membership, Tier
from orders.shipments import shipping
from orders.shipments.shipped import Shipment
from orders.specifications import Configured, save
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
    shipped(session, order, TODAY - 20 * DAY)
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


@given(st.floats(1, 400), st.floats(0, 4000))
def test_a_pause_makes_due_then_quiet_then_nothing(usual, now):
    kind = Pause(1, usual, now).kind
    assert kind in (None, "due", "quiet")
    assert (kind == "quiet") == (2 <= now / usual < 8)
    assert (kind == "due") == (0.9 <= now / usual < 2)


def shipped(session, order, at: date) -> None:
    for state in "in_production", "built", "shipped":
        lifecycle.enter(session, order, state, lifecycle.SYSTEM, datetime(at.year, at.month, at.day, tzinfo=UTC))


def kinds(session, today=TODAY, analysis=True) -> list[tuple[str, str]]:
    return [(line.kind, line.customer.name) for line in attention.day(session, today, analysis)]


def test_the_day_says_who_is_late_unanswered_due_and_quiet(session):
    version = published(session)
    late, silent, again, due, quiet = (a_customer(session, name) for name in (
        "Late", "Silent", "Again", "Due", "Quiet"))
    ordered(session, late, version, TODAY - timedelta(60))
    shipped(session, ordered(session, silent, version, TODAY - timedelta(60)), TODAY - timedelta(30))
    first = ordered(session, again, version, TODAY - timedelta(60))
    shipped(session, first, TODAY - timedelta(50))
    feedback.give(session, first, {"width": feedback.Verdict("small")})
    shipped(session, ordered(session, again, version, TODAY - timedelta(40), remake_of=first), TODAY - timedelta(15))
    for customer, ago in (due, (300, 200, 100)), (quiet, (700, 600, 500)):
        for days in ago:
            order = ordered(session, customer, version, TODAY - timedelta(days))
            shipped(session, order, TODAY - timedelta(days - 5))
            feedback.give(session, order, {})
    assert kinds(session) == [("promise", "Late"), ("remake", "Again"), ("answer", "Silent"), ("due", "Due"),
                              ("quiet", "Quiet")]
    assert [kind for kind, _ in kinds(session, analysis=False)] == ["promise", "remake", "answer"]


def test_what_was_said_to_be_wrong_is_come_back_to_unless_it_was_made_again_sent_back_or_heard_by_a_rep(session):
    version, rep = published(session), staff(session)

    def complains(name, days=20, by=None):
        order = ordered(session, a_customer(session, name), version, TODAY - timedelta(60))
        shipped(session, order, TODAY - timedelta(50))
        at = datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC) - timedelta(days)
        feedback.give(session, order, {"width": feedback.Verdict("small")}, by=by, at=at)
        return order
    for details in ("Open",), ("Long ago", 100), ("Heard", 20, rep):
        complains(*details)
    again, back = complains("Again"), complains("Back")
    ordered(session, again.customer, version, TODAY, remake_of=again)
    session.add(box := Shipment(order=back, customer_id=back.customer_id))
    shipping.take_back(session, box, "Too small")
    session.flush()
    (line,) = attention.complained(session, TODAY)
    assert (line.kind, line.customer.name, line.wrong) == ("wrong", "Open", ("width",))


def test_who_is_due_again_ordered_last_what_was_no_remake(session):
    customer, version = a_customer(session, "Due"), published(session)
    *_, last = [ordered(session, customer, version, TODAY - timedelta(days)) for days in (300, 200, 100)]
    ordered(session, customer, version, TODAY - timedelta(20), remake_of=last)
    lines = {line.kind: line for line in attention.day(session, TODAY, True)}
    assert (lines["due"].order, lines["due"].since) == (last, last.placed_at.date())


def test_however_many_are_due_the_list_is_made(session):
    """More than a statement of PostgreSQL takes parameters."""
    order = ordered(session, a_customer(session), published(session))
    pauses = [Pause(order.customer_id + n, 10.0, 12.0) for n in range(66_000)]
    assert [line.order for line in rules.pausing(session, pauses, TODAY)] == [order]


def test_the_newest_answer_that_is_missing_is_asked_for_first(session):
    version = published(session)
    for name, days in ("Old", 90), ("New", 30), ("Older", 120):
        shipped(session, ordered(session, a_customer(session, name), version, TODAY - timedelta(200)),
                TODAY - timedelta(days))
    assert kinds(session) == [("answer", name) for name in ("New", "Old", "Older")]


def test_what_was_done_about_stays_away_and_what_was_put_off_comes_back(session):
    version, customer, rep = published(session), a_customer(session), staff(session)
    order = ordered(session, customer, version, TODAY - timedelta(60))
    shipped(session, order, TODAY - timedelta(30))
    (line,) = attention.day(session, TODAY, True)
    rules.done(session, line, "later", TODAY, rep)
    assert kinds(session) == []
    assert kinds(session, TODAY + rules.LATER) == [("answer", customer.name)]
    rules.done(session, line, "done", TODAY, rep)
    assert kinds(session, TODAY + rules.LATER) == []
    assert session.scalars(select(FollowUp)).one().done == "done"
    with pytest.raises(ValueError, match="done, later, never"):
        rules.done(session, line, "maybe", TODAY, rep)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # SQLite has one writer at a time
def test_a_button_that_is_pressed_twice_at_once_starts_over(database):
    with transaction(database) as session:
        order = ordered(session, a_customer(session), published(session), TODAY - timedelta(60))
        shipped(session, order, TODAY - timedelta(30))
    with open_session(writing(database)) as one, open_session(writing(database)) as other:
        lines = [attention.day(opened, TODAY, True) for opened in (one, other)]
        rules.done(one, lines[0][0], "done", TODAY, None)
        one.commit()
        with pytest.raises(OperationalError) as met:
            rules.done(other, lines[1][0], "done", TODAY, None)
        assert collided(met.value)


def test_a_specification_that_a_new_catalogue_changes_is_on_the_list(session):
    version, customer = published(session), a_customer(session)
    kept = save(session, Whom(customer), "Terrace", Configured(version, bench_values(), bench_values()))
    order = ordered(session, customer, version, revision=kept)
    shipped(session, order, TODAY)
    feedback.give(session, order, {})
    assert kinds(session) == []
    published(session, bench(rules=[{"id": "wide", "says": "Benches are wide now.", "require": "width >= 1400"}]))
    assert kinds(session) == [("news", customer.name)]


def test_a_promise_that_was_settled_is_back_when_it_is_late_and_who_was_due_when_they_go_quiet(session):
    version, rep = published(session), staff(session)
    order = ordered(session, a_customer(session, "Late"), version)
    measured = order.promised_on - 2 * DAY
    lifecycle.enter(session, order, "in_production", rep)
    troubles.report(session, order, ("saw", 1), "A split.", rep, key="split")
    for today in measured, order.promised_on + DAY:
        (line,) = attention.day(session, today, True)
        assert ("late" in line.risks) == (today != measured)
        rules.done(session, line, "done", today, rep)
        assert kinds(session, today) == []
    for name, what, then in ("Called", "done", [("quiet", "Called")]), ("Never", "never", []):
        customer = a_customer(session, name)
        for days in 300, 200, 100:
            again = ordered(session, customer, version, TODAY - timedelta(days))
            shipped(session, again, TODAY - timedelta(days - 5))
            feedback.give(session, again, {})
        (line,) = (line for line in attention.day(session, TODAY, True) if line.kind == "due")
        rules.done(session, line, what, TODAY, rep)
        assert [one for one in kinds(session, TODAY + timedelta(150)) if one[1] == name] == then


def test_no_kind_of_line_keeps_the_others_off_the_list(session):
    customer = a_customer(session)

    def lines(kind, count):
        return [rules.Line(kind, customer, f"{kind} {number}", TODAY) for number in range(count)]

    found = Counter(line.kind for line in rules.short(lines("answer", 40) + lines("due", 3) + lines("quiet", 9)))
    assert found == {"answer": 8, "due": 3, "quiet": 4}
    assert len(rules.short(lines("promise", 20) + lines("quiet", 9))) == 15
    assert rules.short(lines("quiet", 9)) == lines("quiet", 9)

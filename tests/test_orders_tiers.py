"""Tiers: who is in which by its rule, what it changes and what is counted; and the list of a rep's day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from factories import TODAY, a_customer, bench, bench_values, ordered, published, staff
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from configurator import attention
from orders import lifecycle
from orders.floor import production
from orders.memory import consents, erasure, feedback
from orders.relation import attention as rules
from orders.relation import tiers
from orders.relation.attention import Pause
from orders.relation.followed import FollowUp, Membership, Tier, TierUse
from orders.specifications import save

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
    assert [(use.what, use.order_id) for use in tiers.uses(session, friend)] == [("priority", second.id)]
    assert tiers.uses(session, plain) == []


def test_what_a_tier_gives_runs_out_and_is_reported(session):
    customer, version = a_customer(session), published(session)
    first = ordered(session, customer, version, TODAY - timedelta(400))
    tier = a_tier(session, orders=1, remakes=1)
    tiers.refresh(session, TODAY - timedelta(399))
    assert tiers.note(session, first, "remake", 4200).cost == 4200
    assert tiers.note(session, first, "remake") is None  # one in a year
    assert tiers.note(session, first, "change") is None  # not of this tier
    session.scalar(select(Membership)).at = datetime(2026, 1, 1, tzinfo=UTC)
    session.scalar(select(TierUse)).at = datetime(2026, 12, 1, tzinfo=UTC)
    later = ordered(session, customer, version, date(2026, 6, 1))
    found = tiers.report(session, tier, TODAY)
    assert (found.members, found.uses, found.cost, found.compared) == (1, {"remake": 1}, 4200, 1)
    assert (found.before, found.after) == (first.total, later.total)


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
    return [(line.kind, line.customer.name) for line in attention.day(session, today, analysis).lines]


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


def test_what_was_done_about_stays_away_and_what_was_put_off_comes_back(session):
    version, customer, rep = published(session), a_customer(session), staff(session)
    order = ordered(session, customer, version, TODAY - timedelta(60))
    shipped(session, order, TODAY - timedelta(30))
    (line,) = attention.day(session, TODAY, True).lines
    rules.done(session, line, "later", TODAY, rep)
    assert kinds(session) == []
    assert kinds(session, TODAY + rules.LATER) == [("answer", customer.name)]
    rules.done(session, line, "done", TODAY, rep)
    assert kinds(session, TODAY + rules.LATER) == []
    assert session.scalars(select(FollowUp)).one().done == "done"
    with pytest.raises(ValueError, match="done, later, never"):
        rules.done(session, line, "maybe", TODAY, rep)


def test_a_specification_that_a_new_catalogue_changes_is_on_the_list(session):
    version, customer = published(session), a_customer(session)
    kept = save(session, customer=customer, version=version, name="Terrace", choices=bench_values(),
                values=bench_values(), by=None)
    order = ordered(session, customer, version, revision=kept)
    shipped(session, order, TODAY)
    feedback.give(session, order, {})
    assert kinds(session) == []
    published(session, bench(rules=[{"id": "wide", "says": "Benches are wide now.", "require": "width >= 1400"}]))
    assert kinds(session) == [("news", customer.name)]

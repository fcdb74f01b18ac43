"""The list of a rep's day: who may need somebody, why, and what was done about it."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from factories import TODAY, a_customer, bench, bench_values, ordered, published, shipped_on, staff
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from catalog.database import collided
from configurator import attention
from configurator.transaction import open_session, transaction, writing
from orders import lifecycle
from orders.floor import troubles
from orders.memory import feedback
from orders.relation import attention as rules
from orders.relation.attention import Pause
from orders.relation.followed import FollowUp
from orders.shipments import shipping
from orders.shipments.shipped import Shipment
from orders.specifications import Configured, save
from orders.subjects import Whom

DAY = timedelta(1)


@given(st.floats(1, 400), st.floats(0, 4000))
def test_a_pause_makes_due_then_quiet_then_nothing(usual, now):
    kind = Pause(1, usual, now).kind
    assert kind in (None, "due", "quiet")
    assert (kind == "quiet") == (2 <= now / usual < 8)
    assert (kind == "due") == (0.9 <= now / usual < 2)


def kinds(session, today=TODAY, analysis=True) -> list[tuple[str, str]]:
    return [(line.kind, line.customer.name) for line in attention.day(session, today, analysis)]


def test_the_day_says_who_is_late_unanswered_due_and_quiet(session):
    version = published(session)
    late, silent, again, due, quiet = (a_customer(session, name) for name in (
        "Late", "Silent", "Again", "Due", "Quiet"))
    ordered(session, late, version, TODAY - timedelta(60))
    shipped_on(session, ordered(session, silent, version, TODAY - timedelta(60)), TODAY - timedelta(30))
    first = ordered(session, again, version, TODAY - timedelta(60))
    shipped_on(session, first, TODAY - timedelta(50))
    feedback.give(session, first, {"width": feedback.Verdict("small")})
    shipped_on(session, ordered(session, again, version, TODAY - timedelta(40), remake_of=first), TODAY - timedelta(15))
    for customer, ago in (due, (300, 200, 100)), (quiet, (700, 600, 500)):
        for days in ago:
            order = ordered(session, customer, version, TODAY - timedelta(days))
            shipped_on(session, order, TODAY - timedelta(days - 5))
            feedback.give(session, order, {})
    assert kinds(session) == [("promise", "Late"), ("remake", "Again"), ("answer", "Silent"), ("due", "Due"),
                              ("quiet", "Quiet")]
    assert [kind for kind, _ in kinds(session, analysis=False)] == ["promise", "remake", "answer"]


def test_what_was_said_to_be_wrong_is_come_back_to_unless_it_was_made_again_sent_back_or_heard_by_a_rep(session):
    version, rep = published(session), staff(session)

    def complains(name, days=20, by=None):
        order = ordered(session, a_customer(session, name), version, TODAY - timedelta(60))
        shipped_on(session, order, TODAY - timedelta(50))
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
    assert [line.order for line in rules.pausing(session, pauses)] == [order]


def test_the_newest_answer_that_is_missing_is_asked_for_first(session):
    version = published(session)
    for name, days in ("Old", 90), ("New", 30), ("Older", 120):
        shipped_on(session, ordered(session, a_customer(session, name), version, TODAY - timedelta(200)),
                TODAY - timedelta(days))
    assert kinds(session) == [("answer", name) for name in ("New", "Old", "Older")]


def test_what_was_done_about_stays_away_and_what_was_put_off_comes_back(session):
    version, customer, rep = published(session), a_customer(session), staff(session)
    order = ordered(session, customer, version, TODAY - timedelta(60))
    shipped_on(session, order, TODAY - timedelta(30))
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
        shipped_on(session, order, TODAY - timedelta(30))
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
    shipped_on(session, order, TODAY)
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
            shipped_on(session, again, TODAY - timedelta(days - 5))
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

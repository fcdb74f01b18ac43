"""Accepting a quote: what was sent is ordered, whole and exactly once, or it is told why it does not hold any more."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from factories import TODAY, a_customer, bench, bench_values, published, sent_quote, staff
from quoting import BENCH, accept, drawn, line, sent
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from catalog.database import collided, writing
from configurator.transaction import committed, open_session, transaction
from orders import placing
from orders.promises import offered
from orders.quotation import quotes, vat
from orders.quotation.quoted import Quote, QuoteEvent
from orders.quotation.quotes import NotAllowed, Outdated, Unmeasured
from orders.records import Account, Order
from orders.supplies import foreseen
from orders.supplies.snapshot import fresh, supply
from orders.supplies.supplied import Stock


def test_acceptance_makes_an_order_of_each_line_that_adds_up_to_the_quote(session):
    quote = sent(session, discount=0)
    revision = quote.revisions[0]
    orders = accept(session, quote)
    assert [(order.total, order.quantity) for order in orders] == [(BENCH, 1), (2 * BENCH - 24000, 2)]
    assert {order.quote_revision_id for order in orders} == {revision.id}
    assert quote.state == "converted"
    said = next(event for event in quote.events if event.state == "accepted")
    assert (said.name, said.revision, said.at.tzinfo is not None, said.account) == ("Ada Winter", 1, True, None)
    assert accept(session, quote) == orders, "once more is the same"
    assert session.scalar(select(func.count(Order.id))) == 2


def test_what_nobody_measured_is_ordered_only_by_who_agrees_to_it(session):
    quote = sent_quote(session, a_customer(session), today=TODAY, guessed=["height"])
    with pytest.raises(Unmeasured):
        accept(session, quote)
    assert (quote.state, quotes.placed(session, quote)) == ("sent", [])
    (order,) = quotes.accept(session, quote, 1, "Ada Winter", TODAY, unmeasured=True)
    assert [row["name"] for group in order.sheet["groups"] for row in group["rows"] if not row["measured"]] == [
        "height"]


def test_orders_bear_the_discount_and_its_tax(session):
    boss = staff(session, "manager")
    quote = sent(session, boss, discount=333)
    orders = accept(session, quote)
    document = quote.revisions[0].document
    assert [order.total for order in orders] == [one["gross"] for one in document["lines"]]
    assert sum(order.total for order in orders) == quote.revisions[0].total
    assert sum(order.sheet["price"]["tax"] for order in orders) == document["totals"]["tax"]
    assert all(order.sheet["price"]["quote"] == "Q-0001 rev. 1" for order in orders)


def test_only_the_revision_that_was_sent_is_accepted(session):
    quote = sent(session)
    quotes.revise(session, quote, quote.rep)
    with pytest.raises(NotAllowed):
        accept(session, quote, number=1)
    quotes.issue(session, quote, quote.rep, TODAY)
    with pytest.raises(NotAllowed):
        accept(session, quote, number=1)
    assert len(accept(session, quote, number=2)) == 2


@pytest.mark.parametrize("what", ["validity", "version", "total"])
def test_what_does_not_hold_any_more_is_told_and_nothing_is_ordered(session, what):
    quote = sent(session)
    today = TODAY
    if what == "validity":
        today += timedelta(days=31)
    elif what == "version":
        published(session, bench(prices=[{"name": "base", "title": "Garden bench", "amount": "300 + width / 10"}]))
    else:
        vat.note(session, "AT", "firm", "reverse", 0, TODAY, None)
        vat.settle(quote.customer, "AT", "firm", "ATU12345678")
    with pytest.raises(Outdated) as told:
        accept(session, quote, today=today)
    assert what in {change.what for change in told.value.changes}
    assert session.scalar(select(func.count(Order.id))) == 0
    assert quotes.state(quote, today) == ("expired" if what == "validity" else "sent")


def test_another_reason_for_no_tax_is_told_although_the_total_stays(session):
    quote = drawn(session)
    vat.begin(session, "DE", TODAY, None)
    vat.settle(quote.customer, "AT", "firm", "ATU12345678")
    quotes.issue(session, quote, quote.rep, TODAY)
    vat.settle(quote.customer, "CH", "firm", "")
    with pytest.raises(Outdated, match="tax"):
        accept(session, quote)


def test_an_expired_quote_goes_on_as_a_new_revision(session):
    quote, later = sent(session), TODAY + timedelta(days=40)
    quotes.lapse(session, quote, later)
    assert quote.state == "expired"
    quotes.revise(session, quote, quote.rep)
    assert quotes.issue(session, quote, quote.rep, later).number == 2
    assert len(accept(session, quote, today=later)) == 2


def test_if_one_line_cannot_be_ordered_none_is(session, monkeypatch):
    quote, place = sent(session), placing.place

    def second_fails(*given, key, **how):
        if key.endswith(f" {quote.lines[1].id}"):
            raise placing.Changed((placing.Change("total", 1, 2),))
        return place(*given, key=key, **how)
    monkeypatch.setattr("orders.placing.place", second_fails)
    with pytest.raises(Outdated):
        accept(session, quote)
    session.flush()
    assert (quote.state, [event.state for event in quote.events]) == ("sent", ["sent"])
    assert session.scalar(select(func.count(Order.id))) == 0
    monkeypatch.undo()
    assert len(accept(session, quote)) == 2


def test_lines_that_take_the_same_parts_and_hours_are_promised_one_after_the_other(session):
    """Each alone would be there sooner; what is quoted for all of them is what ordering them promises."""
    session.add(Stock(number="W-OAK", title="Oak board", unit="", lead_days=30, on_hand=1000))
    session.flush()
    quote = quotes.begin(session, a_customer(session), staff(session))
    for quantity in 1, 90:
        line(session, quote, quantity=quantity)
    alone = [supply(session, TODAY).until(offered(bench(), bench_values(), supply(session, TODAY), n).promised_on)
             for n in (1, 90)]
    quotes.issue(session, quote, quote.rep, TODAY)
    ready = quote.revisions[0].document["ready_days"]
    assert ready >= max(alone) > 30 > alone[0]
    left = supply(session, TODAY)
    for one in quote.lines:
        left = foreseen.after(left, bench(), bench_values(), one.quantity)
    accept(session, quote)
    now = fresh(session, TODAY)
    assert now.parts["W-OAK"].known == left.parts["W-OAK"].known
    assert [now.left(centre) for centre in ("bench_saw",)] == [left.left(centre) for centre in ("bench_saw",)]


def test_a_day_that_slips_is_told(session, monkeypatch):
    quote = sent(session)
    promised = quote.revisions[0].document["ready_days"]
    slow = bench(lead_days=promised + 9)
    monkeypatch.setattr("orders.quotation.quoting.model_of", lambda version: slow)
    with pytest.raises(Outdated, match="promise"):
        accept(session, quote)


@pytest.mark.parametrize("turn", range(3))
def test_the_client_accepts_while_the_rep_orders(database, turn):
    with transaction(database) as session:
        rep = staff(session)
        quote, number = sent(session, rep), 1
        quote_id, rep_id = quote.id, rep.id
    together = Barrier(6, timeout=20)

    def click(who):
        together.wait()
        for _ in range(12):
            try:
                with open_session(writing(database)) as session, committed(session):
                    account = session.get(Account, rep_id) if who else None
                    return tuple(order.number for order in quotes.accept(
                        session, session.get(Quote, quote_id), number, "Ada", TODAY, account))
            except OperationalError as error:
                if not collided(error):
                    raise
        raise AssertionError("no turn got through")

    with ThreadPoolExecutor(6) as pool:
        got = set(pool.map(click, [0, 1] * 3))
    assert len(got) == 1
    with open_session(database) as session:
        assert session.scalar(select(func.count(Order.id))) == 2
        states = list(session.scalars(select(QuoteEvent.state).order_by(QuoteEvent.id)))
        assert states == ["sent", "accepted", "converted"]


def test_accepting_while_the_rep_revises_is_one_or_the_other(database):
    with transaction(database) as session:
        rep = staff(session)
        quote_id, rep_id = sent(session, rep).id, rep.id
    together = Barrier(2, timeout=20)

    def act(revises):
        together.wait()
        for _ in range(12):
            try:
                with open_session(writing(database)) as session, committed(session):
                    quote, account = session.get(Quote, quote_id), session.get(Account, rep_id)
                    if revises:
                        quotes.revise(session, quote, account)
                    else:
                        quotes.accept(session, quote, 1, "Ada", TODAY)
                    return True
            except NotAllowed:
                return False
            except OperationalError as error:
                if not collided(error):
                    raise
        raise AssertionError("no turn got through")

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(act, [False, True])) == [False, True]
    with open_session(database) as session:
        quote = session.get(Quote, quote_id)
        assert (quote.state, session.scalar(select(func.count(Order.id)))) in [("converted", 2), ("draft", 0)]

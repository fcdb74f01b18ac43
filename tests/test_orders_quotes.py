"""Quotes: what is sent is frozen, discounts stay within limits, acceptance makes orders exactly once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from factories import TODAY, a_customer, bench, bench_values, published, sent_quote, staff
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from catalog.database import collided, writing
from catalog.store import model_of
from configurator.transaction import committed, open_session, transaction
from orders import placing, subjects
from orders.lots import Lot
from orders.placing import Entered
from orders.promises import offered
from orders.quotation import lines, links, quotes, quoting, vat
from orders.quotation.quoted import QUOTE_STATES, Quote, QuoteEvent, QuoteRevision
from orders.quotation.quotes import ENDS, FIRST, TRANSITIONS, NotAllowed, Outdated, Unmeasured
from orders.records import Account, Order
from orders.subjects import Whom
from orders.supplies import foreseen
from orders.supplies.snapshot import fresh, supply
from orders.supplies.supplied import Stock

BENCH = 44000
"""Minor units of a bench of 1200 mm in oak: 200 + 120 + 120."""


def line(session, quote, version=None, quantity=1, **values):
    """A line of so many benches."""
    version = version or published(session)
    lot = Lot(version, model_of(version), bench_values(**values), quantity)
    return lines.add(session, quote, Whom(quote.customer), lot, Entered(2), {"wood": "oak"})


def drawn(session, rep=None, customer=None, discount=0):
    """A quote of two lines: one bench, and two without the oak."""
    quote = quotes.begin(session, customer or a_customer(session), rep or staff(session))
    line(session, quote)
    line(session, quote, quantity=2, wood="pine")
    quote.discount = discount
    return quote


def sent(session, rep=None, **how):
    """The same, sent today."""
    rep = rep or staff(session)
    quote = drawn(session, rep, **how)
    quotes.issue(session, quote, rep, TODAY)
    return quote


def accept(session, quote, name="Ada Winter", today=TODAY, account=None, number=None):
    return quotes.accept(session, quote, number or quote.sent, name, today, account)


def test_a_revision_says_all_and_adds_up(session):
    document = sent(session).revisions[0].document
    assert (document["quote"], document["revision"], document["currency"]) == ("Q-0001", 1, "EUR")
    assert [(one["quantity"], one["piece"], one["listed"]) for one in document["lines"]] == [
        (1, BENCH, BENCH), (2, BENCH - 12000, 2 * BENCH - 24000)]
    totals = document["totals"]
    assert totals["gross"] == totals["net"] + totals["tax"] == 3 * BENCH - 24000
    assert sum(one["tax"] for one in document["lines"]) == totals["tax"]


@pytest.mark.parametrize("statement", [
    "UPDATE quote_revision SET total = 1", "DELETE FROM quote_revision", "UPDATE quote_event SET name = 'Nobody'",
    "DELETE FROM quote_event", 'UPDATE "order" SET quote_revision_id = NULL'])
def test_the_database_itself_refuses_to_change_what_was_sent_said_or_ordered(database, statement):
    with open_session(database) as session:
        accept(session, sent(session))
        session.commit()
        with pytest.raises(IntegrityError, match="cannot be changed"):
            session.execute(text(statement))


def test_lines_change_only_while_it_is_drawn_up(session):
    quote = sent(session)
    with pytest.raises(NotAllowed):
        line(session, quote)
    with pytest.raises(NotAllowed):
        lines.arrange(session, quote, [])
    quotes.revise(session, quote, quote.rep)
    lines.arrange(session, quote, quote.lines[::-1])
    assert [one.quantity for one in quote.lines] == [2, 1]


def test_what_changed_between_revisions_is_all_there(session):
    quote = sent(session)
    quotes.revise(session, quote, quote.rep)
    first = quote.lines[0]
    paul = subjects.add(session, quote.customer, "person", "Paul")
    lines.put(session, quote, first, Whom(quote.customer, paul), Lot(
        first.version, model_of(first.version), bench_values(width=1300), 1), Entered(3), {})
    lines.arrange(session, quote, [first])
    line(session, quote, lamp=True)
    quote.valid_days, quote.terms = 10, "Cash."
    vat.note(session, "CH", "person", "export", 0, TODAY, None)
    vat.settle(quote.customer, "CH", "person", "")
    quotes.issue(session, quote, quote.rep, TODAY)
    found = quoting.changes(session, *(one.document for one in quote.revisions))
    assert [change.kind for change in found.lines] == ["added", "changed", "removed"]
    changed = found.lines[1]
    assert [(one.name, one.was, one.now) for one in changed.answers] == [("width", "1200 mm", "1300 mm")]
    assert ("piece", BENCH, 37815) in [(one.what, one.was, one.now) for one in changed.moved], "450, less 19 % VAT"
    assert {one.what for one in found.moved} >= {"valid_until", "terms", "gross"}
    assert ("for", ["Home"], ["Paul", "Home"]) in [(one.what, one.was, one.now) for one in changed.moved]
    assert ("own", "export") in [(one.was["treatment"], one.now["treatment"]) for one in changed.moved
                                 if one.what == "vat"]
    assert not quoting.changes(session, quote.revisions[0].document, quote.revisions[0].document)


def test_a_discount_beyond_the_limit_waits_for_an_approver(session):
    rep, boss = staff(session), staff(session, "manager", "Dan Okafor")
    rep.discount_limit = 500
    quote = sent(session, rep, discount=501)
    assert (quote.state, quote.sent) == ("submitted", 0)
    with pytest.raises(NotAllowed):
        quotes.approve(session, quote, rep, "")
    with pytest.raises(NotAllowed):
        accept(session, quote, number=1)
    quotes.send_back(session, quote, boss, "Three is enough.")
    assert (quote.state, quote.events[-1].words) == ("draft", "Three is enough.")
    quotes.issue(session, quote, rep, TODAY)
    quotes.approve(session, quote, boss, "All right, this once.")
    assert (quote.state, quote.sent) == ("sent", 2)
    assert sent(session, rep, discount=500).state == "sent"
    assert sent(session, boss, discount=9000).state == "sent"


def test_the_limit_is_for_both_discounts_together_on_every_line(session):
    rep = staff(session)
    rep.discount_limit = 1000
    quote = drawn(session, rep, discount=500)
    quote.lines[1].discount = 600
    assert quotes.needs_approval(session, quote, rep, TODAY)
    quote.lines[1].discount = 526  # 1 - 0.95 * 0.9474 is less than 0.1
    assert not quotes.needs_approval(session, quote, rep, TODAY)


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


def test_the_client_asks_for_a_change_and_can_still_accept(session):
    quote = sent(session)
    with pytest.raises(ValueError, match="say what"):
        quotes.ask(session, quote, "Ada", "  ")
    quotes.ask(session, quote, "Ada", "Could it be wider?")
    assert (quote.state, quote.events[-1].words) == ("asked", "Could it be wider?")
    assert len(accept(session, quote)) == 2


def test_what_the_client_says_shows_no_text_in_another_order(session):
    quote = sent(session)
    for words in "wider\N{RIGHT-TO-LEFT OVERRIDE}", "wider\0", "w" * 2001:
        with pytest.raises(ValueError, match="2000"):
            quotes.ask(session, quote, "Ada", words)
    assert quote.state == "sent"


def test_a_quote_comes_to_no_more_than_an_order_could(session):
    quote = quotes.begin(session, a_customer(session), staff(session))
    for _ in range(lines.MOST):
        line(session, quote, quantity=999)
    with pytest.raises(quotes.TooMuch):
        quotes.issue(session, quote, quote.rep, TODAY)
    assert (quote.state, quote.revisions) == ("draft", [])


def test_a_link_is_kept_as_a_digest_and_can_be_revoked(session):
    quote = sent(session)
    token = links.make(session, quote)
    assert token not in repr([quote.link, quote.number])
    assert links.find(session, token) is quote
    assert links.find(session, quote.link) is None
    other = links.make(session, quote)
    assert (links.find(session, token), links.find(session, other)) == (None, quote)
    quote.link_until -= timedelta(days=91)
    assert links.find(session, other) is None
    links.revoke(quote)
    assert links.find(session, other) is None


def test_nothing_of_another_client_or_currency_gets_on_a_quote(session):
    quote, mira = drawn(session), a_customer(session, "Mira Albers")
    version = published(session)
    lot = Lot(version, model_of(version), bench_values(), 1)
    with pytest.raises(ValueError, match="another customer"):
        lines.add(session, quote, Whom(mira), lot, Entered(0), {})
    dear = published(session, bench(name="stool", currency="CHF"))
    with pytest.raises(ValueError, match="one currency"):
        lines.add(session, quote, Whom(quote.customer), Lot(dear, model_of(dear), bench_values(), 1), Entered(0), {})


def test_what_costs_less_than_nothing_gets_on_no_quote(session):
    """Else the discount of the whole could not be spread over the lines, and nobody could open the quote."""
    quote = drawn(session)
    with pytest.raises(ValueError, match="nothing at least"):
        line(session, quote, published(session, bench(name="stool", prices=[
            {"name": "base", "title": "A gift", "amount": "-500"}])))
    assert len(quote.lines) == 2


# exactly once, whoever clicks first


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


# the table of transitions


def test_every_state_can_be_reached_and_left():
    reached = {FIRST}
    while new := {one.after for one in TRANSITIONS if one.before in reached} - reached:
        reached |= new
    assert reached == set(QUOTE_STATES)
    assert set(QUOTE_STATES) - {one.before for one in TRANSITIONS} == set(ENDS)
    assert len({(one.act, one.before) for one in TRANSITIONS}) == len(TRANSITIONS)


class Life(RuleBasedStateMachine):
    """Anybody tries anything at any time: what happens is what the table says."""

    def __init__(self):
        super().__init__()
        self.session = self.opened()
        self.staff = {role: staff(self.session, role) for role in ("rep", "manager", "fulfilment")} | {"customer": None}
        self.quote = drawn(self.session, self.staff["rep"])
        self.state, self.today, self.frozen = "draft", TODAY, []

    def teardown(self):
        self.session.rollback()

    def tried(self, act, who, does):
        """Does it; whether it went through is what the table says of the state and the role."""
        role = who or "customer"
        found = next((one for one in TRANSITIONS if (one.act, one.before) == (act, self.state)), None)
        allowed = found is not None and role in found.who
        if allowed:
            does()
            self.state = found.after
        else:
            with pytest.raises(NotAllowed):
                does()

    @rule(who=st.sampled_from(["rep", "manager", "fulfilment"]), discount=st.sampled_from([0, 400]))
    def issue(self, who, discount):
        self.quote.discount = discount if self.state == "draft" else self.quote.discount
        beyond = self.quote.discount > 0 and who != "manager"
        self.tried("submit" if beyond else "send", who,
                   lambda: quotes.issue(self.session, self.quote, self.staff[who], self.today))

    @rule(who=st.sampled_from(["rep", "manager"]))
    def approve(self, who):
        self.tried("approve", who, lambda: quotes.approve(self.session, self.quote, self.staff[who], "Yes."))

    @rule(who=st.sampled_from(["rep", "manager", "fulfilment"]))
    def send_back(self, who):
        self.tried("send back", who, lambda: quotes.send_back(self.session, self.quote, self.staff[who], "No."))

    @rule(who=st.sampled_from(["rep", "fulfilment"]))
    def revise(self, who):
        self.tried("revise", who, lambda: quotes.revise(self.session, self.quote, self.staff[who]))

    @rule()
    def ask(self):
        self.tried("ask", None, lambda: quotes.ask(self.session, self.quote, "Ada", "Wider?"))

    @rule(who=st.sampled_from([None, "rep", "fulfilment"]))
    def decline(self, who):
        account = self.staff[who or "customer"]
        self.tried("decline", who, lambda: quotes.decline(self.session, self.quote, "Ada", "", account))

    @rule(who=st.sampled_from(["rep", "fulfilment"]))
    @precondition(lambda self: self.state == "draft")
    def drop(self, who):
        self.tried("drop", who, lambda: quotes.drop(self.session, self.quote, self.staff[who]))

    @rule(who=st.sampled_from([None, "rep", "fulfilment"]))
    @precondition(lambda self: self.state != "converted")
    def accept(self, who):
        account = self.staff[who or "customer"]
        if quotes.state(self.quote, self.today) == "expired" != self.state and who != "fulfilment":
            with pytest.raises(Outdated):
                accept(self.session, self.quote, today=self.today, account=account)
            return
        self.tried("accept", who, lambda: accept(self.session, self.quote, today=self.today, account=account))
        if self.state == "accepted":
            self.state = "converted"

    @rule(days=st.sampled_from([10, 40]))
    def time(self, days):
        self.today += timedelta(days=days)
        quotes.lapse(self.session, self.quote, self.today)
        shown = quotes.current(self.quote)
        if self.state in quotes.OPEN and shown.valid_until < self.today:
            self.state = "expired"

    @invariant()
    def holds(self):
        assert self.quote.state == self.state
        orders = self.session.scalar(select(func.count(Order.id)))
        assert orders == (2 if self.state == "converted" else 0)
        revisions = [(one.number, one.total) for one in self.session.scalars(
            select(QuoteRevision).order_by(QuoteRevision.number))]
        assert revisions[:len(self.frozen)] == self.frozen
        self.frozen = revisions


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_life_of_a_quote_is_as_the_table_says(session):
    Life.opened = staticmethod(lambda: session)
    run_state_machine_as_test(Life, settings=settings(
        max_examples=25, stateful_step_count=14, suppress_health_check=list(HealthCheck), deadline=None))

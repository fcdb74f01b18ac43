"""The life of a quote is as its table of transitions says, whoever tries what in whatever state."""

from datetime import timedelta

import pytest
from factories import TODAY, staff
from household import on_sqlite
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from quoting import accept, drawn
from sqlalchemy import func, select

from orders.quotation import quotes
from orders.quotation.quoted import QUOTE_STATES, QuoteRevision
from orders.quotation.quotes import ENDS, FIRST, TRANSITIONS, NotAllowed, Outdated
from orders.records import Order


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


@on_sqlite
def test_the_life_of_a_quote_is_as_the_table_says(session):
    Life.opened = staticmethod(lambda: session)
    run_state_machine_as_test(Life, settings=settings(
        max_examples=25, stateful_step_count=14, suppress_health_check=list(HealthCheck), deadline=None))

"""The life cycle walked at random on a real database: customers change, ask and cancel, the floor releases, signs,
answers and ships; what a bystander wrote down is what the database says.
"""

from datetime import timedelta
from itertools import pairwise

import pytest
from changes import change
from factories import TODAY, a_customer, ordered, staff
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.strategies import booleans, integers, sampled_from
from sqlalchemy import select

from catalog.database import connect
from catalog.model import from_plain
from configurator.schema import migrate
from configurator.transaction import open_session, writing
from orders.changes import answering, changing, requests, revising
from orders.changes.changed import Request
from orders.floor import production
from orders.lifecycle import MADE, NotAllowed, who
from orders.records import Order
from orders.shipments import shipping

STEPS = [("saw", 1), ("saw", 2), ("fit", 1)]
HOUR = timedelta(hours=1)


class Life(RuleBasedStateMachine):
    """One order, or a remake, from its placing to its end; `told` are the values and pieces that hold, oldest first."""

    template = None

    def __init__(self):
        super().__init__()
        engine = connect("sqlite://")
        with engine.connect() as connection:
            self.template.backup(connection.connection.driver_connection)
        self.session = open_session(writing(engine))
        self.rep, self.worker = staff(self.session), staff(self.session, "fulfilment")

    @initialize(free=booleans(), remake=booleans())
    def place(self, free, remake):
        ada = a_customer(self.session)
        first = ordered(self.session, ada) if remake else None
        self.order = ordered(self.session, ada, free_for=HOUR * free, remake_of=first)
        self.signed, self.told = set(), [(self.order.values, 1)]
        self.state = "placed" if free or remake else "released"
        self.asked = "remake" if remake else None
        self.session.commit()

    def teardown(self):
        self.session.close()

    def attempt(self, fits, act):
        """Does it, or is told that it cannot be; nothing of what is refused stays."""
        if fits:
            act()
            self.session.commit()
            return
        with pytest.raises((NotAllowed, requests.Pending, requests.Answered, shipping.Asked)):
            act()
        self.session.rollback()

    @property
    def request(self):
        return self.session.scalar(select(Request).where(Request.order_id == self.order.id).order_by(Request.id.desc()))

    @rule(wood=sampled_from(["oak", "pine"]), quantity=integers(1, 2))
    def revise(self, wood, quantity):
        fits = self.state == "placed"
        self.attempt(fits, lambda: change(self.session, self.order, self.rep, wood=wood, quantity=quantity))
        if fits:
            self.told.append((self.order.values, quantity))
            assert (self.order.values["wood"], self.order.quantity) == (wood, quantity)

    @rule(wood=sampled_from(["oak", "pine"]), quantity=integers(1, 2))
    def ask(self, wood, quantity):
        fits = self.state in MADE and not self.asked
        self.attempt(fits, lambda: change(self.session, self.order, self.rep, changing.ask, wood=wood,
                                          quantity=quantity))
        self.asked = "change" if fits else self.asked

    @rule()
    def cancel(self):
        asks = self.state in MADE and not self.asked
        self.attempt(asks or self.state == "placed", lambda: changing.cancel(self.session, self.order, self.rep))
        if asks:
            self.asked = "cancel"
        elif self.state == "placed":
            self.state, self.asked = "cancelled", None

    @rule()
    def release(self):
        fits = self.state == "placed" and not self.asked
        self.attempt(fits, lambda: changing.release(self.session, self.order, self.rep))
        self.state = "released" if fits else self.state

    @rule()
    @precondition(lambda self: self.request is not None)
    def withdraw(self):
        fits = self.asked is not None
        self.attempt(fits, lambda: changing.withdraw(self.session, self.request, self.rep))
        if fits and self.asked == "remake":
            self.state = "cancelled"
        self.asked = None

    @rule()
    @precondition(lambda self: self.request is not None)
    def refuse(self):
        fits = self.asked is not None
        self.attempt(fits, lambda: answering.refuse(self.session, self.request, self.worker, "No"))
        if fits and self.asked == "remake":
            self.state = "cancelled"
        self.asked = None

    @rule()
    @precondition(lambda self: self.request is not None)
    def approve(self):
        fits, old = self.asked is not None, self.told[-1]
        self.attempt(fits, lambda: answering.approve(self.session, self.request, self.worker, "", TODAY))
        if fits and self.asked == "change":
            self.told.append((self.order.values, self.order.quantity))
            (was, few), (now, many) = old, self.told[-1]
            lost = {"saw", "fit"} if many > few else {"saw"} if was["wood"] != now["wood"] else set()
            self.signed = {step for step in self.signed if step[0] not in lost}
            if self.state == "built" and len(self.signed) < len(STEPS):
                self.state = "in_production"
        elif fits:
            self.state = "cancelled" if self.asked == "cancel" else "released"
        self.asked = None

    @rule(step=sampled_from(STEPS))
    def sign(self, step):
        fits = self.state in MADE
        self.attempt(fits, lambda: production.sign_off(self.session, self.order, *step, self.worker))
        if fits:
            self.signed.add(step)
            self.state = "built" if len(self.signed) == len(STEPS) else "in_production"

    @rule(step=sampled_from(STEPS))
    def take_back(self, step):
        fits = self.state in MADE
        self.attempt(fits, lambda: production.take_back(self.session, self.order, *step, self.worker))
        if fits and step in self.signed:
            self.signed.remove(step)
            self.state = self.order.state  # whether it was begun is the bench's to know
            assert self.state == ("in_production" if self.signed else self.state)

    @rule()
    def ship(self):
        fits = self.state == "built" and not self.asked
        self.attempt(fits, lambda: shipping.ship(self.session, self.order, self.worker))
        self.state = "shipped" if fits else self.state

    @invariant()
    def the_database_says_what_was_written_down(self):
        if not hasattr(self, "order"):
            return
        self.session.expire_all()
        order = self.session.get(Order, self.order.id)
        assert order.state == self.state
        assert {(one.operation, one.step) for one in order.sign_offs} == self.signed
        assert (order.values, order.quantity) == self.told[-1]
        kept = revising.superseded(self.session, order)[::-1]
        assert [(old.values, old.quantity) for old in kept] == self.told[:-1]
        assert [old.number for old in kept] == list(range(1, order.sheet_number))
        assert order.sheet["revision"] == order.sheet_number == len(self.told)
        assert order.sheet["price"]["total"] == order.total
        assert from_plain(order.values)["wood"] in {"oak", "pine"}
        pending = requests.pending(self.session, order)
        assert (pending and pending.kind) == self.asked

    @invariant()
    def every_move_is_one_of_the_table(self):
        if hasattr(self, "order"):
            states = ["", *(event.state for event in self.session.get(Order, self.order.id).events)]
            assert all(who(before, after) for before, after in pairwise(states))
            assert states[-1] == self.state


@pytest.fixture(scope="module", autouse=True)
def _migrated(tmp_path_factory):
    """The schema as the migrations make it, triggers and all, copied for each walk."""
    engine = connect(f"sqlite:///{tmp_path_factory.mktemp('life') / 'template.sqlite'}")
    migrate(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
        Life.template = connection.connection.driver_connection
        yield
    engine.dispose()


Life.TestCase.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
TestLife = Life.TestCase

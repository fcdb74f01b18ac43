"""The workshop: whatever is signed off, taken back, shipped or cancelled, the state tells the truth."""

from datetime import date
from itertools import pairwise

import pytest
from factories import a_customer, bench, ordered, published, staff
from hypothesis import settings
from hypothesis.stateful import invariant, precondition, rule
from hypothesis.strategies import booleans, integers, sampled_from
from walking import Walk

from configurator.transaction import open_session, transaction, writing
from orders.floor.production import NotYours, progress, queue, sign_off, take_back
from orders.floor.steps import steps
from orders.lifecycle import NotAllowed, may, move, who
from orders.records import Order

STEPS = [("saw", 1), ("saw", 2), ("fit", 1), ("fit", 2)]


class Workshop(Walk):
    """Two workers and one order; `signed` is what a bystander would have written down."""

    def __init__(self):
        super().__init__()
        self.workers = [staff(self.session, "fulfilment", name) for name in ("Chloe", "Dan")]
        self.order = ordered(self.session, a_customer(self.session), engraving="A")
        self.signed = {}
        self.ended = None

    @rule(step=sampled_from(STEPS), who=integers(0, 1))
    def sign(self, step, who):
        if self.ended:
            with pytest.raises(NotAllowed):
                sign_off(self.session, self.order, *step, self.workers[who])
            return
        sign_off(self.session, self.order, *step, self.workers[who])
        self.signed.setdefault(step, who)

    @rule(step=sampled_from(STEPS), who=integers(0, 1))
    def undo(self, step, who):
        if self.ended:
            with pytest.raises(NotAllowed):
                take_back(self.session, self.order, *step, self.workers[who])
        elif self.signed.get(step, who) != who:
            with pytest.raises(NotYours):
                take_back(self.session, self.order, *step, self.workers[who])
        else:
            take_back(self.session, self.order, *step, self.workers[who])
            self.signed.pop(step, None)

    @rule(step=sampled_from([("saw", 0), ("saw", 3), ("paint", 1), ("", 1)]))
    @precondition(lambda self: not self.ended)
    def sign_what_is_not_there(self, step):
        with pytest.raises(LookupError):
            sign_off(self.session, self.order, *step, self.workers[0])

    @rule(state=sampled_from(["shipped", "cancelled"]), rarely=booleans())
    def end(self, state, rarely):
        fits = state == "cancelled" or len(self.signed) == len(STEPS)
        if self.ended or not fits:
            with pytest.raises(NotAllowed):
                move(self.session, self.order, state, self.workers[0])
        elif rarely:
            move(self.session, self.order, state, self.workers[0])
            self.ended = state

    @invariant()
    def the_state_is_what_the_signatures_say(self):
        made = "built" if len(self.signed) == len(STEPS) else "in_production" if self.signed else "released"
        assert self.order.state == (self.ended or made)
        assert {(s.operation, s.step): self.workers.index(s.account) for s in self.order.sign_offs} == self.signed
        assert progress(self.order) == (len(self.signed), len(STEPS))

    @invariant()
    def every_change_of_state_is_noted(self):
        noted = [event.state for event in self.order.events]
        assert noted[:2] == ["placed", "released"]
        assert noted[-1] == self.order.state
        assert all(who(state, later) for state, later in pairwise(noted))


Workshop.TestCase.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
TestWorkshop = Workshop.TestCase


def test_the_queue_holds_what_is_not_shipped_by_promised_date(session):
    customer, version, worker = a_customer(session), published(session), staff(session, "fulfilment")
    later, first, cancelled, shipped = (ordered(session, customer, version, today=date(2027, 1, day), quantity=pieces)
                                        for day, pieces in ((11, 1), (4, 1), (4, 2), (4, 3)))
    move(session, cancelled, "cancelled", staff(session, "fulfilment"))
    for step in steps(shipped):
        sign_off(session, shipped, *step, worker)
    assert [order for order, _ in queue(session)] == [first, shipped, later]
    move(session, shipped, "shipped", worker)
    assert [order for order, _ in queue(session)] == [first, later]


def test_a_product_without_a_routing_is_one_step(session):
    plain = published(session, bench(operations=None, items=None, characteristics=[
        {"name": "height", "kind": "number", "least": 1200, "most": 2200},
        {"name": "wood", "kind": "choice", "values": [{"name": "oak"}, {"name": "pine"}]}],
        quantities=None, rules=None, prices=None, picture=None))
    customer, worker = a_customer(session), staff(session, "fulfilment")
    order = ordered(session, customer, plain, values={"height": 1800, "wood": "oak"})
    assert steps(order) == [("build", 1)]
    sign_off(session, order, "build", 1, worker)
    assert order.state == "built"


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # SQLite has one writer at a time
def test_the_last_two_steps_signed_at_the_same_time_make_it_built(database):
    """Each alone would not see the other's signature; one of them has to wait, or start over and see it."""
    with transaction(database) as session:
        order = ordered(session, a_customer(session))
        worker = staff(session, "fulfilment")
        sign_off(session, order, "saw", 1, worker)
    with open_session(writing(database)) as one, open_session(writing(database)) as other:
        orders = [opened.get(Order, order.id) for opened in (one, other)]
        sign_off(one, orders[0], "saw", 2, one.merge(worker))
        one.commit()
        with pytest.raises(Exception, match="could not serialize"):
            sign_off(other, orders[1], "fit", 1, other.merge(worker))
        other.rollback()
        sign_off(other, orders[1], "fit", 1, other.merge(worker))
        other.commit()
        assert may(orders[1], "shipped", other.merge(worker))

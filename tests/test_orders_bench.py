"""The bench: whoever starts, counts, measures and finishes what, the records say so, and the state is true."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from factories import BAD, CHECKED, GOOD, a_customer, checked, ordered, published, staff
from hypothesis import settings
from hypothesis.stateful import invariant, rule
from hypothesis.strategies import integers, sampled_from
from sqlalchemy import select
from walking import Walk

from orders.floor import measuring, production, troubles, working
from orders.floor.steps import signed
from orders.floor.worked import Work

STEPS = [("saw", 1), ("saw", 2), ("fit", 1)]
PIECES = 3


class Bench(Walk):
    """Two workers, one lot of three pieces; what a bystander with a notebook would have written down."""

    def __init__(self):
        super().__init__()
        self.workers = [staff(self.session, "fulfilment", name) for name in ("Chloe", "Dan")]
        customer, version = a_customer(self.session), published(self.session, checked())
        self.order = ordered(self.session, customer, version, quantity=PIECES)
        self.at = datetime(2027, 1, 5, 8, tzinfo=UTC)
        self.signed, self.counted, self.here = {}, {}, {}
        self.begun = False
        self.measured = {}  # by piece: whether it may stay
        self.open = []  # problems, with their step
        self.keys = 0

    def key(self):
        self.keys += 1
        return str(self.keys)

    def later(self):
        self.at += timedelta(minutes=1)
        return self.at

    def stopped(self, step):
        return ((step == CHECKED and not (len(self.measured) == PIECES and all(self.measured.values())))
                or any(one.operation == step[0] and one.step == step[1] for one in self.open))

    def leave(self, step, who):
        """A step is done: whoever was at it leaves, and who did it goes on if they were at it."""
        was = self.here.get(who) == step
        self.here = {one: at for one, at in self.here.items() if at != step}
        following = next((one for one in STEPS if one[0] == step[0] and one not in self.signed), None)
        if was and following:
            self.here[who] = following

    @rule(step=sampled_from(STEPS), who=integers(0, 1))
    def begin(self, step, who):
        made = working.begin(self.session, self.order, step, self.workers[who], self.later())
        assert (made is None) == (step in self.signed)
        if made:
            self.here[who], self.begun = step, True

    @rule(who=integers(0, 1))
    def pause(self, who):
        working.pause(self.session, self.order, self.workers[who], self.later())
        self.here.pop(who, None)

    @rule(step=sampled_from(STEPS), who=integers(0, 1))
    def sign(self, step, who):
        act = production.sign_off, (self.session, self.order, *step, self.workers[who], self.later())
        if step not in self.signed and self.stopped(step):
            with pytest.raises((measuring.Unmeasured, troubles.Unsettled)):
                act[0](*act[1])
            return
        act[0](*act[1])
        if step not in self.signed:
            self.signed[step] = who
            self.leave(step, who)

    @rule(step=sampled_from(STEPS), who=integers(0, 1))
    def undo(self, step, who):
        if self.signed.get(step, who) != who:
            with pytest.raises(production.NotYours):
                production.take_back(self.session, self.order, *step, self.workers[who])
        else:
            production.take_back(self.session, self.order, *step, self.workers[who])
            if self.signed.pop(step, None) is not None:
                self.counted.pop(step, None)

    @rule(step=sampled_from(STEPS), who=integers(0, 1), pieces=integers(-1, PIECES + 1))
    def count(self, step, who, pieces):
        if not 0 <= pieces <= PIECES:
            with pytest.raises(production.BeyondLot):
                production.count(self.session, self.order, *step, pieces, self.workers[who])
        elif step not in self.signed and pieces == PIECES and self.stopped(step):
            with pytest.raises((measuring.Unmeasured, troubles.Unsettled)):
                production.count(self.session, self.order, *step, pieces, self.workers[who])
        else:
            production.count(self.session, self.order, *step, pieces, self.workers[who])
            if step not in self.signed:
                self.counted[step] = pieces
                if pieces == PIECES:
                    self.signed[step] = who
                    self.leave(step, who)

    @rule(value=sampled_from([GOOD, BAD]), piece=integers(1, PIECES))
    def measure(self, value, piece):
        key = self.key()
        made = [measuring.measure(self.session, self.order, CHECKED, value, self.workers[0], key=key, piece=piece)
                for _ in range(2)]
        assert made[0] is made[1]
        self.measured[piece] = made[0].within
        assert made[0].within == (value == GOOD)

    @rule(decision=sampled_from(["accept", "rework", "problem"]))
    def decide(self, decision):
        for one in measuring.out(self.session, self.order):
            if not one.decision:
                measuring.decide(self.session, one, decision, self.workers[1], "It does not show.")
                self.measured[one.piece] = decision == "accept"

    @rule(step=sampled_from(STEPS))
    def report(self, step):
        self.open.append(troubles.report(self.session, self.order, step, "A crack", self.workers[0], key=self.key()))

    @rule()
    def settle(self):
        if self.open:
            troubles.settle(self.session, self.open.pop(), "Filled.", self.workers[1])

    @invariant()
    def who_is_where_is_known(self):
        found = self.session.scalars(select(Work).where(Work.ended.is_(None))).all()
        assert {self.workers.index(one.account): (one.operation, one.step) for one in found} == self.here
        assert len(found) == len(self.here)

    @invariant()
    def nobody_is_at_two_steps_at_once(self):
        for worker in self.workers:
            spans = self.session.scalars(select(Work).where(Work.account_id == worker.id).order_by(Work.id)).all()
            assert all(one.ended and one.ended <= later.started for one, later in pairwise(spans))

    @invariant()
    def the_state_is_true(self):
        begun = self.signed or self.begun
        made = "built" if len(self.signed) == len(STEPS) else "in_production" if begun else "released"
        assert self.order.state == made
        assert signed(self.order) == set(self.signed)
        assert production.counts(self.session, self.order) == self.counted
        assert set(troubles.open_(self.session, self.order)) == set(self.open)


Bench.TestCase.settings = settings(max_examples=15, stateful_step_count=30, deadline=None)
TestBench = Bench.TestCase

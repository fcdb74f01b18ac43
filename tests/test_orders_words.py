"""What people write beside things: in their lines, and nothing in it that readers cannot see."""

import pytest
from factories import BAD, CHECKED, a_customer, checked, ordered, published, staff
from sqlalchemy import func, select

from orders.clients import notes
from orders.floor import measuring, troubles
from orders.floor.worked import Trouble
from orders.memory.verdict import TooLong, Verdict

HIDDEN = ("ab\x00", "\u202edab", "tagged \U000e0041")


@pytest.mark.parametrize("text", HIDDEN)
def test_what_nobody_can_see_is_not_kept(session, text):
    customer, worker = a_customer(session), staff(session, "fulfilment")
    order = ordered(session, customer)
    with pytest.raises(troubles.NoWord):
        troubles.report(session, order, ("saw", 1), text, worker, key="one")
    told = troubles.report(session, order, ("saw", 1), "A knot\r\nin the seat", worker, key="two")
    with pytest.raises(troubles.NoWord):
        troubles.settle(session, told, text, worker)
    with pytest.raises(ValueError, match="can be seen"):
        notes.write(session, customer, text, worker)
    with pytest.raises(TooLong):
        Verdict("other", None, text)
    assert (told.note, told.settled_at) == ("A knot\nin the seat", None)
    assert session.scalar(select(func.count()).select_from(Trouble)) == 1


@pytest.mark.parametrize("text", [*HIDDEN, "x" * 501])
def test_what_is_said_of_a_value_is_read_by_everybody(session, text):
    worker = staff(session, "fulfilment")
    order = ordered(session, a_customer(session), published(session, checked()))
    value = measuring.measure(session, order, CHECKED, BAD, worker, key="one")
    for decision in "accept", "problem":
        with pytest.raises(measuring.NoDecision, match="can be seen"):
            measuring.decide(session, value, decision, worker, text)
    measuring.decide(session, value, "accept", worker, " It does\r\nnot show ")
    assert (value.decision, value.word) == ("accept", "It does not show")

"""The life cycle: one table that leads everywhere and ends, and says who may do what."""

from datetime import timedelta

import pytest
from factories import a_customer, ordered, staff

from configurator.settings import ROOT
from orders.drawing import page
from orders.lifecycle import (
    CUSTOMER,
    ENDS,
    PENDING,
    SYSTEM,
    TRANSITIONS,
    NotAllowed,
    may,
    move,
    release_due,
    who,
)
from orders.quotation import quotes
from orders.records import ROLES, STATES

HOUR = timedelta(hours=1)


@pytest.mark.parametrize("of", ["order", "request"])
def test_every_state_is_reached_and_ends_where_it_should(of):
    """Nothing that is begun stays undone for want of a way on, and nothing leads out of an end."""
    moves = {(step.before, step.after) for step in TRANSITIONS if step.of == of}
    reached, states = {""}, {state for step in moves for state in step}
    while more := {after for before, after in moves if before in reached} - reached:
        reached |= more
    assert reached == states
    ending = set(ENDS[of])
    assert not {before for before, _ in moves} & ending
    while more := {before for before, after in moves if after in ending} - ending:
        ending |= more
    assert ending == states


def test_the_table_is_about_the_states_and_roles_there_are():
    assert {step.after for step in TRANSITIONS if step.of == "order"} == set(STATES)
    assert {role for step in TRANSITIONS for role in step.who} <= {*ROLES, SYSTEM}
    assert {*PENDING, *ENDS["order"]} == set(STATES)
    assert all(step.who for step in TRANSITIONS)


def test_the_documentation_is_drawn_from_the_table():
    assert (ROOT / "docs/lifecycle.md").read_text() == page(), "run: lotone lifecycle > docs/lifecycle.md"
    for step in (*TRANSITIONS, *quotes.TRANSITIONS):
        assert f"| {step.act} | {step.before or '-'} | {step.after} | {', '.join(step.who)} |" in page()
        assert f"{step.before or '[*]'} --> {step.after}: " in page()


def test_only_who_may_moves_an_order(session):
    order = ordered(session, a_customer(session))
    for role in ("customer", "rep", "manager"):
        with pytest.raises(NotAllowed):
            move(session, order, "in_production", staff(session, role))
    move(session, order, "in_production", staff(session, "admin"))
    assert order.state == "in_production"
    assert "rep" not in who("released", "cancelled"), "after its release the floor has a say"


def test_time_and_customers_do_what_the_table_says_and_nobody_does_anything(session):
    """Without an account no role is skipped: whoever forgets to say who acts gets an error, not a way in."""
    order = ordered(session, a_customer(session), free_for=HOUR)
    for state in "released", "cancelled", "in_production", "shipped":
        with pytest.raises(AttributeError):
            move(session, order, state, None)
    with pytest.raises(NotAllowed):
        move(session, order, "released", CUSTOMER)
    with pytest.raises(NotAllowed):
        move(session, order, "cancelled", SYSTEM)
    assert not may(order, "in_production", SYSTEM)
    move(session, order, "released", SYSTEM)
    with pytest.raises(NotAllowed):
        move(session, order, "in_production", SYSTEM)


def test_an_order_is_free_for_as_long_as_was_said(session):
    at_once, later = (ordered(session, a_customer(session), free_for=wait) for wait in (HOUR * 0, HOUR))
    assert (at_once.state, later.state) == ("released", "placed")
    assert release_due(session, later.placed_at + HOUR / 2) == []
    assert release_due(session, later.placed_at + HOUR) == [later]
    assert [(event.state, event.account) for event in later.events] == [("placed", None), ("released", None)]
    assert release_due(session, later.placed_at + 2 * HOUR) == []


def test_a_remake_waits_for_the_floor(session):
    ada = a_customer(session)
    remake = ordered(session, ada, remake_of=ordered(session, ada))
    assert remake.state == "placed"
    assert release_due(session, remake.placed_at + 1000 * HOUR) == []
    move(session, remake, "released", staff(session, "fulfilment"))

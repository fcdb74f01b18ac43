"""What customers are likely to be worth, read from the orders of a shop."""

from datetime import timedelta

import numpy as np
import pytest
from factories import TODAY, a_customer, ordered, published
from sqlalchemy.orm import Session

from orders.memory import consents
from orders.records import Customer
from orders.relation import worth

SPAN = 700
"""Days that the shop is open."""


def shop(session: Session, customers: int, seed: int = 1) -> list[Customer]:
    """Customers who come back at rates of their own; each fifth one never does."""
    random, version = np.random.default_rng(seed), published(session)
    people = [a_customer(session, f"Customer {number}") for number in range(customers)]
    for number, customer in enumerate(people):
        first = int(random.integers(0, SPAN - 100))
        later = random.integers(first, SPAN, 1 + number % 4) if number % 5 else ()
        for day in sorted({first, *(int(day) for day in later)}):
            ordered(session, customer, version, TODAY - timedelta(SPAN - day), width=600 + 10 * (number % 100))
    return people


def everybody(session: Session, model: worth.Model) -> dict[int, float]:
    found = [model.worth(batch) for batch in worth.histories(session, TODAY, model.currency)]
    return {int(id_): float(value) for batch in found for id_, value in zip(batch.ids, batch.worth, strict=True)}


def test_too_few_customers_say_nothing(session):
    shop(session, 20)
    with pytest.raises(worth.TooFew, match="20 customers are too few"):
        worth.fit(session, TODAY)


def test_whoever_came_back_often_and_lately_is_worth_most(session, monkeypatch):
    monkeypatch.setattr(worth, "FEW", 30)
    monkeypatch.setattr(worth, "BATCH", 7)
    people = shop(session, 30)
    faithful = a_customer(session, "Faithful")
    for day in range(0, SPAN, 50):
        ordered(session, faithful, published(session), TODAY - timedelta(day), width=1500)
    model = worth.fit(session, TODAY)
    assert (model.customers, model.currency) == (31, "EUR")
    found = everybody(session, model)
    assert set(found) == {faithful.id, *(person.id for person in people)}
    assert max(found, key=found.__getitem__) == faithful.id
    (history,) = worth.histories(session, TODAY, "EUR", only=[faithful.id])
    assert (history.repeats[0], history.recency[0], history.age[0]) == (13, 650 / 7, 650 / 7)
    low, told, high = model.ranges(history)[0], model.worth(history), model.ranges(history)[1]
    for figure in "active", "purchases", "value", "worth":
        assert getattr(low, figure)[0] < getattr(told, figure)[0] < getattr(high, figure)[0]


def test_any_number_of_customers_can_be_asked_for(session):
    """More than a statement of PostgreSQL takes parameters."""
    customer = a_customer(session)
    ordered(session, customer, published(session))
    (found,) = worth.histories(session, TODAY, "EUR", only=range(customer.id, customer.id + 66_000))
    assert list(found.ids) == [customer.id]


def test_cancelled_orders_remakes_and_whoever_objects_are_left_out(session, monkeypatch):
    monkeypatch.setattr(worth, "FEW", 3)
    people = shop(session, 5)
    once = a_customer(session, "Once")
    first = ordered(session, once, published(session), TODAY - timedelta(30))
    ordered(session, once, published(session), TODAY - timedelta(20), remake_of=first)
    ordered(session, once, published(session), TODAY - timedelta(10)).state = "cancelled"
    consents.say(session, people[1], "analysis", False, None)
    session.flush()
    (found,) = worth.histories(session, TODAY, "EUR")
    assert people[1].id not in found.ids
    assert found.repeats[list(found.ids).index(once.id)] == 0
    (earlier,) = worth.histories(session, TODAY - timedelta(31), "EUR", only=[person.id for person in people])
    assert once.id not in earlier.ids

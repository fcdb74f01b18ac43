"""Customers: how they are called, numbered, and what they told."""

from datetime import UTC, datetime

import pytest
from factories import a_customer, bench

from orders.customers import new_customer
from orders.memory import facts
from orders.subjects import Whom


def test_a_name_that_is_none_is_refused(session):
    for name in "", "   ", "x" * 201, "a\0b", "a\x1bb", "\u202eneB", "a\ud800":
        with pytest.raises(ValueError, match="a name has"):
            new_customer(session, name=name)


def test_numbers_count_from_1001(session):
    assert [a_customer(session).number for _ in range(3)] == ["1001", "1002", "1003"]


def test_the_newest_fact_of_each_trait_counts(session):
    customer = a_customer(session)
    for year, height in (2025, 1750), (2026, 1760), (2027, 1760):
        facts.tell(session, Whom(customer, customer.subjects[0]), bench(), {"height": height, "wood": "oak"},
                   f"said in {year}", datetime(year, 1, 1, tzinfo=UTC))
    told = facts.of(session, customer.subjects[0])
    assert list(told) == ["height"]
    height = told["height"]
    assert (height.answer, height.unit, height.source) == ({"value": 1760}, "mm", "said in 2026")

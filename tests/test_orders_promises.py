"""Prices and promised days as conditions: on the samples they say what the price and the promise say."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.expressions import holds, number
from catalog.formats import load
from catalog.pricing import price, total
from configurator.engine import Engine
from orders.promises import days, days_until, promise, ready_within, working_day

SAMPLES = ["bookcase", "shirt", "touring_bicycle"]
MONDAY = date(2026, 11, 23)
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))


def products(model):
    """Products that differ in as much as can be: the first and the last values that are left, all in turn."""
    engine = Engine(model)
    for end in (0, -1):
        yield engine.start().complete({(c.name, c.options[end].name): 1.0 for c in model.characteristics
                                       if len(c.options) > 1}).values()


@pytest.mark.parametrize("sample", SAMPLES)
def test_what_it_costs_and_when_it_is_ready_can_be_said_as_expressions(sample):
    model = load(f"catalog/samples/{sample}.yaml")
    for values in products(model):
        after = number(days(model), values, model)
        assert working_day(MONDAY, after) == promise(model, values, MONDAY)
        assert holds(ready_within(model, after), values, model)
        assert not holds(ready_within(model, after - 1), values, model)
        assert number(total(model), values, model) == price(model, values).total


@given(DAYS, st.integers(-3, 40))
def test_the_days_until_a_day_are_the_most_after_which_something_is_ready_by_then(placed_on, ahead):
    ready = placed_on + timedelta(days=ahead)
    after = days_until(placed_on, ready)
    assert working_day(placed_on, after + 1) > ready
    assert after < 0 or working_day(placed_on, after) <= ready

"""Prices and promised days: as conditions they say the same on the samples, whatever parts and hours are left."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from time import thread_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.expressions import Whole, holds, number
from catalog.formats import load
from catalog.pricing import price, total
from configurator.engine import Engine
from configurator.engine.effort import SECONDS
from configurator.limits import lead
from orders.promises import promise, ready_within
from orders.supplies.capacity import spread
from orders.supplies.demand import demand_of
from orders.supplies.readiness import readiness
from orders.supplies.supply import DAY_MINUTES, FAR, NO_DAY, UNIT, Available, Supply

SAMPLES = ["bookcase", "shirt", "touring_bicycle"]
MONDAY = date(2026, 11, 23)
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
MODELS = {sample: load(f"catalog/samples/{sample}.yaml") for sample in SAMPLES}


def products(model):
    """Products that differ in as much as can be: the first and the last values that are left, all in turn."""
    engine = Engine(model)
    for end in (0, -1):
        yield engine.start().complete({(c.name, c.options[end].name): 1.0 for c in model.characteristics
                                       if len(c.options) > 1}).values()


PRODUCTS = {sample: list(products(model)) for sample, model in MODELS.items()}


@st.composite
def supplies(draw, model, day=MONDAY):
    """What may be left: some parts kept, some late, some centres booked or short of hours, holidays."""
    uses, centres = demand_of(model).uses, sorted({operation.work_centre for operation in model.operations})
    known = st.lists(st.tuples(st.integers(0, 20), st.integers(1, 5 * UNIT)), max_size=3)
    parts = draw(st.dictionaries(st.sampled_from([use.number for use in uses]), st.builds(
        lambda lead, sources, promised: Available.of(lead, sorted(sources), promised),
        st.integers(0, 25), known, st.integers(0, 3 * UNIT)), max_size=8))
    ahead = st.integers(-5, 30).map(lambda days: day + timedelta(days=days))
    booked = draw(st.dictionaries(st.sampled_from(centres), st.dictionaries(ahead, st.integers(1, 700), max_size=8)))
    week = st.lists(st.sampled_from([0, 240, 480, 960]), min_size=7, max_size=7)
    return Supply(day, parts, draw(st.dictionaries(st.sampled_from(centres), week, max_size=3)), booked,
                  frozenset(draw(st.lists(ahead, max_size=4))))


@pytest.mark.parametrize("sample", SAMPLES)
@settings(max_examples=12)
@given(data=st.data())
def test_what_it_costs_and_when_it_is_ready_can_be_said_in_the_language_of_rules(sample, data):
    model = MODELS[sample]
    supply = data.draw(supplies(model))
    for values in PRODUCTS[sample]:
        after = readiness(model, supply).days(values)
        assert after >= readiness(model, supply).soonest
        assert supply.after(after) == promise(model, values, supply)
        assert holds(ready_within(model, supply, after), values, model)
        assert not holds(ready_within(model, supply, after - 1), values, model)
        assert number(total(model), values, model) == price(model, values).total


@pytest.mark.parametrize("sample", SAMPLES)
@settings(max_examples=12)
@given(data=st.data())
def test_less_left_or_more_pieces_are_never_promised_sooner(sample, data):
    model, values = MODELS[sample], data.draw(st.sampled_from(PRODUCTS[sample]))
    supply, quantity = data.draw(supplies(model)), data.draw(st.integers(1, 20))
    now = promise(model, values, supply, quantity)
    assert promise(model, values, supply, quantity + 1) >= now
    operation, part = data.draw(st.sampled_from(model.operations)), data.draw(st.sampled_from(model.parts))
    booked, day = supply.booked.get(operation.work_centre, {}), MONDAY + timedelta(days=data.draw(st.integers(1, 9)))
    busier = {**supply.booked, operation.work_centre: {**booked, day: booked.get(day, 0) + 400}}
    assert promise(model, values, replace(supply, booked=busier, kept={}), quantity) >= now
    none = Available(supply.available(part.number, part.lead_days).lead)
    assert promise(model, values, replace(supply, parts={**supply.parts, part.number: none}, kept={}), quantity) >= now


@pytest.mark.parametrize("sample", SAMPLES)
@settings(max_examples=12)
@given(data=st.data())
def test_the_minutes_that_an_order_books_are_left_on_their_days_and_end_on_the_promised_one(sample, data):
    model, values = MODELS[sample], Whole(data.draw(st.sampled_from(PRODUCTS[sample])))
    supply, quantity = data.draw(supplies(model)), data.draw(st.integers(1, 9))
    ready = readiness(model, supply)
    booked = list(spread(ready, values, quantity, ready.start(values, quantity)))
    promised = promise(model, values, supply, quantity)
    if promised == NO_DAY:  # a centre that it needs never works: nothing is booked
        assert not booked
        return
    assert [booking.day for booking in booked] == sorted(booking.day for booking in booked)
    assert booked[-1].day <= promised
    if booked[-1].day <= supply.days[FAR]:
        for day in {booking.day for booking in booked}:
            for centre in {booking.centre for booking in booked}:
                taken = sum(b.minutes for b in booked if (b.centre, b.day) == (centre, day))
                assert taken <= supply.left(centre)[supply.days.index(day)] or centre not in ready.centres(values)
    work = number(ready.demand.minutes, values, model) * quantity
    assert work <= sum(booking.minutes for booking in booked) < work + 1


def test_a_part_that_is_here_costs_no_days_and_what_is_promised_is_not_here():
    shelf = Available.of(9, [(0, 5 * UNIT), (3, 10 * UNIT), (12, 10 * UNIT)], promised=2 * UNIT)
    assert [shelf.days(pieces * UNIT) for pieces in (0, 3, 4, 13, 14, 99)] == [0, 0, 3, 3, 9, 9]
    assert [shelf.within(days) for days in (0, 2, 3, 8, 9)] == [3 * UNIT, 3 * UNIT, 13 * UNIT, 13 * UNIT, None]
    assert Available.of(9, [(0, 5 * UNIT)], promised=7 * UNIT).days(1) == 9


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9)), max_size=5), st.integers(0, 30), st.integers(0, 9),
       st.integers(1, 30), st.integers(1, 30))
def test_parts_promised_to_one_are_never_promised_to_the_next(sources, promised, lead, first, second):
    """Whoever comes second is told what is left when the first has theirs."""
    sources = sorted(sources)
    later = Available.of(lead, sources, promised + first).days(second)
    assert later == Available.of(lead, sources, promised).days(first + second)
    here = sum(amount for days, amount in sources if days <= later)
    assert later >= lead or promised + first + second <= here


@given(DAYS, st.integers(-3, 40))
def test_the_days_until_a_day_are_the_most_after_which_something_is_ready_by_then(placed_on, ahead):
    supply, ready = Supply.on(placed_on), placed_on + timedelta(days=ahead)
    after = supply.until(ready)
    assert supply.after(after + 1) > ready
    assert after < 0 or supply.after(after) <= ready


def test_work_goes_on_as_long_as_every_centre_has_hours_left_and_nobody_works_on_closed_days():
    tuesday, wednesday = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
    supply = Supply(MONDAY, booked={"saw": {tuesday: 400}, "bench": {MONDAY - timedelta(days=9): 960}})
    saw, both = frozenset({"saw"}), frozenset({"saw", "bench"})
    assert supply.finish(saw, 0, 80) == 1
    assert supply.finish(saw, 0, 81) == 2
    assert supply.finish(both, 0, 80) == 2  # what the bench should have done long ago takes today and tomorrow
    assert supply.finish(saw, 1, DAY_MINUTES) == 2
    assert replace(supply, closed=frozenset({wednesday}), kept={}).after(2) == wednesday + timedelta(days=1)


@given(st.integers(0, 3 * FAR), st.integers(0, 3 * FAR * DAY_MINUTES))
def test_what_is_far_away_is_promised_too(start, minutes):
    done = Supply.on(MONDAY).finish(frozenset({"saw"}), start, minutes)
    assert done == start + max(1, -(-minutes // DAY_MINUTES))
    assert Supply.on(MONDAY).after(done) > Supply.on(MONDAY).after(start)


def test_the_quickest_of_a_busy_shop_is_found_within_what_an_act_may_take():
    """Every centre is booked for weeks, every part comes in two amounts: it says how far off it may be, and soon."""
    model, mixed = MODELS["bookcase"], Random(3)
    booked = {operation.work_centre: {MONDAY + timedelta(days=day): mixed.randrange(100, 460) for day in range(60)}
              for operation in model.operations}
    parts = {part.number: Available(10 + mixed.randrange(6), ((0, mixed.randrange(1, 3 * UNIT)), (4, 9 * UNIT)))
             for part in model.parts}
    supply = Supply(MONDAY, parts=parts, booked=booked)
    start = Engine(model).start()
    began = thread_time()
    found = start.least(lead(model, supply))
    assert thread_time() - began < 5 * SECONDS
    soonest = readiness(model, supply).days(found.values()) - found.gap
    assert soonest >= readiness(model, supply).soonest
    again = start.least(lead(model, supply))
    assert soonest <= readiness(model, supply).days(again.values())

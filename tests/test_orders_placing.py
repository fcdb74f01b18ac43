"""Placing an order: once, whole, and only what was agreed to and can be built."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple
from datetime import date, timedelta
from threading import Barrier

import pytest
from factories import TODAY, a_customer, bench, bench_values, ordered, published, staff
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from catalog.database import collided, writing
from catalog.store import model_of
from configurator.transaction import committed, open_session, transaction
from orders.buildable import Unbuildable, check
from orders.lots import Lot
from orders.memory import facts
from orders.placing import MOST, Agreed, Change, Changed, Entered, place
from orders.promises import offered, promise
from orders.records import Customer, Order, OrderEvent
from orders.specifications import Configured, save
from orders.subjects import Whom
from orders.supplies.supply import Supply


def send(session, customer, version, key="once", agreed=None, **changes):
    """Places what the customer saw as the offer of today, or agreed to."""
    lot = Lot(version, model_of(version), **{"values": bench_values(), "quantity": 1, **changes})
    return place(session, Whom(customer), lot, agreed or seen(version, lot.quantity), Entered(4), key=key, today=TODAY)


def seen(version, quantity=1):
    """The offer of today."""
    offer = offered(model_of(version), bench_values(), Supply.on(TODAY), quantity)
    return Agreed(offer.total, offer.promised_on)


def test_an_order_keeps_what_was_promised(session):
    customer, rep = a_customer(session), staff(session)
    order = ordered(session, customer, quantity=3, inputs=5, placed_by=rep, engraving="Ada")
    assert order.number == "2001"
    assert order.values["hooks"] == ["left"]
    # 200 + 1200 / 10 + 120 for oak + 18 for the engraving, three times
    assert (order.total, order.currency) == (3 * 45800, "EUR")
    # oak is there after four days, longer than the two of the product; 3 * (20 + 20) minutes are one day
    assert order.promised_on == date(2027, 1, 11)
    assert (order.inputs, order.questions, order.rep) == (5, 6, rep)
    assert [(event.state, event.account) for event in order.events] == [("placed", rep), ("released", None)]


def test_ordering_tells_facts_about_people_and_places_once(session):
    customer = a_customer(session)
    first = ordered(session, customer, height=1820)
    ordered(session, customer, height=1820, width=900)
    told = facts.of(session, *customer.subjects)
    assert {trait: (fact.answer["value"], fact.subject.kind) for trait, fact in told.items()} == {
        "height": (1820, "person"), "alcove": (900, "place")}
    assert told["height"].source == f"order {first.number}"


def test_what_cannot_be_built_is_refused_and_nothing_is_stored(session):
    customer, version = a_customer(session), published(session)
    for what, kind, name in (
            ({"wood": "pine", "lamp": True}, "rule", "lamp_oak"), ({"wood": "steel"}, "answer", "wood"),
            ({"width": 601.5}, "answer", "width"), ({"height": 1755}, "answer", "height"),
            ({"engraving": "x" * 61}, "answer", "engraving"), ({"hooks": ["left"]}, "answer", "hooks"),
            ({"engine": "diesel"}, "unknown", "engine")):
        with pytest.raises(Unbuildable) as refusal:
            send(session, customer, version, values=bench_values(**what))
        assert [(problem.kind, problem.name) for problem in refusal.value.problems] == [(kind, name)]
    assert session.scalar(select(func.count(Order.id))) == 0


def test_a_missing_answer_is_refused(session):
    values = bench_values()
    del values["lamp"]
    with pytest.raises(Unbuildable, match="Lamp has no answer"):
        send(session, a_customer(session), published(session), values=values)


@given(st.fixed_dictionaries({
    "height": st.integers(1190, 1220), "width": st.sampled_from([599, 600, 2400, 2401]),
    "wood": st.sampled_from(["oak", "pine", "Oak", ""]), "lamp": st.sampled_from([True, False, 1]),
    "hooks": st.frozensets(st.sampled_from(["left", "right", "middle"])), "engraving": st.text(max_size=70)}))
def test_an_order_is_refused_exactly_if_an_answer_or_the_rule_is_broken(values):
    fine = (values["height"] in range(1200, 2201, 10) and 600 <= values["width"] <= 2400
            and values["wood"] in ("oak", "pine") and isinstance(values["lamp"], bool)
            and values["hooks"] <= {"left", "right"} and len(values["engraving"]) <= 60
            and values["engraving"].isprintable() and not (values["lamp"] and values["wood"] != "oak"))
    if fine:
        check(bench(), values)
    else:
        with pytest.raises(Unbuildable):
            check(bench(), values)


def test_an_order_has_a_sensible_quantity(session):
    customer, version = a_customer(session), published(session)
    for quantity in 0, -1, MOST + 1:
        with pytest.raises(ValueError, match="pieces"):
            send(session, customer, version, quantity=quantity)


def test_a_total_that_no_database_holds_is_refused(session):
    version = published(session, bench(prices=[{"name": "base", "title": "Bench", "amount": 30_000_000}]))
    with pytest.raises(ValueError, match="cannot be ordered"):
        ordered(session, a_customer(session), version)


def test_somebody_elses_specification_is_refused(session):
    customer, other, version = a_customer(session), a_customer(session, "Mira Albers"), published(session)
    theirs = save(session, Whom(other), "Mine", Configured(version, bench_values()))
    with pytest.raises(ValueError, match="somebody else"):
        send(session, customer, version, revision=theirs)


def test_another_price_or_date_than_agreed_is_told_and_nothing_is_ordered(session):
    customer, version = a_customer(session), published(session)
    total, day = astuple(seen(version))[:2]
    with pytest.raises(Changed) as told:
        send(session, customer, version, agreed=Agreed(total - 1, day - timedelta(days=1)))
    assert told.value.changes == (Change("total", total - 1, total), Change("promise", day - timedelta(days=1), day))
    assert session.scalar(select(func.count(Order.id))) == 0


def test_a_newer_catalogue_is_told_with_the_price_that_it_makes(session):
    customer, version = a_customer(session), published(session)
    published(session, bench(prices=[{"name": "base", "title": "Garden bench", "amount": "300 + width / 10"}]))
    with pytest.raises(Changed) as told:
        send(session, customer, version)
    assert told.value.changes == (Change("version", 1, 2), Change("total", 44000, 54000))


def test_the_same_key_is_the_same_order(session):
    customer, version = a_customer(session), published(session)
    order = send(session, customer, version)
    published(session, bench(title="Bench of another time"))
    again = send(session, customer, version, values=bench_values(width=900), agreed=Agreed(1, TODAY))
    assert again is order
    assert session.scalar(select(func.count(OrderEvent.id))) == 2
    assert send(session, a_customer(session, "Mira Albers"), published(session)) is not order


@pytest.mark.parametrize("keys", [["same"] * 8, [f"key {n}" for n in range(8)]], ids=["same key", "own keys"])
@pytest.mark.parametrize("isolation", ["repeatable", "plain"])
def test_orders_sent_at_the_same_time(database, keys, isolation):
    with transaction(database) as session:
        customer_id, _ = a_customer(session).id, published(session)
    together = Barrier(len(keys), timeout=20)
    engine = database if isolation == "plain" and database.dialect.name != "sqlite" else writing(database)

    def ordering(key):
        together.wait()
        for _ in keys:
            try:
                with open_session(engine) as session, committed(session):
                    return ordered(session, session.get(Customer, customer_id), key=key).number
            except OperationalError as error:
                if isolation == "plain" or not collided(error):
                    raise
        raise AssertionError("no turn got through")

    with ThreadPoolExecutor(len(keys)) as pool:
        numbers = list(pool.map(ordering, keys))
    assert len(set(numbers)) == len(set(keys))
    with open_session(database) as session:
        assert session.scalar(select(func.count(Order.id))) == len(set(keys))
        assert session.scalar(select(func.count(OrderEvent.id))) == 2 * len(set(keys))
        assert sorted(session.scalars(select(Order.number))) == [str(2001 + n) for n in range(len(set(keys)))]


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(0, 400))
def test_working_days_leave_weekends_out(day, days):
    later = Supply.on(day).after(days)
    assert later.weekday() < 5
    start = min(day, day - timedelta(days=day.weekday() - 4)) if day.weekday() > 4 else day
    between = [start + timedelta(days=n + 1) for n in range((later - start).days)]
    assert sum(one.weekday() < 5 for one in between) == days


@given(st.integers(1, MOST))
def test_more_pieces_are_never_promised_earlier(quantity):
    supply = Supply.on(TODAY)
    assert promise(bench(), bench_values(), supply, quantity) >= promise(bench(), bench_values(), supply)

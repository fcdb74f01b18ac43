"""How unequal customers are, how many kinds they buy, what lots of one save: figures of known shops."""

from datetime import date, timedelta

import numpy as np
import pytest
from factories import TODAY, a_customer, bench, bench_values, ordered, published, staff
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from catalog.formats import to_document
from catalog.store import model_of
from orders import lifecycle
from orders.lots import Lot
from orders.memory import consents, feedback
from orders.placing import Agreed, Entered, place
from orders.promises import offered
from orders.quotation import vat
from orders.records import Customer
from orders.relation import inequality, outlook, savings, scope, worth
from orders.relation.outcomes import outcomes
from orders.relation.savings import Assumptions
from orders.shipments import shipping
from orders.shipments.shipped import Shipment
from orders.subjects import Whom
from orders.supplies.snapshot import supply
from orders.value import BetaGeometric, GammaGamma

MODEL = worth.Model(BetaGeometric(0.3, 5, 0.8, 2.5), GammaGamma(6, 4, 15_000), 50, "EUR", TODAY)


def shop(session: Session, customers: int = 25) -> list[Customer]:
    """Customers, the later of whom bought oftener and wider."""
    version = published(session)
    people = [a_customer(session, f"Customer {number}") for number in range(customers)]
    for number, customer in enumerate(people):
        for time in range(1 + number // 5):
            ordered(session, customer, version, TODAY - timedelta(40 + 150 * time), width=600 + 10 * number)
    return people


def test_each_customer_stands_in_one_tenth_and_in_one_cell(session):
    shop(session)
    shown = inequality.portrait(session, TODAY, "EUR", None)
    assert shown.customers == 25
    assert sum(tenth.customers for tenth in shown.tenths) == 25
    assert sum(cell.customers for row in shown.grid for cell in row) == 25
    sums = [tenth.bought / tenth.customers for tenth in shown.tenths]
    assert sums == sorted(sums, reverse=True)
    assert all(tenth.expected is None for tenth in shown.tenths)
    assert [sum(cell.customers for cell in row) for row in shown.grid] == [5, 5, 10, 5, 0]  # 1, 2, 3 to 4, 5 to 9 times
    assert shown.pareto[0] == 0
    assert shown.pareto[-1] == pytest.approx(1)
    assert all(np.diff(shown.pareto, 2) <= 1e-9)  # the better come first, so each tenth adds less


def test_what_is_expected_adds_up_and_lies_within_its_range(session):
    shop(session)
    shown = inequality.portrait(session, TODAY, "EUR", MODEL)
    expected = [tenth.expected for tenth in shown.tenths]
    (everybody,) = worth.histories(session, TODAY, "EUR")
    assert sum(tenth.amount for tenth in expected) == pytest.approx(MODEL.worth(everybody).worth.sum(), abs=5)
    assert all(tenth.low <= tenth.amount <= tenth.high for tenth in expected)
    first = outlook.outlooks(session, MODEL, TODAY, shown.tenths[0].first)
    assert sum(one.worth.amount for one in first) == pytest.approx(expected[0].amount, abs=1)
    for one in first:
        assert all(0 <= figure.low <= figure.high for figure in (one.purchases, one.value, one.worth))
        assert one.value.low <= one.value.amount <= one.value.high
        assert (one.active is None) == (one.days == 1)
        assert one.active is None or 0 <= one.active.low <= one.active.amount <= one.active.high <= 1
    consents.say(session, first[0].customer, "analysis", False, None)
    assert len(outlook.outlooks(session, MODEL, TODAY, shown.tenths[0].first)) == len(first) - 1
    assert all(0 <= cell.active.low <= cell.active.amount <= cell.active.high <= cell.customers
               for row in shown.grid for cell in row if cell.customers)


def test_eight_futures_of_ten_fall_within_the_range_of_a_tenth():
    """Coverage, with futures drawn from the model itself."""
    random = np.random.default_rng(5)
    repeats = random.integers(0, 6, 200).astype(float)
    age = random.uniform(60, 150, 200)
    some = worth.Histories(np.arange(200), repeats, np.where(repeats > 0, age * random.uniform(0.3, 1, 200), 0), age,
                           random.uniform(5_000, 40_000, 200))
    expected, sums = MODEL.worth(some).worth.sum(), MODEL.cases(some).worth.sum(axis=1)
    deviation = inequality.STANDARD * inequality.variance(MODEL, some, 200) ** 0.5
    assert 0.75 <= np.mean(abs(sums - expected) <= deviation) <= 0.86
    assert expected == pytest.approx(sums.mean(), rel=0.05)


def test_an_empty_shop_has_an_empty_portrait(session):
    shown = inequality.portrait(session, TODAY, "", None)
    assert (shown.customers, shown.tenths, shown.pareto) == (0, (), ())
    assert inequality.cohorts(session, TODAY, "") == []
    assert savings.savings(session, TODAY, TODAY, "", Assumptions()) is None


def test_cohorts_say_who_bought_again_in_which_year(session):
    version, faithful, once = published(session), a_customer(session, "Faithful"), a_customer(session, "Once")
    for year in 2025, 2026, 2027:
        ordered(session, faithful, version, date(year, 1, 4))
    ordered(session, once, version, date(2025, 6, 2))
    late = a_customer(session, "Late")
    ordered(session, late, version, date(2027, 1, 4))
    found = inequality.cohorts(session, TODAY, "EUR")
    assert [(cohort.year, cohort.customers, cohort.buying) for cohort in found] == [
        (2025, 2, (2, 1, 1)), (2027, 1, (1,))]
    assert found[0].bought[0] == 2 * found[0].bought[1]


def test_whoever_objects_is_not_looked_at(session):
    people = shop(session)
    consents.say(session, people[-1], "analysis", False, None)
    session.flush()
    assert inequality.portrait(session, TODAY, "EUR", None).customers == 24
    assert sum(cohort.customers for cohort in inequality.cohorts(session, TODAY, "EUR")) == 24
    assert sum(scope.baskets(session).counted.values()) == 24


def test_kinds_that_go_together(session):
    bench_, other = published(session), published(session, bench(name="stool", title="Stool"))
    people = [a_customer(session, f"Customer {number}") for number in range(10)]
    for number, customer in enumerate(people):
        ordered(session, customer, bench_)
        if number < 4:
            ordered(session, customer, other)
    baskets = scope.baskets(session)
    assert baskets.by_number() == {1: 6, 2: 4}
    assert baskets.share(other.product_id, frozenset({bench_.product_id})) == 0.4
    assert baskets.share(bench_.product_id, frozenset({other.product_id})) is None  # four are too few to tell of
    assert scope.kinds_of(session, people[0]) == {bench_.product_id: 1, other.product_id: 1}


def test_orders_are_told_apart_by_the_kinds_bought_before(session):
    first, second = published(session), published(session, bench(name="stool", title="Stool"))
    for number in range(6):
        customer = a_customer(session, f"Customer {number}")
        for version, inputs in (first, 9), (second, 4), (second, 1):
            ordered(session, customer, version, inputs=inputs)
        back = a_customer(session, f"Changed their mind {number}")
        for version in first, second:
            lifecycle.enter(session, ordered(session, back, version, inputs=7), "cancelled", "customer")
    found = scope.by_breadth(session)
    assert {others: [(step.number, step.inputs.median) for step in steps] for others, steps in found.items()} == {
        0: [(1, 9)], 1: [(1, 4), (2, 1)]}


def test_the_same_thing_all_year_is_cheap_to_hold_and_lots_of_one_are_not(session):
    version = published(session)
    for number in range(30):
        ordered(session, a_customer(session, f"Customer {number}"), version, TODAY - timedelta(number * 10))
    alike = savings.savings(session, TODAY - timedelta(364), TODAY, "EUR", Assumptions())
    assert (alike.orders, alike.configurations, alike.once) == (30, 1, 0)
    for number in range(30):
        ordered(session, a_customer(session, f"Other {number}"), version, TODAY - timedelta(number * 10),
                width=601 + 7 * number, engraving="never held")
    found = savings.savings(session, TODAY - timedelta(364), TODAY, "EUR", Assumptions())
    few, exact = found.finished
    assert (found.configurations, found.once) == (31, 30)
    assert few.kinds < 31 < exact.kinds == 31 + 30 * 29 // 2
    assert few.value < exact.value
    assert found.saved == (few.value - found.parts[1].value, exact.value - found.parts[0].value)
    assert found.parts[0].kinds == alike.parts[0].kinds == 3  # the same parts make them all
    assert found.parts[0].value < few.value
    assert found.parts[0].pieces < found.parts[1].pieces  # twice as long on their way


def test_parts_are_worth_what_the_catalogue_says_and_what_is_cut_from_them_lies_nowhere(session):
    def held(**of_pine):
        parts = [part | of_pine if part["number"] == "W-PINE" else part for part in to_document(bench())["parts"]]
        lots = [savings._Lot(bench(parts=parts), bench_values(), 1, 10_000.0)] * 30
        return savings._parts(lots, 365, Assumptions(), 1)
    assumed = Assumptions().material * 100 / 3 / 2  # a third of what the parts of a bench cost, for its two boards
    cheap, as_assumed = held(cost="0.5"), held(cost=str(assumed))
    assert as_assumed.value == pytest.approx(held().value)
    assert cheap.value < as_assumed.value < held(cost="99").value
    assert (cheap.kinds, held(made_here=True).kinds) == (3, 2)


def test_what_a_piece_came_to_is_without_the_tax_that_was_charged(session):
    """Somebody abroad is charged none: what they paid is all the maker's."""
    version, abroad = published(session), a_customer(session, "Abroad")
    vat.begin(session, "DE", TODAY, None)
    vat.settle(abroad, "AT", "firm", "ATU12345678")
    lot = Lot(version, model_of(version), bench_values(), 1)
    none = vat.of(session, abroad, lot.model.vat, TODAY)
    offer = offered(lot.model, lot.values, supply(session, TODAY)).charged(none)
    assert offer.tax == 0
    before = ordered(session, a_customer(session, "Here"), version)
    place(session, Whom(abroad), lot, Agreed(offer.total, offer.promised_on), Entered(3), key="abroad", today=TODAY)
    paid = [lot.paid for lot in savings._lots(session, date(2026, 1, 1), date(2100, 1, 1), "EUR")]
    assert paid == pytest.approx([before.total / (1 + float(lot.model.vat) / 100)] * 2, abs=1)


@given(st.lists(st.integers(1, 400), min_size=1, max_size=30), st.sampled_from([0.5, 0.9, 0.99]), st.integers(1, 60))
def test_what_is_held_serves_as_often_as_it_should(sold, service, days):
    """By the definition: the least stock with which demand while one is replaced leaves a piece, often enough."""
    random = np.random.default_rng(1)
    model = bench()
    lots = [savings._Lot(model, bench_values(width=600 + n), pieces, 100.0) for n, pieces in enumerate(sold)]
    held = savings._finished(lots, 365, Assumptions(service=service, replaced=days), None)
    most = 0.0
    for pieces in sold:
        demand = random.poisson(pieces * days / 365, 4000)
        stock = next(s for s in range(1, 10_000) if np.mean(demand < s) >= service - 0.03)
        most += np.maximum(stock - demand, 0).mean()
    assert held.kinds == len(sold)
    assert held.pieces >= most * 0.9 - 0.2 * len(sold)
    assert held.value == pytest.approx(held.pieces * 70)


def test_what_became_of_the_orders_of_a_period(session):
    version, customer = published(session), a_customer(session)
    orders = [ordered(session, customer, version, inputs=inputs, unaided=12) for inputs in (0, 2, 2, 25)]
    before = ordered(session, customer, version, TODAY - timedelta(400))
    ordered(session, customer, version, inputs=1).state = "cancelled"
    rep = staff(session)
    for order, said in zip(orders, ("right", "small"), strict=False):
        for state in "in_production", "built", "shipped":
            lifecycle.enter(session, order, state, rep)
        feedback.give(session, order, {"width": feedback.Verdict(said)}, by=rep)
    ordered(session, customer, version, remake_of=orders[1], inputs=0)
    for order in orders[0], before:
        session.add(box := Shipment(order=order, customer_id=customer.id))
        shipping.take_back(session, box, "too wide")
    found = outcomes(session, TODAY - timedelta(30), TODAY)
    assert (found.orders, found.cancelled, found.remakes, found.returned) == (5, 1, 1, 1)
    assert (found.answered, found.right) == (2, 1)
    assert {(row.least, row.most): (row.orders, row.unaided) for row in found.rows if row.orders or row.unaided} == {
        (0, 0): (2, 0), (1, 2): (2, 0), (11, 20): (0, 4), (21, None): (1, 0)}

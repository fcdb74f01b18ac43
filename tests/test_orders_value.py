"""What customers are worth, against the figures published for the CDNOW sample."""

from collections import defaultdict
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from orders.value import BetaGeometric, GammaGamma, likely

CDNOW = Path(__file__).parents[2] / "shared/data/cdnow/CDNOW_sample.txt"
START, CALIBRATED, END = date(1997, 1, 1), date(1997, 9, 30), date(1998, 6, 30)
WEEK = 7

PUBLISHED = BetaGeometric(r=0.243, alpha=4.414, a=0.793, b=2.426)

parameter = st.floats(0.1, 10)
histories = st.tuples(st.integers(0, 50), st.floats(0.1, 1), st.floats(0.5, 500)).map(
    lambda drawn: (drawn[0], drawn[1] * drawn[2] if drawn[0] else 0.0, drawn[2]))


@pytest.fixture(scope="module")
def customers():
    """Each customer's purchases as {day: dollars}: one purchase a day, as in the paper."""
    if not CDNOW.exists():
        pytest.skip("the CDNOW sample is not beside the project, in shared/data/cdnow")
    bought = defaultdict(lambda: defaultdict(float))
    for line in CDNOW.read_text().splitlines():
        _, customer, day, _, dollars = line.split()
        bought[customer][date.fromisoformat(f"{day[:4]}-{day[4:6]}-{day[6:]}")] += float(dollars)
    return [dict(sorted(days.items())) for days in bought.values()]


@pytest.fixture(scope="module")
def calibration(customers):
    """Repeats, recency and age in weeks until the end of September."""
    known = [[day for day in days if day <= CALIBRATED] for days in customers]
    return (np.array([len(days) - 1 for days in known]),
            np.array([(days[-1] - days[0]).days / WEEK for days in known]),
            np.array([(CALIBRATED - days[0]).days / WEEK for days in known]))


def test_the_published_parameters_have_the_published_likelihood(calibration):
    assert len(calibration[0]) == 2357
    assert PUBLISHED.log_likelihood(*calibration) == pytest.approx(-9582.4, abs=0.1)


def test_fitting_finds_the_published_parameters(calibration):
    fitted = BetaGeometric.fit(*calibration)
    assert fitted.log_likelihood(*calibration) >= PUBLISHED.log_likelihood(*calibration)
    for name in "r", "alpha", "a", "b":
        assert getattr(fitted, name) == pytest.approx(getattr(PUBLISHED, name), abs=0.002)


def test_what_was_expected_came_about(customers, calibration):
    """In the 39 weeks that followed, in the mean absolute error over all customers."""
    came = np.array([sum(CALIBRATED < day <= END for day in days) for days in customers])
    expected = BetaGeometric.fit(*calibration).expected_purchases((END - CALIBRATED).days / WEEK, *calibration)
    assert np.abs(expected - came).mean() <= 0.7855  # 0.785455; by the published parameters it is 0.785609
    assert np.corrcoef(expected, came)[0, 1] >= 0.62
    best = np.argsort(-expected)[:len(expected) // 10]
    assert came[best].sum() >= 0.46 * came.sum()
    assert expected.sum() == pytest.approx(came.sum(), rel=0.15)


def test_ranges_hold_what_came_about_as_often_as_they_say(customers, calibration):
    came = np.array([sum(CALIBRATED < day <= END for day in days) for days in customers])
    low, high = BetaGeometric.fit(*calibration).range_of_purchases((END - CALIBRATED).days / WEEK, *calibration)
    assert ((low <= came) & (came <= high)).mean() == pytest.approx(0.87, abs=0.06)  # whole numbers hold more than 80 %


def a_shop(random, customers, returning, spending, horizon):
    """Simulated as the models say: histories, what an order came to; then the orders until `horizon`, what they come
    to, and what the next one would."""
    age = random.uniform(30, 150, customers)
    pauses = random.exponential(returning.alpha / random.gamma(returning.r, size=(customers, 1)), (customers, 300))
    until_leaving = random.geometric(random.beta(returning.a, returning.b, customers))
    at = np.where(np.arange(1, 301) <= until_leaving[:, None], pauses.cumsum(axis=1), np.inf)
    past, came = at <= age[:, None], ((age[:, None] < at) & (at <= age[:, None] + horizon)).sum(axis=1)
    repeats, rate = past.sum(axis=1).astype(float), random.gamma(spending.q, 1 / spending.gamma, customers)
    mean = random.gamma(spending.p * (repeats + 1)) / rate / (repeats + 1)
    return ((repeats, np.where(past, at, 0).max(axis=1), age), mean, came,
            random.standard_gamma(spending.p * came) / rate, random.gamma(spending.p, size=customers) / rate)


def test_eight_of_ten_ranges_hold_what_comes_although_parameters_are_uncertain():
    """Sixty customers tell them, and more cases are right than if they were taken for known."""
    returning, spending = BetaGeometric(r=0.8, alpha=12, a=0.9, b=3), GammaGamma(p=4, q=4, gamma=15_000)
    held = defaultdict(list)

    def note(figure, sides, true):
        held[figure].append(np.mean((sides[0] <= true) & (true <= sides[1])))
    for seed in range(30):
        history, mean, came, spent, following = a_shop(np.random.default_rng(seed), 60, returning, spending, 52)
        frequent, dear = BetaGeometric.fit(*history), GammaGamma.fit(history[0] + 1, mean)
        again = [column[history[0] > 0] for column in history]
        note("active", frequent.range_of_alive(*again), returning.alive(*again))
        note("a purchase", dear.range_of_value(history[0] + 1, mean), following)
        future = frequent.draw_purchases(52, *history)
        note("purchases", likely(future), came)
        year = dear.draw_spent(future, history[0] + 1, mean)
        note("the year", likely(year), spent)
        note("all purchases", likely(future.sum(axis=1)), came.sum())
        note("all years", likely(year.sum(axis=1)), spent.sum())
        known = BetaGeometric(frequent.r, frequent.alpha, frequent.a, frequent.b)
        note("as if known", likely(known.draw_purchases(52, *history).sum(axis=1)), came.sum())
    found = {figure: np.mean(shares) for figure, shares in held.items()}
    assert found["a purchase"] == pytest.approx(0.8, abs=0.03)
    assert 0.78 <= found["active"] <= 0.92
    assert min(found["purchases"], found["the year"]) >= 0.85  # whole numbers, mostly none: a range holds more
    assert min(found["all purchases"], found["all years"]) >= 0.75
    assert found["all purchases"] > found["as if known"]


def test_thirty_customers_give_wide_ranges_and_no_wild_ones(calibration):
    one = 2, 20.0, 38.0
    low, high = BetaGeometric.fit(*calibration).range_of_alive(*one)
    for seed in range(5):
        some = np.random.default_rng(seed).integers(0, len(calibration[0]), 30)
        fitted = BetaGeometric.fit(*(column[some] for column in calibration))
        least, most = fitted.range_of_alive(*one)
        assert 0 <= least <= float(fitted.alive(*one)) <= most <= 1
        assert most - least > 3 * (high - low)
        assert fitted.range_of_purchases(52, *one)[1] <= 12


@pytest.mark.parametrize("seed", range(5))
def test_thirty_customers_tell_nothing_wild(customers, calibration, seed):
    some = np.random.default_rng(seed).integers(0, len(customers), 30)
    fitted = BetaGeometric.fit(*(column[some] for column in calibration))
    span = (END - CALIBRATED).days / WEEK
    everybody = BetaGeometric.fit(*calibration).expected_purchases(span, *calibration).mean()
    assert fitted.expected_purchases(span, *calibration).mean() == pytest.approx(everybody, rel=0.6)
    assert 0.05 < fitted.a / (fitted.a + fitted.b) < 0.6


def test_customers_who_are_alike_can_be_counted(calibration):
    few = [column[:300] for column in calibration]
    kinds, counts = np.unique(np.stack(few), axis=1, return_counts=True)
    counted, listed = BetaGeometric.fit(*kinds, count=counts), BetaGeometric.fit(*few)
    assert (counted.r, counted.alpha, counted.a, counted.b) == pytest.approx(
        (listed.r, listed.alpha, listed.a, listed.b), rel=1e-4)


def test_spending_fits_as_published(customers, calibration):
    spent = [[dollars for day, dollars in days.items() if day <= CALIBRATED][1:] for days in customers]
    orders, mean = zip(*[(len(some), sum(some) / len(some)) for some in spent if sum(some) > 0], strict=True)
    fitted = GammaGamma.fit(orders, mean)
    assert (fitted.p, fitted.q, fitted.gamma) == pytest.approx((6.25, 3.74, 15.44), abs=0.01)


@given(parameter, parameter, parameter, parameter, histories, st.floats(0.1, 200))
def test_expectations_make_sense(r, alpha, a, b, history, horizon):
    model = BetaGeometric(r, alpha, a, b)
    soon, late = (float(model.expected_purchases(span, *history)) for span in (horizon, 2 * horizon))
    assert -1e-6 <= soon <= late + 1e-6
    assert 0 <= float(model.alive(*history)) <= 1


@given(parameter, parameter, parameter, parameter, histories, st.floats(1, 100))
def test_the_futures_that_are_drawn_are_those_expected(r, alpha, a, b, history, horizon):
    model = BetaGeometric(r, alpha, a + 0.1, b)
    assume(model.alive(*history) > 0.05)  # what is rare is seldom drawn
    drawn, expected = model.draw_purchases(horizon, *history), float(model.expected_purchases(horizon, *history))
    assert drawn.mean() == pytest.approx(expected, abs=5 * drawn.std() / np.sqrt(len(drawn)) + 0.02)
    low, high = model.range_of_purchases(horizon, *history)
    assert 0 <= low <= high


@given(parameter, parameter, parameter, histories)
def test_near_a_of_one_nothing_jumps(r, alpha, b, history):
    at, beside = (float(BetaGeometric(r, alpha, a, b).expected_purchases(10, *history)) for a in (1, 1.001))
    assert at == pytest.approx(beside, rel=0.02, abs=1e-6)


def test_what_customers_do_is_found_again():
    """Simulated as the model says: its parameters come back."""
    random, true = np.random.default_rng(1), BetaGeometric(r=0.8, alpha=6, a=0.9, b=3)
    repeats, recency, age = [], [], random.uniform(30, 60, 4000)
    for span in age:
        rate, leaving = random.gamma(true.r) / true.alpha, random.beta(true.a, true.b)
        now, last, count = random.exponential(1 / rate), 0.0, 0
        while now <= span:
            last, count = now, count + 1
            if random.random() < leaving:
                break
            now += random.exponential(1 / rate)
        repeats.append(count)
        recency.append(last)
    fitted = BetaGeometric.fit(repeats, recency, age)
    assert (fitted.r, fitted.alpha) == pytest.approx((true.r, true.alpha), rel=0.15)
    assert fitted.a / (fitted.a + fitted.b) == pytest.approx(true.a / (true.a + true.b), rel=0.15)


@given(st.floats(0.5, 20), st.floats(1.1, 20), st.floats(0.5, 100), st.integers(1, 100), st.floats(0.5, 1000))
def test_the_next_order_lies_between_ones_own_mean_and_everybodys(p, q, gamma, orders, mean):
    model = GammaGamma(p, q, gamma)
    everybody = float(model.expected_value(0, 0))
    expected = float(model.expected_value(orders, mean))
    low, high = sorted((mean, everybody))
    assert low * (1 - 1e-9) <= expected <= high * (1 + 1e-9)
    least, most = model.range_of_value(orders, mean)
    assert 0 < least <= most


def test_impossible_histories_are_refused():
    with pytest.raises(ValueError, match="must be customers"):
        BetaGeometric.fit([], [], [])
    for history in ((1, 5, 4), (0, 1, 4), (-1, 0, 4), (1, -1, 4)):
        with pytest.raises(ValueError, match="recency"):
            BetaGeometric.fit(*([value] for value in history))
    with pytest.raises(ValueError, match="above 0"):
        GammaGamma.fit([0], [10])
    with pytest.raises(ValueError, match="no mean"):
        GammaGamma(6, 0.9, 15).expected_value(1, 1)


@pytest.mark.parametrize("seed", range(3))
def test_a_third_of_the_customers_tells_what_the_others_will_do(customers, calibration, seed):
    shuffled = np.random.default_rng(seed).permutation(len(customers))
    known, others = np.split(shuffled, [len(shuffled) // 3])
    came = np.array([sum(CALIBRATED < day <= END for day in customers[one]) for one in others])
    theirs = [column[others] for column in calibration]
    expected = BetaGeometric.fit(*(column[known] for column in calibration)).expected_purchases(39, *theirs)
    assert np.abs(expected - came).mean() <= 0.85
    assert np.corrcoef(expected, came)[0, 1] >= 0.55
    assert came[np.argsort(-expected)[:len(others) // 10]].sum() >= 0.4 * came.sum()


@pytest.mark.parametrize("history", [
    ([0] * 50, [0] * 50, [30] * 50), ([3], [10], [20]), (3, 10, 20), ([0], [0], [1]),
    ([2] * 100, [10] * 100, [20] * 100),
    ([3, 0], [1e9, 0], [1e9, 1e9]), ([2] * 9, [1e-9] * 9, [2e-9] * 9), ([10**6] * 20, [100] * 20, [100] * 20),
    ([5] * 9, [0] * 9, [20] * 9), ([5] * 40, [20] * 40, [20] * 40), ([1.5] * 30, [3] * 30, [6] * 30)])
def test_whatever_customers_did_is_answered_with_numbers(history):
    model = BetaGeometric.fit(*history)
    x, recency, age = (np.asarray(column, float) for column in history)
    expected, alive = model.expected_purchases(52, x, recency, age), model.alive(x, recency, age)
    assert np.all((expected >= 0) & (expected <= (model.r + x) / (model.alpha + age) * 52 * 1.001))
    assert np.all((alive >= 0) & (alive <= 1))
    assert np.all(np.isfinite(model.range_of_purchases(52, x, recency, age)))
    low, high = model.range_of_alive(x, recency, age)
    assert np.all((low >= 0) & (low <= high) & (high <= 1))
    assert np.all(np.isfinite(model.around().expected_purchases(52, x, recency, age)))


@pytest.mark.parametrize("spent", [
    ([2] * 100, [10] * 100), ([1], [10]), ([1, 5], [1e12, 1e12]), ([1, 5], [1e-9, 1e-9]), ([10**6] * 10, [5.0] * 10),
    ([1, 2, 3] * 50, [1e-3, 1, 1e6] * 50)])
def test_whatever_customers_spent_has_a_mean(spent):
    model = GammaGamma.fit(*spent)
    assert model.q > 1
    assert np.all(np.isfinite(model.expected_value(*spent)))
    assert np.all(np.isfinite(model.range_of_value(*spent)))


@pytest.mark.parametrize("act", [
    lambda: BetaGeometric.fit([], [], []), lambda: BetaGeometric.fit([0, 0], [0, 0], [0, 0]),
    lambda: BetaGeometric.fit([2, np.nan], [1, 1], [2, 2]), lambda: BetaGeometric.fit([2, 1], [1, 1], [2, np.inf]),
    lambda: BetaGeometric.fit([2, 1], [1, 1, 1], [2, 2]), lambda: BetaGeometric.fit(["often"], [0], [0]),
    lambda: BetaGeometric(-0.1, 4, 1, 2), lambda: PUBLISHED.expected_purchases(-1, 0, 0, 1),
    lambda: PUBLISHED.expected_purchases(np.inf, 0, 0, 1), lambda: GammaGamma.fit([], []),
    lambda: GammaGamma.fit([1, 2], [np.inf, 1]), lambda: GammaGamma.fit([1, 2], [0, 1])])
def test_what_is_no_history_is_refused(act):
    with pytest.raises(ValueError):  # noqa: PT011 - numpy's own words for arrays that do not fit
        act()

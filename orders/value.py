"""What a customer is worth: how often they will order, and for how much.

BetaGeometric is the BG/NBD model of Fader, Hardie and Lee, "Counting your customers the easy way" (Marketing Science
24, 2005); GammaGamma is the spending model of Fader and Hardie, "The Gamma-Gamma model of monetary value" (2013). Both
take the most probable parameters under a weak prior, which keeps a few dozen customers from telling wild ones and gives
way as they become more. Arrays hold one entry per customer, or per group of `count` alike, times in one unit of the
caller's choice: `frequency` (x) is how often they ordered again; `recency` (t_x) and `age` (T) are how long after the
first order the last one came, and how long ago the first one was; `monetary_value` is what an order came to on average.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import betaln, gammaincinv, gammaln, hyp2f1

Floats = NDArray[np.float64]
TOLERANCE = 1e-12
LARGEST = 700.0
"""The logarithm of about the largest number."""
NEAR_ONE = 1e-6
"""So near to a = 1, where the formula divides by zero, that its limit is taken from beside it."""
FEW = 100
"""Below about so many customers, estimates of one say hardly more than the prior: too few to say."""
WEAK = 2.0
"""The standard deviation of the prior in logarithms, up to FEW customers: seven times as much, or a seventh, is likely
enough. It grows with their number from there on, for many customers need no prior.
"""
WIDEST = 7.0
"""By which logarithms a parameter may differ from its guess: what lies beyond tells of histories that nobody has."""
DRAWS = 1000
"""Futures that are drawn of each customer to say between which figures the most likely ones lie."""
LIKELY = 0.8
"""The share of all futures that a range holds."""


@dataclass(frozen=True)
class BetaGeometric:
    """Orders come at a rate from Gamma(r, alpha); after each the customer may leave, by a chance from Beta(a, b)."""

    r: float
    alpha: float
    a: float
    b: float

    def __post_init__(self) -> None:
        _positive(astuple(self))

    @classmethod
    def fit(cls, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, count: ArrayLike = 1) -> Self:
        """The most probable parameters of these customers.

        The prior: a rate of about one order in the mean age, and one customer in three who leaves after an order.
        Raises ValueError unless 0 <= recency <= age, with a recency of 0 for a frequency of 0; for no customers, and if
        no time has passed since they came.
        """
        history = _checked(frequency, recency, age)
        alike, counts = _grouped(*history, count=count)
        guess = np.array([1.0, float(np.average(alike[2], weights=counts)), 1.0, 2.0])
        if not guess[1]:
            raise ValueError("nobody can be known yet: no time has passed since anybody's first order")
        return cls(*_most_probable(lambda parameters: cls(*parameters)._log_likelihoods(*alike), counts, guess))

    def log_likelihood(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> float:
        """The natural logarithm of how likely these histories are."""
        return float(self._log_likelihoods(*_checked(frequency, recency, age)).sum())

    def _log_likelihoods(self, x: Floats, recency: Floats, age: Floats) -> Floats:
        """Still there, or gone after the last order; the paper's equation 6 in logarithms."""
        r, alpha, a, b = astuple(self)
        always = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + betaln(a, b + x) - betaln(a, b)
        stayed = -(r + x) * np.log(alpha + age)
        left = np.log(a / (b + np.maximum(x, 1) - 1)) - (r + x) * np.log(alpha + recency)
        return np.asarray(always + np.where(x > 0, np.logaddexp(stayed, left), stayed))

    def alive(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Floats:
        """The probability that each customer has not left for good."""
        x, recency, age = _checked(frequency, recency, age)
        return np.asarray(1 / (1 + self._odds_of_having_left(x, recency, age)))

    def expected_purchases(self, horizon: float, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Floats:
        """The orders to expect of each customer from now until `horizon` later: the paper's equation 10, and never more
        than if nobody left. Raises ValueError for a horizon that does not lie ahead.
        """
        x, recency, age = _checked(frequency, recency, age)
        r, alpha, a, b = astuple(self)
        a = 1 + NEAR_ONE if abs(a - 1) < NEAR_ONE else a
        all_ = (r + x) / (alpha + age) * _ahead(horizon)
        if_alive = (a + b + x - 1) / (a - 1) * (1 - _series(r + x, b + x, a + b + x - 1, (alpha + age) / (
            alpha + age + horizon), 0.0 if a > 1 else np.inf))
        return np.asarray(np.clip(if_alive, 0, all_) / (1 + self._odds_of_having_left(x, recency, age)))

    def range_of_purchases(self, horizon: float, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike,
                           seed: int = 1) -> tuple[Floats, Floats]:
        """Between how many orders LIKELY of each customer's futures lie, from now until `horizon` later.

        Orders go on at a rate from Gamma(r + x, alpha + age), until the customer leaves by a chance from
        Beta(a, b + x); whoever has left orders no more. Memory: DRAWS numbers for each customer.
        """
        drawn = self.draw_purchases(horizon, frequency, recency, age, seed)
        low, high = np.quantile(drawn, [(1 - LIKELY) / 2, (1 + LIKELY) / 2], axis=0, method="inverted_cdf")
        return low, high

    def draw_purchases(self, horizon: float, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike,
                       seed: int = 1) -> Floats:
        """Orders in DRAWS futures of each customer: an array of DRAWS rows."""
        x, recency, age = _checked(frequency, recency, age)
        random, size = np.random.default_rng(seed), (DRAWS, *x.shape)
        placed = random.poisson(random.gamma(self.r + x, _ahead(horizon) / (self.alpha + age), size))
        until_leaving = random.geometric(np.maximum(random.beta(self.a, self.b + x, size), TOLERANCE))
        still_there = random.random(size) < self.alive(x, recency, age)
        return np.asarray(np.where(still_there, np.minimum(placed, until_leaving), 0), float)

    def _odds_of_having_left(self, x: Floats, recency: Floats, age: Floats) -> Floats:
        r, alpha, a, b = astuple(self)
        logarithm = np.log(a / (b + np.maximum(x, 1) - 1)) + (r + x) * np.log((alpha + age) / (alpha + recency))
        return np.asarray(np.where(x > 0, np.exp(np.minimum(logarithm, LARGEST)), 0.0))


@dataclass(frozen=True)
class GammaGamma:
    """What a customer spends on an order comes from Gamma(p, rate), and everybody's own rate from Gamma(q, gamma)."""

    p: float
    q: float
    gamma: float

    def __post_init__(self) -> None:
        _positive(astuple(self))

    @classmethod
    def fit(cls, frequency: ArrayLike, monetary_value: ArrayLike, count: ArrayLike = 1) -> Self:
        """The most probable parameters, from how many orders each customer placed and what they spent on average; both
        above 0, else ValueError.

        The prior: orders vary about half as much as their mean, and so do customers. That there is a mean, q > 1, is
        taken for granted.
        """
        alike, counts = _grouped(_positive(frequency), _positive(monetary_value), count=count)
        guess = np.array([4.0, 4.0, float(np.average(alike[1], weights=counts))])
        p, above_one, gamma = _most_probable(
            lambda some: cls(some[0], 1 + some[1], some[2])._log_likelihoods(*alike), counts, guess)
        return cls(p, 1 + above_one, gamma)

    def log_likelihood(self, frequency: ArrayLike, monetary_value: ArrayLike) -> float:
        """The natural logarithm of how likely these averages are."""
        return float(self._log_likelihoods(_positive(frequency), _positive(monetary_value)).sum())

    def _log_likelihoods(self, x: Floats, mean: Floats) -> Floats:
        """The note's equation 1a in logarithms."""
        p, q, gamma = astuple(self)
        return np.asarray(-betaln(p * x, q) + q * np.log(gamma) + (p * x - 1) * np.log(mean) + p * x * np.log(x)
                          - (p * x + q) * np.log(gamma + x * mean))

    def expected_value(self, frequency: ArrayLike, monetary_value: ArrayLike) -> Floats:
        """What to expect of each customer's next order: their own mean drawn towards everybody's (equation 5).

        Customers without orders (0, any mean) get everybody's. Raises ValueError if q <= 1, for then there is no mean.
        """
        if self.q <= 1:
            raise ValueError("the spending has no mean: q must be above 1")
        x = np.asarray(frequency, float)
        return np.asarray(self.p * (self.gamma + x * np.asarray(monetary_value, float)) / (self.p * x + self.q - 1))

    def range_of_value(self, frequency: ArrayLike, monetary_value: ArrayLike) -> tuple[Floats, Floats]:
        """Between which amounts the mean of a customer's orders lies in LIKELY of all cases: p over a rate from
        Gamma(p * x + q, gamma + x * mean).
        """
        x = np.asarray(frequency, float)
        shape, rate = self.p * x + self.q, self.gamma + x * np.asarray(monetary_value, float)
        low, high = (self.p * rate / gammaincinv(shape, (1 + side * LIKELY) / 2) for side in (1, -1))
        return np.asarray(low), np.asarray(high)

    def draw_values(self, frequency: ArrayLike, monetary_value: ArrayLike, seed: int = 2) -> Floats:
        """The mean of each customer's orders in DRAWS cases: an array of DRAWS rows."""
        x = np.asarray(frequency, float)
        shape, rate = self.p * x + self.q, self.gamma + x * np.asarray(monetary_value, float)
        return np.asarray(self.p * rate / np.random.default_rng(seed).standard_gamma(shape, (DRAWS, *x.shape)))


def _series(first: Floats, second: Floats, third: Floats, left: Floats, limit: float) -> Floats:
    """left ** first * 2F1(first, second; third; 1 - left), the same by Euler's transformation (Abramowitz and Stegun
    15.3.3): of the two, one or the other overflows for what is far from any customer. Where both do, the limit.
    """
    with np.errstate(all="ignore"):
        found = left ** (third - second) * hyp2f1(third - first, third - second, third, 1 - left)
        if not np.all(np.isfinite(found)):
            found = np.where(np.isfinite(found), found, left ** first * hyp2f1(first, second, third, 1 - left))
    return np.asarray(np.where(np.isfinite(found), found, limit))


def _most_probable(log_likelihoods: Callable[[Floats], Floats], counts: Floats, guess: Floats) -> list[float]:
    """The positive parameters that are most probable, if before all evidence each is about its guess.

    By BFGS, which keeps to small vectors: other methods wake all processors for them, and wait where these are busy.
    Raises RuntimeError if there are none to be found.
    """
    total = counts.sum()
    deviation = WEAK * max(1.0, total / FEW)

    def parameters(apart: Floats) -> Floats:
        return np.asarray(guess * np.exp(np.clip(apart, -WIDEST, WIDEST)))

    def improbable(apart: Floats) -> float:
        """Per customer; `apart`: by which logarithms the parameters differ from the guess."""
        likelihood = counts @ log_likelihoods(parameters(apart))
        return float((apart @ apart / (2 * deviation ** 2) - likelihood) / total)

    found = minimize(improbable, np.zeros(len(guess)), method="BFGS", options={"gtol": 1e-7, "maxiter": 1000})
    if not np.isfinite(found.fun):
        raise RuntimeError(f"no parameters fit: {found.message}")
    return [float(parameter) for parameter in parameters(found.x)]


def _grouped(*columns: Floats, count: ArrayLike) -> tuple[tuple[Floats, ...], Floats]:
    """Customers who are alike, taken together, and how many they are; raises ValueError for none."""
    table = np.stack([column.ravel() for column in np.broadcast_arrays(*columns)])
    counts = np.broadcast_to(np.asarray(count, float).ravel(), table.shape[1:])
    if not counts.size or not np.all(counts > 0):
        raise ValueError("there must be customers, and of each kind more than none")
    alike, which = np.unique(table, axis=1, return_inverse=True)
    return tuple(alike), np.bincount(which.ravel(), counts).astype(np.float64)


def _checked(frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> tuple[Floats, Floats, Floats]:
    x, last, now = (_finite(array) for array in (frequency, recency, age))
    if not np.all((x >= 0) & (last >= 0) & (last <= now) & ((x > 0) | (last == 0))):
        raise ValueError("recency must lie between 0 and age, and be 0 where there are no repeats")
    return x, last, now


def _positive(numbers: ArrayLike) -> Floats:
    array = _finite(numbers)
    if not np.all(array > 0):
        raise ValueError("parameters, numbers of orders and means must be above 0")
    return array


def _finite(numbers: ArrayLike) -> Floats:
    array = np.asarray(numbers, float)
    if not np.all(np.isfinite(array)):
        raise ValueError("a number is not finite")
    return array


def _ahead(horizon: float) -> float:
    if not 0 <= horizon < np.inf:
        raise ValueError(f"a horizon lies ahead, at a finite time: {horizon} does not")
    return horizon

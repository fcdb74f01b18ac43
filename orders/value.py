"""What a customer is worth: how often they will order, and for how much.

BetaGeometric is the BG/NBD model of Fader, Hardie and Lee, "Counting your customers the easy way" (Marketing Science
24, 2005); GammaGamma is the spending model of Fader and Hardie, "The Gamma-Gamma model of monetary value" (2013). Both
take the most probable parameters under a weak prior, which keeps a few dozen customers from telling wild ones and gives
way as they become more. Arrays hold one entry per customer, or per group of `count` alike, times in one unit of the
caller's choice.
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
NEAR_ONE = 1e-6
"""So near to a = 1, where the formula divides by zero, that its limit is taken from beside it."""
FEW = 100
"""Below about so many customers, estimates of one say hardly more than the prior: too few to say."""
WEAK = 2.0
"""The standard deviation of the prior in logarithms, up to FEW customers: seven times as much, or a seventh, is likely
enough. It grows with their number from there on, for many customers need no prior.
"""
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

    @classmethod
    def fit(cls, repeats: ArrayLike, recency: ArrayLike, age: ArrayLike, count: ArrayLike = 1) -> Self:
        """From each customer's repeat orders, the time of the last one and the time until now, both since the first.

        The prior: a rate of about one order in the mean age, and one customer in three who leaves after an order.
        Raises ValueError unless 0 <= recency <= age, with a recency of 0 for no repeats, and for no customers.
        """
        history = _checked(repeats, recency, age)
        alike, counts = _grouped(*history, count=count)
        guess = np.array([1.0, max(float(np.average(alike[2], weights=counts)), TOLERANCE), 1.0, 2.0])
        return cls(*_most_probable(lambda parameters: cls(*parameters)._log_likelihoods(*alike), counts, guess))

    def log_likelihood(self, repeats: ArrayLike, recency: ArrayLike, age: ArrayLike) -> float:
        """The natural logarithm of how likely these histories are."""
        return float(self._log_likelihoods(*_checked(repeats, recency, age)).sum())

    def _log_likelihoods(self, x: Floats, recency: Floats, age: Floats) -> Floats:
        """Still there, or gone after the last order; the paper's equation 6 in logarithms."""
        r, alpha, a, b = astuple(self)
        rate = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
        stayed = betaln(a, b + x) - betaln(a, b) - (r + x) * np.log(alpha + age)
        left = betaln(a + 1, b + np.maximum(x, 1) - 1) - betaln(a, b) - (r + x) * np.log(alpha + recency)
        return np.asarray(rate + np.where(x > 0, np.logaddexp(stayed, left), stayed))

    def alive(self, repeats: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Floats:
        """The probability that each customer has not left for good."""
        x, recency, age = _checked(repeats, recency, age)
        return np.asarray(1 / (1 + self._odds_of_having_left(x, recency, age)))

    def expected_purchases(self, horizon: float, repeats: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Floats:
        """The orders to expect of each customer from now until `horizon` later (the paper's equation 10)."""
        x, recency, age = _checked(repeats, recency, age)
        r, alpha, a, b = astuple(self)
        a = 1 + NEAR_ONE if abs(a - 1) < NEAR_ONE else a
        series = hyp2f1(r + x, b + x, a + b + x - 1, horizon / (alpha + age + horizon))
        shrinking = ((alpha + age) / (alpha + age + horizon)) ** (r + x)
        if_alive = (a + b + x - 1) / (a - 1) * (1 - shrinking * series)
        return np.asarray(if_alive / (1 + self._odds_of_having_left(x, recency, age)))

    def range_of_purchases(self, horizon: float, repeats: ArrayLike, recency: ArrayLike, age: ArrayLike,
                           seed: int = 1) -> tuple[Floats, Floats]:
        """Between how many orders LIKELY of each customer's futures lie, from now until `horizon` later.

        Orders go on at a rate from Gamma(r + x, alpha + age), until the customer leaves by a chance from
        Beta(a, b + x); whoever has left orders no more. Memory: DRAWS numbers for each customer.
        """
        drawn = self.draw_purchases(horizon, repeats, recency, age, seed)
        low, high = np.quantile(drawn, [(1 - LIKELY) / 2, (1 + LIKELY) / 2], axis=0, method="inverted_cdf")
        return low, high

    def draw_purchases(self, horizon: float, repeats: ArrayLike, recency: ArrayLike, age: ArrayLike,
                       seed: int = 1) -> Floats:
        """Orders in DRAWS futures of each customer: an array of DRAWS rows."""
        x, recency, age = _checked(repeats, recency, age)
        random, size = np.random.default_rng(seed), (DRAWS, *x.shape)
        placed = random.poisson(random.gamma(self.r + x, horizon / (self.alpha + age), size))
        until_leaving = random.geometric(np.maximum(random.beta(self.a, self.b + x, size), TOLERANCE))
        still_there = random.random(size) < self.alive(x, recency, age)
        return np.asarray(np.where(still_there, np.minimum(placed, until_leaving), 0), float)

    def _odds_of_having_left(self, x: Floats, recency: Floats, age: Floats) -> Floats:
        r, alpha, a, b = astuple(self)
        odds = a / (b + np.maximum(x, 1) - 1) * ((alpha + age) / (alpha + recency)) ** (r + x)
        return np.asarray(np.where(x > 0, odds, 0.0))


@dataclass(frozen=True)
class GammaGamma:
    """What a customer spends on an order comes from Gamma(p, rate), and everybody's own rate from Gamma(q, gamma)."""

    p: float
    q: float
    gamma: float

    @classmethod
    def fit(cls, orders: ArrayLike, mean: ArrayLike, count: ArrayLike = 1) -> Self:
        """From how many orders each customer placed and what they spent on average; both above 0, else ValueError.

        The prior: orders vary about half as much as their mean, and so do customers.
        """
        alike, counts = _grouped(_positive(orders), _positive(mean), count=count)
        guess = np.array([4.0, 5.0, float(np.average(alike[1], weights=counts))])
        return cls(*_most_probable(lambda parameters: cls(*parameters)._log_likelihoods(*alike), counts, guess))

    def log_likelihood(self, orders: ArrayLike, mean: ArrayLike) -> float:
        """The natural logarithm of how likely these averages are."""
        return float(self._log_likelihoods(_positive(orders), _positive(mean)).sum())

    def _log_likelihoods(self, x: Floats, mean: Floats) -> Floats:
        """The note's equation 1a in logarithms."""
        p, q, gamma = astuple(self)
        return np.asarray(-betaln(p * x, q) + q * np.log(gamma) + (p * x - 1) * np.log(mean) + p * x * np.log(x)
                          - (p * x + q) * np.log(gamma + x * mean))

    def expected_value(self, orders: ArrayLike, mean: ArrayLike) -> Floats:
        """What to expect of each customer's next order: their own mean drawn towards everybody's (equation 5).

        Customers without orders (0, any mean) get everybody's. Raises ValueError if q <= 1, for then there is no mean.
        """
        if self.q <= 1:
            raise ValueError("the spending has no mean: q must be above 1")
        x = np.asarray(orders, float)
        return np.asarray(self.p * (self.gamma + x * np.asarray(mean, float)) / (self.p * x + self.q - 1))

    def range_of_value(self, orders: ArrayLike, mean: ArrayLike) -> tuple[Floats, Floats]:
        """Between which amounts the mean of a customer's orders lies in LIKELY of all cases: p over a rate from
        Gamma(p * x + q, gamma + x * mean).
        """
        x = np.asarray(orders, float)
        shape, rate = self.p * x + self.q, self.gamma + x * np.asarray(mean, float)
        low, high = (self.p * rate / gammaincinv(shape, (1 + side * LIKELY) / 2) for side in (1, -1))
        return np.asarray(low), np.asarray(high)

    def draw_values(self, orders: ArrayLike, mean: ArrayLike, seed: int = 2) -> Floats:
        """The mean of each customer's orders in DRAWS cases: an array of DRAWS rows."""
        x = np.asarray(orders, float)
        shape, rate = self.p * x + self.q, self.gamma + x * np.asarray(mean, float)
        return np.asarray(self.p * rate / np.random.default_rng(seed).standard_gamma(shape, (DRAWS, *x.shape)))


def _most_probable(log_likelihoods: Callable[[Floats], Floats], counts: Floats, guess: Floats) -> list[float]:
    """The positive parameters that are most probable, if before all evidence each is about its guess.

    Raises RuntimeError if there are none to be found.
    """
    total = counts.sum()
    deviation = WEAK * max(1.0, total / FEW)

    def improbable(apart: Floats) -> float:
        """Per customer; `apart`: by which logarithms the parameters differ from the guess."""
        likelihood = counts @ log_likelihoods(guess * np.exp(apart))
        return float((apart @ apart / (2 * deviation ** 2) - likelihood) / total)

    found = minimize(improbable, np.zeros(len(guess)), method="L-BFGS-B", bounds=[(-12.0, 12.0)] * len(guess),
                     options={"ftol": TOLERANCE, "gtol": 1e-8, "maxiter": 1000})
    if not np.isfinite(found.fun):
        raise RuntimeError(f"no parameters fit: {found.message}")
    return [float(parameter) for parameter in guess * np.exp(found.x)]


def _grouped(*columns: Floats, count: ArrayLike) -> tuple[tuple[Floats, ...], Floats]:
    """Customers who are alike, taken together, and how many they are; raises ValueError for none."""
    table = np.stack(np.broadcast_arrays(*columns))
    counts = np.broadcast_to(np.asarray(count, float), table.shape[1:])
    if not counts.size or not np.all(counts > 0):
        raise ValueError("there must be customers, and of each kind more than none")
    alike, which = np.unique(table, axis=1, return_inverse=True)
    return tuple(alike), np.bincount(which.ravel(), counts).astype(np.float64)


def _checked(repeats: ArrayLike, recency: ArrayLike, age: ArrayLike) -> tuple[Floats, Floats, Floats]:
    x, last, now = (np.asarray(array, float) for array in (repeats, recency, age))
    if not np.all((x >= 0) & (last >= 0) & (last <= now) & ((x > 0) | (last == 0))):
        raise ValueError("recency must lie between 0 and age, and be 0 where there are no repeats")
    return x, last, now


def _positive(numbers: ArrayLike) -> Floats:
    array = np.asarray(numbers, float)
    if not np.all(array > 0):
        raise ValueError("numbers of orders and means must be above 0")
    return array

"""What a customer is worth: how often they will order, and for how much.

BetaGeometric is the BG/NBD model of Fader, Hardie and Lee, "Counting your customers the easy way" (Marketing Science
24, 2005); GammaGamma is the spending model of Fader and Hardie, "The Gamma-Gamma model of monetary value" (2013). Both
take the most probable parameters under a weak prior, which keeps a few dozen customers from telling wild ones and gives
way as they become more. How uncertain they are stays with them: ranges are of DRAWS cases, each with parameters of its
own from the normal distribution about the most probable ones (Gelman et al., Bayesian Data Analysis, 3rd edition,
chapter 4.1).

Arrays hold one entry per customer, or per group of `count` alike, times in one unit of the caller's choice: `frequency`
(x) is how often they ordered again; `recency` (t_x) and `age` (T) are how long after the first order the last one came,
and how long ago the first one was; `monetary_value` is what an order came to on average.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import betaln, gammaln, hyp2f1

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
STEP = 1e-3
"""Between which logarithms the bend of a likelihood is measured."""
ABOVE_ONE = np.array([0.0, 1.0, 0.0])
"""Of p, q and gamma, q is above 1: what is fitted and drawn is by how much."""
DRAWS = 1000
"""Cases that are drawn of each customer to say between which figures the most likely ones lie."""
LIKELY = 0.8
"""The share of all cases that a range holds."""


@dataclass(frozen=True)
class BetaGeometric:
    """Orders come at a rate from Gamma(r, alpha); after each the customer may leave, by a chance from Beta(a, b).

    Parameters are numbers, or columns of as many rows as there are cases: figures then have a row for each.
    """

    r: float | Floats
    alpha: float | Floats
    a: float | Floats
    b: float | Floats
    covariance: Floats = field(default_factory=lambda: np.zeros((4, 4)), repr=False, compare=False, kw_only=True)
    """Of their logarithms; as if they were known, if it is not given."""

    def __post_init__(self) -> None:
        _positive(self._parameters)

    @property
    def _parameters(self) -> Floats:
        return np.array([self.r, self.alpha, self.a, self.b])

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
        found, covariance = _most_probable(lambda some: cls(*some)._log_likelihoods(*alike), counts, guess)
        return cls(*map(float, found), covariance=covariance)

    def drawn(self, draws: int = DRAWS, seed: int = 0) -> Self:
        """The same in so many cases, with parameters that are as likely as these are uncertain."""
        return type(self)(*_apart(self._parameters, _drawn(self.covariance, draws, seed)))

    def around(self) -> Self:
        """The same at a few points about the parameters that are as far from them as these are uncertain."""
        return type(self)(*_apart(self._parameters, _around(self.covariance)))

    def log_likelihood(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> float:
        """The natural logarithm of how likely these histories are."""
        return float(self._log_likelihoods(*_checked(frequency, recency, age)).sum())

    def _log_likelihoods(self, x: Floats, recency: Floats, age: Floats) -> Floats:
        """Still there, or gone after the last order; the paper's equation 6 in logarithms."""
        r, alpha, a, b = self._parameters
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
        r, alpha, a, b = self._parameters
        a = np.where(np.abs(np.subtract(a, 1)) < NEAR_ONE, 1 + NEAR_ONE, a)
        all_ = (r + x) / (alpha + age) * _ahead(horizon)
        if_alive = (a + b + x - 1) / (a - 1) * (1 - _series(r + x, b + x, a + b + x - 1, (alpha + age) / (
            alpha + age + horizon), np.where(a > 1, 0.0, np.inf)))
        return np.asarray(np.clip(if_alive, 0, all_) / (1 + self._odds_of_having_left(x, recency, age)))

    def range_of_alive(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> tuple[Floats, Floats]:
        """Between which probabilities the one that each customer has not left for good lies."""
        return likely(self.drawn().alive(frequency, recency, age))

    def range_of_purchases(self, horizon: float, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike
                           ) -> tuple[Floats, Floats]:
        """Between how many orders LIKELY of each customer's futures lie, from now until `horizon` later."""
        return likely(self.draw_purchases(horizon, frequency, recency, age))

    def draw_purchases(self, horizon: float, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike,
                       draws: int = DRAWS, seed: int = 1) -> Floats:
        """Orders in so many futures of each customer, a row for each.

        Orders go on at a rate from Gamma(r + x, alpha + age), until the customer leaves by a chance from
        Beta(a, b + x); whoever has left orders no more.
        """
        x, recency, age = _checked(frequency, recency, age)
        random, size, case = np.random.default_rng(seed), np.broadcast_shapes((draws, 1), x.shape), self.drawn(draws)
        placed = random.poisson(random.gamma(case.r + x, _ahead(horizon) / (case.alpha + age), size))
        until_leaving = random.geometric(np.maximum(random.beta(case.a, case.b + x, size), TOLERANCE))
        still_there = random.random(size) < case.alive(x, recency, age)
        return np.asarray(np.where(still_there, np.minimum(placed, until_leaving), 0), float)

    def _odds_of_having_left(self, x: Floats, recency: Floats, age: Floats) -> Floats:
        r, alpha, a, b = self._parameters
        logarithm = np.log(a / (b + np.maximum(x, 1) - 1)) + (r + x) * np.log((alpha + age) / (alpha + recency))
        return np.asarray(np.where(x > 0, np.exp(np.minimum(logarithm, LARGEST)), 0.0))


@dataclass(frozen=True)
class GammaGamma:
    """What a customer spends on an order comes from Gamma(p, rate), and everybody's own rate from Gamma(q, gamma)."""

    p: float | Floats
    q: float | Floats
    gamma: float | Floats
    covariance: Floats = field(default_factory=lambda: np.zeros((3, 3)), repr=False, compare=False, kw_only=True)
    """Of the logarithms of p, q - 1 and gamma; as if they were known, if it is not given."""

    def __post_init__(self) -> None:
        _positive(self._parameters)

    @property
    def _parameters(self) -> Floats:
        return np.array([self.p, self.q, self.gamma])

    @classmethod
    def fit(cls, frequency: ArrayLike, monetary_value: ArrayLike, count: ArrayLike = 1) -> Self:
        """The most probable parameters, from how many orders each customer placed and what they spent on average; both
        above 0, else ValueError.

        The prior: orders vary about half as much as their mean, and so do customers. That there is a mean, q > 1, is
        taken for granted.
        """
        alike, counts = _grouped(_positive(frequency), _positive(monetary_value), count=count)
        guess = np.array([4.0, 4.0, float(np.average(alike[1], weights=counts))])
        found, covariance = _most_probable(lambda some: cls(*some + ABOVE_ONE)._log_likelihoods(*alike), counts, guess)
        return cls(*map(float, found + ABOVE_ONE), covariance=covariance)

    def drawn(self, draws: int = DRAWS, seed: int = 3) -> Self:
        """The same in so many cases, with parameters that are as likely as these are uncertain."""
        return self._apart(_drawn(self.covariance, draws, seed))

    def around(self) -> Self:
        """The same at a few points about the parameters that are as far from them as these are uncertain."""
        return self._apart(_around(self.covariance))

    def _apart(self, apart: Floats) -> Self:
        return type(self)(*_apart(self._parameters - ABOVE_ONE, apart) + ABOVE_ONE[:, None, None])

    def log_likelihood(self, frequency: ArrayLike, monetary_value: ArrayLike) -> float:
        """The natural logarithm of how likely these averages are."""
        return float(self._log_likelihoods(_positive(frequency), _positive(monetary_value)).sum())

    def _log_likelihoods(self, x: Floats, mean: Floats) -> Floats:
        """The note's equation 1a in logarithms."""
        p, q, gamma = self._parameters
        return np.asarray(-betaln(p * x, q) + q * np.log(gamma) + (p * x - 1) * np.log(mean) + p * x * np.log(x)
                          - (p * x + q) * np.log(gamma + x * mean))

    def expected_value(self, frequency: ArrayLike, monetary_value: ArrayLike) -> Floats:
        """What to expect of each customer's next order: their own mean drawn towards everybody's (equation 5).

        Customers without orders (0, any mean) get everybody's. Raises ValueError if q <= 1, for then there is no mean.
        """
        if np.any(np.less_equal(self.q, 1)):
            raise ValueError("the spending has no mean: q must be above 1")
        x = np.asarray(frequency, float)
        return np.asarray(self.p * (self.gamma + x * np.asarray(monetary_value, float)) / (self.p * x + self.q - 1))

    def range_of_value(self, frequency: ArrayLike, monetary_value: ArrayLike) -> tuple[Floats, Floats]:
        """Between which amounts a customer's next order lies in LIKELY of all cases."""
        return likely(self.draw_spent(1, frequency, monetary_value))

    def draw_spent(self, orders: ArrayLike, frequency: ArrayLike, monetary_value: ArrayLike, draws: int = DRAWS,
                   seed: int = 2) -> Floats:
        """What so many orders of each customer come to, in so many cases, a row for each: from Gamma(p * orders) at a
        rate from Gamma(p * x + q, gamma + x * mean).
        """
        x, case, random = np.asarray(frequency, float), self.drawn(draws), np.random.default_rng(seed)
        rate = random.standard_gamma(case.p * x + case.q) / (
            case.gamma + x * np.asarray(monetary_value, float))
        return np.asarray(random.standard_gamma(case.p * np.asarray(orders, float), rate.shape) / rate)


def likely(cases: Floats) -> tuple[Floats, Floats]:
    """Between which figures LIKELY of the cases lie, the first dimension of an array."""
    low, high = np.quantile(cases, [(1 - LIKELY) / 2, (1 + LIKELY) / 2], axis=0, method="inverted_cdf")
    return low, high


def _series(first: Floats, second: Floats, third: Floats, left: Floats, limit: Floats) -> Floats:
    """left ** first * 2F1(first, second; third; 1 - left), the same by Euler's transformation (Abramowitz and Stegun
    15.3.3): of the two, one or the other overflows for what is far from any customer. Where both do, the limit.
    """
    with np.errstate(all="ignore"):
        found = left ** (third - second) * hyp2f1(third - first, third - second, third, 1 - left)
        if not np.all(np.isfinite(found)):
            found = np.where(np.isfinite(found), found, left ** first * hyp2f1(first, second, third, 1 - left))
    return np.asarray(np.where(np.isfinite(found), found, limit))


def _most_probable(log_likelihoods: Callable[[Floats], Floats], counts: Floats, guess: Floats
                   ) -> tuple[Floats, Floats]:
    """The positive parameters that are most probable, if before all evidence each is about its guess; and how their
    logarithms vary together.

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
    return parameters(found.x), _covariance(total * _bend(improbable, found.x))


def _bend(function: Callable[[Floats], float], at: Floats) -> Floats:
    """The second derivatives of a function, by central differences."""
    steps = STEP * np.eye(len(at))
    return np.array([[function(at + one + other) - function(at + one - other) - function(at - one + other)
                      + function(at - one - other) for other in steps] for one in steps]) / (4 * STEP ** 2)


def _covariance(information: Floats) -> Floats:
    """Its inverse; where it tells less than the weak prior does, that of the prior."""
    known, directions = np.linalg.eigh(information)
    return np.asarray(directions / np.maximum(known, WEAK ** -2) @ directions.T)


def _drawn(covariance: Floats, draws: int, seed: int) -> Floats:
    """By which logarithms parameters differ from the most probable ones: in so many cases, a row for each."""
    normal = np.random.default_rng(seed).standard_normal((draws, len(covariance)))
    return np.asarray(np.einsum("ci,ij->cj", normal, _root(covariance)))  # BLAS would wake all processors


def _around(covariance: Floats) -> Floats:
    """Just so at the 2n points whose mean and covariance are theirs (Julier and Uhlmann, "A new extension of the Kalman
    filter to nonlinear systems", 1997).
    """
    sides = np.sqrt(len(covariance)) * _root(covariance)
    return np.concatenate([sides, -sides])


def _root(covariance: Floats) -> Floats:
    known, directions = np.linalg.eigh(covariance)
    return np.asarray(np.sqrt(np.maximum(known, 0))[:, None] * directions.T)


def _apart(parameters: Floats, apart: Floats) -> Floats:
    """For each parameter a column of as many rows."""
    return np.asarray((parameters * np.exp(np.clip(apart, -WIDEST, WIDEST))).T[..., None])


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

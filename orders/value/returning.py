"""How often customers come back: the BG/NBD model of Fader, Hardie and Lee, "Counting your customers the easy way"
(Marketing Science 24, 2005).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaln, gammaln, hyp2f1

from orders.value import fitting
from orders.value.fitting import DRAWS, Floats

TOLERANCE = 1e-12
LARGEST = 700.0
"""The logarithm of about the largest number."""
NEAR_ONE = 1e-6
"""So near to a = 1, where the formula divides by zero, that its limit is taken from beside it."""


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
        fitting.positive(self._parameters)

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
        alike, counts = fitting.grouped(*history, count=count)
        guess = np.array([1.0, float(np.average(alike[2], weights=counts)), 1.0, 2.0])
        if not guess[1]:
            raise ValueError("nobody can be known yet: no time has passed since anybody's first order")
        found, covariance = fitting.most_probable(lambda some: cls(*some)._log_likelihoods(*alike), counts, guess)
        return cls(*map(float, found), covariance=covariance)

    def drawn(self, draws: int = DRAWS, seed: int = 0) -> Self:
        """The same in so many cases, with parameters that are as likely as these are uncertain."""
        return type(self)(*fitting.apart(self._parameters, fitting.drawn(self.covariance, draws, seed)))

    def around(self) -> Self:
        """The same at a few points about the parameters that are as far from them as these are uncertain."""
        return type(self)(*fitting.apart(self._parameters, fitting.around(self.covariance)))

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
        return fitting.likely(self.drawn().alive(frequency, recency, age))

    def range_of_purchases(self, horizon: float, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike
                           ) -> tuple[Floats, Floats]:
        """Between how many orders LIKELY of each customer's futures lie, from now until `horizon` later."""
        return fitting.likely(self.draw_purchases(horizon, frequency, recency, age))

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


def _series(first: Floats, second: Floats, third: Floats, left: Floats, limit: Floats) -> Floats:
    """left ** first * 2F1(first, second; third; 1 - left), the same by Euler's transformation (Abramowitz and Stegun
    15.3.3): of the two, one or the other overflows for what is far from any customer. Where both do, the limit.
    """
    with np.errstate(all="ignore"):
        found = left ** (third - second) * hyp2f1(third - first, third - second, third, 1 - left)
        if not np.all(np.isfinite(found)):
            found = np.where(np.isfinite(found), found, left ** first * hyp2f1(first, second, third, 1 - left))
    return np.asarray(np.where(np.isfinite(found), found, limit))


def _checked(frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> tuple[Floats, Floats, Floats]:
    x, last, now = (fitting.finite(array) for array in (frequency, recency, age))
    if not np.all((x >= 0) & (last >= 0) & (last <= now) & ((x > 0) | (last == 0))):
        raise ValueError("recency must lie between 0 and age, and be 0 where there are no repeats")
    return x, last, now


def _ahead(horizon: float) -> float:
    if not 0 <= horizon < np.inf:
        raise ValueError(f"a horizon lies ahead, at a finite time: {horizon} does not")
    return horizon

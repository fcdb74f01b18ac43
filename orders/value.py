"""What a customer is worth: how often they will order, and for how much.

BetaGeometric is the BG/NBD model of Fader, Hardie and Lee, "Counting your customers the easy way" (Marketing Science
24, 2005); GammaGamma is the spending model of Fader and Hardie, "The Gamma-Gamma model of monetary value" (2013). Both
are fitted by maximum likelihood. Arrays hold one entry per customer, times in one unit of the caller's choice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import betaln, gammaln, hyp2f1

Floats = NDArray[np.float64]
TOLERANCE = 1e-12
NEAR_ONE = 1e-6
"""So near to a = 1, where the formula divides by zero, that its limit is taken from beside it."""


@dataclass(frozen=True)
class BetaGeometric:
    """Orders come at a rate from Gamma(r, alpha); after each the customer may leave, by a chance from Beta(a, b)."""

    r: float
    alpha: float
    a: float
    b: float

    @classmethod
    def fit(cls, repeats: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Self:
        """From each customer's repeat orders, the time of the last one and the time until now, both since the first.

        Raises ValueError unless 0 <= recency <= age, with a recency of 0 for no repeats.
        """
        history = _checked(repeats, recency, age)
        return cls(*_most_likely(lambda parameters: cls(*parameters)._log_likelihoods(*history), 4))

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
    def fit(cls, orders: ArrayLike, mean: ArrayLike) -> Self:
        """From how many orders each customer placed and what they spent on average; both above 0, else ValueError."""
        counted = _positive(orders), _positive(mean)
        return cls(*_most_likely(lambda parameters: cls(*parameters)._log_likelihoods(*counted), 3))

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


def _most_likely(log_likelihoods: Callable[[Floats], Floats], parameters: int) -> Floats:
    """The positive parameters of the greatest mean log-likelihood; RuntimeError if there is none to be found."""
    def unlikely(logs: Floats) -> float:
        return -float(log_likelihoods(np.exp(logs)).mean())
    found = minimize(unlikely, np.zeros(parameters), method="L-BFGS-B", bounds=[(-12.0, 12.0)] * parameters,
                     options={"ftol": TOLERANCE, "gtol": 1e-8, "maxiter": 1000})
    if not np.isfinite(found.fun):
        raise RuntimeError(f"no parameters fit: {found.message}")
    return np.asarray(np.exp(found.x), float)


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

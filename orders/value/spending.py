"""What customers spend: the model of Fader and Hardie, "The Gamma-Gamma model of monetary value" (2013)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaln

from orders.value import fitting
from orders.value.fitting import DRAWS, Floats

ABOVE_ONE = np.array([0.0, 1.0, 0.0])
"""Of p, q and gamma, q is above 1: what is fitted and drawn is by how much."""


@dataclass(frozen=True)
class GammaGamma:
    """What a customer spends on an order comes from Gamma(p, rate), and everybody's own rate from Gamma(q, gamma)."""

    p: float | Floats
    q: float | Floats
    gamma: float | Floats
    covariance: Floats = field(default_factory=lambda: np.zeros((3, 3)), repr=False, compare=False, kw_only=True)
    """Of the logarithms of p, q - 1 and gamma; as if they were known, if it is not given."""

    def __post_init__(self) -> None:
        fitting.positive(self._parameters)

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
        alike, counts = fitting.grouped(fitting.positive(frequency), fitting.positive(monetary_value), count=count)
        guess = np.array([4.0, 4.0, float(np.average(alike[1], weights=counts))])
        found, covariance = fitting.most_probable(lambda some: cls(*some + ABOVE_ONE)._log_likelihoods(*alike),
                                                  counts, guess)
        return cls(*map(float, found + ABOVE_ONE), covariance=covariance)

    def drawn(self, draws: int = DRAWS, seed: int = 3) -> Self:
        """The same in so many cases, with parameters that are as likely as these are uncertain."""
        return self._apart(fitting.drawn(self.covariance, draws, seed))

    def around(self) -> Self:
        """The same at a few points about the parameters that are as far from them as these are uncertain."""
        return self._apart(fitting.around(self.covariance))

    def _apart(self, apart: Floats) -> Self:
        return type(self)(*fitting.apart(self._parameters - ABOVE_ONE, apart) + ABOVE_ONE[:, None, None])

    def log_likelihood(self, frequency: ArrayLike, monetary_value: ArrayLike) -> float:
        """The natural logarithm of how likely these averages are."""
        return float(self._log_likelihoods(fitting.positive(frequency), fitting.positive(monetary_value)).sum())

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
        return fitting.likely(self.draw_spent(1, frequency, monetary_value))

    def draw_spent(self, orders: ArrayLike, frequency: ArrayLike, monetary_value: ArrayLike, draws: int = DRAWS,
                   seed: int = 2) -> Floats:
        """What so many orders of each customer come to, in so many cases, a row for each: from Gamma(p * orders) at a
        rate from Gamma(p * x + q, gamma + x * mean).
        """
        x, case, random = np.asarray(frequency, float), self.drawn(draws), np.random.default_rng(seed)
        rate = random.standard_gamma(case.p * x + case.q) / (
            case.gamma + x * np.asarray(monetary_value, float))
        return np.asarray(random.standard_gamma(case.p * np.asarray(orders, float), rate.shape) / rate)

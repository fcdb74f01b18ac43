"""The most probable parameters, how uncertain they are, and the cases that follow.

They are drawn from the normal distribution about the most probable ones (Gelman et al., Bayesian Data Analysis, 3rd
edition, chapter 4.1).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float64]
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
DRAWS = 1000
"""Cases that are drawn of each customer to say between which figures the most likely ones lie."""
LIKELY = 0.8
"""The share of all cases that a range holds."""


def likely(cases: Floats) -> tuple[Floats, Floats]:
    """Between which figures LIKELY of the cases lie, the first dimension of an array."""
    low, high = np.quantile(cases, [(1 - LIKELY) / 2, (1 + LIKELY) / 2], axis=0, method="inverted_cdf")
    return low, high


def most_probable(log_likelihoods: Callable[[Floats], Floats], counts: Floats, guess: Floats
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


def drawn(covariance: Floats, draws: int, seed: int) -> Floats:
    """By which logarithms parameters differ from the most probable ones: in so many cases, a row for each."""
    normal = np.random.default_rng(seed).standard_normal((draws, len(covariance)))
    return np.asarray(np.einsum("ci,ij->cj", normal, _root(covariance)))  # BLAS would wake all processors


def around(covariance: Floats) -> Floats:
    """Just so at the 2n points whose mean and covariance are theirs (Julier and Uhlmann, "A new extension of the Kalman
    filter to nonlinear systems", 1997).
    """
    sides = np.sqrt(len(covariance)) * _root(covariance)
    return np.concatenate([sides, -sides])


def _root(covariance: Floats) -> Floats:
    known, directions = np.linalg.eigh(covariance)
    return np.asarray(np.sqrt(np.maximum(known, 0))[:, None] * directions.T)


def apart(parameters: Floats, logarithms: Floats) -> Floats:
    """Parameters that differ by these logarithms, a row for each case: for each parameter a column of as many rows."""
    return np.asarray((parameters * np.exp(np.clip(logarithms, -WIDEST, WIDEST))).T[..., None])


def grouped(*columns: Floats, count: ArrayLike) -> tuple[tuple[Floats, ...], Floats]:
    """Customers who are alike, taken together, and how many they are; raises ValueError for none."""
    table = np.stack([column.ravel() for column in np.broadcast_arrays(*columns)])
    counts = np.broadcast_to(np.asarray(count, float).ravel(), table.shape[1:])
    if not counts.size or not np.all(counts > 0):
        raise ValueError("there must be customers, and of each kind more than none")
    alike, which = np.unique(table, axis=1, return_inverse=True)
    return tuple(alike), np.bincount(which.ravel(), counts).astype(np.float64)


def positive(numbers: ArrayLike) -> Floats:
    """The numbers; raises ValueError unless all are above 0, and finite."""
    array = finite(numbers)
    if not np.all(array > 0):
        raise ValueError("parameters, numbers of orders and means must be above 0")
    return array


def finite(numbers: ArrayLike) -> Floats:
    """The numbers; raises ValueError unless all are finite."""
    array = np.asarray(numbers, float)
    if not np.all(np.isfinite(array)):
        raise ValueError("a number is not finite")
    return array

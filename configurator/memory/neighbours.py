"""What others would choose, given what somebody chose: two estimates, mixed.

Whole past orders vote by how much they are like what is given: a kernel on what they do not share, in which a
characteristic weighs by its mutual information with the one that is asked for (attribute-weighted nearest neighbours:
Wettschereck, Aha, Mohri 1997). That knows products that were ordered before. New ones are foretold better by the few
givens that tell most about what is asked for: the counts of orders that share one, and two, of them, each smoothed by
the one before (interpolated back-off: Jelinek and Mercer 1980).

Nobody can be recognised in it (k-anonymity: Sweeney 2002): a value that fewer than ENOUGH others ordered has no votes;
the nearest ENOUGH people are taken for equally near, and fewer than them never are who shares what is given. So nobody
is asked alone, however closely somebody describes them.
"""

from __future__ import annotations

from collections.abc import Hashable
from math import log

import numpy as np
from numpy.typing import NDArray

from catalog.expressions import Answer, Values
from configurator.memory.experience import ENOUGH, Experience
from configurator.memory.information import UNKNOWN, Floats, Ints

MISMATCH = log(0.05)
"""What a mismatch leaves of a vote, as a logarithm, in a characteristic that tells as much as most do."""
WHOLE = 0.5
"""The part of the votes that whole orders have; the back-off has the rest."""
PARENTS = 2
"""The givens that the back-off looks at, as in most Bayesian classifiers that add to a tree."""
WORTH = 10.0
"""How many orders the estimate before is worth when one more given is looked at."""
NEAREST = 4_096
"""Of more different orders than this, those vote that are most like what was chosen, or most frequent."""


class Neighbours:
    """The past orders that vote, and how unlike what is given they are."""

    def __init__(self, others: Experience, counts: Floats, given: Values, customer: Hashable | None,
                 told: Floats | None = None) -> None:
        """`counts`: how often each row of `others` counts; `told`: what columns tell about each other, if not these."""
        self._others, self._customer = others, customer
        self._told = others.told if told is None else told
        self._rows = np.arange(len(counts))
        self._cells, self._counts = np.ascontiguousarray(others.cells.T), counts
        self._given: list[int] = []
        self._unlike = np.zeros(self._cells.shape, np.float32)  # by given and order
        for name, answer in given.items():
            self.take(name, answer)
        if len(counts) > NEAREST and told is None:
            self._narrow()

    def _narrow(self) -> None:
        """Leaves the orders whose votes weigh most, whatever is asked for."""
        best = np.argpartition(-self.alike(self._told.sum(0), self._counts > 0), NEAREST)[:NEAREST]
        self._cells, self._counts, self._unlike = self._cells[:, best], self._counts[best], self._unlike[:, best]
        self._rows = best

    def take(self, name: str, answer: Answer) -> None:
        """Takes one more value for given."""
        if self._others.heard(name):
            column = self._others.column[name]
            self._unlike[len(self._given)] = self._others.unlike(name, answer)[self._cells[column]]
            self._given.append(column)

    def votes(self, name: str) -> dict[Answer, float]:
        """The weight of each value; together as much as the orders have that are like the nearest one."""
        if not self._others.heard(name):
            return {}
        column, values = self._others.column[name], self._others.values[self._others.column[name]]
        codes = self._cells[column] + 1
        says = (codes != UNKNOWN + 1) & (self._counts > 0)
        if not says.any():
            return {}
        votes = _sums(codes, self.alike(self._told[column], says), len(values))
        if self._given:
            votes = WHOLE * votes + (1 - WHOLE) * votes.sum() * self._backed_off(column, codes, len(values))
        return {values[code]: float(votes[code]) for code in np.flatnonzero(votes)
                if self._others.told_of(name, values[code], self._customer)}

    def alike(self, told: Floats, votes: NDArray[np.bool_]) -> Floats:
        """The weight of each order that votes; the nearest keep their whole counts, however unlike they are.

        `told`: how much each column tells about what is asked for.
        """
        weights = told[self._given]
        mean = told[told > 0].mean() if told.any() else 1.0
        alike = (MISMATCH * weights / mean).astype(np.float32) @ self._unlike[:len(self._given)]
        nearest = self._nearest(np.where(votes, alike, -np.inf))
        found: Floats = np.where(votes, self._counts * np.exp(np.minimum(0.0, alike - nearest)), 0.0)
        return found

    def _nearest(self, alike: NDArray[np.float32]) -> float:
        """How like what is given the least alike of the nearest ENOUGH people is."""
        for most in (4 * ENOUGH, len(alike)):
            best = np.argpartition(-alike, most)[:most] if most < len(alike) else np.arange(len(alike))
            best = best[np.argsort(-alike[best], kind="stable")]
            place = self._others.enough(self._rows[best].tolist(), self._customer)
            if place:
                return float(alike[best[place - 1]])
        return float(alike.min(initial=0.0, where=alike > -np.inf))

    def _backed_off(self, column: int, codes: Ints, size: int) -> Floats:
        """The share of each value among those that share the most telling of what is given."""
        counts = self._counts
        sums = _sums(codes, counts, size)
        share: Floats = sums / sums.sum()
        telling = np.argsort(-self._told[column, self._given], kind="stable")
        for place in telling[:PARENTS].tolist():
            counts = counts * (1 - self._unlike[place])
            if not self._others.enough(self._rows[np.flatnonzero(counts)].tolist(), self._customer):
                break
            sums = _sums(codes, counts, size)
            share = (sums + WORTH * share) / (sums.sum() + WORTH)
        return share


def _sums(codes: Ints, weights: Floats, size: int) -> Floats:
    """By value, the weights of the orders that have it."""
    return np.asarray(np.bincount(codes, weights, size + 1)[1:], np.float64)

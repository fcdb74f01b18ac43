"""What others would choose, given what somebody chose: two estimates, mixed.

Whole past orders vote by how probable what is given would be if it were a copy of theirs, with the differences that
alike orders have (`noise`). That knows products that were ordered before. New ones are foretold better by the few
givens that tell most about what is asked for: the counts of orders that share one, and two, of them, each smoothed by
the one before (interpolated back-off: Jelinek and Mercer 1980).

Nobody can be recognised in it (k-anonymity: Sweeney 2002): a value that fewer than ENOUGH others ordered has no votes;
the nearest ENOUGH people are taken for equally near, and fewer than them never are who shares what is given. So nobody
is asked alone, however closely somebody describes them.
"""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np

from catalog.nodes import Answer, Values
from configurator.memory.experience import Experience
from configurator.memory.information import UNKNOWN, Floats, Ints
from configurator.memory.relations import Relations

WHOLE = 0.6
"""The part of the votes that whole orders have; the back-off has the rest."""
PARENTS = 2
"""The givens that the back-off looks at, as in most Bayesian classifiers that add to a tree."""
WORTH = 10.0
"""How many orders the estimate before is worth when one more given is looked at."""
NEAREST = 4_096
"""Of more different orders than this, those vote that are most like what was chosen, or most frequent."""
TIE = 1e-9
"""What decides which orders of equal weight vote."""


class Neighbours:
    """The past orders that vote, and how like what is given they are."""

    def __init__(self, others: Experience, relations: Relations, voices: Floats, given: Values,
                 customer: Hashable | None) -> None:
        """`voices`: how much each row of `others` counts."""
        self._others, self._relations, self._customer = others, relations, customer
        self._rows = np.flatnonzero(voices)
        self._voices = voices[self._rows]
        self._cells = np.ascontiguousarray(others.cells[self._rows].T)
        self._given: list[int] = []
        self._same: list[Floats] = []  # by given, how like it each order is
        self._like = np.zeros(len(self._rows))  # as a logarithm
        self._weights: Floats | None = None
        for name, answer in given.items():
            self.take(name, answer)
        if len(self._rows) > NEAREST:
            self._narrow()

    def _narrow(self) -> None:
        """Leaves the orders whose votes weigh most."""
        ties = TIE * self._others.signs[self._rows]
        best = np.argpartition(ties - self._like - np.log(self._voices), NEAREST)[:NEAREST]
        self._rows, self._voices, self._cells = self._rows[best], self._voices[best], self._cells[:, best]
        self._like, self._same = self._like[best], [same[best] for same in self._same]
        self._weights = None

    def take(self, name: str, answer: Answer, sure: float = 1.0) -> None:
        """Takes one more value for given, as far as it is sure (0 to 1)."""
        if self._others.heard(name):
            column = self._others.column[name]
            same, chance = self._others.same(name, answer), self._others.chance(name, answer)
            noise, codes = self._relations.noise[column], self._cells[column]
            likely = np.log((1 - noise) * same + noise * chance)
            likely[UNKNOWN] = np.log(chance)
            self._like = self._like + sure * likely[codes]
            self._same.append(same[codes])
            self._given.append(column)
            self._weights = None

    def votes(self, name: str) -> dict[Answer, float]:
        """The weight of each value; together as much as the orders have that are like the nearest one."""
        if not self._others.heard(name) or not len(self._rows):
            return {}
        column, values = self._others.column[name], self._others.values[self._others.column[name]]
        codes = self._cells[column] + 1
        weights = self._alike()
        sums = _sums(codes, weights, len(values))
        total = sums.sum()
        if not total:
            return {}
        noise = self._relations.noise[column]
        shares = (1 - noise) * sums / total + noise * self._others.shares(column)
        if self._given:
            shares = WHOLE * shares + (1 - WHOLE) * self._backed_off(column, codes, len(values))
        votes = total * shares
        return {values[code]: float(votes[code]) for code in np.flatnonzero(votes)
                if self._others.told_of(name, values[code], self._customer)}

    def _alike(self) -> Floats:
        """The weight of each order; the nearest keep their whole counts, however unlike they are."""
        if self._weights is None:
            nearest = self._others.nearest(self._like, self._rows, self._customer)
            self._weights = self._voices * np.exp(np.minimum(0.0, self._like - nearest))
        return self._weights

    def _backed_off(self, column: int, codes: Ints, size: int) -> Floats:
        """The share of each value among those that share the most telling of what is given."""
        voices = self._voices
        share = self._others.shares(column)
        telling = np.argsort(-self._relations.told[column, self._given], kind="stable")
        for place in telling[:PARENTS].tolist():
            voices = voices * self._same[place]
            if not self._others.enough(self._rows[np.flatnonzero(voices)], self._customer):
                break
            sums = _sums(codes, voices, size)
            share = (sums + WORTH * share) / (sums.sum() + WORTH)
        return share


def _sums(codes: Ints, weights: Floats, size: int) -> Floats:
    """By value, the weights of the orders that have it."""
    return np.asarray(np.bincount(codes, weights, size + 1)[1:], np.float64)

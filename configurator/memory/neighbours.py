"""What others would choose, given what somebody chose: two estimates, mixed.

Whole past orders vote by how probable what is given would be if it were a copy of theirs, with the differences that
alike orders have (`noise`). That knows products that were ordered before. New ones are foretold better by the few
givens that tell most about what is asked for: the counts of orders that share one, and two, of them, each smoothed by
the one before (interpolated back-off: Jelinek and Mercer 1980).

Nobody can be recognised in it (k-anonymity: Sweeney 2002): a value that fewer than ENOUGH others ordered has no votes;
the nearest ENOUGH people are taken for equally near, or new, and fewer than them never are who shares what is given.
So nobody is asked alone, however closely somebody describes them.
"""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date

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

    def __init__(self, others: Experience, relations: Relations, given: Values, customer: Hashable | None,
                 today: date | None) -> None:
        self._others, self._relations, self._customer = others, relations, customer
        voices, left = others.voices(customer, today, relations.half_life)
        self._rows = np.flatnonzero(voices)
        self._voices, self._left = voices[self._rows], left[self._rows]
        self._fades = bool(self._left.any())
        self._cells = np.ascontiguousarray(others.cells[self._rows].T)
        self._all = self._cells, self._faded(self._voices)
        self._given: list[int] = []  # the columns of what was said
        self._same: list[Floats] = []  # by given, how like it each order is
        self._sharing: dict[tuple[int, ...], Floats | None] = {}  # by places in these, `_who_share`
        self._like = self._left  # as a logarithm: what is long past is less like what is asked for
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
        self._left = self._left[best]
        self._like, self._same = self._like[best], [same[best] for same in self._same]
        self._weights = None

    def take(self, name: str, answer: Answer, sure: float = 1.0) -> None:
        """Takes one more value for given, as far as it is sure (0 to 1); who shares a guess is not looked for."""
        if self._others.heard(name):
            column = self._others.column[name]
            same, chance = self._others.same(name, answer), self._others.chance(name, answer)
            noise, codes = self._relations.noise[column], self._cells[column]
            likely = np.log((1 - noise) * same + noise * chance)
            likely[UNKNOWN] = np.log(chance)
            self._like = self._like + sure * likely[codes]
            self._weights = None
            if sure == 1.0:
                self._same.append(same[codes])
                self._given.append(column)

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
        noise, drawn = self._relations.noise[column], self._shares(column)
        whole = (1 - noise) * sums / total + noise * drawn
        votes = total * (WHOLE * whole + (1 - WHOLE) * self._backed_off(column, codes, drawn))
        return {values[code]: float(votes[code]) for code in np.flatnonzero(votes)
                if self._others.told_of(name, values[code], self._customer)}

    def _alike(self) -> Floats:
        """The weight of each order; the nearest keep their whole counts, however unlike they are."""
        if self._weights is None:
            nearest = self._others.nearest(self._like, self._rows, self._customer)
            self._weights = self._voices * np.exp(np.minimum(0.0, self._like - nearest))
        return self._weights

    def _shares(self, column: int) -> Floats:
        """The part that each value has of the orders of others, whatever is given; the newest count most."""
        cells, weights = self._all
        sums = _sums(cells[column] + 1, weights, len(self._others.values[column]))
        return np.asarray(sums / max(1e-300, sums.sum()))

    def _backed_off(self, column: int, codes: Ints, share: Floats) -> Floats:
        """The share of each value among those that share the most telling of what is given."""
        telling = np.argsort(-self._relations.told[column, self._given], kind="stable")[:PARENTS].tolist()
        for number in range(1, len(telling) + 1):
            voices = self._who_share(tuple(telling[:number]))
            if voices is None:
                break
            sums = _sums(codes, voices, len(share))
            share = (sums + WORTH * share) / (sums.sum() + WORTH)
        return share

    def _who_share(self, places: tuple[int, ...]) -> Floats | None:
        """What each order counts among those that share these givens; None if they tell of few."""
        if places not in self._sharing:
            voices = self._voices * np.prod([self._same[place] for place in places], axis=0)
            enough = self._others.enough(self._rows[np.flatnonzero(voices)], self._customer)
            self._sharing[places] = self._faded(voices) if enough else None
        return self._sharing[places]

    def _faded(self, voices: Floats) -> Floats:
        """The same, the newest counting most, of whom ENOUGH are taken for equally new."""
        if not self._fades:
            return voices
        some = np.flatnonzero(voices)
        newest = self._others.nearest(self._left[some], self._rows[some], self._customer)
        return np.asarray(voices * np.exp(np.minimum(0.0, self._left - newest)))


def _sums(codes: Ints, weights: Floats, size: int) -> Floats:
    """By value, the weights of the orders that have it."""
    return np.asarray(np.bincount(codes, weights, size + 1)[1:], np.float64)

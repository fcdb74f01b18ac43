"""Plain ways to foretell a value from what is given, which the memory is measured beside.

Each learns from whole past orders, and weighs the values of one characteristic for given ones of others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from catalog.nodes import Answer, Values

Floats = NDArray[np.float64]
NEIGHBOURS = 20
"""Past orders that vote."""
WORTH = 1.0
"""Orders that the estimate before is worth."""


class Past:
    """Whole past orders, as codes; every one says something about the same names."""

    def __init__(self, orders: Sequence[tuple[Values, int]]) -> None:
        self.names = list(orders[0][0])
        self.column = {name: column for column, name in enumerate(self.names)}
        self.values: list[list[Answer]] = [list(dict.fromkeys(row[name] for row, _ in orders)) for name in self.names]
        self.cells = np.array([[self.values[column].index(row[name]) for column, name in enumerate(self.names)]
                               for row, _ in orders])
        self.counts = np.array([count for _, count in orders], np.float64)
        self.told = np.array([[self._told(one, other) for other in range(len(self.names))]
                              for one in range(len(self.names))])

    def given(self, values: Values) -> dict[int, int]:
        """The codes by column; -1 for a value that nobody ordered."""
        return {self.column[name]: self.values[self.column[name]].index(answer)
                if answer in self.values[self.column[name]] else -1
                for name, answer in values.items() if name in self.column}

    def shares(self, column: int, weights: Floats | None = None) -> Floats:
        """The share of each value of a column."""
        weights = self.counts if weights is None else weights
        sums = np.bincount(self.cells[:, column], weights, len(self.values[column]))
        return np.asarray(sums / max(1e-300, sums.sum()))

    def joint(self, one: int, other: int) -> Floats:
        """The share of each pair of values of two columns."""
        size = len(self.values[other])
        pairs = np.bincount(self.cells[:, one] * size + self.cells[:, other], self.counts,
                            len(self.values[one]) * size)
        return np.asarray(pairs.reshape(-1, size) / self.counts.sum())

    def _told(self, one: int, other: int) -> float:
        if one == other:
            return 0.0
        joint = self.joint(one, other)
        chance = np.outer(joint.sum(1), joint.sum(0))
        some = joint > 0
        return float((joint[some] * np.log(joint[some] / chance[some])).sum())

    def most_telling(self) -> list[str]:
        """All names, those first that tell most about the rest."""
        return [self.names[column] for column in np.argsort(-self.told.sum(1), kind="stable")]


class Majority:
    """The most frequent value of each."""

    def __init__(self, past: Past) -> None:
        self.past = past

    def weights(self, given: Values, name: str) -> Mapping[Answer, float]:
        """By value, how much speaks for it."""
        column = self.past.column[name]
        found = self.column(self.past.given(given), column)
        return dict(zip(self.past.values[column], found.tolist(), strict=True))

    def column(self, given: Mapping[int, int], column: int) -> Floats:
        """The same in codes."""
        return self.past.shares(column)


class SameAsBefore(Majority):
    """The most frequent order that shares all that is given; if there is none, the most frequent value."""

    def column(self, given: Mapping[int, int], column: int) -> Floats:
        cells, shares = self.past.cells, self.past.shares(column)
        same = self.past.counts > 0
        for other, code in given.items():
            same &= cells[:, other] == code
        if same.any():
            shares = shares * 1e-3
            shares[cells[np.argmax(self.past.counts * same), column]] += 1
        return shares


class Nearest(Majority):
    """A vote of the orders that share most of what is given."""

    def column(self, given: Mapping[int, int], column: int) -> Floats:
        shared = np.zeros(len(self.past.counts))
        for other, code in given.items():
            shared += self.past.cells[:, other] == code
        order = np.argsort(-shared, kind="stable")
        reached = np.searchsorted(np.cumsum(self.past.counts[order]), NEIGHBOURS)
        least = shared[order[min(int(reached), len(order) - 1)]]
        return self.past.shares(column, self.past.counts * (shared >= least)) + 1e-3 * self.past.shares(column)


class SmoothedBackOff(Majority):
    """The share among the orders that agree in the most telling given, in two, and so on, each smoothed by the last."""

    def column(self, given: Mapping[int, int], column: int) -> Floats:
        share, agree = self.past.shares(column), self.past.counts
        for other in sorted(given, key=lambda other: -self.past.told[column, other]):
            agree = agree * (self.past.cells[:, other] == given[other])
            if not agree.any():
                break
            sums = np.bincount(self.past.cells[:, column], agree, len(share))
            share = (sums + WORTH * share) / (sums.sum() + WORTH)
        return share


class ChowLiu(Majority):
    """The tree of pairs that tells most (Chow and Liu 1968), and what follows in it from what is given."""

    def __init__(self, past: Past) -> None:
        super().__init__(past)
        self._beside: list[dict[int, Floats]] = [{} for _ in past.names]
        inside, outside = [0], set(range(1, len(past.names)))
        while outside:
            one, other = max(((one, other) for one in inside for other in outside), key=lambda pair: past.told[pair])
            joint = past.joint(one, other) + 1e-6
            self._beside[one][other] = joint / joint.sum(1, keepdims=True)
            self._beside[other][one] = joint.T / joint.sum(0)[:, None]
            inside.append(other)
            outside.remove(other)

    def column(self, given: Mapping[int, int], column: int) -> Floats:
        return self._weigh(given, column, None)

    def _weigh(self, given: Mapping[int, int], column: int, toward: int | None) -> Floats:
        """How well each value of a column explains what is given beyond it, seen from `toward`."""
        if toward is not None and given.get(column, -1) >= 0:
            return np.asarray(np.eye(len(self.past.values[column]))[given[column]])
        weights = self.past.shares(column) if toward is None else np.ones(len(self.past.values[column]))
        for other, likely in self._beside[column].items():
            if other != toward:
                weights = weights * (likely @ self._weigh(given, other, column))
        return np.asarray(weights / max(1e-300, weights.max()))

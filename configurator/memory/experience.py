"""What others ordered, in arrays: which of it is like what somebody chooses now, and what it tells.

Past orders vote for a value by how much they are like the choices made (a weighted nearest-neighbour vote): each
choice that an order does not share divides its vote, the more so the more that characteristic tells about the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from catalog.expressions import Answer, Values
from catalog.model import Characteristic, Number, Text

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MISMATCH = 0.05
"""What is left of a vote after a mismatch in a characteristic that tells as much about the others as most do."""
NEAR = 0.1
"""Numbers that differ by this part of their range are as unlike as can be; nearer ones in proportion."""
UNKNOWN = np.iinfo(np.int64).min
ENOUGH = 5
"""Fewer customers than this could be recognised in what is told about them."""


class Experience:
    """Past orders, alike ones together. Texts are nobody's experience but their author's: they are not kept."""

    def __init__(self, characteristics: Iterable[Characteristic]) -> None:
        self._kept = {c.name: c for c in characteristics if not isinstance(c, Text)}
        self._column = {name: column for column, name in enumerate(self._kept)}
        self._values: list[list[Answer]] = [[] for _ in self._kept]
        self._code: list[dict[Answer, int]] = [{} for _ in self._kept]
        self._rows: dict[tuple[int, ...], int] = {}
        self._cells = np.full((64, len(self._kept)), UNKNOWN)
        self._counts = np.zeros(64)
        self._customers: list[set[Hashable]] = []
        self._nobody: list[int] = []
        self._heard: set[str] = set()
        self._total = 0
        self._measured = 0.0  # how many orders the measures below were taken from
        self._told = np.zeros(len(self._kept))

    def __len__(self) -> int:
        """How many different orders there are."""
        return len(self._rows)

    def add(self, values: Values, customer: Hashable | None, count: int) -> int:
        """Adds orders that are alike; returns their row."""
        cells = [UNKNOWN] * len(self._kept)
        for name, answer in values.items():
            if name in self._kept:
                self._heard.add(name)
                self._learn(name, answer)
                cells[self._column[name]] = self._cell(name, answer)
        row = self._rows.setdefault(tuple(cells), len(self._rows))
        if row == len(self._customers):
            self._append(row, cells)
        self._counts[row] += count
        self._total += count
        if customer is None:
            self._nobody[row] += count
        else:
            self._customers[row].add(customer)
        return row

    def _append(self, row: int, cells: Sequence[int]) -> None:
        if row == len(self._cells):
            self._cells = np.concatenate([self._cells, np.full_like(self._cells, UNKNOWN)])
            self._counts = np.concatenate([self._counts, np.zeros_like(self._counts)])
        self._cells[row] = cells
        self._customers.append(set())
        self._nobody.append(0)

    def _learn(self, name: str, answer: Answer) -> None:
        """Gives a value that is no number its code."""
        column = self._column[name]
        if not isinstance(self._kept[name], Number) and answer not in self._code[column]:
            self._code[column][answer] = len(self._values[column])
            self._values[column].append(answer)

    def _cell(self, name: str, answer: Answer) -> int:
        """A number, or the code of a value; UNKNOWN for a value that nobody ordered."""
        if isinstance(self._kept[name], Number):
            assert isinstance(answer, int)
            return answer
        return self._code[self._column[name]].get(answer, UNKNOWN)

    # votes

    def counts(self, without: Counter[int]) -> Floats:
        """How often each row was ordered, but for `without`: how often of which row."""
        counts = self._counts[:len(self)].copy()
        for row, count in without.items():
            counts[row] -= count
        return counts

    def shares(self) -> Floats:
        """How much of its vote each row keeps while nothing is given: all."""
        return np.ones(len(self))

    def share(self, name: str, answer: Answer) -> Floats:
        """How much of its vote each row keeps, given this value; half of a mismatch where a row does not say."""
        if name not in self._kept:
            return np.ones(len(self))
        characteristic, column = self._kept[name], self._column[name]
        cells = self._cells[:len(self), column]
        if isinstance(characteristic, Number):
            assert isinstance(answer, int)
            spread = max(1.0, NEAR * (characteristic.most - characteristic.least))
            unlike = np.minimum(1.0, np.abs(cells.astype(np.float64) - answer) / spread)
        else:
            unlike = (cells != self._cell(name, answer)).astype(np.float64)
        unlike[cells == UNKNOWN] = 0.5
        mismatch: Floats = np.power(self._mismatch(column), unlike)
        return mismatch

    def votes(self, name: str, weights: Floats) -> dict[Answer, float]:
        """What the rows say about a characteristic, each with its weight."""
        if name not in self._kept or not len(self):
            return {}
        column = self._column[name]
        cells = self._cells[:len(self), column]
        says = (cells != UNKNOWN) & (weights > 0)
        if isinstance(self._kept[name], Number):
            numbers, inverse = np.unique(cells[says], return_inverse=True)
            return dict(zip(numbers.tolist(), np.bincount(inverse, weights[says]).tolist(), strict=True))
        sums = np.bincount(cells[says], weights[says], len(self._values[column]))
        return {self._values[column][code]: float(sums[code]) for code in np.flatnonzero(sums)}

    def behind(self, name: str, answer: Answer, customer: Hashable | None) -> bool:
        """Whether at least ENOUGH other customers ordered this value."""
        if name not in self._kept:
            return False
        column = self._column[name]
        people: set[Hashable] = set()
        nobody = 0
        for row in np.flatnonzero(self._cells[:len(self), column] == self._cell(name, answer)):
            people |= self._customers[row] - {customer}
            nobody += self._nobody[row]
            if len(people) + nobody >= ENOUGH:
                return True
        return False

    # measures

    def heard(self, name: str) -> bool:
        """Whether any order says something about a characteristic."""
        return name in self._heard

    def telling(self, name: str) -> float:
        """How much a characteristic tells about all the others: its mutual information with each, summed, in nats."""
        self._measure()
        return float(self._told[self._column[name]]) if name in self._kept else 0.0

    def _mismatch(self, column: int) -> float:
        self._measure()
        mean = self._told[self._told > 0].mean() if self._told.any() else 0.0
        return float(MISMATCH ** (self._told[column] / mean)) if mean else MISMATCH

    def _measure(self) -> None:
        """Takes the measures anew whenever the orders have become a tenth more."""
        total = self._total
        if total <= 1.1 * self._measured:
            return
        self._measured = total
        counts = self._counts[:len(self)]
        columns = {column: np.unique(self._cells[:len(self), column], return_inverse=True)[1]
                   for column in range(len(self._kept)) if (self._cells[:len(self), column] != UNKNOWN).any()}
        entropies = {column: _entropy(codes, counts) for column, codes in columns.items()}
        self._told = np.zeros(len(self._kept))
        for one, other in combinations([column for column, (spread, _) in entropies.items() if spread > 0], 2):
            (a, sizes_a), (b, sizes_b) = entropies[one], entropies[other]
            joint, _ = _entropy(columns[one] * sizes_b + columns[other], counts)
            chance = (sizes_a - 1) * (sizes_b - 1) / (2 * total)  # what independent ones would show (Miller 1955)
            self._told[[one, other]] += max(0.0, a + b - joint - chance)


def _entropy(codes: Ints, counts: Floats) -> tuple[float, int]:
    """The entropy of what is coded, in nats, and the number of codes."""
    if codes.max(initial=0) > 10 * len(codes):
        codes = np.unique(codes, return_inverse=True)[1]
    sums = np.bincount(codes, counts)
    return entropy(sums / sums.sum()), len(sums)


def entropy(probabilities: Floats) -> float:
    """The entropy of probabilities that sum to 1, in nats: 0 if one is sure."""
    some = probabilities[probabilities > 0]
    return float(-(some * np.log(some)).sum())

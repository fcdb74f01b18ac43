"""What others ordered, in arrays, and what each characteristic tells about each other one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from catalog.expressions import Answer, Values
from catalog.model import Characteristic, Number, Text

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

NEAR = 0.1
"""Numbers that differ by this part of their range are as unlike as can be; nearer ones in proportion."""
UNKNOWN = -1
"""The code of what an order does not say."""
UNSAID = 0.5
"""How unlike what an order does not say is to anything."""
MEASURED = 10_000
"""Of more different orders than this, so many, evenly chosen, tell what characteristics tell about each other."""
ENOUGH = 5
"""Fewer customers than this could be recognised in what is told about them."""


class Experience:
    """Past orders, alike ones together. Texts are nobody's experience but their author's: they are not kept."""

    def __init__(self, characteristics: Iterable[Characteristic]) -> None:
        self._kept = {c.name: c for c in characteristics if not isinstance(c, Text)}
        self.column = {name: column for column, name in enumerate(self._kept)}
        self.values: list[list[Answer]] = [[] for _ in self._kept]
        """By column, what the codes in it stand for."""
        self._code: list[dict[Answer, int]] = [{} for _ in self._kept]
        self._rows: dict[tuple[int, ...], int] = {}
        self._cells = np.full((64, len(self._kept)), UNKNOWN, np.int32)
        self._counts = np.zeros(64)
        self._customers: list[set[Hashable]] = []
        self._nobody: list[int] = []
        self._total = 0
        self._said: list[Counter[Answer]] = [Counter() for _ in self._kept]
        self._usual: list[frozenset[Answer]] = [frozenset() for _ in self._kept]
        self._measured = 0.0  # how many orders the measure below was taken from
        self._told = np.zeros((len(self._kept), len(self._kept)))

    def __len__(self) -> int:
        """How many different orders there are."""
        return len(self._rows)

    @property
    def cells(self) -> Ints:
        """Codes by row and column, UNKNOWN for what an order does not say."""
        return self._cells[:len(self)]

    def add(self, values: Values, customer: Hashable | None, count: int) -> int:
        """Adds orders that are alike; returns their row."""
        cells = [UNKNOWN] * len(self._kept)
        for name, answer in values.items():
            if name in self._kept:
                cells[self.column[name]] = self._learn(self.column[name], answer, count)
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

    def _learn(self, column: int, answer: Answer, count: int) -> int:
        """Counts a value; returns its code, a new one if nobody ordered it before."""
        said = self._said[column]
        said[answer] += count
        if all(said[answer] > said[usual] for usual in self._usual[column] - {answer}):
            self._usual[column] = frozenset([answer])
        code = self._code[column].setdefault(answer, len(self.values[column]))
        if code == len(self.values[column]):
            self.values[column].append(answer)
        return code

    # what it says

    def counts(self, without: Counter[int]) -> Floats:
        """How often each row was ordered, but for `without`: how often of which row."""
        counts = self._counts[:len(self)].copy()
        for row, count in without.items():
            counts[row] -= count
        return counts

    def unlike(self, name: str, answer: Answer) -> Floats:
        """How unlike an answer each code of a characteristic is, 0 to 1; the last one is that of UNKNOWN."""
        characteristic, values = self._kept[name], self.values[self.column[name]]
        if isinstance(characteristic, Number):
            spread = max(1.0, NEAR * (characteristic.most - characteristic.least))
            found = np.minimum(1.0, np.abs(np.array(values, np.float64) - float(str(answer))) / spread)
        else:
            found = np.ones(len(values))
            if answer in self._code[self.column[name]]:
                found[self._code[self.column[name]][answer]] = 0.0
        return np.append(found, UNSAID)

    def tally(self, name: str, counts: Floats) -> dict[Answer, float]:
        """How often each value was ordered, from the counts of rows."""
        if not self.heard(name):
            return {}
        column = self.column[name]
        sums = np.bincount(self.cells[:, column] + 1, counts, len(self.values[column]) + 1)[1:]
        return {self.values[column][code]: float(sums[code]) for code in np.flatnonzero(sums)}

    def behind(self, name: str, answer: Answer, customer: Hashable | None) -> bool:
        """Whether at least ENOUGH other customers ordered this value."""
        if not self.heard(name) or answer not in self._code[self.column[name]]:
            return False
        people: set[Hashable] = set()
        nobody = 0
        for row in np.flatnonzero(self.cells[:, self.column[name]] == self._code[self.column[name]][answer]):
            people |= self._customers[row] - {customer}
            nobody += self._nobody[row]
            if len(people) + nobody >= ENOUGH:
                return True
        return False

    def usual(self, name: str) -> frozenset[Answer]:
        """The most frequent value of a characteristic, if there is any."""
        return self._usual[self.column[name]] if name in self._kept else frozenset()

    def share(self, name: str, answer: Answer) -> float:
        """The part of all orders that have this value."""
        return self._said[self.column[name]][answer] / self._total if name in self._kept and self._total else 0.0

    def heard(self, name: str) -> bool:
        """Whether any order says something about a characteristic."""
        return name in self._kept and bool(self.values[self.column[name]])

    # what tells about what

    def telling(self, name: str) -> float:
        """How much a characteristic tells about all the others: its mutual information with each, summed, in nats."""
        return float(self.told[self.column[name]].sum()) if name in self._kept else 0.0

    @property
    def told(self) -> Floats:
        """The mutual information of each two columns, in nats; taken anew whenever the orders are a tenth more."""
        if self._total > 1.1 * self._measured:
            self._measured = self._total
            some = slice(None, None, 1 + len(self) // MEASURED)
            self._told = _mutual_information(self.cells[some], self._counts[:len(self)][some])
        return self._told


def _mutual_information(cells: Ints, counts: Floats) -> Floats:
    """Of each two columns, in nats, less what independent ones would show by chance (Miller 1955)."""
    told = np.zeros((cells.shape[1], cells.shape[1]))
    total = counts.sum()
    columns = {column: np.unique(cells[:, column], return_inverse=True)[1]
               for column in np.flatnonzero((cells != UNKNOWN).any(0)).tolist()}
    entropies = {column: _entropy(codes, counts) for column, codes in columns.items()}
    for one, other in combinations([column for column, (spread, _) in entropies.items() if spread > 0], 2):
        (a, sizes_a), (b, sizes_b) = entropies[one], entropies[other]
        joint, _ = _entropy(columns[one] * sizes_b + columns[other], counts)
        chance = (sizes_a - 1) * (sizes_b - 1) / (2 * total)
        told[one, other] = told[other, one] = max(0.0, a + b - joint - chance)
    return told


def _entropy(codes: NDArray[np.int64], counts: Floats) -> tuple[float, int]:
    """The entropy of what is coded, in nats, and the number of codes."""
    if codes.max(initial=0) > 10 * len(codes):
        codes = np.unique(codes, return_inverse=True)[1]
    sums = np.bincount(codes, counts)
    return entropy(sums / sums.sum()), len(sums)


def entropy(probabilities: Floats) -> float:
    """The entropy of probabilities that sum to 1, in nats: 0 if one is sure."""
    some = probabilities[probabilities > 0]
    return float(-(some * np.log(some)).sum())

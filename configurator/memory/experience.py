"""What others ordered, in arrays, and who is behind it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable
from datetime import date
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from catalog.model import Characteristic, Number, Text
from catalog.nodes import Answer, Values
from configurator.memory.information import UNKNOWN, Floats, Ints
from configurator.memory.voices import Said, Voices

NEAR = 0.1
"""Numbers that differ by this part of their range are as unlike as can be; nearer ones in proportion."""
UNHEARD = 0.5
"""How often what nobody chose is taken for chosen."""
ENOUGH = 5
"""Fewer customers than this could be recognised in what is told about them."""
SIGNS = 2 ** 32
"""Of checksums, which the sums of a row's are counted modulo."""


def voice(customer: Hashable | None) -> Hashable | None:
    """Who counts as one among others. Of a tuple it is the first element: whoever orders for several people or places
    is one customer all the same.
    """
    return customer[0] if isinstance(customer, tuple) and customer else customer


class Experience:
    """Past orders, alike ones together. Texts are nobody's experience but their author's: they are not kept."""

    def __init__(self, characteristics: Iterable[Characteristic]) -> None:
        self._kept = {c.name: c for c in characteristics if not isinstance(c, Text)}
        self.column = {name: column for column, name in enumerate(self._kept)}
        self.shared = [column for name, column in self.column.items() if self._kept[name].about == "product"]
        self.numbers = [column for name, column in self.column.items() if isinstance(self._kept[name], Number)]
        self.values: list[list[Answer]] = [[] for _ in self._kept]
        """By column, what the codes in it stand for."""
        self._code: list[dict[Answer, int]] = [{} for _ in self._kept]
        self._rows: dict[tuple[int, ...], int] = {}
        self._free: list[int] = []  # rows that were withdrawn
        self._cells = np.full((64, len(self._kept)), UNKNOWN, np.int32)
        self._counts = np.zeros(64)
        self._signs = np.zeros(64)
        self._sign: list[list[int]] = [[] for _ in self._kept]  # by column and code, as `signs`
        self._ordered: dict[Hashable, Counter[int]] = defaultdict(Counter)  # by customer, how often which row
        self._voices = Voices()
        self._customers: list[Counter[Hashable]] = []  # by row, who ordered it how often
        self._said: list[Counter[Answer]] = [Counter() for _ in self._kept]
        self._behind: list[list[set[Hashable]]] = [[] for _ in self._kept]
        """By column and code, some of the customers who ordered it: all of them, or one more than ENOUGH."""
        self._nobody: list[list[int]] = [[] for _ in self._kept]
        """By column and code, how many orders have it that are of nobody known."""
        self.total = 0
        self.withdrawn = 0  # how often orders were taken back

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self._customers)

    @property
    def cells(self) -> Ints:
        """Codes by row and column, UNKNOWN for what an order does not say."""
        return self._cells[:len(self)]

    @property
    def counts(self) -> Floats:
        """By row, how often it was ordered."""
        return self._counts[:len(self)]

    @property
    def signs(self) -> Floats:
        """By row, a number from 0 to 1 that hangs on nothing but what was ordered.

        It decides between rows that else are equal, so that nothing depends on the order in which they became known.
        """
        return self._signs[:len(self)]

    def add(self, values: Values, customer: Hashable | None, count: int, when: date | None = None) -> int:
        """Adds orders that are alike; returns their row."""
        cells = [UNKNOWN] * len(self._kept)
        for name, answer in values.items():
            if name in self._kept:
                cells[self.column[name]] = self._learn(self.column[name], answer, count, customer)
        row = self._rows.get(tuple(cells))
        if row is None:
            row = self._rows[tuple(cells)] = self._new_row()
            self._cells[row] = cells
            self._signs[row] = sum(self._sign[column][code] for column, code in enumerate(cells) if code != UNKNOWN
                                   ) % SIGNS / SIGNS
        self._counts[row] += count
        self.total += count
        self._voices.add(row, customer, count, when)
        if customer is not None:
            self._count(customer, row, count)
        return row

    def _count(self, customer: Hashable, row: int, count: int) -> None:
        ordered = self._ordered[customer]
        ordered[row] += count
        self._customers[row][customer] += count
        if not ordered[row]:
            del ordered[row], self._customers[row][customer]
        if not ordered:
            del self._ordered[customer]

    def _new_row(self) -> int:
        if self._free:
            return self._free.pop()
        if len(self) == len(self._cells):
            self._cells = np.concatenate([self._cells, np.full_like(self._cells, UNKNOWN)])
            self._counts = np.concatenate([self._counts, np.zeros_like(self._counts)])
            self._signs = np.concatenate([self._signs, np.zeros_like(self._signs)])
        self._customers.append(Counter())
        return len(self) - 1

    def _learn(self, column: int, answer: Answer, count: int, customer: Hashable | None) -> int:
        """Counts a value; returns its code, a new one if nobody ordered it before."""
        self._said[column][answer] += count
        code = self._code[column].setdefault(answer, len(self.values[column]))
        if code == len(self.values[column]):
            self.values[column].append(answer)
            self._sign[column].append(crc32(f"{column} {sortable(answer)}".encode()))
            self._behind[column].append(set())
            self._nobody[column].append(0)
        if customer is None:
            self._nobody[column][code] += count
        elif len(self._behind[column][code]) <= ENOUGH:
            self._behind[column][code].add(customer)
        return code

    def withdraw(self, row: int, customer: Hashable, count: int, when: date | None = None) -> None:
        """Takes back orders that a customer had added; who knows a number from theirs alone, knows it no more."""
        self._counts[row] -= count
        self.total -= count
        self.withdrawn += 1
        self._voices.withdraw(row, customer, count, when)
        self._count(customer, row, -count)
        cells = self._cells[row].copy()
        if not self._counts[row]:
            del self._rows[tuple(cells.tolist())]
            self._cells[row] = UNKNOWN
            self._free.append(row)
        for column in np.flatnonzero(cells != UNKNOWN).tolist():
            code = int(cells[column])
            self._said[column] -= Counter({self.values[column][code]: count})
            if customer not in self._customers[row]:
                self._recount(column, code)

    def _recount(self, column: int, code: int) -> None:
        """Looks anew who ordered a value."""
        people = self._behind[column][code] = set()
        for row in np.flatnonzero(self.cells[:, column] == code).tolist():
            people.update(self._customers[row])
            if len(people) > ENOUGH:
                break

    # what it says

    def voices(self, customer: Hashable | None, today: date | None, half_life: float) -> tuple[Floats, Floats]:
        """How many others ordered each row, whoever ordered several has a part in each; and what is left of that today,
        as a logarithm.
        """
        return self._voices.by_row(len(self), customer, today, half_life, ENOUGH)

    @property
    def said(self) -> Said:
        """All orders as they came."""
        return self._voices.said

    def nearest(self, like: Floats, rows: NDArray[np.intp], customer: Hashable | None) -> float:
        """How like something the first rows are, the most alike first, that tell of nobody in particular together."""
        for most in (4 * ENOUGH, len(like)):
            best = np.argpartition(-like, most)[:most] if most < len(like) else np.arange(len(like))
            best = best[np.argsort(-like[best], kind="stable")]
            if place := self.enough(rows[best], customer):
                return float(like[best[place - 1]])
        return float(like.min(initial=0.0))

    def enough(self, rows: NDArray[np.intp], customer: Hashable | None) -> int:
        """How many of these rows, from the first, tell of nobody in particular; 0 if all do.

        At least ENOUGH others ordered them, or somebody of whom nothing is known.
        """
        people: set[Hashable] = set()
        for number, row in enumerate(rows, 1):
            people.update(self._customers[row])
            if len(people - {customer}) >= ENOUGH or self._counts[row] > self._customers[row].total():
                return number
        return 0

    def told_of(self, name: str, answer: Answer, customer: Hashable | None) -> bool:
        """Whether others may be told that a value was ordered: by ENOUGH customers, or by nobody known."""
        return self._orders_of_others(name, answer, customer) >= ENOUGH or self._orders_of_nobody(name, answer) > 0

    def behind(self, name: str, answer: Answer, customer: Hashable | None) -> bool:
        """Whether at least ENOUGH others ordered this value."""
        return self._orders_of_others(name, answer, customer) + self._orders_of_nobody(name, answer) >= ENOUGH

    def _orders_of_others(self, name: str, answer: Answer, customer: Hashable | None) -> int:
        code = self._code[self.column[name]].get(answer) if name in self._kept else None
        return 0 if code is None else len(self._behind[self.column[name]][code] - {customer})

    def _orders_of_nobody(self, name: str, answer: Answer) -> int:
        code = self._code[self.column[name]].get(answer) if name in self._kept else None
        return 0 if code is None else self._nobody[self.column[name]][code]

    def same(self, name: str, answer: Answer) -> Floats:
        """How like an answer each code of a characteristic is, 0 to 1; the last one is that of UNKNOWN."""
        characteristic, values = self._kept[name], self.values[self.column[name]]
        if isinstance(characteristic, Number):
            spread = max(1.0, NEAR * (characteristic.most - characteristic.least))
            found = np.maximum(0.0, 1 - np.abs(np.array(values, np.float64) - float(str(answer))) / spread)
        else:
            found = np.zeros(len(values))
            if answer in self._code[self.column[name]]:
                found[self._code[self.column[name]][answer]] = 1.0
        return np.append(found, 0.0)

    def shares(self, column: int) -> Floats:
        """The part that each code of a column has among the orders that say something about it."""
        said = np.array([self._said[column][answer] for answer in self.values[column]], np.float64)
        return np.asarray(said / max(1.0, said.sum()))

    def chance(self, name: str, answer: Answer) -> float:
        """How often an answer, or one like it, is given by chance; never 0."""
        column = self.column[name]
        return float((self.shares(column) @ self.same(name, answer)[:-1] * self.total + UNHEARD)
                     / (self.total + UNHEARD * (1 + len(self._said[column]))))

    def tally(self, name: str, customer: Hashable | None) -> dict[Answer, int]:
        """How often others ordered each value."""
        if not self.heard(name):
            return {}
        column = self.column[name]
        counts = self.counts.copy()
        if ordered := self._ordered.get(customer):
            counts[list(ordered)] -= list(ordered.values())
        sums = np.bincount(self.cells[:, column] + 1, counts, len(self.values[column]) + 1)[1:]
        return {self.values[column][code]: round(sums[code]) for code in np.flatnonzero(sums)}

    def together(self, name: str, answer: Answer, mark: str, its: Answer, customer: Hashable | None) -> tuple[int, int]:
        """How many orders of others that share a value have an answer too, of how many; 0 of 0 if that tells of few."""
        code, theirs = self._code[self.column[name]].get(answer), self._code[self.column[mark]].get(its)
        if code is None or theirs is None:
            return 0, 0
        marked, said = self.cells[:, self.column[mark]] == theirs, self.cells[:, self.column[name]]
        rows = np.flatnonzero(marked & (said != UNKNOWN))
        own = self._ordered.get(customer, Counter())
        counts, same = self._counts[rows] - np.array([own[row] for row in rows.tolist()]), said[rows] == code
        count, total = round(counts[same].sum()), round(counts.sum())
        return (count, total) if count >= ENOUGH and self.enough(rows[same], customer) else (0, 0)

    def usual(self, name: str) -> frozenset[Answer]:
        """The most frequent value of a characteristic, if there is any."""
        said = self._said[self.column[name]] if name in self._kept else Counter[Answer]()
        return frozenset([max(said, key=lambda answer: (said[answer], sortable(answer)))] if said else [])

    def share(self, name: str, answer: Answer) -> float:
        """The part of all orders that have this value."""
        return self._said[self.column[name]][answer] / self.total if name in self._kept and self.total else 0.0

    def tells(self, name: str, customer: Hashable | None) -> bool:
        """Whether others may be told what any order says about a characteristic."""
        return name in self._kept and any(self.told_of(name, answer, customer)
                                          for answer in self._said[self.column[name]])

    def heard(self, name: str) -> bool:
        """Whether any order says something about a characteristic."""
        return name in self._kept and bool(self._said[self.column[name]])


def sortable(answer: Answer) -> str:
    """What answers can be sorted by, so that nothing depends on the order in which they became known."""
    return repr(sorted(answer) if isinstance(answer, frozenset) else answer)

"""Who ordered what when, in arrays: how many voices each row of the experience has, and how recent they are."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date
from itertools import count
from typing import NamedTuple

import numpy as np

from configurator.memory.information import Floats, Ints

NOBODY = 0
"""The number of all of whom nothing is known."""
UNDATED = date.max.toordinal()
"""What has no date is as new as can be."""
FORGOTTEN = 1e-300
"""What is left of the weight of an order at least."""


class Said(NamedTuple):
    """Orders as they came, in arrays: the row, who (a number), the day, and how many."""

    rows: Ints
    who: Ints
    days: Ints
    counts: Floats


class Voices:
    """Everybody's orders. All of a customer count as one at most: nobody is louder by ordering often."""

    def __init__(self) -> None:
        self._kept, self._counts = np.zeros((3, 64), np.int32), np.zeros(64)
        self._size = 0
        self._numbers: dict[Hashable, int] = {}
        self._next = count(NOBODY + 1)

    @property
    def said(self) -> Said:
        """All orders; those that were taken back count 0."""
        rows, who, days = self._kept[:, :self._size]
        return Said(rows, who, days, self._counts[:self._size])

    def add(self, row: int, customer: Hashable | None, number: int, when: date | None) -> None:
        """Keeps orders of a row; of a customer it is one voice, of nobody known as many as there are."""
        if self._size == len(self._counts):
            self._kept = np.concatenate([self._kept, np.zeros_like(self._kept)], axis=1)
            self._counts = np.concatenate([self._counts, np.zeros_like(self._counts)])
        if customer is not None and customer not in self._numbers:
            self._numbers[customer] = next(self._next)
        self._kept[:, self._size] = row, self._numbers.get(customer, NOBODY), _day(when)
        self._counts[self._size] = number
        self._size += 1

    def withdraw(self, row: int, customer: Hashable, number: int, when: date | None) -> None:
        """Takes back what was added so."""
        rows, who, days, counts = self.said
        mine = who == self._numbers[customer]
        counts[np.flatnonzero(mine & (rows == row) & (days == _day(when)) & (counts == number))[0]] = 0
        if not counts[mine].any():
            del self._numbers[customer]

    def by_row(self, rows: int, customer: Hashable | None, today: date | None, half_life: float, enough: int
               ) -> tuple[Floats, Floats]:
        """How many others ordered each of so many rows, and what is left of that, as a logarithm.

        An order weighs half after `half_life` days; those of the `enough` newest customers are taken for equally new.
        """
        said, own = self.said, self._numbers.get(customer, -1)
        whole = _by_row(said, said.counts, rows, own)
        if today is None or half_life == np.inf:
            return whole, np.zeros(rows)
        newest = min(today.toordinal(), _since(said, own, enough))
        faded = _by_row(said, said.counts * 0.5 ** (np.maximum(0, newest - said.days) / half_life), rows, own)
        return whole, np.log(np.maximum(FORGOTTEN, faded / np.maximum(FORGOTTEN, whole)))


def _since(said: Said, own: int, enough: int) -> int:
    """The last day since when so many others ordered, or somebody of whom nothing is known."""
    last = np.zeros(said.who.max(initial=NOBODY) + 1 + enough, np.int32)
    some = (said.counts > 0) & (said.who != own)
    np.maximum.at(last, said.who[some], said.days[some])
    return max(int(last[NOBODY]), int(np.sort(last[NOBODY + 1:])[-enough]))


def voices(said: Said, weights: Floats) -> Floats:
    """By order, what it counts: of those of a customer together no more than one."""
    together = np.bincount(said.who, weights, NOBODY + 1)
    together[NOBODY] = 1.0  # each of them is one
    return np.asarray(weights / np.maximum(1.0, together)[said.who])


def _by_row(said: Said, weights: Floats, rows: int, own: int) -> Floats:
    parts = voices(said, weights)
    parts[said.who == own] = 0.0
    return np.asarray(np.bincount(said.rows, parts, rows))


def _day(when: date | None) -> int:
    return UNDATED if when is None else when.toordinal()

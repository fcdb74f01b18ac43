"""What others said of what they got: how many of those who had a value found it too small, or too large.

That tells more of a value than how often it is ordered: whoever orders it hopes that it is right.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from catalog.model import ProductModel
from catalog.nodes import Answer, Values
from configurator.memory.evidence import as_day, clock
from configurator.memory.experience import ENOUGH, Experience, voice
from configurator.memory.information import Floats, information_about
from configurator.memory.relations import MORE, grouped
from configurator.memory.verdicts import beside
from orders.memory.verdict import Said, Verdicts

MISMATCH = 3.0
"""By how much a mismatch in what tells most about a verdict lessens its weight, as a logarithm."""
TRUSTED = 1.0
"""How many verdicts that it was right every value is given in advance."""
NEWEST = 2_000
"""Of more people who said something of a value, those who said it last are asked."""
WORDS = get_args(Said)

About = tuple[str, Answer]
"""A characteristic, and the value that was made."""


@dataclass(frozen=True)
class Shift:
    """Of `total` people who had `made`, `count` said that it was too small, or too large."""

    made: Answer
    count: int
    total: int


class _Told(NamedTuple):
    row: int
    said: Said
    who: Hashable
    when: tuple[date, int]  # the day, and the second of it


class _Last(NamedTuple):
    """What each of the newest said last of a value: the places of people, the rows of what was made, the words."""

    places: Mapping[Hashable, int]
    rows: NDArray[np.intp]
    words: NDArray[np.intp]

    def without(self, customer: Hashable | None) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The rows and the words of others."""
        place = self.places.get(customer)
        return (self.rows, self.words) if place is None else (np.delete(self.rows, place), np.delete(self.words, place))


class Judged:
    """Everybody's verdicts, by what was made for them."""

    def __init__(self, model: ProductModel) -> None:
        self._model = model
        self._made = Experience(model.characteristics)
        self._told: dict[About, list[_Told]] = defaultdict(list)
        self._rows: dict[Hashable, list[int]] = defaultdict(list)
        self._last: dict[About, _Last] = {}  # until something is said of it
        self._telling: dict[About, tuple[int, Floats]] = {}  # learnt from so many

    def add(self, made: Values, verdicts: Verdicts, customer: Hashable | None, when: date | datetime | None) -> None:
        """Keeps what was said of one product; without a date it is the newest."""
        row = self._made.add(made, voice(customer), 1)
        who = object() if customer is None else customer
        for name, verdict in verdicts.items():
            self._told[name, made[name]].append(_Told(row, verdict.said, who,
                                                        (as_day(when) or date.max, clock(when))))
            self._last.pop((name, made[name]), None)
        if customer is not None:
            self._rows[customer].append(row)

    def withdraw(self, customer: Hashable) -> None:
        """Takes back what a customer said."""
        self._last.clear()
        self._telling.clear()
        for row in self._rows.pop(customer, []):
            self._made.withdraw(row, voice(customer), 1)
        for about, told in list(self._told.items()):
            self._told[about] = [one for one in told if one.who != customer]
            if not self._told[about]:
                del self._told[about]

    def moved(self, name: str, votes: Mapping[Answer, float], given: Values, customer: Hashable | None
              ) -> tuple[dict[Answer, float], dict[Answer, Shift]]:
        """The votes, as those would cast them now who found their value wrong, and by value which moved most to it.

        What was said by people like what is given counts most, once for each, as they said it last. What fewer than
        ENOUGH others said of a value, nothing is concluded from.
        """
        found: dict[Answer, float] = defaultdict(float)
        shifts: dict[Answer, Shift] = {}
        for value, weight in votes.items():
            rows, words = self._said((name, value)).without(customer)
            counts = dict(zip(WORDS, np.bincount(words, minlength=len(WORDS)).tolist(), strict=True))
            toward = {said: to for said, count in counts.items() if said != "right" and count >= ENOUGH
                      and (to := beside(self._model[name], value, said)) is not None}
            shares = self._shares((name, value), rows, words, given, customer) if toward else {}
            for said, to in toward.items():
                found[to] += weight * shares[said]
                shifts[to] = Shift(value, counts[said], len(words))
            found[value] += weight * (1 - sum(shares[said] for said in toward))
        return found, shifts

    def _said(self, about: About) -> _Last:
        if about not in self._last:
            told: dict[Hashable, _Told] = {}  # by person, the newest at last
            for one in sorted(self._told.get(about, ()), key=attrgetter("when")):
                told.pop(voice(one.who), None)
                told[voice(one.who)] = one
            newest = list(told.values())[-NEWEST:]
            self._last[about] = _Last({voice(one.who): place for place, one in enumerate(newest)},
                                      np.array([one.row for one in newest], np.intp),
                                      np.array([WORDS.index(one.said) for one in newest], np.intp))
        return self._last[about]

    def _shares(self, about: About, rows: NDArray[np.intp], words: NDArray[np.intp], given: Values,
                customer: Hashable | None) -> dict[Said, float]:
        """The share of each word, by how much what was made is like what is given."""
        information, like = self._information(about), np.zeros(len(rows))
        for name, answer in given.items():
            column = self._made.column.get(name)
            if column is not None and information[column] and self._made.heard(name):
                like += information[column] * self._made.same(name, answer)[self._made.cells[rows, column]]
        like *= MISMATCH / max(1e-9, information.max())
        weights = np.exp(np.minimum(0.0, like - self._made.nearest(like, rows, customer)))
        sums = np.bincount(words, weights, len(WORDS)) / (TRUSTED + weights.sum())
        return dict(zip(WORDS, sums.tolist(), strict=True))

    def _information(self, about: About) -> Floats:
        """How much each characteristic of what was made tells about what was said of a value."""
        last = self._said(about)
        learnt, found = self._telling.get(about, (0, None))
        if found is None or len(self._told[about]) > MORE * learnt:
            made = grouped(self._made, last.rows)
            found = information_about(last.words.astype(np.int32), made, np.ones(len(made)))
            self._telling[about] = len(self._told[about]), found
        return found

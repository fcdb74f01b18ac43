"""What others said of what they got: how many of those who had a value found it too small, or too large.

That tells more of a value than how often it is ordered: whoever orders it hopes that it is right.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import NamedTuple, get_args

import numpy as np
from cachetools import LRUCache

from catalog.model import ProductModel
from catalog.nodes import Answer, Values
from configurator.memory.evidence import as_day, clock
from configurator.memory.experience import ENOUGH, Experience, voice
from configurator.memory.information import Floats, information_about
from configurator.memory.relations import grouped
from configurator.memory.verdicts import beside
from orders.memory.verdict import Said, Verdicts

MISMATCH = 3.0
"""By how much a mismatch in what tells most about a verdict lessens its weight, as a logarithm."""
TRUSTED = 1.0
"""How many verdicts that it was right every value is given in advance."""
KEPT = 200
"""Sets of verdicts of which is kept what tells about them."""


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


class Judged:
    """Everybody's verdicts, by what was made for them."""

    def __init__(self, model: ProductModel) -> None:
        self._model = model
        self._made = Experience(model.characteristics)
        self._told: dict[tuple[str, Answer], list[_Told]] = defaultdict(list)
        self._rows: dict[Hashable, list[int]] = defaultdict(list)
        self._telling: LRUCache[tuple[_Told, ...], Floats] = LRUCache(KEPT)  # until something is said or taken back

    def add(self, made: Values, verdicts: Verdicts, customer: Hashable | None, when: date | datetime | None) -> None:
        """Keeps what was said of one product; without a date it is the newest."""
        self._telling.clear()
        row = self._made.add(made, voice(customer), 1)
        who = object() if customer is None else customer
        for name, verdict in verdicts.items():
            self._told[name, made[name]].append(_Told(row, verdict.said, who,
                                                        (as_day(when) or date.max, clock(when))))
        if customer is not None:
            self._rows[customer].append(row)

    def withdraw(self, customer: Hashable) -> None:
        """Takes back what a customer said."""
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
            every = sorted(self._told.get((name, value), ()), key=attrgetter("when"))
            told = list({voice(one.who): one for one in every if voice(one.who) != customer}.values())
            counted = Counter(one.said for one in told)
            stays = 1.0
            if max(counted.values(), default=0) >= ENOUGH:
                for said, share in self._shares(told, given, customer).items():
                    toward = beside(self._model[name], value, said)
                    if counted[said] >= ENOUGH and toward is not None:
                        stays -= share
                        found[toward] += weight * share
                        shifts[toward] = Shift(value, counted[said], len(told))
            found[value] += weight * stays
        return found, shifts

    def _shares(self, told: list[_Told], given: Values, customer: Hashable | None) -> dict[Said, float]:
        """The share of each verdict but `right`, by how much what was made is like what is given."""
        rows, information = np.array([one.row for one in told]), self._information(tuple(told))
        like = np.zeros(len(rows))
        for name, answer in given.items():
            if name in self._made.column and self._made.heard(name):
                column = self._made.column[name]
                like += information[column] * self._made.same(name, answer)[self._made.cells[rows, column]]
        like *= MISMATCH / max(1e-9, information.max())
        weights = np.exp(np.minimum(0.0, like - self._made.nearest(like, rows, customer)))
        sums = Counter[Said]()
        for one, weight in zip(told, weights.tolist(), strict=True):
            sums[one.said] += weight
        total = TRUSTED + sums.total()
        return {word: share / total for word, share in sums.items() if word != "right"}

    def _information(self, told: tuple[_Told, ...]) -> Floats:
        """How much each characteristic of what was made tells about what was said of it."""
        found = self._telling.get(told)
        if found is None:
            said = np.array([get_args(Said).index(one.said) for one in told], np.int32)
            made = grouped(self._made, np.array([one.row for one in told]))
            found = self._telling[told] = information_about(said, made, np.ones(len(told)))
        return found

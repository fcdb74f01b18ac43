"""What past orders tell: what characteristics say of each other, how much alike orders differ, how fast orders fade."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from configurator.memory.experience import Experience
from configurator.memory.fading import half_life
from configurator.memory.information import UNKNOWN, Floats, Ints, entropies, mutual_information
from configurator.memory.noise import ASKED, COMPARED, FIRST, LIKELY, learnt, weigh
from configurator.memory.voices import NOBODY, UNDATED, voices

MEASURED = 10_000
"""Of more different orders than this, so many, evenly chosen, tell what characteristics tell about each other."""
GROUPS = 8
"""Of more different numbers than this, it is so many groups of near ones that tell about something."""
MORE = 1.1
"""So many times as many orders must be known for it to be learnt anew."""


def grouped(orders: Experience, rows: NDArray[np.intp]) -> Ints:
    """The cells of some rows; numbers are put into groups of about the same size, of near ones."""
    cells = orders.cells[rows]
    for column in orders.numbers:
        said = cells[:, column] != UNKNOWN
        if len(np.unique(cells[said, column])) > GROUPS:
            numbers = np.array(orders.values[column], np.float64)[cells[said, column]]
            cells[said, column] = np.searchsorted(np.quantile(numbers, np.arange(1, GROUPS) / GROUPS), numbers)
    return cells


class Relations:
    """What orders tell of how characteristics go together; learnt when it is asked for."""

    def __init__(self, orders: Experience) -> None:
        self._orders = orders
        self._learnt_from = 0, 0  # how many orders, and how often some had been withdrawn
        self._told, self._noise = np.zeros((len(orders.column),) * 2), np.ones(len(orders.column))
        self._open = np.zeros(len(orders.column))
        self._half_life = np.inf

    @property
    def told(self) -> Floats:
        """The mutual information of each two columns, in nats."""
        self._learn()
        return self._told

    @property
    def noise(self) -> Floats:
        """How often each column differs in orders that are alike: the probability that it is drawn anew."""
        self._learn()
        return self._noise

    @property
    def half_life(self) -> float:
        """After how many days orders of others weigh half."""
        self._learn()
        return self._half_life

    def part(self, name: str, mark: str) -> float:
        """The part of what is open about one characteristic that another one answers, 0 to 1."""
        told, columns = self.told, self._orders.column
        if name not in columns or mark not in columns:
            return 0.0
        return min(1.0, float(told[columns[name], columns[mark]] / max(1e-9, self._open[columns[name]])))

    def telling(self, name: str) -> float:
        """How much a characteristic tells about all the others: its mutual information with each, summed, in nats."""
        column = self._orders.column.get(name)
        return 0.0 if column is None else float(self.told[column].sum())

    def _learn(self) -> None:
        """Anew whenever the orders are a tenth more; who knows a thing from withdrawn ones, knows it no more."""
        orders, (total, withdrawn) = self._orders, self._learnt_from
        if orders.total > (MORE * total if orders.withdrawn == withdrawn else 0):
            self._learnt_from = orders.total, orders.withdrawn
            known = np.flatnonzero(orders.counts)
            some = known[np.argsort(orders.signs[known], kind="stable")][::1 + len(known) // MEASURED]
            cells = grouped(orders, some)
            self._told = mutual_information(cells, orders.counts[some])
            self._open = entropies(cells, orders.counts[some])
            self._noise = self._noise_of(some)
            self._half_life = self._half_life_of()

    def _half_life_of(self) -> float:
        """From orders that have a date; the first one of each customer tells, for nothing of their own foretells it."""
        said = self._orders.said
        dated = np.flatnonzero((said.counts > 0) & (said.days < UNDATED))
        first = np.full(said.who.max(initial=NOBODY) + 1, UNDATED)
        np.minimum.at(first, said.who[dated], said.days[dated])
        since = np.sort(said.days[dated])[-MEASURED:][:1]  # of more orders than that, the newest tell
        dated = dated[said.days[dated] >= since]
        parts, who, days = voices(said, said.counts)[dated], said.who[dated], said.days[dated]
        cells = grouped(self._orders, said.rows[dated].astype(np.intp))[:, self._orders.shared]
        return half_life(cells, parts, days, (who == NOBODY) | (days == first[who]))

    def _noise_of(self, rows: NDArray[np.intp]) -> Floats:
        """From those rows that were ordered most."""
        all_counts = self._orders.counts
        rows = rows[np.argsort(-all_counts[rows], kind="stable")][:COMPARED]
        asked, columns = rows[::1 + len(rows) // ASKED], len(self._orders.column)
        likely = min(LIKELY, len(rows))
        same = np.empty((len(asked), likely, columns))
        chance, others = np.empty((len(asked), columns)), np.empty((len(asked), likely))
        for place, row in enumerate(asked.tolist()):
            alike, chance[place] = self._beside(row, rows)
            counts = all_counts[rows] - (rows == row)
            weights = weigh(alike, chance[place], FIRST) + np.log(np.maximum(counts, 1e-300))
            best = np.argsort(-weights, kind="stable")[:likely]
            same[place], others[place] = alike[best], counts[best]
        return learnt(same, chance, others)

    def _beside(self, row: int, rows: NDArray[np.intp]) -> tuple[Floats, Floats]:
        """How like one row others are, and how often what it has is drawn; by column, NaN where nothing is said."""
        orders = self._orders
        alike, chance = np.full((len(rows), len(orders.column)), np.nan), np.full(len(orders.column), np.nan)
        for name, column in orders.column.items():
            code = orders.cells[row, column]
            if code != UNKNOWN:
                same = orders.same(name, orders.values[column][code])
                same[UNKNOWN] = np.nan
                alike[:, column] = same[orders.cells[rows, column]]
                chance[column] = orders.chance(name, orders.values[column][code])
        return alike, chance

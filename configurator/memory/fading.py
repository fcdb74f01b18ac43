"""How fast what others ordered is a thing of the past.

Learnt by asking after how many days orders should weigh half, for the first orders of customers to have been most
probable when they came.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from configurator.memory.experience import UNHEARD
from configurator.memory.information import UNKNOWN, Floats, Ints

HALF_LIVES = (np.inf, 1000.0, 300.0, 100.0, 30.0, 10.0, 3.0)
"""Days after which an order of others may weigh half; for ever is the first choice."""
HEAD_START = 20.0
"""How much better another one must have foretold than for ever to be taken instead, in nats: all characteristics of an
order count as one, for they may tell the same."""


def half_life(cells: Ints, parts: Floats, days: Ints, asked: NDArray[np.bool_]) -> float:
    """The one under which the orders that are `asked` were most probable, each from those of all the days before.

    By order: codes by column, its part of a voice, its day, and whether it is asked.
    """
    said, sizes = cells != UNKNOWN, cells.max(0, initial=UNKNOWN) + 2  # with what was never heard
    places = np.where(said, cells + np.cumsum(sizes) - sizes, UNKNOWN)  # in an array of all columns
    if not len(days):
        return np.inf
    lives, foretold = np.array(HALF_LIVES), np.zeros(len(HALF_LIVES))
    foretold[0] = HEAD_START
    counts, totals, before = np.zeros((len(lives), sizes.sum() + 1)), np.zeros((len(lives), len(sizes))), days.min()
    for day in np.unique(days).tolist():
        left = 0.5 ** ((day - before) / lives)[:, None]
        counts, totals, before, today = counts * left, totals * left, day, days == day
        those = today & asked
        likely = (counts[:, places[those]] + UNHEARD) / (totals + UNHEARD * sizes)[:, None]
        foretold += (np.log(likely) * said[those]).sum((1, 2)) / len(sizes)
        weights = parts[today, None] * said[today]
        counts += np.bincount(places[today].ravel() % counts.shape[1], weights.ravel(), counts.shape[1])
        totals += weights.sum(0)
    return float(lives[foretold.argmax()])

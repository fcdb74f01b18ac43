"""Comparisons whose numbers each push one way: the frontier between what holds and what does not, as clauses.

Let a comparison become true, and stay so, as each number it reads goes one way. Then for each combination of all but
the widest of its slots there is one place of that slot up to which it holds, found for all combinations at once by
bisection over arrays. The clauses say so with order literals, so unit propagation alone keeps their bounds consistent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

import numpy as np
from numpy.typing import NDArray

from catalog.bounds import Box, rates
from catalog.expressions import Arithmetic, Compare
from catalog.model import ProductModel
from configurator.engine.columns import Columns, Slot
from configurator.engine.formula import Clause
from configurator.engine.sweep import Sweep

POINTS = 200_000  # combinations for which the frontier is computed,
CLAUSES = 20_000  # and clauses that may come of it

Places = NDArray[np.int64]


def frontier(condition: Compare, slots: Sequence[Slot], box: Box, model: ProductModel, columns: Columns) -> list[Clause] | None:
    """The clauses of a comparison with <, <=, > or >=; None if its numbers do not each push one way or are too many.

    `box`: what the characteristics can be at all.
    """
    rising = directions(condition, slots, box, model)
    numbers = [slot for slot in slots if slot.ordered]
    if not numbers or len(rising) < len(numbers):
        return None
    widest = max(numbers, key=lambda slot: len(slot.values))
    others = [slot for slot in slots if slot is not widest]
    if prod(len(slot.values) for slot in others) > POINTS:
        return None
    holding = _holding(condition, others, widest, rising[widest], model)
    return _clauses(holding, others, widest, rising, columns)


def directions(condition: Compare, slots: Sequence[Slot], box: Box, model: ProductModel) -> dict[Slot, bool]:
    """For each number (or size) whether a comparison comes to hold as it rises or as it falls, where it does either."""
    numbers = {slot.name: slot for slot in slots if slot.ordered}
    if condition.operator in ("=", "!="):
        return {}
    try:
        of = rates(Arithmetic("-", (condition.left, condition.right)), numbers, box, model)
    except (ZeroDivisionError, OverflowError):
        return {}
    return {slot: (rate[0] >= 0) == (condition.operator in (">", ">="))
            for name, slot in numbers.items() if (rate := of[name]) is not None and not rate[0] < 0 < rate[1]}


def _holding(condition: Compare, others: Sequence[Slot], widest: Slot, rises: bool, model: ProductModel) -> Places:
    """For each combination of the others in how many places of the widest the comparison holds, from its better end."""
    shape = tuple(len(slot.values) for slot in others)
    at = {slot: np.arange(len(slot.values)).reshape([-1 if i == j else 1 for j in range(len(shape))])
          for i, slot in enumerate(others)}
    size = len(widest.values)
    least, most = np.zeros(shape, dtype=np.int64), np.full(shape, size)  # it holds in `least` places, and in no more than `most`
    while (least < most).any():
        middle = (least + most + 1) // 2
        place = size - middle if rises else middle - 1
        holds = np.broadcast_to(Sweep(model, {}, {**at, widest: np.clip(place, 0, size - 1)}).holds(condition), shape)
        least, most = np.where(holds, middle, least), np.where(holds, most, np.minimum(most, middle - 1))
        least = np.minimum(least, most)
    return least


def _clauses(holding: Places, others: Sequence[Slot], widest: Slot, rising: dict[Slot, bool], columns: Columns) -> list[Clause] | None:
    size = len(widest.values)
    told = holding < size
    for axis, slot in enumerate(others):
        if slot.ordered:  # what the next better place says already needs no clause
            told &= ~_as_next(holding, axis, rising[slot])
    if int(told.sum()) > CLAUSES:
        return None
    found = []
    for places in np.argwhere(told):
        count = int(holding[tuple(places)])
        clause = list(_elsewhere(places.tolist(), others, rising, columns))
        clause.append(-columns.at_most(widest, size - count - 1) if rising[widest] else columns.at_most(widest, count - 1))
        found.append(clause)
    return found


def _as_next(holding: Places, axis: int, rises: bool) -> NDArray[np.bool_]:
    """Where the next better place along an axis has the same count."""
    found = np.zeros(holding.shape, dtype=np.bool_)
    same = np.diff(holding, axis=axis) == 0
    inner = [slice(None)] * holding.ndim
    inner[axis] = slice(None, -1) if rises else slice(1, None)
    found[tuple(inner)] = same
    return found


def _elsewhere(places: Sequence[int], others: Sequence[Slot], rising: dict[Slot, bool], columns: Columns) -> Iterator[int]:
    """Literals one of which is true unless every slot takes its place, or a number one that is no better."""
    for slot, place in zip(others, places, strict=True):
        if not slot.ordered:
            yield -columns.equal(slot.start + place)
        elif rising[slot]:
            yield -columns.at_most(slot, place)
        else:
            yield columns.at_most(slot, place - 1)

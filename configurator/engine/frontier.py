"""Comparisons whose numbers each push one way: the frontier between what holds and what does not, as clauses.

Let a comparison become true, and stay so, as each number it reads goes one way. Then for each combination of all but
the widest of its slots there is one place of that slot up to which it holds, found for all combinations at once by
bisection over arrays. The clauses say so with order literals, so unit propagation alone keeps their bounds consistent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import cast

import numpy as np
from numpy.typing import NDArray

from catalog.bounds import Box, Members, Possible, rates
from catalog.model import ProductModel, Several
from catalog.nodes import Arithmetic, Compare
from configurator.engine.columns import Columns
from configurator.engine.formula import Clause
from configurator.engine.slots import Slot
from configurator.engine.sweep import Sweep

POINTS = 30_000  # combinations for which the frontier is computed,
CLAUSES = 20_000  # and clauses that may come of it
PARTS = 16  # in which a row is parted at once by a bisection,
ROW = 1 << 13  # as long as arrays stay so short that they take no longer for it

Places = NDArray[np.int64]
Part = Mapping[Slot, range]
"""A box: the places that are looked at of each slot."""


def frontier(condition: Compare, part: Part, model: ProductModel, columns: Columns) -> list[Clause] | None:
    """The clauses that make a comparison true in a part; None if its widest number turns, or if they are too many."""
    numbers = [slot for slot in part if slot.ordered]
    widest = max(numbers, key=lambda slot: len(part[slot]), default=None)
    if widest is None or prod(map(len, part.values())) > POINTS * len(part[widest]):
        return None
    rising = directions(condition, part, model)
    if widest not in rising:
        return None
    others = [slot for slot in part if slot is not widest]
    holding = _holding(condition, part, others, widest, rising[widest], model)
    return _clauses(holding, part, others, widest, rising, columns)


def directions(condition: Compare, part: Part, model: ProductModel) -> dict[Slot, bool]:
    """For each number (or size) whether a comparison comes to hold as it rises or as it falls, where it does either."""
    numbers = {slot.name: slot for slot in part if slot.ordered}
    if condition.operator in ("=", "!="):
        return {}
    try:
        of = rates(Arithmetic("-", (condition.left, condition.right)), numbers, box(part, model), model)
    except (ZeroDivisionError, OverflowError):
        return {}
    return {slot: (rate[0] >= 0) == (condition.operator in (">", ">="))
            for name, slot in numbers.items() if (rate := of[name]) is not None and not rate[0] < 0 < rate[1]}


def box(part: Mapping[Slot, Sequence[int]], model: ProductModel) -> Box:
    """A part as `catalog.bounds` takes it."""
    found: dict[str, Possible] = {}
    for name in {slot.name for slot in part}:
        slots = {slot: [slot.values[place] for place in places] for slot, places in part.items() if slot.name == name}
        characteristic = model[name]
        if isinstance(characteristic, Several):
            members = {slot.member: values for slot, values in slots.items() if slot.member}
            required = frozenset(member for member, values in members.items() if values == [True])
            possible = frozenset(member for member, values in members.items() if True in values)
            found[name] = Members(required, possible, characteristic.least, characteristic.limit)
        else:
            (slot, values), = slots.items()
            found[name] = (int(values[0]), int(values[-1])) if slot.ordered else cast(Possible, frozenset(values))
    return found


def _holding(condition: Compare, part: Part, others: Sequence[Slot], widest: Slot, rises: bool,
             model: ProductModel) -> Places:
    """For each combination of the others in how many places of the widest the comparison holds, from its better end."""
    shape = tuple(len(part[slot]) for slot in others)
    at = dict(zip(others, np.ix_(*(np.array(part[slot]) for slot in others)), strict=True))
    places = part[widest]
    least, most = np.zeros(shape, dtype=np.int64), np.full(shape, len(places))  # at least, at most so many hold
    parts = min(PARTS, 2 + ROW // prod(shape))
    shares = np.arange(1, parts).reshape(-1, *(1 for _ in shape))
    while (least < most).any():
        tried = least + -(-(most - least) * shares // parts)
        place = np.clip(places.stop - tried if rises else places.start + tried - 1, places.start, places.stop - 1)
        holds = np.broadcast_to(Sweep(model, {}, at | {widest: place}).holds(condition), tried.shape)
        least = np.where(holds, tried, least).max(axis=0)
        most = np.maximum(np.where(holds, most, tried - 1).min(axis=0), least)
    return least


def _clauses(holding: Places, part: Part, others: Sequence[Slot], widest: Slot, rising: Mapping[Slot, bool],
             columns: Columns) -> list[Clause] | None:
    told = holding < len(part[widest])
    for axis, slot in enumerate(others):
        if slot in rising:  # what the next better place says already needs no clause
            told &= ~_as_next(holding, axis, rising[slot])
    if int(told.sum()) > CLAUSES:
        return None
    found = []
    places = part[widest]
    for at in np.argwhere(told):
        count = int(holding[tuple(at)])
        worse = range(places.start, places.stop - count) if rising[widest] else range(places.start + count, places.stop)
        found.append([*_elsewhere(at.tolist(), part, others, rising, columns), *_outside(widest, worse, columns)])
    return found


def _as_next(holding: Places, axis: int, rises: bool) -> NDArray[np.bool_]:
    """Where the next better place along an axis has the same count."""
    found = np.zeros(holding.shape, dtype=np.bool_)
    inner = [slice(None)] * holding.ndim
    inner[axis] = slice(None, -1) if rises else slice(1, None)
    found[tuple(inner)] = np.diff(holding, axis=axis) == 0
    return found


def _elsewhere(at: Sequence[int], part: Part, others: Sequence[Slot], rising: Mapping[Slot, bool],
               columns: Columns) -> Iterator[int]:
    """Literals one of which is true unless each slot takes its place, or a number one in the part that is no better."""
    for slot, i in zip(others, at, strict=True):
        places = part[slot]
        if not slot.ordered:
            yield -columns.equal(slot.start + places[i])
        elif slot in rising:
            yield from _outside(slot, places[:i + 1] if rising[slot] else places[i:], columns)
        else:
            yield from _outside(slot, places[i:i + 1], columns)


def _outside(slot: Slot, places: range, columns: Columns) -> Iterator[int]:
    """Literals that a number is below or above the places."""
    yield columns.at_most(slot, places.start - 1)
    yield -columns.at_most(slot, places.stop - 1)

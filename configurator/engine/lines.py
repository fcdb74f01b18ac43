"""Many products out of few: a product known to be possible is varied in its numbers, and all variations are tried.

Through every product, and through points between two products, go lines along which one number runs through all it
could be. What holds on them is computed exactly and at once, so a range of thousands costs few questions to the solver.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from catalog.expressions import names
from catalog.model import ProductModel
from configurator.engine.columns import Bits, Columns, Slot
from configurator.engine.sweep import Ratio, Sweep

BETWEEN = 4_000  # points between two products, and
THROUGH = 8  # so many of them with lines of their own
FEW = 12  # numbers of which no more are unknown are asked for one by one
CELLS = 40_000  # points that are tried at once

Places = NDArray[np.int64]
"""A row per product, in it the place of each slot."""


class Lines:
    """Finds boxes around products of one model."""

    def __init__(self, model: ProductModel, columns: Columns) -> None:
        self._model = model
        self._columns = columns
        self._starts = columns.starts
        self._numbers = [i for i, slot in enumerate(columns.slots) if slot.ordered]
        self._tables: dict[tuple[Slot, str], Ratio] = {}
        numeric = {columns.slots[i].name for i in self._numbers}
        rules = [(rule.condition, names(rule.condition, model)) for rule in model.rules]
        self._rules = [(condition, read) for condition, read in rules if read & numeric]

    def wide(self, unknown: Bits) -> Bits:
        """The unknown columns of numbers that are worth varying."""
        found = np.zeros(len(unknown), dtype=np.bool_)
        for i in self._numbers:
            columns = self._columns.slots[i].columns
            if np.count_nonzero(unknown[columns]) > FEW:
                found[columns] = unknown[columns]
        return found

    def boxes(self, products: Sequence[Bits], unknown: Bits) -> Iterator[Bits]:
        """Boxes that hold unknown columns, from lines through the products, then between the last and the others."""
        unknown = self.wide(unknown)
        if not products or not unknown.any():
            return
        places = np.array([np.flatnonzero(box) - self._starts for box in products])
        for box in self._through(places, unknown):
            unknown &= ~box
            yield box
        if len(products) > 1 and self.wide(unknown).any():
            points = self._between(places)
            points = points[np.logical_and.reduce(self._holding(points))]
            for box in self._new(points, unknown):
                unknown &= ~box
                yield box
            yield from self._through(points[::max(1, len(points) // THROUGH)], unknown)

    def _holding(self, points: Places) -> list[Bits]:
        """For each rule that reads a number, at which of the points it holds."""
        sweep = self._points(points)
        return [np.broadcast_to(sweep.holds(rule), (len(points), 1))[:, 0] for rule, _ in self._rules]

    def _between(self, places: Places) -> Places:
        """Points between the last product and each of those before it, with the choices of the last."""
        last, found = places[-1], []
        for other in places[-3:-1]:
            count = 1 + min(BETWEEN, int(abs(last - other)[self._numbers].max()))
            steps = np.linspace(0, 1, count)[:, None]
            points = np.tile(last, (count, 1))
            points[:, self._numbers] = np.rint((1 - steps) * other[self._numbers] + steps * last[self._numbers])
            found.append(points)
        return np.concatenate(found)

    def _new(self, points: Places, unknown: Bits) -> Iterator[Bits]:
        """The points that hold unknown columns, as boxes."""
        unknown = unknown.copy()
        columns = points + self._starts
        for row in np.flatnonzero(unknown[columns].any(axis=1)):
            if unknown[columns[row]].any():
                unknown[columns[row]] = False
                box = np.zeros(len(unknown), dtype=np.bool_)
                box[columns[row]] = True
                yield box

    def _through(self, points: Places, unknown: Bits) -> Iterator[Bits]:
        """Lines through the points along which one number runs through what is unknown of it."""
        unknown = unknown.copy()
        holds = self._holding(points)
        for i in self._numbers:
            slot = self._columns.slots[i]
            if unknown[slot.columns].any():
                rest = [held for (_, read), held in zip(self._rules, holds, strict=True) if slot.name not in read]
                for box in self._line(points[np.logical_and.reduce(rest)] if rest else points, i, unknown):
                    unknown &= ~box
                    yield box

    def _points(self, points: Places, varied: dict[Slot, Places] | None = None) -> Sweep:
        at = {slot: points[:, i, None] for i, slot in enumerate(self._columns.slots)}
        return Sweep(self._model, {}, at | (varied or {}), self._tables)

    def _line(self, points: Places, number: int, unknown: Bits) -> Iterator[Bits]:
        """Boxes of the points with one number varied over what is unknown of it."""
        slot = self._columns.slots[number]
        places = np.flatnonzero(unknown[slot.columns])
        if not len(places) or not len(points):
            return
        points = points[:max(1, CELLS // len(places))]
        sweep = self._points(points, {slot: places[None, :]})
        reading = [rule for rule, read in self._rules if slot.name in read]
        holds = np.broadcast_to(sweep.all(reading), (len(points), len(places)))
        left = np.ones(len(places), dtype=np.bool_)
        for row in np.argsort(-holds.sum(axis=1), kind="stable"):
            if (holds[row] & left).any():
                left &= ~holds[row]
                box = np.zeros(len(unknown), dtype=np.bool_)
                box[self._starts + points[row]] = True
                box[slot.start + places[holds[row]]] = True
                yield box

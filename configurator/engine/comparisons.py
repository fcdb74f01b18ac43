"""Comparisons of numbers as clauses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from math import prod

import numpy as np

from catalog.expressions import holds, names
from catalog.model import ProductModel, Text
from catalog.nodes import Answer, Compare
from configurator.engine.columns import Columns
from configurator.engine.formula import Emit, Formula
from configurator.engine.frontier import frontier
from configurator.engine.slots import Slot
from configurator.engine.sums import Sums
from configurator.engine.sweep import Sweep
from configurator.engine.tables import require_row
from configurator.engine.theory import Theory

ENUMERATED = 512  # combinations that are tried one by one when a comparison is encoded


class Comparisons:
    """Encodes comparisons: by enumeration where few combinations can occur, else as they are met."""

    def __init__(self, model: ProductModel, formula: Formula, columns: Columns, base: Theory | None) -> None:
        self._model = model
        self._formula = formula
        self._columns = columns
        self.theory = Theory(model, formula, columns, base)
        self.sums = Sums(model, formula, columns, self.values, self.theory.reckoning.literal,
                         mixed=base is not None)

    def require(self, condition: Compare, emit: Emit) -> None:
        """Emits the clauses that make the comparison true."""
        read = sorted(names(condition, self._model))
        slots = [slot for name in read for slot in self._columns.of[name]]
        if not slots:
            if not holds(condition, {}, self._model):
                emit([])
        elif len(slots) == 1 and slots[0].ordered:
            self._columns.require_among(slots[0], self._fulfilling(condition, slots[0]), emit)
        elif not self._bounded(condition, slots, emit):
            self._wide(condition, slots, emit)

    def _bounded(self, condition: Compare, slots: list[Slot], emit: Emit) -> bool:
        """Emits the frontier of the comparison, if it has one."""
        clauses = frontier(condition, {slot: range(len(slot.values)) for slot in slots}, self._model, self._columns)
        for clause in clauses or ():
            emit(clause)
        return clauses is not None

    def _wide(self, condition: Compare, slots: list[Slot], emit: Emit) -> None:
        if prod(len(slot.values) for slot in slots) <= ENUMERATED:
            self._enumerate(condition, slots, emit)
        elif condition.operator == "=":
            self.require(replace(condition, operator="<="), emit)
            self.require(replace(condition, operator=">="), emit)
        elif condition.operator == "!=":
            emit([self._guard(replace(condition, operator="<")), self._guard(replace(condition, operator=">"))])
        elif not self.sums.require(condition, emit):
            emit([self.theory.literal(condition)])

    def _guard(self, condition: Compare) -> int:
        found = self._formula.fresh()
        self.require(condition, self._formula.guarded(found))
        return found

    def _fulfilling(self, condition: Compare, slot: Slot) -> list[int]:
        """The columns of a number, or of the size of a text, in which a comparison that reads nothing else holds."""
        fulfilled = Sweep(self._model, {}, {slot: np.arange(len(slot.values))}).holds(condition)
        return (slot.start + np.flatnonzero(np.broadcast_to(fulfilled, len(slot.values)))).tolist()

    def _enumerate(self, condition: Compare, slots: list[Slot], emit: Emit) -> None:
        rows = {tuple(slot.start + index for slot, index in zip(slots, combination, strict=True))
                for combination in product(*(range(len(slot.values)) for slot in slots))
                if holds(condition, self.values(slots, combination), self._model)}
        require_row(slots, rows, self._columns, self._formula, emit)

    def values(self, slots: Sequence[Slot], indices: Sequence[int]) -> dict[str, Answer]:
        """The answers that stand at these places of the slots; a text is any text of its size."""
        found: dict[str, Answer] = {}
        members: dict[str, set[str]] = {}
        for slot, index in zip(slots, indices, strict=True):
            value = slot.values[index]
            if slot.member is not None:
                members.setdefault(slot.name, set()).update([slot.member] if value else [])
            elif isinstance(self._model[slot.name], Text):
                found[slot.name] = "x" * int(value)
            else:
                found[slot.name] = value
        return found | {name: frozenset(chosen) for name, chosen in members.items()}

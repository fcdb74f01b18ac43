"""Comparisons of numbers as clauses."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING

from catalog.expressions import Answer, Compare, holds, names
from catalog.model import ProductModel, Several, Text
from configurator.engine.columns import Columns, Slot
from configurator.engine.formula import Emit, Formula
from configurator.engine.tables import require_row

if TYPE_CHECKING:
    from configurator.engine.conditions import Conditions

ENUMERATED = 4000  # combinations that are tried one by one when a comparison is encoded


class Comparisons:
    """Encodes comparisons: by enumeration where few combinations can occur."""

    def __init__(self, model: ProductModel, formula: Formula, columns: Columns, conditions: Conditions) -> None:
        self._model = model
        self._formula = formula
        self._columns = columns
        self._conditions = conditions

    def require(self, condition: Compare, emit: Emit) -> None:
        """Emits the clauses that make the comparison true."""
        read = sorted(names(condition, self._model))
        slots = [slot for name in read for slot in self._columns.of[name]]
        if not slots:
            if not holds(condition, {}, self._model):
                emit([])
            return
        if prod(len(slot.values) for slot in slots) <= ENUMERATED or len(slots) == 1:
            self._enumerate(condition, slots, emit)
            return
        raise NotImplementedError(condition)

    def _enumerate(self, condition: Compare, slots: list[Slot], emit: Emit) -> None:
        rows = {tuple(slot.start + index for slot, index in zip(slots, combination, strict=True))
                for combination in product(*(range(len(slot.values)) for slot in slots))
                if holds(condition, self.values(slots, combination), self._model)}
        require_row(slots, rows, self._columns, self._formula, emit)

    def values(self, slots: list[Slot], indices: tuple[int, ...]) -> dict[str, Answer]:
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

"""Every value of every characteristic as a column, and the literals that say it is taken."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from catalog.model import Characteristic, ProductModel, Several, Text
from catalog.nodes import Answer
from configurator.engine.formula import TRUE, Emit, Formula
from configurator.engine.slots import Encoding, Slot

Texts = Mapping[tuple[str, int], str]
"""Texts by the name of their characteristic and their size."""
Bits = NDArray[np.bool_]
"""One entry per column."""


class Meaning(NamedTuple):
    """A literal that says that a slot takes a place, or at most that place."""

    literal: int
    slot: Slot
    place: int
    exact: bool


class Columns:
    """The slots of a model and the literals of their columns."""

    def __init__(self, model: ProductModel, formula: Formula) -> None:
        self._model = model
        self._formula = formula
        encoding = Encoding(model, formula)
        self.slots = encoding.slots
        self.of = encoding.of
        self._upper = encoding.upper
        self._lower = encoding.lower
        self._index = {name: _index(slots) for name, slots in self.of.items()}
        self._equal: dict[int, int] = {}
        self._literals: dict[int, list[int]] = {}
        self._among: dict[frozenset[int], int] = {}

    @cached_property
    def upper(self) -> NDArray[np.int64]:
        return np.array(self._upper, dtype=np.int64)

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """The first column of each slot."""
        return np.array([slot.start for slot in self.slots], dtype=np.int64)

    @cached_property
    def lower(self) -> NDArray[np.int64]:
        return np.array(self._lower, dtype=np.int64)

    @cached_property
    def sizes(self) -> NDArray[np.int64]:
        """The number of columns of each slot."""
        return np.array([len(slot.values) for slot in self.slots], dtype=np.int64)

    @cached_property
    def numbers(self) -> tuple[Slot, ...]:
        """The slots of numbers and of the sizes of texts."""
        return tuple(slot for slot in self.slots if slot.ordered)

    @cached_property
    def direct(self) -> Bits:
        """The columns of all other slots."""
        return np.repeat([not slot.ordered for slot in self.slots], self.sizes)

    def column(self, name: str, value: str | bool | int) -> int:
        """The column of a value, or the column that says a member is chosen; KeyError if there is none."""
        return self._index[name][value]

    def places(self, name: str, values: Iterable[str | bool | int]) -> list[int]:
        """The column of each value, -1 for what there is none of."""
        index = self._index[name]
        return [index.get(value, -1) for value in values]

    def answer(self, name: str, value: object) -> Answer:
        """The answer that a value means; raises ValueError for a name or value that the model does not have."""
        if not isinstance(name, str) or name not in self._model:
            raise ValueError(f"{self._model.name} has no characteristic {name!r}")
        characteristic = self._model[name]
        if isinstance(characteristic, Several) and isinstance(value, list | tuple | set):
            if not all(isinstance(member, str) for member in value):
                raise ValueError(f"{name} cannot be {value!r}")
            value = frozenset(value)
        if not characteristic.admits(value):
            raise ValueError(f"{name} cannot be {value!r}")
        return cast(Answer, value)

    def asked(self, name: str, value: object) -> tuple[int, ...]:
        """The columns of an answer or of one member of a several-of; raises ValueError as `answer` does."""
        slots = self.of.get(name, ()) if isinstance(name, str) else ()
        if isinstance(value, str) and slots and slots[0].member:
            if value not in self._index[name]:
                raise ValueError(f"{name} has no value {value!r}")
            return (self._index[name][value],)
        return self.of_answer(name, self.answer(name, value))

    def mask(self, names: Iterable[str] | None) -> Bits:
        """The columns of these characteristics; of all if none are named."""
        found = np.full(len(self.upper), names is None)
        for name in names or ():
            found[self.span(name)] = True
        return found

    def span(self, name: str) -> slice:
        """All columns of a characteristic."""
        slots = self.of[name]
        return slice(slots[0].start, slots[-1].columns.stop)

    def of_answer(self, name: str, answer: Answer) -> tuple[int, ...]:
        """The columns that are taken together when this is the answer."""
        slots = self.of[name]
        if isinstance(answer, frozenset):
            return tuple(slot.start + (slot.member in answer) for slot in slots)
        if isinstance(answer, str) and slots[0].ordered:
            answer = len(answer)
        return (self.column(name, answer),)

    def taken(self, characteristic: Characteristic, box: Bits, texts: Texts | None = None) -> Answer:
        """The answer that the first columns of a box mean; for the size of a text `texts` may know one."""
        slots = self.of[characteristic.name]
        values = [slot.values[self.place(slot, box)] for slot in slots]
        if isinstance(characteristic, Several):
            return frozenset(slot.member for slot, value in zip(slots, values, strict=True) if value and slot.member)
        if isinstance(characteristic, Text):
            size = int(values[0])
            return (texts or {}).get((characteristic.name, size)) or (characteristic.allowed[:1] or "x") * size
        return values[0]

    def order(self, slot: Slot, place: int) -> list[int]:
        """The literals of an ordered slot as they are when it takes a place."""
        order = self.upper[slot.start:slot.columns.stop - 1]
        found: list[int] = np.concatenate([-order[:place], order[place:]]).tolist()
        return found

    def meanings(self, slot: Slot) -> Iterator[Meaning]:
        """The variables that are about nothing but the place of an ordered slot."""
        for place, literal in enumerate(self._upper[slot.start:slot.columns.stop - 1]):
            yield Meaning(literal, slot, place, exact=False)
        for column in range(slot.start, slot.columns.stop):
            if column in self._equal:
                yield Meaning(self._equal[column], slot, column - slot.start, exact=True)

    def slot(self, column: int) -> Slot:
        """The slot in which a column stands."""
        return self.slots[bisect_right(self.slots, column, key=lambda slot: slot.start) - 1]

    def place(self, slot: Slot, box: Bits) -> int:
        """The first place that a slot takes in a box."""
        return int(box[slot.columns].argmax())

    def box(self, truth: NDArray[np.bool_]) -> Bits:
        """The columns that are taken in a model, as `Solver.true` gives it."""
        return truth[self.upper] & truth[self.lower]

    def literals(self, column: int) -> list[int]:
        """The literals that are true exactly when the column is taken: one or two."""
        found = self._literals.get(column)
        if found is None:
            found = self._literals[column] = self.within(slice(column, column + 1))
        return found

    def within(self, run: slice) -> list[int]:
        """The literals that say that one of a run is taken: of one column, or of consecutive ones of a number."""
        found = {self._lower[run.start], self._upper[run.stop - 1]} - {TRUE}
        return list(found) or [TRUE]

    def equal(self, column: int) -> int:
        """One literal for a column; for a number it is made on demand."""
        if self._upper[column] == self._lower[column]:
            return self._upper[column]
        literals = self.literals(column)
        if len(literals) == 1:
            return literals[0]
        if column not in self._equal:
            self._equal[column] = taken = self._formula.fresh()
            self._formula.define([taken, *(-literal for literal in literals)])
            for literal in literals:
                self._formula.define([-taken, literal])
        return self._equal[column]

    def require_among(self, slot: Slot, columns: Collection[int], emit: Emit) -> None:
        """Emits that the slot takes one of these columns: of a number, a clause for each gap between them."""
        if not slot.ordered:
            emit([self._upper[column] for column in columns])
            return
        edges = [-1, *sorted(column - slot.start for column in columns), len(slot.values)]
        for below, above in pairwise(edges):
            if above > below + 1:
                emit([self.at_most(slot, below), -self.at_most(slot, above - 1)])

    def among(self, slot: Slot, columns: frozenset[int]) -> int:
        """One literal that implies that the slot takes one of these columns; made on demand."""
        if len(columns) == 1:
            return self.equal(*columns)
        if columns not in self._among:
            self._among[columns] = found = self._formula.fresh()
            self.require_among(slot, columns, self._formula.guarded(found))
        return self._among[columns]

    def at_most(self, slot: Slot, index: int) -> int:
        """The literal of x <= values[index] of an ordered slot; false below its start, true from its end on."""
        return -TRUE if index < 0 else TRUE if index >= len(slot.values) else self._upper[slot.start + index]


def _index(slots: Sequence[Slot]) -> dict[str | bool | int, int]:
    """The column of each value, or the one that says that a member is chosen."""
    if slots[0].member:
        return {slot.member: slot.start + 1 for slot in slots if slot.member}
    return {value: slots[0].start + i for i, value in enumerate(slots[0].values)}

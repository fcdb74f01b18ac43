"""The finite variables of a model, and the literals by which each is encoded.

A characteristic fills one slot; a several-of one per member; a text the slot of its size. A choice has a literal per
value; a number has the literals [x <= v] of the order encoding (Tamura et al. 2009), so that ranges cost two literals.
Either way a column is taken when both its `upper` and its `lower` literal are true (for a choice they are the same).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from catalog.model import Boolean, Characteristic, Choice, Number, ProductModel, Several, Text
from catalog.nodes import Answer
from configurator.engine.cardinality import at_most
from configurator.engine.formula import TRUE, Formula


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """A finite variable: `values[i]` stands in column `start + i`."""

    name: str
    member: str | None  # of a several-of: the slot says whether it is among the chosen
    start: int
    values: Sequence[str | bool | int]
    ordered: bool
    columns: slice

    @property
    def answers(self) -> Sequence[Answer]:
        """The values as answers: of a member, of a several-of that holds nothing else."""
        return self.values if self.member is None else [frozenset(), frozenset([self.member])]


class Encoding:
    """The slots of a model, of each characteristic, and the two literals of every column."""

    def __init__(self, model: ProductModel, formula: Formula) -> None:
        self._formula = formula
        self.slots: list[Slot] = []
        self.of: dict[str, tuple[Slot, ...]] = {}
        self.upper: list[int] = []
        self.lower: list[int] = []
        for characteristic in model.characteristics:
            self._add(characteristic)

    def _add(self, characteristic: Characteristic) -> None:
        first = len(self.slots)
        name = characteristic.name
        match characteristic:
            case Choice(values=values):
                self._direct(name, None, [value.name for value in values], self._one_of(len(values)))
            case Boolean():
                self._boolean(name, None)
            case Several(values=values):
                members = [self._boolean(name, value.name) for value in values]
                self._between(members, characteristic.least, characteristic.limit)
            case Number():
                self._ordered(name, characteristic.range)
            case Text():
                self._ordered(name, range(characteristic.least, characteristic.most + 1))
        self.of[name] = tuple(self.slots[first:])

    def _slot(self, name: str, member: str | None, values: Sequence[str | bool | int], ordered: bool) -> None:
        start = len(self.upper)
        self.slots.append(Slot(name, member, start, values, ordered, slice(start, start + len(values))))

    def _direct(self, name: str, member: str | None, values: Sequence[str | bool | int], literals: list[int]) -> None:
        self._slot(name, member, values, ordered=False)
        self.upper += literals
        self.lower += literals

    def _boolean(self, name: str, member: str | None) -> int:
        yes = self._formula.fresh()
        self._direct(name, member, (False, True), [-yes, yes])
        return yes

    def _ordered(self, name: str, values: range) -> None:
        """x <= values[i] for every i but the last, each implying the next."""
        self._slot(name, None, values, ordered=True)
        order = [self._formula.fresh() for _ in values[1:]]
        for below, above in pairwise(order):
            self._formula.define([-below, above])
        self.upper += [*order, TRUE]
        self.lower += [TRUE, *(-literal for literal in order)]

    def _one_of(self, count: int) -> list[int]:
        if count == 1:
            return [TRUE]
        if count == 2:
            first = self._formula.fresh()
            return [first, -first]
        literals = [self._formula.fresh() for _ in range(count)]
        self._formula.define(literals)
        at_most(literals, 1, self._formula, self._formula.define)
        return literals

    def _between(self, literals: list[int], least: int, most: int) -> None:
        at_most(literals, most, self._formula, self._formula.define)
        at_most([-literal for literal in literals], len(literals) - least, self._formula, self._formula.define)

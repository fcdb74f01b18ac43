"""Comparisons that are too wide to be written as clauses: each is a literal whose meaning is learnt where it matters.

A model of the clauses is checked against `catalog.expressions`. Where a literal is true and its comparison is not, the
model is widened to a box in which `catalog.bounds` still knows the comparison to be false, and the box is excluded:
lazy clause generation (Ohrimenko, Stuckey and Codish 2009) with explanations from interval arithmetic. What is learnt
is true by the meaning of the literal, so it serves every solver and for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from catalog.bounds import Box, Members, Possible, truth
from catalog.expressions import Compare, holds, names
from catalog.model import ProductModel, Several
from configurator.engine.columns import Bits, Columns, Slot
from configurator.engine.formula import Formula

Part = Mapping[Slot, Sequence[int]]
"""The places that each slot may take; of an ordered slot they are consecutive."""


@dataclass(frozen=True, slots=True)
class Atom:
    """A literal that implies a comparison, and the slots it depends on."""

    literal: int
    condition: Compare
    slots: tuple[Slot, ...]


class Theory:
    """The comparisons of a model that are learnt while solving."""

    def __init__(self, model: ProductModel, formula: Formula, columns: Columns) -> None:
        self._model = model
        self._formula = formula
        self._columns = columns
        self._atoms: dict[Compare, Atom] = {}

    def literal(self, condition: Compare) -> int:
        """The literal that implies a comparison."""
        if condition not in self._atoms:
            read = sorted(names(condition, self._model))
            # choices before numbers: what is learnt then holds for as many choices as possible
            slots = sorted((slot for name in read for slot in self._columns.of[name]), key=lambda slot: slot.ordered)
            self._atoms[condition] = Atom(self._formula.fresh(), condition, tuple(slots))
        return self._atoms[condition].literal

    def refute(self, model: NDArray[np.bool_]) -> bool:
        """Whether a model, as `Solver.true` gives it, gets a comparison wrong; what excludes it is then defined."""
        if not self._atoms:
            return False
        box = self._columns.box(model)
        wrong = [atom for atom in self._atoms.values() if model[atom.literal] and not self._holds(atom, box)]
        for atom in wrong:
            self._formula.define([-atom.literal, *self._outside(self._widest(atom, box))])
        return bool(wrong)

    def _holds(self, atom: Atom, taken: Bits) -> bool:
        answers = {slot.name: self._columns.taken(self._model[slot.name], taken) for slot in atom.slots}
        return holds(atom.condition, answers, self._model)

    def _widest(self, atom: Atom, taken: Bits) -> Part:
        """The places taken, widened one slot after the other as far as the comparison stays false."""
        part: dict[Slot, Sequence[int]] = {slot: [self._columns.place(slot, taken)] for slot in atom.slots}

        def false(slot: Slot, places: Sequence[int]) -> bool:
            try:
                return truth(atom.condition, self._box({**part, slot: places}), self._model) is False
            except ZeroDivisionError:
                return False

        for slot in atom.slots:
            part[slot] = widest(slot, part[slot], false)
        return part

    def _box(self, part: Part) -> Box:
        box: dict[str, Possible] = {}
        for slot, places in part.items():
            values = [slot.values[place] for place in (places if not slot.ordered else (places[0], places[-1]))]
            if slot.ordered:
                box[slot.name] = int(values[0]), int(values[-1])
            elif slot.member is None:
                box[slot.name] = frozenset(values)  # type: ignore[arg-type]
        return box | self._members(part)

    def _members(self, part: Part) -> dict[str, Members]:
        found: dict[str, Members] = {}
        for name in {slot.name for slot in part if slot.member is not None}:
            several = self._model[name]
            assert isinstance(several, Several)
            places = {slot.member: set(places) for slot, places in part.items() if slot.name == name and slot.member}
            found[name] = Members(frozenset(member for member, at in places.items() if at == {1}),
                                  frozenset(member for member, at in places.items() if 1 in at),
                                  several.least, several.limit)
        return found

    def _outside(self, part: Part) -> Iterator[int]:
        """Literals one of which is true outside a part."""
        for slot, places in part.items():
            if slot.ordered:
                yield self._columns.at_most(slot, places[0] - 1)
                yield -self._columns.at_most(slot, places[-1])
            else:
                inside = set(places)
                yield from (self._columns.equal(slot.start + place) for place in range(len(slot.values)) if place not in inside)


def widest(slot: Slot, places: Sequence[int], fits: Callable[[Slot, Sequence[int]], bool]) -> Sequence[int]:
    """The most places around these that still fit: all, else for a number those up to where it ends, by bisection."""
    everything = range(len(slot.values))
    if fits(slot, everything):
        return everything
    if not slot.ordered:
        for place in everything:
            if place not in places and fits(slot, [*places, place]):
                places = [*places, place]
        return places
    first = furthest(places[0], 0, lambda low: fits(slot, range(low, places[0] + 1)))
    last = furthest(places[0], len(slot.values) - 1, lambda high: fits(slot, range(first, high + 1)))
    return range(first, last + 1)


def furthest(start: int, end: int, fits: Callable[[int], bool]) -> int:
    """The place furthest from start towards end that fits, if all nearer ones do (start does)."""
    if fits(end):
        return end
    while abs(end - start) > 1:
        middle = (start + end) // 2
        if fits(middle):
            start = middle
        else:
            end = middle
    return start

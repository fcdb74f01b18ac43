"""Comparisons that are too wide to be written as clauses: each is a literal whose meaning is learnt where it matters.

A model of the clauses is checked against `catalog.expressions`. Where a literal is true and its comparison is not, the
model is widened to a box in which the comparison is false throughout, and the box is excluded: lazy clause generation
(Ohrimenko, Stuckey and Codish 2009) with explanations from interval arithmetic. What is learnt is true by the meaning
of the literal, so it serves every solver and for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from math import prod

import numpy as np
from numpy.typing import NDArray

from catalog.expressions import holds, names
from catalog.model import ProductModel
from catalog.nodes import Answer, Compare
from configurator.engine.columns import Bits, Columns
from configurator.engine.enclosure import Enclosure, Interval
from configurator.engine.formula import Clause, Formula
from configurator.engine.frontier import directions, frontier
from configurator.engine.reckoning import Reckoning
from configurator.engine.slots import Slot
from configurator.engine.sweep import Sweep

SECTION = 3_000  # places of the second widest number for which a whole frontier is learnt at once,
SECTIONS = 64  # if the places of the numbers beside those two are no more
SHARES = (1.0, 0.5, 0.25, 0.125)  # of the way from here to the ends: near enough, a number pushes one way
MACHINE = 200  # places for more of which machine numbers are tried before exact ones
TRIED = 33  # boxes tried at once when one is widened

Places = NDArray[np.int64]
Hard = Callable[[], AbstractContextManager[None]]
"""What counts the time of what is done within, and raises Undecided if none is left."""


@dataclass(frozen=True, slots=True)
class Atom:
    """A literal that implies a comparison, the slots it depends on, and which way its numbers push, where known."""

    literal: int
    condition: Compare
    numbers: tuple[Slot, ...]
    others: tuple[Slot, ...]
    rising: dict[Slot, bool]


@dataclass(frozen=True, slots=True)
class Part:
    """A box: of each number the least and the greatest place, of each other slot the places."""

    low: Places
    high: Places
    masks: tuple[Bits, ...]


class Theory:
    """The comparisons of a model that are learnt while solving."""

    def __init__(self, model: ProductModel, formula: Formula, columns: Columns, base: Theory | None = None) -> None:
        """`base`: that of the formula's base, whose comparisons are to be right as well."""
        self._model = model
        self._formula = formula
        self._columns = columns
        self._tables: dict[tuple[Slot, str], Interval] = {}
        self._shares: dict[int, float] = {}
        self._atoms: dict[Compare, Atom] = {} if base is None else dict(base._atoms)
        self.reckoning: Reckoning = Reckoning(model, formula, columns, base.reckoning if base else None)

    def __bool__(self) -> bool:
        return bool(self._atoms or self.reckoning)

    def literal(self, condition: Compare) -> int:
        """The literal that implies a comparison."""
        if condition not in self._atoms:
            slots = [slot for name in sorted(names(condition, self._model)) for slot in self._columns.of[name]]
            numbers = sorted((slot for slot in slots if slot.ordered), key=lambda slot: len(slot.values))
            self._atoms[condition] = Atom(
                self._formula.fresh(), condition, tuple(numbers), tuple(slot for slot in slots if not slot.ordered),
                directions(condition, {slot: range(len(slot.values)) for slot in slots}, self._model))
        return self._atoms[condition].literal

    @property
    def comparisons(self) -> tuple[tuple[int, Compare], ...]:
        """What is learnt so far, with the literals that imply it."""
        return tuple((atom.literal, atom.condition) for atom in self._atoms.values())

    def read(self, besides: Collection[Compare]) -> set[Slot]:
        """The slots that learnt comparisons read, but for these."""
        read = {slot for condition, atom in self._atoms.items() if condition not in besides
                for slot in atom.numbers + atom.others}
        return read | self.reckoning.read(besides)

    @property
    def literals(self) -> frozenset[int]:
        """Every literal whose truth can change what a comparison says."""
        slots = {slot for atom in self._atoms.values() for slot in atom.numbers + atom.others}
        columns = [column for slot in slots for column in range(slot.columns.start, slot.columns.stop)]
        read = {literal for column in columns for literal in self._columns.literals(column)}
        own = {atom.literal for atom in self._atoms.values()}
        return frozenset(literal for variable in read | own for literal in (variable, -variable)) | (
            self.reckoning.literals)

    def along(self, places: Mapping[Slot, Places], model: NDArray[np.bool_]) -> Bits:
        """At which places of numbers every comparison holds that a model says to hold, all else being as it is."""
        held = self.reckoning.along(places, model)
        for atom in self._atoms.values():
            moved = {slot: at for slot, at in places.items() if slot in atom.numbers}
            if moved and model[atom.literal]:
                box = self._columns.box(model)
                away = np.logical_or.reduce([_against(at, self._columns.place(slot, box), atom.rising.get(slot))
                                             for slot, at in moved.items()])
                held[away] &= self._held(atom, {slot: at[away] for slot, at in moved.items()}, box)
        return held

    def _held(self, atom: Atom, moved: Mapping[Slot, Places], box: Bits) -> Bits:
        """At which places of numbers a comparison holds, all else being as in a box."""
        count = len(next(iter(moved.values())))
        held, close = np.zeros(count, dtype=np.bool_), np.ones(count, dtype=np.bool_)
        if count > MACHINE:
            at = {slot: moved.get(slot, np.array([self._columns.place(slot, box)])) for slot in atom.numbers}
            masks = {slot: box[slot.columns][None] for slot in atom.others}
            with np.errstate(all="ignore"):
                verdict = Enclosure(self._model, {slot: (own, own) for slot, own in at.items()}, masks,
                                    self._tables).truth(atom.condition)
            held |= verdict.surely
            close = verdict.maybe & ~held
        if close.any():
            still = self._answers([slot for slot in atom.numbers + atom.others if slot not in moved], box)
            sweep = Sweep(self._model, still, {slot: own[close] for slot, own in moved.items()})
            held[close] = sweep.holds(atom.condition)
        return held

    def refute(self, model: NDArray[np.bool_], hard: Hard) -> list[int] | None:
        """None if a model, as `Solver.true` gives it, gets every comparison right.

        Else what excludes it is defined, and literals are given that lead away from it: half of the way to the further
        end of what each number can still be, or the search would creep along the frontier. `hard`: around learning.
        """
        box = self._columns.box(model)
        wrong = [atom for atom in self._atoms.values() if model[atom.literal] and not self._holds(atom, box)]
        away: list[int] = []
        with hard() if wrong else nullcontext():
            for atom in wrong:
                away += self._learnt(atom, box)
        back = self.reckoning.refute(model, hard)
        return [*away, *(back or ())] if wrong or back is not None else None

    def _learnt(self, atom: Atom, box: Bits) -> Iterator[int]:
        """Excludes a box in which a comparison is wrong; gives literals that lead away from it."""
        clauses = self._section(atom, box)
        part = self._point(atom, box) if clauses else self._widest(atom, box)
        for clause in clauses or [list(self._outside(atom, part))]:
            self._formula.define([-atom.literal, *clause])
        for slot, low, high in zip(atom.numbers, part.low.tolist(), part.high.tolist(), strict=True):
            above = len(slot.values) - 1 - high
            yield from self._columns.order(slot, low // 2 if low > above else high + (above + 1) // 2)

    def _section(self, atom: Atom, taken: Bits) -> list[Clause] | None:
        """The frontier of the two widest numbers, all else as it is; None if there is none or the rest are many."""
        *narrow, rows, _ = (None, None, *atom.numbers)
        if rows is None or prod(len(slot.values) for slot in narrow if slot) > SECTIONS or len(rows.values) > SECTION:
            return None
        at = {slot: self._columns.place(slot, taken) for slot in atom.numbers + atom.others}
        for share in sorted(SHARES, key=lambda share: share != self._shares.get(atom.literal)):  # the last first
            part = {slot: range(place, place + 1) for slot, place in at.items()}
            for slot in atom.numbers[-2:]:
                end = len(slot.values) - 1
                part[slot] = range(at[slot] - int(at[slot] * share), at[slot] + int((end - at[slot]) * share) + 1)
            if found := frontier(atom.condition, part, self._model, self._columns):
                self._shares[atom.literal] = share
                return found
        return None

    def _holds(self, atom: Atom, taken: Bits) -> bool:
        return holds(atom.condition, self._answers(atom.numbers + atom.others, taken), self._model)

    def _answers(self, slots: Iterable[Slot], taken: Bits) -> dict[str, Answer]:
        return {slot.name: self._columns.taken(self._model[slot.name], taken) for slot in slots}

    def _point(self, atom: Atom, taken: Bits) -> Part:
        at = np.array([self._columns.place(slot, taken) for slot in atom.numbers], dtype=np.int64)
        return Part(at, at, tuple(taken[slot.columns] for slot in atom.others))

    def _widest(self, atom: Atom, taken: Bits) -> Part:
        """The places taken, widened while the comparison stays false in all of the box.

        All numbers first by the same share of what they could be, so that no one of them takes all the room.
        """
        point = self._point(atom, taken)
        at = point.low
        ends = np.array([len(slot.values) - 1 for slot in atom.numbers], dtype=np.int64)
        # a number that pushes one way can go the other way for nothing
        rising = [atom.rising.get(slot) for slot in atom.numbers]
        low = np.array([0 if rises is True else place for rises, place in zip(rising, at, strict=True)])
        high = np.array([end if rises is False else place for rises, place, end in zip(rising, at, ends, strict=True)])
        part = replace(point, low=low, high=high)
        if not self._false(atom, [part])[0]:  # too close for machine numbers: this point alone
            return point
        part = self._grown(atom, part, part.low // 2, part.high + (ends - part.high) // 2)
        for i in range(len(atom.others)):
            part = self._with_more(atom, part, i)
        part = self._grown(atom, part, np.zeros_like(ends), ends)
        for i in range(len(ends)):
            part = self._grown(atom, part, _put(part.low, i, 0), part.high)
            part = self._grown(atom, part, part.low, _put(part.high, i, int(ends[i])))
        return part

    def _grown(self, atom: Atom, part: Part, low: Places, high: Places) -> Part:
        """The part moved towards wider ends as far as it stays false, in even steps and then in finer ones."""
        while (low < part.low).any() or (high > part.high).any():
            shares = np.linspace(0, 1, TRIED)[1:, None]
            lows = np.ceil(part.low + (low - part.low) * shares).astype(np.int64)
            highs = np.floor(part.high + (high - part.high) * shares).astype(np.int64)
            tried = [replace(part, low=a, high=b) for a, b in zip(lows, highs, strict=True)]
            count = _leading(self._false(atom, tried))
            part = tried[count - 1] if count else part
            if count == len(tried) or max((part.low - lows[count]).max(), (highs[count] - part.high).max()) <= 1:
                break
            low, high = lows[count], highs[count]
        return part

    def _with_more(self, atom: Atom, part: Part, i: int) -> Part:
        """One of the other slots widened by each place that is false by itself, if they are all together."""
        count = len(part.masks[i])
        single = [replace(part, masks=_put_mask(part.masks, i, mask)) for mask in np.eye(count, dtype=np.bool_)]
        alone = self._false(atom, single)
        wider = replace(part, masks=_put_mask(part.masks, i, alone | part.masks[i]))
        return wider if self._false(atom, [wider])[0] else part

    def _false(self, atom: Atom, parts: Sequence[Part]) -> Bits:
        """For each box whether the comparison is false in all of it, seen from the corners that its numbers push to."""
        low, high = np.array([part.low for part in parts]), np.array([part.high for part in parts])
        ranges = {}
        for i, slot in enumerate(atom.numbers):
            rising = atom.rising.get(slot)
            ranges[slot] = (high[:, i] if rising is True else low[:, i], low[:, i] if rising is False else high[:, i])
        masks = {slot: np.array([part.masks[i] for part in parts]) for i, slot in enumerate(atom.others)}
        with np.errstate(all="ignore"):
            maybe = Enclosure(self._model, ranges, masks, self._tables).truth(atom.condition).maybe
        return ~np.broadcast_to(maybe, len(parts))

    def _outside(self, atom: Atom, part: Part) -> Iterator[int]:
        """Literals one of which is true outside a part."""
        for slot, low, high in zip(atom.numbers, part.low.tolist(), part.high.tolist(), strict=True):
            yield self._columns.at_most(slot, low - 1)
            yield -self._columns.at_most(slot, high)
        for slot, mask in zip(atom.others, part.masks, strict=True):
            yield from (self._columns.equal(slot.start + int(place)) for place in np.flatnonzero(~mask))


def _against(places: Places, place: int, rises: bool | None) -> Bits:
    """Where a number is on that side of a place on which a comparison may not hold though it holds there."""
    return places < place if rises is True else places > place if rises is False else places != place


def _leading(truths: Bits) -> int:
    """How many are true before the first that is not."""
    return len(truths) if truths.all() else int(truths.argmin())


def _put(places: Places, i: int, to: int) -> Places:
    changed = places.copy()
    changed[i] = to
    return changed


def _put_mask(masks: tuple[Bits, ...], i: int, mask: Bits) -> tuple[Bits, ...]:
    return (*masks[:i], mask, *masks[i + 1:])

"""Which columns can still be taken: exact and complete, by witnesses first and the solver for the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from time import monotonic
from typing import NamedTuple

import numpy as np
from cachetools import LRUCache, TTLCache
from numpy.typing import NDArray

from configurator.engine.columns import Bits, Columns, Slot
from configurator.engine.effort import AWHILE, Undecided
from configurator.engine.lines import Lines
from configurator.engine.solver import Solver
from configurator.engine.witnesses import Witnesses

REMEMBERED = 512  # sets of choices whose answer is kept
HALVED = 16  # numbers in a row of which one half is asked for at a time
FEW = 12  # places of a number that are asked for one by one before others are moved along
GIVEN_UP = 20  # questions that may stay undecided before the rest does too
DRAWING = 50  # unknown columns for which witnesses are drawn towards a model
REFUSED = 8  # columns refused in a row after which many are asked for at once,
MANY, RISING = 32, 4  # so many at first, and times as many each time that all are refused
NEEDED = 64  # unknown columns whose consequences are tried too
LEARNT, MOST_LEARNT = 12, 20_000  # the longest contradiction worth keeping as a clause, and how many are kept

Truth = NDArray[np.bool_]
"""A model, as `Solver.true` gives it."""
Packed = NDArray[np.uint8]
"""Columns, eight in a byte."""
Choice = tuple[int, ...]
"""The columns that are taken by choice, sorted."""


class Left(NamedTuple):
    """What choices leave: columns that some product takes with them, that were not decided within the budget, and that
    nobody has asked for yet. The others are impossible.
    """

    possible: Bits
    undecided: Bits
    unasked: Bits

    @property
    def open(self) -> Bits:
        """What was asked for and is possible, or not known to be impossible."""
        return self.possible | self.undecided


class _Search:
    """The columns that are known to be possible, those that are not known yet, and which of them are asked for."""

    def __init__(self, found: Bits, unknown: Bits, columns: Columns, wanted: Bits | None) -> None:
        self.unknown = unknown
        self.found = found
        self.many = MANY  # that are asked for together where refusals follow one another
        self._columns = columns
        self._wanted = wanted

    @property
    def asked(self) -> Bits:
        """The unknown columns that are wanted; if none were named, those of slots with fewer than two known ones."""
        if self._wanted is not None:
            return self.unknown & self._wanted
        single = np.add.reduceat(self.found, self._columns.starts) < 2
        return self.unknown & np.repeat(single, self._columns.sizes)

    def take(self, box: Bits) -> int:
        """Notes that the columns of a box are possible; returns how many were unknown."""
        new = box & self.unknown
        self.found |= new
        self.unknown &= ~new
        return int(np.count_nonzero(new))


class Propagation:
    """Answers for sets of chosen columns; not safe for threads by itself."""

    def __init__(self, columns: Columns, witnesses: Witnesses, lines: Lines, solver: Solver,
                 guards: Sequence[int]) -> None:
        self._columns = columns
        self._solver = solver
        self._witnesses = witnesses
        self._ever = np.ones(len(columns.upper), dtype=np.bool_)  # not known to be always impossible
        self._core: frozenset[int] = frozenset()  # of the last question that was refused
        self._learnt: set[frozenset[int]] = set()
        self._lines = lines
        self._loose = [-guard for guard in guards]  # what is not required shall bind nothing
        solver.prefer(self._loose)
        self._asked = slice(0)  # the columns of the last question
        self._low = True
        self._random = np.random.default_rng(0)
        self._known: LRUCache[Choice, tuple[Packed, Packed]] = LRUCache(REMEMBERED)  # possible, and not known
        self._unsure: TTLCache[Choice, Packed] = TTLCache(REMEMBERED, AWHILE)  # of these, what was too hard
        self._hard_until = np.zeros(len(columns.upper))  # when a column that was too hard may take time again

    def assumptions(self, chosen: Sequence[int]) -> list[int]:
        """The literals that say that these columns are taken."""
        return [literal for column in chosen for literal in self._columns.literals(column)]

    def possible(self, chosen: Sequence[int]) -> bool:
        """Whether a product takes all these columns."""
        assumptions = self.assumptions(chosen)
        try:  # mostly it is decided sooner than a witness is found
            return self._solver.solve(assumptions, brief=True)
        except Undecided:
            implied = self._solver.implied(assumptions)
            if implied is not None and len(self._witnesses.serving(implied)):
                return True
        return self._found(assumptions)

    def _found(self, assumptions: list[int]) -> bool:
        truth = self._solve(assumptions)
        if truth is not None:
            self._witnesses.add(truth)
        return truth is not None

    def core(self, chosen: Sequence[int]) -> set[int] | None:
        """Those of the columns that cannot be taken together; None if all can."""
        if self._holds(self.assumptions(chosen)):
            return None
        return {column for column in chosen if self._core.intersection(self._columns.literals(column))}

    def open(self, chosen: Choice, wanted: Bits | None = None, within: Bits | None = None) -> Left:
        """What the chosen columns leave of the wanted ones, decided within the budget; there must be a product.

        If none are named, only whether each slot has more than one possible column. `within`: columns outside are known
        to be impossible.
        """
        known, unsure = self._known.get(chosen), self._unsure.get(chosen)
        found, unknown = map(self._unpacked, known) if known else (np.zeros_like(self._ever), self._ever.copy())
        undecided = unknown & self._unpacked(unsure) if unsure is not None else np.zeros_like(self._ever)
        search = _Search(found, unknown & ~undecided, self._columns, wanted)
        if search.asked.any():
            late = self._complete(chosen, search, within)
            undecided = (undecided | late) & ~search.found
            if late.any() and self._is_hard(late):
                self._unsure[chosen] = np.packbits(undecided)
        self._known[chosen] = np.packbits(search.found), np.packbits(search.unknown | undecided)
        return Left(search.found, undecided, search.unknown)

    def _unpacked(self, bits: NDArray[np.uint8]) -> Bits:
        return np.unpackbits(bits, count=len(self._ever)).astype(np.bool_)

    def _is_hard(self, columns: Bits | slice) -> bool:
        """Whether all of the columns were too hard lately, though there was time enough."""
        return bool((self._hard_until[columns] > monotonic()).all())

    @property
    def _hard(self) -> Bits:
        """The columns that were too hard lately."""
        return self._hard_until > monotonic()

    def _note_hard(self, columns: Bits | slice) -> None:
        """For a while the columns are looked at briefly only, whatever else is chosen."""
        self._hard_until[columns] = monotonic() + AWHILE

    def _complete(self, chosen: Choice, search: _Search, within: Bits | None) -> Bits:
        """Decides what is asked for; returns the columns that stay undecided."""
        assumptions = self.assumptions(chosen)
        implied = self._solver.implied(assumptions)
        assert implied is not None, "the choices contradict each other"
        search.unknown &= ~(implied[-self._columns.upper] | implied[-self._columns.lower])
        if within is not None:
            search.unknown &= within
        serving = self._witnesses.serving(implied)
        search.take(self._witnesses.union(serving))
        draws = self._draw(implied, self._witnesses.model(serving, implied), search)
        undecided, times = np.zeros_like(search.unknown), 0
        avoided = self._without(self._hard & ~search.found)
        while search.asked.any() and times < GIVEN_UP:
            try:
                truth = self._next(assumptions, search, avoided, alone=times > 0)
            except Undecided:  # one that is too hard is left aside, and the rest is looked at
                times += 1
                undecided[self._asked] = True
                search.unknown[self._asked] = False
                avoided += self._without(self._asked)
                continue
            if truth is not None:
                for box in self._boxes(truth, search):
                    search.take(box)
                draws = draws and self._draw(implied, truth, search)
        undecided |= search.asked
        search.unknown &= ~undecided
        return undecided & ~search.found

    def _draw(self, implied: Truth, model: Truth | None, search: _Search) -> bool:
        """Draws witnesses towards a model, if there is one and that may pay; whether it may pay again."""
        asked = search.asked
        if model is None or np.count_nonzero(asked & self._columns.direct) < DRAWING:
            return True
        return search.take(self._witnesses.drawn(implied, model, asked)) >= DRAWING

    def _boxes(self, truth: Truth, search: _Search) -> Iterator[Bits]:
        """The columns of a model, and those of the numbers that could be otherwise in it."""
        yield self._witnesses.add(truth)
        unknown, maybe = search.asked, search.unknown | search.found
        for slot in self._columns.numbers:
            if unknown[slot.columns].any():
                places = self._lines.through(truth, slot)
                if (places & unknown[slot.columns]).any():
                    yield self._witnesses.vary(truth, slot, places)
                if np.count_nonzero(places) < FEW < np.count_nonzero(unknown[slot.columns] & ~places):
                    yield from self._together(truth, slot, maybe)

    def _together(self, truth: Truth, slot: Slot, maybe: Bits) -> Iterator[Bits]:
        for other, at, beside in self._lines.pairs(truth, slot, maybe):
            kept = maybe[slot.start + at]  # a number that was chosen stays where it is
            at, beside = at[kept], beside[kept]
            found = np.zeros(len(self._ever), dtype=np.bool_)
            found[slot.start + at] = found[other.start + beside] = True
            yield found

    def _without(self, columns: Bits | slice) -> list[int]:
        """Literals that say that none of the columns is taken; of numbers none."""
        found: list[int] = (-self._columns.upper[columns][self._columns.direct[columns]]).tolist()
        return found

    def _next(self, assumptions: list[int], search: _Search, avoided: list[int], alone: bool) -> Truth | None:
        """A model that takes an unknown column, one of a number only if no others are left; refuses those before it.

        First without what is to be `avoided` because it is hard. As many unknown columns as can be are taken with it,
        unless something was too hard: then each is asked for `alone`, for which of them are hard is not known.
        """
        asked = search.asked
        wanted = self._without(asked) if alone else self._wanted(asked & ~self._hard, search.found)
        self._solver.prefer(wanted)
        for refused, run in enumerate(self._runs(asked)):
            if refused == REFUSED and search.many and not alone:
                return self._one_of_many(assumptions, search)
            self._asked = run
            question = [*assumptions, *self._columns.within(run)]
            truth = self._take(question, avoided)
            if truth is not None:
                return truth
            search.unknown[run] = False
            if not self._core.intersection(assumptions):
                self._ever[run] = False
        return None

    def _one_of_many(self, assumptions: list[int], search: _Search) -> Truth | None:
        """A model that takes one of many unknown columns; refuses them all at once if there is none.

        Their number rises while they are refused; none are asked for together any more if that is too hard.
        """
        columns = np.flatnonzero(search.asked & self._columns.direct & ~self._hard)[:search.many]
        one = self._solver.any_of(self._columns.upper[columns].tolist())
        try:
            truth = self._solve([*assumptions, one], brief=True, learns=False)
        except Undecided:
            search.many = 0
            return None
        finally:
            self._solver.learn([-one])
        if truth is None:
            search.many *= RISING
            search.unknown[columns] = False
            if not self._core.intersection(assumptions):
                self._ever[columns] = False
        return truth

    def _take(self, question: list[int], avoided: list[int]) -> Truth | None:
        """A model for the columns asked for; what was too hard lately is looked at briefly."""
        brief, fair = self._is_hard(self._asked), self._solver.effort.is_fair
        try:
            truth = self._solve([*question, *avoided], brief) if avoided else None
            return truth if truth is not None else self._solve(question, brief)
        except Undecided:
            if fair and not brief:
                self._note_hard(self._asked)
            raise

    def _wanted(self, unknown: Bits, found: Bits) -> list[int]:
        """Literals of as many unknown columns as can be taken together: of a number, those of one of its ends.

        First what some of them need, so that the room for them is made before it is decided otherwise. Where only
        numbers are open, all else is put somewhere at random: other choices make other room for them.
        """
        direct = unknown & self._columns.direct
        settled = not direct.any()
        wanted: list[int] = self._columns.upper[direct].tolist()
        needed = self._anywhere(found) if settled else self._needed(wanted)
        self._low = not self._low
        for slot in self._columns.numbers:
            places = np.flatnonzero(unknown[slot.columns])
            if len(places):
                wanted += self._columns.order(slot, int(places[0 if self._low else -1]))
            elif settled and len(places := np.flatnonzero(found[slot.columns])):
                wanted += self._columns.order(slot, int(self._random.choice(places)))
        return [*self._loose, *needed, *wanted]

    def _anywhere(self, found: Bits) -> list[int]:
        """Literals of one column of each slot, at random."""
        chance = np.where(found & self._columns.direct, self._random.random(len(found)), 0)
        best = np.maximum.reduceat(chance, self._columns.starts)
        taken = self._columns.direct & (chance > 0)
        taken[taken] = chance[taken] == np.repeat(best, self._columns.sizes)[taken]
        upper = self._columns.upper
        return [*(-upper[self._columns.direct & ~taken]).tolist(), *upper[taken].tolist()]

    def _needed(self, wanted: Sequence[int]) -> list[int]:
        """What follows from some of the wanted literals."""
        found: list[int] = []
        for i in self._random.integers(len(wanted), size=min(NEEDED, len(wanted))).tolist():
            found += self._solver.consequences(wanted[i])
            if len(found) > len(self._columns.upper) // 2:
                break
        return found

    def _runs(self, unknown: Bits) -> Iterator[slice]:
        """Columns to ask for, one after the other; of a number a run."""
        direct = unknown & self._columns.direct
        if not direct.any():
            yield self._run(unknown)
        for columns in (direct & ~self._hard, direct & self._hard):  # those that were too hard at the end
            yield from (slice(column, column + 1) for column in np.flatnonzero(columns).tolist())

    def _run(self, unknown: Bits) -> slice:
        """Of a number, the unknown columns from the first on without a gap, or the half towards its wanted end."""
        column = int(unknown.argmax())
        slot = self._columns.slot(column)
        known = np.flatnonzero(~unknown[column:slot.columns.stop])
        end = column + int(known[0]) if len(known) else slot.columns.stop
        if end - column < HALVED:
            return slice(column, end)
        middle = (column + end) // 2
        return slice(column, middle) if self._low else slice(middle, end)

    def _solve(self, assumptions: list[int], brief: bool = False, learns: bool = True) -> Truth | None:
        """A model that fulfils the assumptions; None if there is none, which the solver `learns` if it is short."""
        return self._solver.true() if self._holds(assumptions, brief, learns) else None

    def _holds(self, assumptions: list[int], brief: bool = False, learns: bool = True) -> bool:
        if self._solver.solve(assumptions, brief):
            return True
        self._core = frozenset(self._solver.core())
        new = learns and self._core not in self._learnt
        if new and len(self._core) <= LEARNT and len(self._learnt) < MOST_LEARNT:
            self._learnt.add(self._core)
            self._solver.learn([-literal for literal in self._core])
        return False

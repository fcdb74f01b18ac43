"""Which columns can still be taken: exact and complete, by witnesses first and the solver for the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress

import numpy as np
from cachetools import LRUCache, TTLCache
from numpy.typing import NDArray

from configurator.engine.around import Numbers
from configurator.engine.columns import Bits, Columns
from configurator.engine.effort import AWHILE, Undecided
from configurator.engine.exchanges import Exchanges
from configurator.engine.hardness import Hardness
from configurator.engine.harvest import Harvest
from configurator.engine.phases import Phases
from configurator.engine.search import Left, Search
from configurator.engine.solver import Solver
from configurator.engine.witnesses import Witnesses

REMEMBERED = 512  # sets of choices whose answer is kept
GIVEN_UP = 20  # questions that may stay undecided before the rest does too
EXCHANGED = 2  # unknown columns for which it pays to find a product that shows them by exchanges
REFUSED = 8  # columns refused in a row after which many are asked for at once,
RISING = 4  # and so many times as many whenever all are refused
LEARNT, MOST_LEARNT = 12, 20_000  # the longest contradiction worth keeping as a clause, and how many are kept

Truth = NDArray[np.bool_]
"""A model, as `Solver.true` gives it."""
Packed = NDArray[np.uint8]
"""Columns, eight in a byte."""
Choice = tuple[int, ...]
"""The columns that are taken by choice, sorted."""


class Propagation:
    """Answers for sets of chosen columns; not safe for threads by itself."""

    def __init__(self, columns: Columns, witnesses: Witnesses, numbers: Numbers, exchanges: Exchanges, solver: Solver,
                 guards: Sequence[int]) -> None:
        self._columns = columns
        self._solver = solver
        self._witnesses = witnesses
        self._exchanges = exchanges
        self._ever = np.ones(len(columns.upper), dtype=np.bool_)  # not known to be always impossible
        self._core: frozenset[int] = frozenset()  # of the last question that was refused
        self._learnt: set[frozenset[int]] = set()
        self._harvest = Harvest(columns, witnesses, numbers, solver)
        self._phases = Phases(columns, solver, guards)
        self._asked = slice(0)  # the columns of the last question
        self._known: LRUCache[Choice, tuple[Packed, Packed]] = LRUCache(REMEMBERED)  # possible, and not known
        self._possible: LRUCache[frozenset[int], bool] = LRUCache(REMEMBERED)  # columns that can be taken together
        self._unsure: TTLCache[Choice, Packed] = TTLCache(REMEMBERED, AWHILE)  # of these, what was too hard
        self._hardness = Hardness(len(columns.upper))

    def assumptions(self, chosen: Sequence[int]) -> list[int]:
        """The literals that say that these columns are taken."""
        return [literal for column in chosen for literal in self._columns.literals(column)]

    def possible(self, chosen: Sequence[int]) -> bool:
        """Whether a product takes all these columns."""
        if self._is_known(chosen):
            return True
        assumptions = self.assumptions(chosen)
        try:  # mostly it is decided sooner than a witness is found
            return self._solver.solve(assumptions, brief=True)
        except Undecided:
            implied = self._solver.implied(assumptions)
            if implied is not None and len(self._witnesses.serving(implied)):
                return True
        return self.product(assumptions) is not None

    def _is_known(self, chosen: Sequence[int]) -> bool:
        """Whether it was found: mostly the last one was just chosen, which the others left possible."""
        *others, last = chosen or (0,)
        known = self._known.get(tuple(sorted(others))) if chosen else None
        if known is not None and known[0][last >> 3] & 128 >> (last & 7):
            return True
        return frozenset(chosen) in self._possible

    def known(self, assumptions: Sequence[int]) -> Truth | None:
        """A product in which the literals are true, as `Solver.true` gives it, if one is known without a search."""
        implied = self._solver.implied(assumptions)
        return None if implied is None else self._witnesses.model(self._witnesses.serving(implied), implied)

    def left(self, chosen: Sequence[int]) -> Bits:
        """The columns that the chosen ones do not exclude at first sight; there must be a product."""
        implied = self._solver.implied(self.assumptions(chosen))
        assert implied is not None, "the choices contradict each other"
        return self._not_against(implied)

    def _not_against(self, implied: Truth) -> Bits:
        return ~(implied[-self._columns.upper] | implied[-self._columns.lower])

    def product(self, assumptions: list[int]) -> Bits | None:
        """The columns of a product in which the literals are true; None if there is none."""
        truth = self._solve(assumptions)
        return None if truth is None else self._witnesses.add(truth)

    def prefer(self, literals: Sequence[int]) -> None:
        """Wants these literals in the products that are found next."""
        self._solver.prefer(literals)

    def core(self, chosen: Sequence[int]) -> set[int] | None:
        """Those of the columns that cannot be taken together; None if all can."""
        if self._holds(self.assumptions(chosen)):
            self._possible[frozenset(chosen)] = True
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
        search = Search(found, unknown & ~undecided, self._columns, wanted)
        if search.asked.any():
            late = self._complete(chosen, search, within)
            undecided = (undecided | late) & ~search.found
            if late.any() and self._hardness.holds(late):
                self._unsure[chosen] = np.packbits(undecided)
        self._known[chosen] = np.packbits(search.found), np.packbits(search.unknown | undecided)
        return Left(search.found, undecided, search.unknown)

    def _unpacked(self, bits: NDArray[np.uint8]) -> Bits:
        return np.unpackbits(bits, count=len(self._ever)).astype(np.bool_)

    def _complete(self, chosen: Choice, search: Search, within: Bits | None) -> Bits:
        """Decides what is asked for; returns the columns that stay undecided."""
        assumptions = self.assumptions(chosen)
        implied = self._solver.implied(assumptions)
        assert implied is not None, "the choices contradict each other"
        search.unknown &= self._not_against(implied)
        if within is not None:
            search.unknown &= within
        early = 2 * np.count_nonzero(search.asked & self._exchanges.columns) > np.count_nonzero(search.asked)
        if early:  # then mostly nothing is left to be asked
            self._exchange(assumptions, search)
        model, draws = self._recall(implied, search) if search.asked.any() else (None, True)
        if not early:
            self._exchange(assumptions, search)
        lays, undecided, times = True, np.zeros_like(search.unknown), 0
        avoided = self._without(self._hardness.columns & ~search.found)
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
                shown = self._harvest.take(truth, search)
                draws = draws and self._harvest.draw(implied, truth, search)
                lays = lays and self._harvest.lay(implied, model, shown, search)
                model = truth if model is None else model
        undecided |= search.asked
        search.unknown &= ~undecided
        return undecided & ~search.found

    def _recall(self, implied: Truth, search: Search) -> tuple[Truth | None, bool]:
        """Takes what known products show; returns one of them, and whether it may pay to draw them towards another."""
        serving = self._witnesses.serving(implied)
        search.take(self._witnesses.union(serving))
        model = self._witnesses.model(serving, implied)
        draws = self._harvest.draw(implied, model, search)
        if model is not None:
            self._harvest.move(model, search)
        return model, draws

    def _exchange(self, assumptions: list[int], search: Search) -> None:
        """Takes what single values could be instead in a product that has little of the sums that are limited."""
        if np.count_nonzero(search.asked & self._exchanges.columns) < EXCHANGED:
            return
        none = self._without(self._exchanges.columns)  # of what was wanted before
        self._solver.prefer([*self._phases.loose, *none, *self._exchanges.light])
        with suppress(Undecided):
            if (truth := self._solve(assumptions, brief=True)) is not None:
                self._harvest.take(truth, search)
                search.take(self._exchanges.of(truth, search.asked))

    def _without(self, columns: Bits | slice) -> list[int]:
        """Literals that say that none of the columns is taken; of numbers none."""
        found: list[int] = (-self._columns.upper[columns][self._columns.direct[columns]]).tolist()
        return found

    def _next(self, assumptions: list[int], search: Search, avoided: list[int], alone: bool) -> Truth | None:
        """A model that takes an unknown column, one of a number only if no others are left; refuses those before it.

        First without what is to be `avoided` because it is hard. As many unknown columns as can be are taken with it,
        unless something was too hard: then each is asked for `alone`, for which of them are hard is not known.
        """
        asked = search.asked
        wanted = self._without(asked) if alone else self._phases.wanted(asked & ~self._hardness.columns, search.found)
        self._solver.prefer(wanted)
        for refused, run in enumerate(self._runs(asked, search.found)):
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

    def _one_of_many(self, assumptions: list[int], search: Search) -> Truth | None:
        """A model that takes one of many unknown columns; refuses them all at once if there is none.

        Their number rises while they are refused; none are asked for together any more if that is too hard.
        """
        columns = np.flatnonzero(search.asked & self._columns.direct & ~self._hardness.columns)[:search.many]
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
        brief, fair = self._hardness.holds(self._asked), self._solver.effort.is_fair
        try:
            truth = self._solve([*question, *avoided], brief) if avoided else None
            return truth if truth is not None else self._solve(question, brief)
        except Undecided:
            if fair and not brief:
                self._hardness.note(self._asked)
            raise

    def _runs(self, unknown: Bits, found: Bits) -> Iterator[slice]:
        """Columns to ask for, one after the other; of a number a run."""
        direct = unknown & self._columns.direct
        if not direct.any():
            yield self._phases.run(self._columns.slot(int(unknown.argmax())), unknown, found)[0]
        hard = self._hardness.columns  # at the end
        for columns in (direct & ~hard, direct & hard):
            yield from (slice(column, column + 1) for column in map(int, np.flatnonzero(columns)))

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

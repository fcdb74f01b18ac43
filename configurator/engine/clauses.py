"""The clauses of a model as arrays, to be checked in many assignments at once.

Assignments are given by words of 64: `held[w, l]` has a bit for each of the assignments of word w in which literal l is
true (negative literals count from the end).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from configurator.engine.formula import Clause

WORD = 64
"""Assignments in a word."""
MENDED = 20_000  # literals that may be looked at to mend assignments,
EACH = 32  # or so many times the variables of a large model,
ROUND = 1_000  # literals that could be looked at in the time that a round takes whatever is mended,
LONGER = 4  # and so many times all that where some are to be kept

Places = NDArray[np.int64]
Truth = NDArray[np.bool_]
Words = NDArray[np.uint64]


class Clauses:
    """Clauses over the literals up to `top`."""

    def __init__(self, clauses: Sequence[Clause], top: int) -> None:
        sizes = np.array([len(clause) for clause in clauses], dtype=np.int64)
        literals = np.fromiter(chain.from_iterable(clauses), dtype=np.int64, count=int(sizes.sum())) % (2 * top + 1)
        self._literals = _Lists(literals, sizes)
        self._mended = max(MENDED, EACH * top)
        order = np.argsort(literals, kind="stable")
        self._occurrences = _Lists(np.repeat(np.arange(len(sizes)), sizes)[order],
                                   np.bincount(literals, minlength=2 * top + 1))

    def shortened(self, implied: Truth) -> Places:
        """The clauses of which some literals are false, and none is true, by what is implied."""
        true = np.flatnonzero(implied)
        found = self._with(-true)
        found[self._occurrences.of(true)] = False
        return np.flatnonzero(found)

    def held(self, implied: Truth, held: Words) -> Words:
        """The assignments in which every clause that is shortened by what is implied has another true literal."""
        clauses = self.shortened(implied)
        if not len(clauses):
            return np.full(len(held), ~np.uint64(0))
        literals, sizes = self._literals.of(clauses), self._literals.sizes[clauses]
        left = ~implied[-literals]
        lefts = np.add.reduceat(left, np.cumsum(sizes) - sizes, dtype=np.int64)
        starts = np.cumsum(lefts) - lefts
        each = np.bitwise_or.reduceat(held[:, literals[left]], starts, axis=1)
        every: Words = np.bitwise_and.reduce(each, axis=1)
        return every

    def mend(self, held: Words, whole: Words, clauses: Places, model: Truth, kept: Words | None = None) -> None:
        """Changes the whole ones of the assignments until no clause is broken.

        What makes a broken clause true in the model is taken over from it, and so on: at the latest when nothing else
        is left of an assignment, no clause is broken. `clauses`: all those that can be broken at first. `kept`: where
        literals give way last; then it may take longer. Those that are not mended when it has taken too long are no
        longer whole.
        """
        work = 0
        while len(clauses):
            literals, sizes = self._literals.of(clauses), self._literals.sizes[clauses]
            work += ROUND + len(literals)
            broken = whole & ~np.bitwise_or.reduceat(held[:, literals], np.cumsum(sizes) - sizes, axis=1)
            some = broken.any(axis=0)
            if not some.any():
                break
            if work > (self._mended if kept is None else LONGER * self._mended):
                whole &= ~np.bitwise_or.reduce(broken, axis=1)[:, None]
                break
            literals, sizes, broken = literals[np.repeat(some, sizes)], sizes[some], broken[:, some]
            owner = np.repeat(np.arange(len(sizes)), sizes)[model[literals]]
            literals = literals[model[literals]]
            into = broken[:, owner]
            if kept is not None:
                into = _sparing(into, broken, owner, kept[:, -literals])
            order = np.argsort(literals, kind="stable")
            literals = literals[order]
            starts = np.flatnonzero(np.diff(literals, prepend=-1))
            taken = literals[starts]
            into = np.bitwise_or.reduceat(into[:, order], starts, axis=1)
            lost = (into & held[:, -taken]).any(axis=0)
            held[:, taken] |= into
            held[:, -taken] &= ~into
            if kept is not None:
                kept[:, -taken] &= ~into
            clauses = self.having(-taken[lost])

    def breaking(self, truth: Truth, gained: Places, lost: Places) -> Truth:
        """Of each exchange whether it breaks a clause: one literal becomes true, another one false, no others change.

        (With their negations; they may be each other's. So it is for values that have a literal each, not for places.)
        """
        each = np.arange(len(gained))
        two = each[gained != -lost]
        owner = np.concatenate([each, two])
        loses = self._met(np.concatenate([-gained, lost[two]]), owner)
        gains = self._met(np.concatenate([gained, -lost[two]]), owner)
        sizes = self._literals.sizes
        true = np.add.reduceat(truth[self._literals.items], np.cumsum(sizes) - sizes, dtype=np.int64)
        met, losses = np.unique(loses, return_counts=True)
        broken = met[(true[met % len(sizes)] <= losses) & ~np.isin(met, gains)]
        found = np.zeros(len(gained), dtype=np.bool_)
        found[broken // len(sizes)] = True
        return found

    def _met(self, literals: Places, owner: Places) -> Places:
        """The clauses that have these literals, each as a number with who owns the literal."""
        rows = literals % len(self._occurrences.sizes)
        found: Places = owner.repeat(self._occurrences.sizes[rows]) * len(self._literals.sizes)
        return found + self._occurrences.of(rows)

    def having(self, literals: Places) -> Places:
        """The clauses that have one of the literals."""
        return np.flatnonzero(self._with(literals))

    def _with(self, literals: Places) -> Truth:
        """Which clauses have one of the literals."""
        found = np.zeros(len(self._literals.sizes), dtype=np.bool_)
        found[self._occurrences.of(literals % len(self._occurrences.sizes))] = True
        return found


def _sparing(into: Words, broken: Words, owner: Places, kept: Words) -> Words:
    """What takes nothing that is kept, of all that would mend a broken clause; all of it where nothing else does."""
    loose = into & ~kept
    mended = np.bitwise_or.reduceat(loose, np.searchsorted(owner, np.arange(broken.shape[1])), axis=1)
    found: Words = loose | into & ~mended[:, owner]
    return found


class _Lists:
    """Many short lists in one array."""

    def __init__(self, items: Places, sizes: Places) -> None:
        self.items = items
        self.sizes = sizes
        self._starts = np.cumsum(sizes) - sizes

    def of(self, rows: Places) -> Places:
        """The items of these lists, one list after the other."""
        sizes = self.sizes[rows]
        before = np.cumsum(sizes) - sizes
        items: Places = self.items[np.repeat(self._starts[rows] - before, sizes) + np.arange(sizes.sum())]
        return items

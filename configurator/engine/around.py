"""Many products out of one: what its numbers could be if they move together, while all else stays as it is.

Most clauses leave two numbers that the one is at least here or the other at most there. From each place of a number
such bounds follow one from the other. Where they leave room, the product is one still when its numbers move no further
than the bounds demand: of a clause that lost one bound the other was enforced, and in all others both are as they were.
(So clauses of two literals are easy; here for all places at once.)
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from configurator.engine.bans import Bans, Places, Runs, Truth
from configurator.engine.columns import Bits, Columns
from configurator.engine.formula import Formula
from configurator.engine.slots import Slot
from configurator.engine.theory import Theory

PASSES = 16  # in which bounds follow from bounds; places that need more are left to the solver
ROOM = 1 << 21  # entries of an array: what would take more is not relied on


class Numbers:
    """The numbers of one model, and how their bounds follow from each other.

    Bound 2n is the least place of number n; bound 2n + 1 too, but counted from its last place down.
    """

    def __init__(self, columns: Columns, formula: Formula, theory: Theory) -> None:
        self.columns = columns
        self.theory = theory
        self.bans = bans = Bans(columns, formula)
        self.ends = np.stack([bans.ends, bans.ends], axis=1).ravel()
        """Of each bound the last place."""
        self.width = int(bans.ends.max(initial=0)) + 2  # of places, and one beyond
        self.size = int((bans.ends + 2).sum())
        self.begin = np.cumsum(bans.ends + 2) - bans.ends - 2
        """Where the places of each number begin if all stand in a row, with one after each that is none."""
        self.counted = self._counted()
        runs = bans.runs
        sizes = np.bincount(runs.clause)
        edge = (runs.low == 0) | (runs.beyond > bans.ends[runs.number])
        edge[runs.sparing] = False
        pairs = self._frequent(runs, (sizes == 2) & (np.bincount(runs.clause, edge) == 2))[runs.clause]
        alone = sizes[runs.clause] == 1
        self.single, self.awkward = runs.where(alone), runs.where(~alone & ~pairs)
        """Runs of clauses about one number; of such that say more than that one of two bounds is kept."""
        self._follow(runs.where(pairs))

    def _counted(self) -> Places:
        """Of each bound the places in the order in which it counts them; beyond them the last in the row."""
        ends = self.bans.ends[:, None]
        up = np.broadcast_to(np.arange(self.width), (len(ends), self.width))
        both = np.stack([up, ends - up], axis=1)
        inside = (both >= 0) & (both <= ends[:, None])
        found: Places = np.where(inside, both + self.begin[:, None, None], self.size - 1).reshape(-1, self.width)
        return found

    def _frequent(self, runs: Runs, pairs: Bits) -> Bits:
        """Of clauses about two numbers those about the pairs that there are most of, as far as there is room."""
        clauses = np.flatnonzero(pairs)
        first = np.searchsorted(runs.clause, clauses)
        pair, counts = np.unique(runs.number[first] * len(self.ends) + runs.number[first + 1],
                                 return_inverse=True, return_counts=True)[1:]
        rank = np.argsort(np.argsort(-counts, kind="stable"))
        rare = 8 * rank * self.width >= ROOM  # from each of four bounds two follow
        found = pairs.copy()
        found[clauses[rare[pair]]] = False
        return found

    def _follow(self, runs: Runs) -> None:
        """`runs`: in pairs, of clauses that say that one of two bounds is kept."""
        count = max(1, len(self.ends))
        ends, low = self.bans.ends[runs.number], runs.low == 0
        bound = 2 * runs.number + ~low
        least = np.where(low, runs.beyond, ends + 1 - runs.low)
        other = np.arange(len(low)) ^ 1
        rows, row = np.unique(bound[other] * count + (bound ^ 1), return_inverse=True)
        self.rows = [divmod(row, count) for row in rows.tolist()]
        """Bounds that follow, and those that they follow from."""
        self.clauses = runs.clause
        self.at, self.least = row * self.width + ends + 1 - least, least[other]
        """From where in which row on, while a clause binds, and what follows."""


class Around:
    """One model of the clauses, and where its numbers could move."""

    def __init__(self, numbers: Numbers, truth: Truth, maybe: Bits) -> None:
        """`maybe`: the columns that numbers may be moved to."""
        self._all = numbers
        self._truth = truth
        columns, bans = numbers.columns, numbers.bans
        taken = truth[columns.upper]
        self._here = np.array([taken[slot.columns].argmax() for slot in columns.numbers], dtype=np.int64)
        binding = bans.binding(truth)
        self._free = self._unbanned(numbers.single, binding[numbers.single.clause])
        self._free &= self._unbanned(numbers.awkward, self._kept(numbers.awkward, binding))
        for slot, begin in zip(columns.numbers, numbers.begin.tolist(), strict=True):
            self._free[begin:begin + len(slot.values)] &= maybe[slot.columns]
        upwards = np.where(self._free[numbers.counted], np.arange(numbers.width), numbers.ends[:, None] + 1)
        self._next = np.minimum.accumulate(upwards[:, ::-1], axis=1)[:, ::-1]
        """Of each bound, from each place on, the first that is not banned."""
        follows = np.zeros((len(numbers.rows), numbers.width), dtype=np.int64)
        bind = binding[numbers.clauses]
        np.maximum.at(follows.reshape(-1), numbers.at[bind], numbers.least[bind])
        self._follows = np.maximum.accumulate(follows, axis=1)

    def _kept(self, runs: Runs, binding: Bits) -> Bits:
        """Of each clause that binds one run that is kept out of here: the other numbers are not relied on."""
        here = self._here[runs.number]
        kept = (here < runs.low) | (here >= runs.beyond)
        kept[runs.sparing[runs.spared == here[runs.sparing]]] = True
        keeping = np.flatnonzero(kept & binding[runs.clause])
        found = np.zeros(len(kept), dtype=np.bool_)
        found[keeping[np.diff(runs.clause[keeping], prepend=-1) > 0]] = True
        return found

    def _unbanned(self, runs: Runs, binding: Bits) -> Bits:
        """The places that the runs leave that bind, of all numbers in a row."""
        begin, size = self._all.begin[runs.number], self._all.size
        changes = np.bincount((begin + runs.low)[binding], minlength=size)
        changes -= np.bincount((begin + runs.beyond)[binding], minlength=size)
        spared = np.bincount((begin[runs.sparing] + runs.spared)[binding[runs.sparing]], minlength=size)
        free: Bits = np.cumsum(changes) == spared
        free[self._all.begin + self._all.bans.ends + 1] = False
        return free

    def _raise(self, least: Places, source: Places) -> None:
        """Raises bounds to what follows from others."""
        for (target, of), follows in zip(self._all.rows, self._follows, strict=True):
            np.maximum(least[target], follows.take(source[of]), out=least[target])

    def line(self, slot: Slot) -> Bits:
        """The places that a number could take while all others stay where they are."""
        number = self._all.columns.numbers.index(slot)
        begin, end = int(self._all.begin[number]), int(self._all.bans.ends[number])
        least, beyond = self._bounds[2 * number], end + 1 - self._bounds[2 * number + 1]
        found = np.zeros(end + 1, dtype=np.bool_)
        found[least:beyond] = self._free[begin + least:begin + beyond]
        at = np.flatnonzero(found)
        found[at] = self._all.theory.along({slot: at}, self._truth)
        return found

    @cached_property
    def _bounds(self) -> Places:
        """What follows from where the numbers are."""
        here = np.stack([self._here, self._all.bans.ends - self._here], axis=1).reshape(-1, 1)
        found = np.zeros_like(here)
        self._raise(found, here)
        return found[:, 0]

    def moved(self, asked: Bits) -> Bits:
        """The columns of the products in which a number takes an asked column and others move along."""
        columns, ends = self._all.columns, self._all.bans.ends[:, None]
        wanted = [np.flatnonzero(asked[slot.columns]) for slot in columns.numbers]
        number, place = np.repeat(np.arange(len(wanted)), list(map(len, wanted))), np.concatenate(wanted)
        some = slice(None, None, len(place) * (len(self._follows) + len(self._next)) // ROOM + 1)
        number, place = number[some], place[some]
        least = np.zeros((len(self._next), len(place)), dtype=np.int64)
        least[2 * number, np.arange(len(place))] = place
        least[2 * number + 1, np.arange(len(place))] = ends[number, 0] - place
        least = self._settled(least)
        at = np.clip(self._here[:, None], least[::2], ends - least[1::2])
        at = at[:, self._all.theory.along(dict(zip(columns.numbers, at, strict=True)), self._truth)]
        found = np.zeros(len(asked), dtype=np.bool_)
        for slot, places in zip(columns.numbers, at, strict=True):
            found[slot.start + places] = True
        return found

    def _settled(self, least: Places) -> Places:
        """The bounds with all that follows from them, without those that leave no room."""
        for _ in range(PASSES):
            least = np.stack([free.take(bound) for free, bound in zip(self._next, least, strict=True)])
            least = least[:, (least[::2] + least[1::2] <= self._all.bans.ends[:, None]).all(axis=0)]
            before = least.copy()
            self._raise(least, least)
            settled = (least == before).all(axis=0)
            if settled.all():
                break
        return least[:, settled]

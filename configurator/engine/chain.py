"""A sum of shares kept within a limit, as a chain of partial sums (after Abío and others 2012)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, pairwise

from configurator.engine.formula import TRUE, Clause, Emit, Formula

TOLD_APART = 4_000  # what can follow a partial sum, if it is looked at which of it leaves the limit kept

Step = tuple[int, Clause]
"""An amount, and literals one of which is true where a share comes to less."""


class Chain:
    """Literals say that the first shares come to at least so much.

    Only of sums from which the limit can be both kept and broken; those that leave the same room share one.
    """

    def __init__(self, shares: Iterable[Sequence[Step]], limit: int, rest: tuple[int, int], grain: int) -> None:
        """The steps of each share, least first, and the bounds of what else adds to the sum.

        Above their least, amounts count as multiples of the grain, rounded down.
        """
        every = list(shares)
        self._limit = limit - sum(own[0][0] for own in every)
        self._rest = rest
        self._steps = [[((amount - own[0][0]) // grain * grain, less) for amount, less in own] for own in every]
        self._steps.sort(key=lambda own: -own[-1][0])
        most = list(accumulate((own[-1][0] for own in reversed(self._steps)), initial=rest[1]))
        self._most = most[::-1]  # that what follows can come to
        self._following = [] if rest != (0, 0) else self._sums()
        self._levels: list[set[int]] = [{0}]
        self.size = 0
        """At most so many clauses say it."""

    def fits(self, most: int) -> bool:
        """Whether it can be written with so many clauses."""
        for i, own in enumerate(self._steps):
            self.size += len(self._levels[-1]) * (len(own) + 1)
            if self.size > most:
                return False
            self._levels.append({total for before in self._levels[-1] for _, total in self._next(i, before)
                                 if total is not None})
        return True

    def write(self, formula: Formula, emit: Emit, compare: Callable[[int], int]) -> None:
        """Emits that the limit is kept. `compare` gives a literal that implies that the rest is at most so much."""
        reached = {0: TRUE}
        for i in range(len(self._steps)):
            beyond = {total: formula.fresh() for total in sorted(self._levels[i + 1])}
            for before, literal in reached.items():
                for less, total in self._next(i, before):
                    if total is None:
                        emit([-literal, *less])
                    else:
                        formula.define([-literal, *less, beyond[total]])
            for low, high in pairwise(beyond.values()):
                formula.define([-high, low])
            reached = beyond
        if self._rest != (0, 0):
            for total, literal in reached.items():
                emit([-literal, compare(self._limit - total)])

    def _next(self, i: int, before: int) -> Iterator[tuple[Clause, int | None]]:
        """The sums that a share leads to unless one of some literals is true; None: one that breaks the limit."""
        last = None
        for amount, less in self._steps[i]:
            total = before + amount
            if total + self._rest[0] > self._limit:
                yield less, None
                return
            if total + self._most[i + 1] > self._limit:
                if self._following and (known := self._following[i + 1]):
                    total = self._limit - known[bisect_right(known, self._limit - total) - 1]
                if total != last:
                    yield less, total
                last = total

    def _sums(self) -> list[list[int]]:
        """What can follow each share within the limit, in rising order; from where it is too much, nothing."""
        found = [[0]]
        for own in reversed(self._steps):
            sums = {total + amount for total in found[-1] for amount, _ in own if total + amount <= self._limit}
            found.append(sorted(sums) if len(sums) <= TOLD_APART else [])
        return found[::-1]

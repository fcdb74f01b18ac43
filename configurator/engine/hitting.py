"""The cheapest sets that hit every contradiction, while the contradictions are still being found.

Without such a set, what is left of some items does not contradict any more (Reiter 1987; Davies and Bacchus 2011). Sets
that do not hit all yet wait in the order of what any that they become costs at least: what they cost themselves, and
the cheapest item of each of some contradictions that they miss and that share nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from heapq import heappop, heappush
from itertools import count
from typing import TypeVar

T = TypeVar("T")


def hitting(costs: Mapping[T, int], known: Iterable[Collection[T]],
            missed: Callable[[frozenset[T]], Collection[T] | None], most: int) -> Iterator[frozenset[T]]:
    """The sets of items that hit every contradiction, cheapest first, and none that holds another one.

    `costs`: of each item, more than 0. Some contradictions may be `known`; `missed` gives one that a set does not hit,
    None if it hits all. Where one is empty nothing hits it. After `most` sets were looked at, no more are found.
    """
    met, found, seen = list(map(frozenset, known)), list[frozenset[T]](), {frozenset[T]()}
    order = count(0, -1)  # of equally cheap ones the last: it has come further
    waiting = [(0, next(order), frozenset[T]())]
    for _ in range(most):
        if not waiting:
            return
        least, _, hit = heappop(waiting)
        if any(smaller <= hit for smaller in found):
            continue
        contradiction = next((other for other in met if other.isdisjoint(hit)), None)
        if contradiction is None:
            asked = missed(hit)
            if asked is None:
                found.append(hit)
                yield hit
                continue
            met.append(contradiction := frozenset(asked))
        for larger in {hit | {item} for item in contradiction} - seen:
            seen.add(larger)
            heappush(waiting, (max(least, _least(costs, met, larger)), next(order), larger))


def _least(costs: Mapping[T, int], met: Sequence[frozenset[T]], hit: frozenset[T]) -> int:
    """What a set that hits every contradiction costs at least if it holds what this one does."""
    least, apart = sum(costs[item] for item in hit), set(hit)
    for contradiction in met:
        if contradiction.isdisjoint(apart):
            least += min((costs[item] for item in contradiction), default=0)  # nothing hits an empty one
            apart |= contradiction
    return least


class Contradictions:
    """Sets of literals that cannot hold together, whatever else does: the last `most`."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept = 0
        self._by: dict[int, set[frozenset[int]]] = {}  # by one of their literals

    def keep(self, contradiction: frozenset[int]) -> None:
        """Keeps one; all others go if there are too many."""
        if self._kept >= self._most:
            self._by.clear()
            self._kept = 0
        self._by.setdefault(max(contradiction), set()).add(contradiction)
        self._kept += 1

    def among(self, literals: Collection[int]) -> list[frozenset[int]]:
        """Those whose literals are all among these."""
        every = frozenset(literals)
        return [found for literal in every for found in self._by.get(literal, ()) if found <= every]

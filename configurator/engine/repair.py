"""What to give up so that a value becomes possible: the smallest sets of choices, all of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from cachetools import LRUCache
from pysat.examples.hitman import Hitman

from catalog.expressions import Answer
from configurator.engine.effort import Undecided

MOST = 20
"""Sets of equal size that are looked at to rank them."""
KEPT = 2_000
"""Columns whose contradictions are kept,"""
CONTRADICTIONS = 50
"""so many of each."""


@dataclass(frozen=True, slots=True)
class Repair:
    """The choices to retract; afterwards the value can be chosen, and with any of them kept it cannot."""

    retract: tuple[str, ...]


class Contradictions:
    """Choices that were found to exclude columns: they do so whatever else is chosen."""

    def __init__(self) -> None:
        self._known: LRUCache[tuple[int, ...], list[dict[str, Answer]]] = LRUCache(KEPT)

    def among(self, columns: tuple[int, ...], choices: Mapping[str, Answer]) -> Iterator[Collection[str]]:
        """The names of those that are among the choices."""
        for known in self._known.get(columns, ()):
            if known.items() <= choices.items():
                yield known.keys()

    def keep(self, columns: tuple[int, ...], choices: dict[str, Answer]) -> None:
        """Keeps one, in the place of the oldest if there are many."""
        self._known[columns] = [*self._known.get(columns, ())[1 - CONTRADICTIONS:], choices]


def corrections(choices: Sequence[str], core: Callable[[Sequence[str]], Sequence[str] | None],
                known: Iterable[Collection[str]] = ()) -> Iterator[set[str]]:
    """The minimal sets of choices without which there is no contradiction, fewest first; some may be `known`.

    Each is a smallest set that hits every contradiction known (Reiter 1987; Davies and Bacchus 2011). `core` returns
    None for choices that do not contradict, else those of them that do: if none were needed, nothing helps.
    """
    with Hitman(htype="sorted", bootstrap_with=list(known)) as hitting:
        while (retract := hitting.get()) is not None:
            try:
                contradiction = core([name for name in choices if name not in retract])
            except Undecided:  # those found so far stay the smallest
                return
            if contradiction is None:
                yield set(retract)
                if not retract:
                    return
                hitting.block(retract)
            elif not contradiction:
                return
            else:
                hitting.hit(contradiction)


def fewest(found: Iterator[set[str]], limit: int) -> list[set[str]]:
    """The first sets that rise in size, with all that are as small as the last of them, up to MOST."""
    taken: list[set[str]] = []
    for retract in found:
        if (len(taken) >= limit and len(retract) > len(taken[limit - 1])) or len(taken) >= max(limit, MOST):
            break
        taken.append(retract)
    return taken

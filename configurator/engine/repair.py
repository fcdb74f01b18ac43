"""What to give up so that a value becomes possible: the smallest sets of choices, all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pysat.examples.hitman import Hitman

from configurator.engine.effort import Undecided

MOST = 20
"""Sets of equal size that are looked at to rank them."""


@dataclass(frozen=True, slots=True)
class Repair:
    """The choices to retract; afterwards the value can be chosen, and with any of them kept it cannot."""

    retract: tuple[str, ...]


def corrections(choices: Sequence[str], core: Callable[[Sequence[str]], Sequence[str] | None]) -> Iterator[set[str]]:
    """The minimal sets of choices without which there is no contradiction, fewest first.

    Each is a smallest set that hits every contradiction known (Reiter 1987; Davies and Bacchus 2011). `core` returns
    None for choices that do not contradict, else those of them that do: if none were needed, nothing helps.
    """
    with Hitman(htype="sorted") as hitting:
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

"""What to give up so that a value becomes possible: the smallest sets of choices, all of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from pysat.examples.hitman import Hitman

from configurator.engine.chosen import Chosen
from configurator.engine.effort import Undecided

MOST = 20
"""Sets of equal size that are looked at to rank them."""


@dataclass(frozen=True, slots=True)
class Repair:
    """The choices to retract; afterwards the value can be chosen, and with any of them kept it cannot."""

    retract: tuple[str, ...]


def repairs(chosen: Chosen, name: str, columns: tuple[int, ...], limit: int,
            sure: Mapping[str, float]) -> list[Repair]:
    """At most `limit` repairs after which a name can take columns: fewest choices first, then the least `sure`."""
    own = {name} & chosen.choices.keys()
    rest = chosen.without(name)
    known = list(rest.contradictions(columns))
    found = fewest(corrections(list(rest.choices), partial(rest.core, columns), known), limit)
    order = {other: place for place, other in enumerate(chosen.choices)}
    ranked = sorted((sorted(retract | own, key=order.__getitem__) for retract in found), key=lambda retract: (
        len(retract), sum(sure.get(other, 1) for other in retract), [order[other] for other in retract]))
    return [Repair(tuple(retract)) for retract in ranked[:limit]]


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

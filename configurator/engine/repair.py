"""What to give up so that a value becomes possible: the smallest sets of choices, all of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from configurator.engine.chosen import Chosen
from configurator.engine.effort import Undecided
from configurator.engine.hitting import hitting

MOST = 20
"""Sets of equal size that are looked at to rank them."""
TRIED = 10_000
"""Sets that are tried at most."""


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
                known: Iterable[Collection[str]] = ()) -> Iterator[frozenset[str]]:
    """The minimal sets of choices without which there is no contradiction, fewest first; some may be `known`.

    `core` returns None for choices that do not contradict, else those of them that do: if none were needed, nothing
    helps. Those found before that takes too long stay the smallest.
    """
    def missed(retract: frozenset[str]) -> Sequence[str] | None:
        return core([name for name in choices if name not in retract])

    with suppress(Undecided):
        yield from hitting(dict.fromkeys(choices, 1), known, missed, TRIED)


def fewest(found: Iterator[frozenset[str]], limit: int) -> list[frozenset[str]]:
    """The first sets that rise in size, with all that are as small as the last of them, up to MOST."""
    taken: list[frozenset[str]] = []
    for retract in found if limit > 0 else ():
        if (len(taken) >= limit and len(retract) > len(taken[limit - 1])) or len(taken) >= max(limit, MOST):
            break
        taken.append(retract)
    return taken

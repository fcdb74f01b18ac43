"""What is shown stays when something else is chosen, unless a rule makes it give way.

It is the same whoever asks, the page that tells what a click would change or the click itself: nothing is left to
chance, neither what gives way nor what takes its place.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import NamedTuple
from weakref import WeakKeyDictionary

from catalog.expressions import Meaning, Whole, meaning, names
from catalog.model import Boolean, Characteristic, Choice, Number, ProductModel, Several, Text
from catalog.nodes import Answer, Values
from configurator.engine import Configuration, Engine, NumberDomain, Undecided
from configurator.memory.proposal import EARLIER, GIVEN

TRIED = 200
"""Numbers that are tried one by one before the engine is asked for the nearest."""
Ranked = Callable[[str], Sequence[Answer]]
"""The values of a characteristic as far as they are ranked, the most probable first."""


class _Read(NamedTuple):
    """The places of the rules that read each characteristic, and of each rule what it reads and what it means."""

    rules: Mapping[str, Sequence[int]]
    names: Sequence[frozenset[str]]
    holds: Sequence[Meaning]


_read: WeakKeyDictionary[Engine, _Read] = WeakKeyDictionary()


def mended(c: Configuration, shown: Values, ranked: Ranked, known: Values = MappingProxyType({})
           ) -> dict[str, Answer]:
    """The whole product that keeps the choices and, of what is shown, as much as the rules allow.

    A number that has to give way becomes the nearest, anything else the most probable that fits. What is not shown
    is found in the same way. `known`: a whole product that can be built, so that only what differs from it is looked
    at. Raises Undecided if the budget of an act does not suffice.
    """
    model, given = c.engine.model, {**shown, **c.choices}
    wished = Whole({characteristic.name: given[characteristic.name] for characteristic in model.characteristics
                    if characteristic.name in given})
    if len(wished) == len(model.characteristics) and (near := _near(c, wished, known, ranked)):
        return near
    found = c.complete(weights(model, shown))
    kept = {name for name, value in found.choices.items() if wished.get(name) == value}
    with suppress(Undecided):  # a value that could not be checked in time
        found = found.settled(kept, lambda name: _next_best(model[name], wished.get(name), ranked))
    return dict(found.choices)  # all values of a whole one


def fits(engine: Engine, values: Values, changed: Collection[str]) -> bool:
    """Whether a whole product can be built, if it could but for the values changed since."""
    return not _broken(engine, Whole.of(values), changed)


def weights(model: ProductModel, shown: Values) -> Mapping[tuple[str, Answer], float]:
    """Weights that keep what is shown; a person or a place is not changed for the sake of the product."""
    return {wish: weight * (1.0 if model[name].about == "product" else GIVEN) + EARLIER / place
            for place, (name, value) in enumerate(shown.items(), 1)
            for wish, weight in _wishes(model[name], value)}


def _wishes(characteristic: Characteristic, value: Answer) -> Iterator[tuple[tuple[str, Answer], float]]:
    """Of several values each for itself: those that fit stay."""
    if not isinstance(characteristic, Several) or not isinstance(value, frozenset):
        yield (characteristic.name, value), 1.0
        return
    for option in characteristic.options:
        yield (characteristic.name, option.name), (1.0 if option.name in value else -1.0) / len(characteristic.options)


def _broken(engine: Engine, values: Whole, changed: Collection[str]) -> list[int]:
    """The places of the rules that read what was changed and do not hold."""
    readers, _, holds = _read_by(engine)
    places = sorted({place for name in changed for place in readers.get(name, ())})
    return [place for place in places if not holds[place](values)]


def _near(c: Configuration, wished: Whole, known: Values, ranked: Ranked) -> dict[str, Answer] | None:
    """The product as it is wished, or with one value moved, or with what the choices alone make give way.

    It keeps as much as the best completion would: whatever keeps the choices lacks what gives way so, and one more
    where a rule that reads nothing of that is still broken. None if that does not suffice.
    """
    changed = [name for name, value in wished.items() if known.get(name) != value]
    broken = _broken(c.engine, wished, changed)
    if not broken:
        return wished
    if one := _one_moved(c, wished, broken, ranked):
        return one
    instead = _instead(c, wished, ranked)
    if not instead:
        return None
    wished = Whole({**wished, **instead})
    broken = _broken(c.engine, wished, [*changed, *instead])
    if not broken:
        return wished
    apart = all(_read_by(c.engine).names[place].isdisjoint(instead) for place in broken)
    return _one_moved(c, wished, broken, ranked) if apart else None


def _instead(c: Configuration, wished: Values, ranked: Ranked) -> dict[str, Answer] | None:
    """What takes the place of the wishes that the choices exclude at first sight; None if that is not to be told so."""
    found: dict[str, Answer] = {}
    for name, domain in c.excluded(wished).items():
        characteristic, wish = c.engine.model[name], wished[name]
        if isinstance(characteristic, Several | Text):
            return None
        if isinstance(domain, NumberDomain) and isinstance(wish, int):
            found[name] = domain.nearest(wish)
        else:  # of two there is one
            found[name] = next(iter(domain)) if len(domain) == 1 else next(
                value for value in _next_best(characteristic, wish, ranked) if value in domain)
    return found


def _one_moved(c: Configuration, wished: Values, broken: Sequence[int], ranked: Ranked) -> dict[str, Answer] | None:
    """With one other value of the product, which is often enough; what comes last in the catalogue moves first."""
    model, (readers, reads, holds) = c.engine.model, _read_by(c.engine)
    suspects = frozenset.intersection(*(reads[place] for place in broken)) - c.choices.keys()
    for characteristic in reversed(model.characteristics):
        if characteristic.name not in suspects or characteristic.about != "product":
            continue
        rules = [holds[place] for place in (*broken, *readers[characteristic.name])]
        for value in _alternatives(characteristic, wished[characteristic.name], ranked):
            values = Whole({**wished, characteristic.name: value})
            if all(rule(values) for rule in rules):
                return values
    return None


def _alternatives(characteristic: Characteristic, wish: Answer, ranked: Ranked) -> Iterator[Answer]:
    """Other values in the order to try them; of texts and sets none."""
    if isinstance(characteristic, Number) and isinstance(wish, int):
        step = characteristic.step
        near = (wish + sign * away * step for away in range(1, TRIED // 2) for sign in (-1, 1))
        yield from filter(characteristic.admits, near)
    elif isinstance(characteristic, Boolean):
        yield not wish
    elif isinstance(characteristic, Choice):
        ranking = ranked(characteristic.name)
        yield from ranking
        yield from (value.name for value in characteristic.options if value.name not in ranking)


def _next_best(characteristic: Characteristic, wish: Answer | None, ranked: Ranked) -> Iterator[Answer]:
    """What is wanted instead of a wish that does not fit: a number near to it; the most probable; the others."""
    if isinstance(characteristic, Number) and wish is not None:
        yield wish
    elif isinstance(characteristic, Choice) or (isinstance(characteristic, Boolean) and wish is None):
        yield from (value for value in ranked(characteristic.name) if value != wish)
        yield from (value.name for value in characteristic.options if value.name != wish)


def _read_by(engine: Engine) -> _Read:
    if engine not in _read:
        model, rules = engine.unlimited.model, engine.model.rules  # what is limited is kept with the product
        reads = [names(rule.condition, model) for rule in rules]
        readers: dict[str, list[int]] = {}
        for place, read in enumerate(reads):
            for name in read:
                readers.setdefault(name, []).append(place)
        _read[engine] = _Read(readers, reads, [meaning(rule.condition, model) for rule in rules])
    return _read[engine]

"""What in a catalogue is probably not meant: dead values, rules that say nothing, prices that meet by accident.

A finding does not keep a catalogue from being sold: a real car maker's has hundreds. Each names the smallest set of
rules that causes it; all are asked of the engine by its public names, on a copy of the model with yes/no probes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, combinations, pairwise
from time import thread_time

from catalog.characters import skeleton
from catalog.language import quoted, valued, write_number
from catalog.model import Boolean, Choice, Number, Price, ProductModel, Rule, Several
from catalog.nodes import TRUE, Answer, Condition, Implies, Is, Or
from catalog.wording import title
from configurator.engine import (
    Configuration,
    Domain,
    Engine,
    Impossible,
    NumberDomain,
    Redundancy,
    SeveralDomain,
    Undecided,
)

MOST = 10
"""Findings of one kind that are told; the others are counted."""
SECONDS = 30
"""Processor time for findings of one kind."""


@dataclass(frozen=True)
class Finding:
    """What it is about, what is found, and the rules that cause it, as few as can be."""

    about: str
    message: str
    rules: tuple[str, ...] = ()

    def __str__(self) -> str:
        because = f" (because of {', '.join(self.rules)})" if self.rules else ""
        return f"{self.about}: {self.message}{because}"


@dataclass(frozen=True)
class _Suspicion:
    """A finding whose causes are looked for if it is told."""

    about: str
    message: str
    causes: Callable[[], Iterable[str]] = tuple

    def told(self) -> Finding:
        try:
            return Finding(self.about, self.message, tuple(dict.fromkeys(self.causes())))
        except Undecided:
            return Finding(self.about, self.message)


_Looking = Iterator[_Suspicion | Undecided | None]
"""What each question found, None for nothing, Undecided (with its subject) where it is too hard."""


def findings(engine: Engine, most: int | None = MOST, seconds: float = SECONDS) -> list[Finding]:
    """What is found of each kind in so many seconds; the first are told, and a last one says what is not.

    What is too hard may take half of them: the rest is for the others.
    """
    model, patience = engine.model, seconds / 2
    kinds = {"values": _dead(engine), "rules": _needless(model, patience),
             "parts, operations and prices": _unused(model, patience), "prices": _overlapping(model, patience),
             "grids": _falling(model), "measured parts": _added_once(model), "names": _look_alike(model)}
    return [finding for kind, looking in kinds.items() for finding in _first(kind, looking, most, seconds)]


def _first(kind: str, looking: _Looking, most: int | None, seconds: float) -> Iterator[Finding]:
    ends = thread_time() + seconds
    asked, more, hard, late = 0, 0, [], False
    for found in looking:
        if late := thread_time() > ends:
            break
        asked += 1
        if isinstance(found, Undecided):
            hard.append(str(found))
        elif found and most == 0:
            more += 1
        elif found:
            most = most and most - 1
            yield found.told()
    if more:
        yield Finding(kind, f"there are {more:,} more")
    if hard:
        others = f" and {len(hard) - 1:,} more" if len(hard) > 1 else ""
        yield Finding(kind, f"too hard to look at: {hard[0]}{others}")
    if late:
        yield Finding(kind, f"only the first {asked:,} were looked at within {seconds:g} seconds")


# Values


def _added_once(model: ProductModel) -> _Looking:
    """Values whose part is counted in mm, m2 or g: they add a single one of it."""
    for characteristic in model.characteristics:
        for value in valued(characteristic):
            unit = model.part(value.part).unit if value.part else ""
            yield _Suspicion(characteristic.name, f"{value.name} adds 1 {unit} of {value.part}; "
                                                  "an item with a quantity says how much") if unit else None


def _dead(engine: Engine) -> _Looking:
    """Values that can never be chosen, and choices that are none."""
    start = engine.start()
    for name, domain in start.domains().items():
        dead = [value for value in _askable(engine.model, name) if value not in domain]
        if _is_single(domain):
            only = _only(domain)
            yield _Suspicion(name, f"is no choice: it can only be {only}", partial(_against, start, name, dead))
        else:
            yield from (_Suspicion(name, f"can never be {value}", partial(_against, start, name, [value]))
                        for value in dead)


def _against(start: Configuration, name: str, values: Iterable[Answer]) -> list[str]:
    """The rules that exclude values."""
    return [rule for value in values for rule in start.explain(name, value).rules]


def _askable(model: ProductModel, name: str) -> list[str | bool | int]:
    """The values of a characteristic that are asked about: of a number its ends."""
    match model[name]:
        case Boolean():
            return [True, False]
        case Number() as number:
            return [number.range[0], number.range[-1]]
        case Choice() | Several() as characteristic:
            return [value.name for value in characteristic.options]
    return []


def _is_single(domain: Domain) -> bool:
    match domain:
        case NumberDomain():
            return len(domain.intervals) == 1 and domain.intervals[0][0] == domain.intervals[0][1]
        case SeveralDomain():
            return domain.required == frozenset(domain)
    return type(domain) is Domain and len(list(domain)) == 1


def _only(domain: Domain) -> str:
    words = {True: "yes", False: "no"}
    return ", ".join(words[value] if isinstance(value, bool) else str(value) for value in domain) or "nothing"


# Probes


def probed(model: ProductModel, probes: Mapping[str, Condition], patience: float) -> Configuration:
    """A start of the model with a yes/no for each probe: yes only while its condition holds."""
    asked = tuple(Rule(name=name, condition=Implies(Is(name, (True,)), when)) for name, when in probes.items())
    switches = tuple(Boolean(name=name) for name in probes)
    probed = replace(model, characteristics=model.characteristics + switches, rules=model.rules + asked)
    return Engine(probed, patience).start()


def _needless(model: ProductModel, patience: float) -> _Looking:
    """Rules that follow from others."""
    redundancy = Redundancy(model, patience)

    def causes(index: int, others: Sequence[int]) -> list[str]:
        return [model.rules[other].name for other in redundancy.fewest(index, others)]

    for index, rule in enumerate(model.rules):
        try:
            others = redundancy.follows(index)
        except Undecided:
            yield Undecided(f"rule {rule.name}")
            continue
        yield None if others is None else _Suspicion(
            f"rule {rule.name}", "says nothing that others do not say" if others else "always holds",
            partial(causes, index, others))


def _unused(model: ProductModel, patience: float) -> _Looking:
    """Parts, operations and prices whose condition never holds."""
    probes = {f"\0{about}": (about, when) for about, when in chain(
        ((f"item {index}, part {item.part}", item.when) for index, item in enumerate(model.items, 1)),
        ((f"part {number}", Or(tuple(uses))) for number, uses in _uses(model).items() if len(uses) > 1),
        ((f"operation {operation.name}", operation.when) for operation in model.operations),
        ((f"price {price.name}", price.when) for price in model.prices)) if when is not None}
    if not probes:
        return
    start = probed(model, {name: when for name, (_, when) in probes.items()}, patience)
    unchecked = start.unchecked()
    for name, (about, _) in probes.items():
        if name in unchecked:
            yield Undecided(about)
        else:
            yield None if True in start.domain(name) else _Suspicion(
                about, "is never used: its condition cannot hold", partial(_excluding, start, name))


def _uses(model: ProductModel) -> Mapping[str, list[Condition]]:
    """Where each part is used; of one that is used once only, its value or item is told already."""
    found: dict[str, list[Condition]] = defaultdict(list)
    for characteristic in model.characteristics:
        for value in valued(characteristic):
            if value.part is not None:
                given = True if isinstance(characteristic, Boolean) else value.name
                found[value.part].append(Is(characteristic.name, (given,)))
    for item in model.items:
        found[item.part].append(item.when or TRUE)
    return found


def _excluding(start: Configuration, probe: str) -> list[str]:
    """The rules of the model that keep a probe from being yes."""
    return [rule for rule in start.explain(probe, True).rules if rule != probe]


def _overlapping(model: ProductModel, patience: float) -> _Looking:
    """Prices that a customer cannot tell apart and that can be charged together."""
    for one, other in combinations(model.prices, 2):
        if title(one) == title(other) or (one.when == other.when and one.when is not None):
            probes = {f"\0{price.name}": price.when or TRUE for price in (one, other)}
            try:
                together = _together(probed(model, probes, patience), probes)
            except Undecided:
                yield Undecided(f"prices {one.name} and {other.name}")
            else:
                yield _overlap(one, other) if together else None


def _together(start: Configuration, names: Iterable[str]) -> bool:
    try:
        start.restored(dict.fromkeys(names, True))
    except Impossible:
        return False
    return True


def _overlap(one: Price, other: Price) -> _Suspicion:
    why = f"under one title, {quoted(title(one))}" if title(one) == title(other) else "under the same condition"
    return _Suspicion(f"prices {one.name} and {other.name}", f"can be charged together {why}")


def _falling(model: ProductModel) -> _Looking:
    """Amounts of a grid that are less than those for less, where most are more: one of a hundred is easily mistyped."""
    for quantity in model.quantities:
        rows = quantity.grid.amounts if quantity.grid else ()
        lines = chain(((f"row {index}", row) for index, row in enumerate(rows, 1)),
                      ((f"column {index}", column) for index, column in enumerate(zip(*rows, strict=True), 1)))
        steps = [(where, before, after) for where, line in lines for before, after in pairwise(line)
                 if before is not None and after is not None]
        falling = [step for step in steps if step[2] < step[1]]
        if 2 * len(falling) < len(steps):
            yield from (_Suspicion(f"quantity {quantity.name}", f"in {where} of its grid {write_number(after)} comes "
                                   f"after {write_number(before)}") for where, before, after in falling)


# Names


def _look_alike(model: ProductModel) -> _Looking:
    """Names of one kind that are easily taken for each other."""
    kinds = {"characteristics": [c.name for c in model.characteristics], "parts": [part.number for part in model.parts],
             "rules": [rule.name for rule in model.rules],
             **{f"values of {c.name}": [value.name for value in c.options] for c in model.characteristics}}
    for kind, names in kinds.items():
        alike: dict[str, list[str]] = defaultdict(list)
        for name in names:
            alike[skeleton(name)].append(name)
        for group in alike.values():
            if len(group) > 1:
                yield _Suspicion(kind, f"{' and '.join(map(quoted, group))} look alike")

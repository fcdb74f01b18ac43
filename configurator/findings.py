"""What in a catalogue is probably not meant: dead values, rules that say nothing, prices that meet by accident.

A finding does not keep a catalogue from being sold: a real car maker's has hundreds. Each names the smallest set of
rules that causes it; all are asked of the engine by its public names, on a copy of the model with yes/no probes.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain, combinations

from catalog.characters import skeleton
from catalog.expressions import TRUE, Condition, Implies, Is, Not, Table
from catalog.language import quoted
from catalog.model import Boolean, Choice, Number, Price, ProductModel, Rule, Several
from catalog.wording import title
from configurator.engine import (
    Configuration,
    Domain,
    Engine,
    Explanation,
    Impossible,
    NumberDomain,
    SeveralDomain,
    Undecided,
)

MOST = 25
"""Findings of one kind that are told."""
SECONDS = 30
"""Processor time for findings of one kind."""
MOST_RULES = 1_000
"""Rules of a model whose rules are compared with each other: each is asked about under all others."""


@dataclass(frozen=True)
class Finding:
    """What it is about, what is found, and the rules that cause it, as few as can be."""

    about: str
    message: str
    rules: tuple[str, ...] = ()

    def __str__(self) -> str:
        because = f" (because of {', '.join(self.rules)})" if self.rules else ""
        return f"{self.about}: {self.message}{because}"


_Looking = Iterator[Finding | None]
"""What each question found, None for nothing: between two questions the search can be ended."""


def findings(engine: Engine) -> list[Finding]:
    """What is found; of each kind the first MOST, within SECONDS. Where more may be, a last finding says so."""
    model = engine.model
    kinds = {"values": _dead(engine), "rules": _needless(model), "parts, operations and prices": _unused(model),
             "prices": _overlapping(model), "names": _look_alike(model)}
    return [finding for kind, looking in kinds.items() for finding in _first(kind, looking)]


def _first(kind: str, looking: _Looking) -> Iterator[Finding]:
    ends, count = time.process_time() + SECONDS, 0
    try:
        for found in looking:
            if found and count == MOST:
                yield Finding(kind, f"there are more than the first {MOST}")
                return
            if time.process_time() > ends:
                yield Finding(kind, f"not everything was looked at within {SECONDS} seconds")
                return
            if found:
                count += 1
                yield found
    except Undecided:
        yield Finding(kind, "not everything was looked at: a question is too hard")


# Values


def _dead(engine: Engine) -> _Looking:
    """Values that can never be chosen, and choices that are none."""
    start = engine.start()
    for name, domain in start.domains().items():
        dead = [value for value in _askable(engine.model, name) if value not in domain]
        if _is_single(domain):
            rules = chain.from_iterable(start.explain(name, value).rules for value in dead)
            yield Finding(name, f"is no choice: it can only be {_only(domain)}", tuple(dict.fromkeys(rules)))
        else:
            for value in dead:
                yield Finding(name, f"can never be {value}", start.explain(name, value).rules)


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


def _probed(model: ProductModel, probes: Mapping[str, Condition], rules: tuple[Rule, ...]) -> Configuration:
    """A start of the model with these rules and a yes/no for each probe: yes only while its condition holds."""
    asked = tuple(Rule(name=name, condition=Implies(Is(name, (True,)), when)) for name, when in probes.items())
    switches = tuple(Boolean(name=name) for name in probes)
    probed = replace(model, characteristics=model.characteristics + switches, rules=rules + asked)
    return Engine(probed, patience=SECONDS).start()


def _needless(model: ProductModel) -> _Looking:
    """Rules that follow from others: broken, they contradict those."""
    if len(model.rules) > MOST_RULES:
        yield Finding("rules", f"more than {MOST_RULES:,} are not compared with each other")
        return
    kept = {f"\0keep {rule.name}": rule for rule in model.rules}
    broken = {f"\0break {rule.name}": _opposite(rule.condition) for rule in model.rules}
    start = _probed(model, {name: rule.condition for name, rule in kept.items()} | broken, ())
    start = start.restored(dict.fromkeys(kept, True))
    for (name, rule), breaking in zip(kept.items(), broken, strict=True):
        others = start.retract(name).explain(breaking, True)
        follows = tuple(kept[other].name for other in others.choices)
        yield None if others == Explanation((), ()) else Finding(
            f"rule {rule.name}", "says nothing that others do not say" if follows else "always holds", follows)


def _opposite(condition: Condition) -> Condition:
    return replace(condition, allowed=not condition.allowed) if isinstance(condition, Table) else Not(condition)


def _unused(model: ProductModel) -> _Looking:
    """Parts, operations and prices whose condition never holds."""
    probes = {f"\0{about}": (about, when) for about, when in chain(
        ((f"item {index}, part {item.part}", item.when) for index, item in enumerate(model.items, 1)),
        ((f"operation {operation.name}", operation.when) for operation in model.operations),
        ((f"price {price.name}", price.when) for price in model.prices)) if when is not None}
    if probes:
        start = _probed(model, {name: when for name, (_, when) in probes.items()}, model.rules)
        for name, (about, _) in probes.items():
            rules = start.explain(name, True).rules
            yield Finding(about, "is never used: its condition cannot hold",
                          tuple(rule for rule in rules if rule != name)) if rules else None


def _overlapping(model: ProductModel) -> _Looking:
    """Prices that a customer cannot tell apart and that can be charged together."""
    for one, other in combinations(model.prices, 2):
        if title(one) == title(other) or (one.when == other.when and one.when is not None):
            probes = {f"\0{price.name}": price.when or TRUE for price in (one, other)}
            start = _probed(model, probes, model.rules)
            yield _overlap(one, other) if _together(start, probes) else None


def _together(start: Configuration, names: Iterable[str]) -> bool:
    try:
        start.restored(dict.fromkeys(names, True))
    except Impossible:
        return False
    return True


def _overlap(one: Price, other: Price) -> Finding:
    why = f"under one title, {quoted(title(one))}" if title(one) == title(other) else "under the same condition"
    return Finding(f"prices {one.name} and {other.name}", f"can be charged together {why}")


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
                yield Finding(kind, f"{' and '.join(map(quoted, group))} look alike")

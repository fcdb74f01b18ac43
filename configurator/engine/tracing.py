"""What one rule has to do with a configuration as it stands."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from catalog.expressions import names
from catalog.model import ProductModel, Rule
from catalog.nodes import Answer, Condition, Not
from configurator.engine.configuration import Configuration
from configurator.engine.domains import Domain
from configurator.engine.engine import Engine
from configurator.engine.explanation import Impossible, Unbuildable


@dataclass(frozen=True)
class Trace:
    """A rule, and of the characteristics that it reads what is decided and what it leaves open.

    `satisfied`: it holds, whatever is chosen next. `decided`: what is chosen or follows. Of what is open, `alone` is
    what this rule leaves with what is decided and with all other rules aside, `together` what all rules leave.

    If a value was asked about, its own characteristic counts as open, whatever is chosen for it. `through`: the
    characteristics by which the rule excludes the value, from one that it reads to the value's own; None if it is not
    needed to exclude it.
    """

    rule: str
    satisfied: bool
    decided: Mapping[str, Answer]
    alone: Mapping[str, Domain]
    together: Mapping[str, Domain]
    through: tuple[str, ...] | None = None


def trace(configuration: Configuration, rule: str, name: str | None = None, value: Answer | None = None) -> Trace:
    """What a rule has to do with a configuration, and with a value if one is asked about.

    Raises ValueError for a rule, name or value that the model does not have, Undecided if it takes too long.
    """
    model = configuration.engine.model
    condition = next((known.condition for known in model.rules if known.name == rule), None)
    if condition is None:
        raise ValueError(f"{model.name} has no rule {rule!r}")
    through = None if name is None or value is None else _through(configuration, rule, name, value)
    rest = configuration if name is None else configuration.retract(name)
    read = [c.name for c in model.characteristics if c.name in names(condition, model)]
    known = rest.values()
    decided = {other: known[other] for other in read if other in known and other != name}
    kept = _engine(model, read, condition).start(decided)
    left = [other for other in read if other not in decided]
    return Trace(
        rule, satisfied=not _can_be(model, read, Not(condition), decided), decided=decided,
        alone={other: kept.domain(other) for other in left}, together={other: rest.domain(other) for other in left},
        through=through)


def _engine(model: ProductModel, read: Collection[str], condition: Condition) -> Engine:
    """An engine of the characteristics that a condition reads, and of no other rule."""
    return Engine(replace(model, characteristics=tuple(model[name] for name in read),
                          rules=(Rule(name="traced", condition=condition),)))


def _can_be(model: ProductModel, read: Collection[str], condition: Condition, decided: Mapping[str, Answer]) -> bool:
    """Whether a condition can still hold."""
    try:
        _engine(model, read, condition).start(decided)
    except (Unbuildable, Impossible):
        return False
    return True


def _through(configuration: Configuration, rule: str, name: str, value: Answer) -> tuple[str, ...] | None:
    """The shortest way from a rule to a characteristic by what the rules that exclude the value read together."""
    model = configuration.engine.model
    needed = configuration.explain(name, value).rules
    if rule not in needed:
        return None
    reads = [names(model.rule(other).condition, model) for other in needed]
    ways: deque[tuple[str, ...]] = deque((first,) for first in sorted(names(model.rule(rule).condition, model)))
    seen = {way[0] for way in ways}
    while ways[0][-1] != name:
        way = ways.popleft()
        beside = sorted({other for read in reads if way[-1] in read for other in read} - seen)
        seen.update(beside)
        ways.extend((*way, other) for other in beside)
    return ways[0]

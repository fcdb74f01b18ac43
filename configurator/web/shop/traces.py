"""What the rules that exclude a value have to do with the answers now, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import gettext as _

from catalog.model import Characteristic, ProductModel
from catalog.nodes import Answer
from catalog.wording import title
from configurator.engine import Configuration, Domain, Trace, Undecided, trace
from configurator.limits import COST, READY
from configurator.web.shop.answers import possible, say

MOST_RULES = 6
"""Rules that are traced: of a car, twenty may be needed to exclude a value."""


@dataclass(frozen=True)
class Traced:
    """A rule, and in words what it has to do with the answers now."""

    rule: str
    sentence: str
    lines: tuple[str, ...]


def traced(configuration: Configuration, name: str, value: Answer) -> Iterator[Traced]:
    """The rules that exclude a value, as far as they are traced in time."""
    model = configuration.engine.model
    try:
        rules = [rule for rule in configuration.explain(name, value).rules if rule not in (COST, READY)]
        for rule in rules[:MOST_RULES]:
            yield Traced(rule, model.rule(rule).sentence, tuple(_lines(trace(configuration, rule, name, value), model)))
    except Undecided:
        return


def _lines(found: Trace, model: ProductModel) -> Iterator[str]:
    if found.decided:
        yield _("Decided: %(answers)s.", answers="; ".join(
            f"{title(model[name])}: {say(model[name], answer)}" for name, answer in found.decided.items()))
    if found.satisfied:
        yield _("It holds whatever else is chosen.")
    else:
        yield from (_left(model[name], alone, found.together[name]) for name, alone in found.alone.items())
    if found.through and len(found.through) > 1:
        yield _("It reaches this value through: %(names)s.",
                names=", ".join(title(model[name]) for name in found.through))


def _left(characteristic: Characteristic, alone: Domain, together: Domain) -> str:
    """What a rule leaves of a characteristic, and what all rules do."""
    words = {"what": title(characteristic), "alone": possible(characteristic, alone),
             "together": possible(characteristic, together)}
    if words["alone"] == words["together"]:
        return _("It leaves %(what)s: %(alone)s.", **words)
    return _("It leaves %(what)s: %(alone)s; together with the other rules: %(together)s.", **words)

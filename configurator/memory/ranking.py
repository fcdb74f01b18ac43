"""How probable each value is: what the customer stated, over what others chose, over what the maker suggests.

Each layer is the prior of the one above it: counts, smoothed by the layer below as if it had been seen STANDARD or
OTHERS times (a Dirichlet prior).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from catalog.expressions import Answer
from catalog.model import Boolean, Characteristic, Several, Text
from configurator.engine import Domain

SUGGESTED = 0.9
"""The probability of the maker's standard where nothing else is known."""
PLACEHOLDER = 0.2
"""The same for a fact about a person or a place: there the suggestion only shows what an answer looks like."""
STANDARD = 2.0
"""How many orders of others the maker's suggestion is worth."""
OTHERS = 0.15
"""How many statements of the customer's own the experience of others is worth: their own word decides."""
LISTED = 1000
"""Of more possible numbers than this, only those that somebody chose or suggested are listed."""

Ranking = dict[Answer, float]
"""Probabilities that sum to 1, of at most what is possible; the best first."""


def ranking(characteristic: Characteristic, domain: Domain, own: Mapping[Answer, float], others: Mapping[Answer, float]
            ) -> Ranking:
    """The probabilities of the possible values, from the weights of what the customer and others chose."""
    suggested = characteristic.standard
    listed = _listed(characteristic, domain, [*own, *others, *([] if suggested is None else [suggested])])
    if not listed:
        return {}
    base = _suggestion(characteristic, listed)
    prior = _smoothed(listed, others, base, STANDARD)
    found = _smoothed(listed, own, prior, OTHERS)
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def is_private(characteristic: Characteristic) -> bool:
    """Whether it is nobody else's business: a text of one's own, or a fact about a person or a place."""
    return isinstance(characteristic, Text) or characteristic.about != "product"


def _listed(characteristic: Characteristic, domain: Domain, known: Iterable[Answer]) -> list[Answer]:
    """The possible values, what costs nothing extra first: no before yes, few before many."""
    seen = [value for value in dict.fromkeys(known) if value in domain]
    if isinstance(characteristic, Several):
        required = frozenset(getattr(domain, "required", ()))
        return list(dict.fromkeys([*([required] if required in domain else []), *seen]))
    if isinstance(characteristic, Text):
        return list(dict.fromkeys([*domain, *seen]))
    if isinstance(characteristic, Boolean):
        return [value for value in (False, True) if value in domain]
    return list(domain) if len(domain) <= LISTED else sorted(seen) if seen else [next(iter(domain))]


def _suggestion(characteristic: Characteristic, listed: list[Answer]) -> Ranking:
    if characteristic.standard not in listed or len(listed) == 1:
        return dict.fromkeys(listed, 1 / len(listed))
    suggested = SUGGESTED if characteristic.about == "product" else PLACEHOLDER
    rest = (1 - suggested) / (len(listed) - 1)
    return {value: suggested if value == characteristic.standard else rest for value in listed}


def _smoothed(listed: list[Answer], weights: Mapping[Answer, float], prior: Ranking, worth: float) -> Ranking:
    total = worth + sum(weights.get(value, 0.0) for value in listed)
    return {value: (weights.get(value, 0.0) + worth * prior[value]) / total for value in listed}

"""How probable each value is: what the customer stated, over what others chose, over what the maker suggests.

Each layer is the prior of the one above it: counts, smoothed by the layer below as if it had been seen STANDARD or
`worth` times (a Dirichlet prior).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from catalog.model import Boolean, Characteristic, Several, Text
from catalog.nodes import Answer
from configurator.engine import Domain, NumberDomain
from configurator.memory.experience import sortable

SUGGESTED = 0.9
"""What the maker's standard has over its even share of the probability, where nothing else is known."""
PLACEHOLDER = 0.2
"""The same for a fact about a person or a place: there the suggestion only shows what an answer looks like."""
STANDARD = 2.0
"""How many orders of others the maker's suggestion is worth."""
REFUTED = 0.01
"""What is left of the probability of a value that the customer said was wrong for them: less than any other has."""
LISTED = 1000
"""Of more possible numbers than this, only those that somebody chose or suggested are weighed one by one."""

Ranking = dict[Answer, float]
"""Probabilities of possible values, the best first; what they lack to 1 belongs to values that nobody mentioned."""


def ranking(characteristic: Characteristic, domain: Domain, own: Mapping[Answer, float], others: Mapping[Answer, float],
            worth: float, wrong: Callable[[Iterable[Answer]], Collection[Answer]]) -> Ranking:
    """The probabilities of the possible values, from the weights of what the customer and others chose.

    `worth`: how many statements of the customer's own the experience of others is worth; `wrong`: which of some values
    the customer said to be wrong.
    """
    suggested = characteristic.standard
    if isinstance(domain, NumberDomain) and isinstance(suggested, int):
        suggested = domain.nearest(suggested)
    listed, unlisted = _listed(characteristic, domain, [*own, *others, *([] if suggested is None else [suggested])])
    base = _suggestion(characteristic, suggested, listed, len(listed) + unlisted)
    prior = _smoothed(listed, others, base, STANDARD)
    refuted = wrong(listed)
    least = min((prior[value] for value in listed if value not in refuted), default=1.0)
    prior |= {value: REFUTED * min(prior[value], least) for value in refuted}
    found = _smoothed(listed, own, prior, worth)
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def spread(found: Ranking, domain: Domain) -> Ranking:
    """The same, summing to 1 over what is possible: what nobody mentioned gets equal parts of the rest.

    Texts and sets are beyond listing: of them, those that were mentioned get the rest.
    """
    unmentioned = [value for value in domain if value not in found] if isinstance(domain, NumberDomain) else []
    total = sum(found.values())
    if unmentioned:
        return {**found, **dict.fromkeys(unmentioned, (1 - total) / len(unmentioned))}
    return {value: probability / total for value, probability in found.items()}


def is_private(characteristic: Characteristic) -> bool:
    """Whether it is nobody else's business: a text of one's own, or a fact about a person or a place."""
    return isinstance(characteristic, Text) or characteristic.about != "product"


def _listed(characteristic: Characteristic, domain: Domain, known: Iterable[Answer]) -> tuple[list[Answer], int]:
    """The possible values to weigh, what adds nothing first, and how many others there are (1 for a great many)."""
    seen = sorted({value for value in known if value in domain}, key=sortable)
    if isinstance(characteristic, Several):
        required = frozenset(getattr(domain, "required", ()))
        fewest = [required] if required in domain else []
        return list(dict.fromkeys([*fewest, *seen])), int(len(domain) > len(required))
    if isinstance(characteristic, Text):
        return list(dict.fromkeys([*domain, *seen])), int(characteristic.most > 0)
    if isinstance(characteristic, Boolean):
        return [value for value in (False, True) if value in domain], 0
    listed = list(domain) if len(domain) <= LISTED else sorted(seen, key=int)  # type: ignore[arg-type]  # of a number, whole ones
    return listed, len(domain) - len(listed)


def _suggestion(characteristic: Characteristic, suggested: Answer | None, listed: list[Answer], size: int) -> Ranking:
    """The maker's suggestion, among `size` values."""
    if suggested not in listed or size == 1:
        return dict.fromkeys(listed, 1 / size) if size else {}
    lead = SUGGESTED if characteristic.about == "product" else PLACEHOLDER
    return {value: (1 - lead) / size + (lead if value == suggested else 0.0) for value in listed}


def _smoothed(listed: list[Answer], weights: Mapping[Answer, float], prior: Ranking, worth: float) -> Ranking:
    total = worth + sum(weights.get(value, 0.0) for value in listed)
    return {value: (weights.get(value, 0.0) + worth * prior[value]) / total for value in listed}

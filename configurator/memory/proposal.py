"""A whole product for a customer, and how sure each value of it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from catalog.nodes import Answer, Values
from configurator.engine import Configuration, Domain, Impossible, NumberDomain, Undecided
from configurator.memory.information import entropy
from configurator.memory.ranking import REFUTED, Ranking
from configurator.memory.reasons import Reason
from configurator.memory.view import View

SURE = 0.8
"""A value that is at least so probable needs no question."""
TELLING = 0.1
"""What a nat told about the rest counts beside a nat of doubt, when questions are ordered."""
PLAIN = 1e-3
"""The weight of leaving what nobody knows anything about as plain as can be: no before yes, the first value."""
EARLIER = 1e-6
"""What decides between wishes that weigh the same: the first one stays."""
MANY = 500
"""Of more such characteristics than this, any values that can be built will do."""
GIVEN = 10.0
"""What a fact about a person or a place weighs against an answer about the product, and what was wrong, or asked for
instead, against what was accepted.
"""

NOTHING: Values = {}


@dataclass(frozen=True)
class Proposal:
    """A complete, valid configuration that keeps the choices it was made for.

    `confidence` (0 to 1) and `reasons` tell about each value that was not chosen. `questions` are the names that are
    still open to doubt, in the order to ask them: what is most in doubt and tells most about the rest comes first.
    """

    configuration: Configuration
    confidence: Mapping[str, float]
    reasons: Mapping[str, Reason]
    questions: tuple[str, ...]


def proposal(c: Configuration, domains: Mapping[str, Domain], forced: Values, view: View, start: Values = NOTHING
             ) -> Proposal:
    """The proposal that keeps the choices of `c`, whose domains and forced values these are.

    `start`: what is wished instead of what is most probable value by value.
    """
    beliefs = {name: view.ranking(name, domain) for name, domain in domains.items()
               if name not in c.choices and name not in forced}
    order = _asked(beliefs, domains, view)
    started = {name: answer for name, answer in start.items() if name in beliefs}
    for name, answer in started.items():
        view.take(name, answer, 1.0)
    wished = _picks(c, [name for name in order if view.knows(name) and name not in started], domains, view, started)
    whole = _built(c, {**forced, **wished}, beliefs, domains, view)
    values = whole.values()
    confidence = {name: beliefs[name].get(values[name], 0.0) if name in beliefs else 1.0
                  for name in values if name not in c.choices}
    reasons = {name: Reason("follows") if name in forced else _reason(name, values[name], wished.get(name), view)
               for name in confidence}
    return Proposal(whole, confidence, reasons, tuple(name for name in order if confidence[name] < SURE))


def _asked(beliefs: Mapping[str, Ranking], domains: Mapping[str, Domain], view: View) -> list[str]:
    """All names, most doubtful and most telling first; last those that nobody said anything about."""
    def key(name: str) -> tuple[bool, float]:
        return not view.knows(name), -_doubt(beliefs[name], domains[name]) - TELLING * view.telling(name)
    return sorted(beliefs, key=key)


def _doubt(belief: Ranking, domain: Domain) -> float:
    """How open a question is, in nats: of numbers that nobody mentioned each is as probable as the others."""
    rest = max(0.0, 1 - sum(belief.values()))
    unmentioned = len(domain) - len(belief) if isinstance(domain, NumberDomain) else 1
    return entropy(np.array([*belief.values(), rest])) + rest * log(max(1, unmentioned))


def _reason(name: str, value: Answer, wish: Answer | None, view: View) -> Reason:
    """Why a value is proposed: where what they themself said had to give way, that is told before all else."""
    if wish is not None and wish != value and view.said(name, wish):
        return Reason("fits", made=wish)
    return view.reason(name, value)


def _picks(c: Configuration, order: Sequence[str], domains: Mapping[str, Domain], view: View, started: Values
           ) -> dict[str, Answer]:
    """What is wished: what it starts from, and the best value of each, one after the other: each is taken for right
    when the next one is picked.

    Last comes what was wrong without a word of what instead: of that the best is picked that moves nothing else.
    """
    wished, unsaid = dict(started), frozenset(filter(view.unsaid, order))
    for name in sorted(order, key=unsaid.__contains__):
        ranking = (name in unsaid and _beside(c, wished, name, view)) or view.ranking(name, domains[name])
        for best, sure in list(ranking.items())[:1]:
            wished[name] = best
            view.take(name, best, sure)
    return wished


def _beside(c: Configuration, wished: Values, name: str, view: View) -> Ranking:
    """What a characteristic can be if the wishes for all the others stay; nothing if that is only what was wrong."""
    try:
        ranking = view.ranking(name, c.engine.start({**c.choices, **wished}).domain(name))
    except (Impossible, Undecided):
        return {}
    return {} if view.refuted(name, list(ranking)[:1]) else ranking


def _built(c: Configuration, values: Values, beliefs: Mapping[str, Ranking], domains: Mapping[str, Domain], view: View
           ) -> Configuration:
    """What is wished, if it can be built together, else what can be and is most probable; nothing else is added.

    Asked twice it is the same: what has to give way is not left to chance, or a page that is reloaded would change.
    """
    plain = {name: next(iter(belief)) for name, belief in beliefs.items() if name not in values and belief}
    plain = plain if len(plain) <= MANY else {}
    wishes = {(name, answer): PLAIN + EARLIER / n for n, (name, answer) in enumerate(plain.items(), 1)}
    try:
        found = _completed(c.engine.start({**c.choices, **values}), wishes)
    except (Impossible, Undecided):
        found = _completed(c, wishes | {
            (name, answer): _stake(c, name, answer, view) * _sureness(beliefs[name].get(answer, 0.0)) + EARLIER / n
            for n, (name, answer) in enumerate(values.items(), 1) if name in beliefs} | _refused(beliefs, view))
    try:
        return _settled(found, c.choices, {**values, **plain}, domains, view)
    except Undecided:  # what was not checked yet may be too hard
        return found


def _refused(beliefs: Mapping[str, Ranking], view: View) -> dict[tuple[str, Answer], float]:
    """What weighs against values that they said were wrong; of a number the wish lies on the better side as it is."""
    return {(name, answer): GIVEN * log(REFUTED) for name, belief in beliefs.items()
            for answer in view.refuted(name, belief) if not isinstance(answer, int) or isinstance(answer, bool)}


def _settled(found: Configuration, choices: Values, wished: Values, domains: Mapping[str, Domain], view: View
             ) -> Configuration:
    """With the wishes that were found to go together, and the next best instead of each one that had to give way."""
    values = found.values()
    kept = {*choices, *(name for name, wish in wished.items() if values[name] == wish)}
    return found.settled(kept, lambda name: _next_best(name, wished, domains, view), order=wished)


def _next_best(name: str, wished: Values, domains: Mapping[str, Domain], view: View) -> Iterator[Answer]:
    """The wish itself if there is one, and other values by their probability."""
    if name in wished:
        yield wished[name]
        yield from view.ranking(name, domains[name])


def _sureness(probability: float) -> float:
    """What a wish weighs for how probable it is."""
    return PLAIN - log(max(1e-6, 1 - probability))


def _stake(c: Configuration, name: str, answer: Answer, view: View) -> float:
    """Nobody grows for the sake of a product: where something has to give way, it is the product; and nobody who asked
    for something instead of what was made shall be given neither.
    """
    return GIVEN if c.engine.model[name].about != "product" or view.asked(name, answer) else 1.0


def _completed(c: Configuration, wishes: Mapping[tuple[str, Answer], float]) -> Configuration:
    try:
        return c.complete(wishes)
    except Undecided:  # the best is too hard to find: anything that can be built
        return c.complete()

"""Ways to free a value: what to choose in the place of the choices that stand against it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from catalog.model import Boolean, Choice
from catalog.nodes import Answer
from configurator.drafts.mending import weights
from configurator.drafts.progress import Progress
from configurator.engine import Configuration, NumberDomain, Repair

MOST_WAYS = 3
"""Ways to free a value that are told of the one whose reasons are asked for."""
FACT = 10.0
"""How sure a fact about a person or a place is, where a choice is 1."""


class Way(NamedTuple):
    """Values to set, the one that is freed first, and the configuration with them."""

    values: Mapping[str, Answer]
    configuration: Configuration


class Ways:
    """Looks for ways in one draft as it stands."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._model = progress.model
        self._configuration = progress.configuration

    def best(self, name: str, value: Answer) -> Way | None:
        """The first of `all`; None if nothing helps."""
        return next(self.all(name, value, 1), None)

    def all(self, name: str, value: Answer, limit: int = MOST_WAYS) -> Iterator[Way]:
        """The smallest ways; one that makes a fact about a person or a place wrong comes last."""
        return (self._way(name, value, repair) for repair in self._repairs(name, value, limit))

    def corrects(self, names: Iterable[str], name: str) -> bool:
        """Whether changing these, to free `name`, says that a fact about a person or a place was wrong."""
        return any(self._model[other].about != "product" for other in names if other != name)

    def _repairs(self, name: str, value: Answer, limit: int) -> list[Repair]:
        sure = {other: FACT for other in self._configuration.choices if self._model[other].about != "product"}
        found = self._configuration.repairs(name, value, limit, sure)
        if limit < MOST_WAYS and any(self.corrects(repair.retract, name) for repair in found):
            found = self._configuration.repairs(name, value, MOST_WAYS, sure)  # something else may be left to change
        return sorted(found, key=lambda repair: self.corrects(repair.retract, name))[:limit]

    def _way(self, name: str, value: Answer, repair: Repair) -> Way:
        configuration = self._configuration
        others = [other for other in repair.retract if other != name]
        for other in others:
            configuration = configuration.retract(other)
        configuration = configuration.choose(name, value)
        for other in others:
            configuration = self._with_instead(configuration, other)
        return Way({other: configuration.choices[other] for other in (name, *others)}, configuration)

    def _with_instead(self, configuration: Configuration, name: str) -> Configuration:
        """Where the choice made cannot stay: with the nearest number, the maker's standard, the first that can be."""
        characteristic, chosen = self._model[name], self._configuration.choices[name]
        if isinstance(characteristic, Boolean):
            return configuration.choose(name, not chosen)
        if isinstance(characteristic, Choice):  # the value chosen comes last: if it could stay, no repair would name it
            order = sorted((value.name for value in characteristic.values), key=lambda value: (
                value == chosen, value != characteristic.standard))
            return configuration.choose_first(name, order)
        domain = configuration.domain(name)
        if isinstance(domain, NumberDomain) and isinstance(chosen, int):
            return configuration.choose(name, domain.nearest(chosen))
        whole = configuration.complete(weights(self._model, self._progress.values)).values()
        return configuration.choose(name, whole[name])

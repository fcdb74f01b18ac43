"""Choices as columns: what can be taken with them, and which of them exclude what cannot."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING

from cachetools import LRUCache

from catalog.nodes import Answer
from configurator.lazy import lazy

if TYPE_CHECKING:
    from configurator.engine.engine import Engine

KEPT = 2_000
"""Columns whose contradictions are kept,"""
CONTRADICTIONS = 50
"""so many of each."""


class Contradictions:
    """Choices that were found to exclude columns: they do so whatever else is chosen."""

    def __init__(self) -> None:
        self._known: LRUCache[tuple[int, ...], list[dict[str, Answer]]] = LRUCache(KEPT)

    def among(self, columns: tuple[int, ...], choices: Mapping[str, Answer]) -> Iterator[Collection[str]]:
        """The names of those that are among the choices."""
        for known in self._known.get(columns, ()):
            if known.items() <= choices.items():
                yield known.keys()

    def keep(self, columns: tuple[int, ...], choices: dict[str, Answer]) -> None:
        """Keeps one, in the place of the oldest if there are many."""
        self._known[columns] = [*self._known.get(columns, ())[1 - CONTRADICTIONS:], choices]


class Chosen:
    """The choices of a configuration, in the order of choosing."""

    def __init__(self, engine: Engine, choices: Mapping[str, Answer],
                 taken: Mapping[str, tuple[int, ...]] | None = None) -> None:
        """`taken`: the columns of each choice, if they are known."""
        self.engine = engine
        self.choices = choices
        self._known = taken

    def without(self, name: str) -> Chosen:
        """These without the choice of this name, if there is one."""
        if name not in self.choices:
            return self
        return Chosen(self.engine, {other: answer for other, answer in self.choices.items() if other != name},
                      {other: columns for other, columns in self._taken.items() if other != name})

    def more(self, answers: Mapping[str, Answer]) -> Chosen:
        """These and other choices, which take the place of those of the same name."""
        of_answer = self.engine.columns.of_answer
        taken = {name: of_answer(name, answer) for name, answer in answers.items()}
        return Chosen(self.engine, {**self.choices, **answers}, {**self._taken, **taken})

    @property
    def columns(self) -> list[int]:
        """The columns that they take."""
        return list(chain.from_iterable(self._taken.values()))

    @lazy
    def _taken(self) -> Mapping[str, tuple[int, ...]]:
        of_answer = self.engine.columns.of_answer
        return self._known if self._known is not None else {
            name: of_answer(name, answer) for name, answer in self.choices.items()}

    def allow(self, columns: Iterable[int] = ()) -> bool:
        """Whether a product takes these columns with the choices."""
        with self.engine.act():
            return self.engine.propagation.possible([*self.columns, *columns])

    def assumptions(self, names: Iterable[str], columns: Iterable[int]) -> list[int]:
        """The literals that say that some of the choices, and these columns, are taken."""
        return self.engine.propagation.assumptions([*self._of(names), *columns])

    def core(self, columns: tuple[int, ...], names: Iterable[str] | None = None) -> list[str] | None:
        """Those of the choices, or of some of them, that exclude columns; None if they do not."""
        self.engine.effort.hurry()
        asked = list(self.choices if names is None else names)
        core = self.engine.propagation.core([*self._of(asked), *columns])
        if core is None:
            return None
        found = [name for name in asked if not core.isdisjoint(self._taken[name])]
        self.engine.contradictions.keep(columns, {name: self.choices[name] for name in found})
        return found

    def contradictions(self, columns: tuple[int, ...]) -> Iterator[Collection[str]]:
        """Sets of the choices of which it is known already that they exclude columns."""
        return self.engine.contradictions.among(columns, self.choices)

    def _of(self, names: Iterable[str]) -> Iterator[int]:
        return chain.from_iterable(self._taken[name] for name in names)

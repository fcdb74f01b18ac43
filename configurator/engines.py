"""The engines of published versions: compiled once per process, shared by its threads."""

from __future__ import annotations

from collections.abc import Hashable
from threading import Condition, Lock
from typing import Any

from cachetools import LRUCache, cached

from catalog.collecting import set_apart_again
from catalog.records import Version
from catalog.store import model_of
from configurator.engine import Engine

MEMORY = 256 << 20
"""Bytes of the engines of a process, but for those that memories hold; what was not asked for longest goes first."""
LATELY = 512
"""Things that are kept with an engine,"""
ROOM = 24 << 20
"""but no more than about so many bytes of them: with a large model they are large too."""


class Compiled:
    """An engine, and what was worked out with it lately: that goes with the engine."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        each = 3 * len(engine.columns.upper) + 300 * len(engine.model.characteristics)  # what follows, and a product
        self._lately: LRUCache[Hashable, Any] = LRUCache(min(LATELY, 1 + ROOM // each))
        self._lock = Lock()

    def recall(self, key: Hashable) -> Any:
        """What was kept under the key; None if it was not, or too long ago."""
        with self._lock:
            return self._lately.get(key)

    def keep(self, key: Hashable, thing: Any) -> None:
        """Keeps a thing that never changes, so that all threads may use it."""
        with self._lock:
            self._lately[key] = thing

    @property
    def weight(self) -> int:
        """About how many bytes it takes once it is in use, as measured on models of 30 to 18,000 features."""
        literals = sum(len(clause) for _, clause in self.engine.formula.rules)
        return min((4 << 20) + 1_200 * len(self.engine.columns.upper) + 60 * literals, MEMORY)


_compiled: LRUCache[str, Compiled] = LRUCache(MEMORY, getsizeof=lambda compiled: compiled.weight)


@cached(_compiled, key=lambda version: version.digest, condition=Condition())
def compiled(version: Version) -> Compiled:
    """The engine of a version and what is kept with it; whoever asks for one that is being compiled waits for it."""
    found = Compiled(Engine(model_of(version)))
    set_apart_again()
    return found


def is_compiled(version: Version) -> bool:
    """Whether nobody would have to wait for the engine of a version."""
    return version.digest in _compiled


def engine_of(version: Version) -> Engine:
    """The engine of a version."""
    return compiled(version).engine

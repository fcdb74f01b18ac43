"""The engines of published versions: compiled once per process, shared by its threads."""

from __future__ import annotations

from threading import Condition

from cachetools import LRUCache, cached

from catalog.expressions import Answer
from catalog.records import Version
from catalog.store import model_of
from configurator.engine import Engine

KEPT = 16
"""Engines in memory; what was not asked for longest goes first."""


@cached(LRUCache(KEPT), key=lambda version: version.digest, condition=Condition())
def engine_of(version: Version) -> Engine:
    """The engine of a version; whoever asks for one that is being compiled waits for it."""
    return Engine(model_of(version))


@cached(LRUCache(KEPT), key=lambda version: version.digest, condition=Condition())
def standard_of(version: Version) -> dict[str, Answer]:
    """The whole product that the maker suggests to somebody unknown."""
    engine = engine_of(version)
    wishes = {(c.name, c.standard): 1.0 for c in engine.model.characteristics if c.standard is not None}
    return engine.start().complete(wishes).values()

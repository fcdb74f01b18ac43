"""The engines of published versions: compiled once per process, shared by its threads."""

from __future__ import annotations

from threading import Condition

from cachetools import LRUCache, cached

from catalog.records import Version
from catalog.store import model_of
from configurator.engine import Engine

KEPT = 16
"""Engines in memory; what was not asked for longest goes first."""


@cached(LRUCache(KEPT), key=lambda version: version.digest, condition=Condition())
def engine_of(version: Version) -> Engine:
    """The engine of a version; whoever asks for one that is being compiled waits for it."""
    return Engine(model_of(version))

"""How orders that were read from files, and are of no version, read in today's catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from catalog.records import Version
from catalog.store import model_of, succession, version_at
from catalog.succession import Succession
from orders.memory import evidence
from orders.records import HistoryFile


@dataclass(frozen=True)
class Reading:
    """The way of a file's orders to a version, and by their names the keys that they are remembered by: then and today.

    What a customer forgot under any of the keys is forgotten.
    """

    way: Succession
    keys: Mapping[str, tuple[str, ...]]


def reading(session: Session, file: HistoryFile, version: Version) -> Reading:
    """How a file reads in a version: its names are those of the version that was sold when it was read."""
    sold = version_at(session, version.product_id, file.read_at) or version
    way, then, today = succession(session, sold, version), model_of(sold), model_of(version)
    heirs = way.names()
    return Reading(way, {c.name: (evidence.key(then, c), *([evidence.key(today, today[heirs[c.name]])]
                                                           if c.name in heirs else ())) for c in then.characteristics})

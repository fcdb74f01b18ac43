"""Which columns were too hard to decide lately: for a while they take no time from the others."""

from __future__ import annotations

from time import monotonic

import numpy as np

from configurator.engine.columns import Bits
from configurator.engine.effort import AWHILE


class Hardness:
    """Until when each column is looked at briefly only, whatever else is chosen."""

    def __init__(self, width: int) -> None:
        self._until = np.zeros(width)

    @property
    def columns(self) -> Bits:
        """The columns that were too hard lately."""
        return self._until > monotonic()

    def holds(self, columns: Bits | slice) -> bool:
        """Whether all of the columns were too hard lately, though there was time enough."""
        return bool((self._until[columns] > monotonic()).all())

    def note(self, columns: Bits | slice) -> None:
        """Notes that columns were too hard."""
        self._until[columns] = monotonic() + AWHILE

"""Units that measure the same, and how a number in one reads in another."""

from __future__ import annotations

import re
from fractions import Fraction

from catalog.nodes import Exact

SMALLER = {("mm", "cm"): 10, ("mm", "m"): 1000, ("cm", "m"): 100, ("g", "kg"): 1000, ("min", "h"): 60}
"""How many of the first unit make one of the second."""
_POWER = re.compile("(?<=m)[23]$")


def written(unit: str) -> str:
    """The unit as people write it: m² for m2."""
    return _POWER.sub(lambda power: "²" if power[0] == "2" else "³", unit)


def convert(exact: Exact, unit: str, other: str) -> Fraction:
    """The number in another unit; raises ValueError for units that do not belong together."""
    if written(unit) == written(other):
        return Fraction(exact)
    if (unit, other) in SMALLER:
        return Fraction(exact, SMALLER[unit, other])
    if (other, unit) in SMALLER:
        return Fraction(exact) * SMALLER[other, unit]
    raise ValueError(f"{unit} cannot be shown in {other}")

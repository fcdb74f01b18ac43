"""Was it right? What is said of a product that was made, value by value, and what to make instead next time."""

from __future__ import annotations

from collections.abc import Sequence

from catalog.model import Characteristic, Choice, Number
from catalog.nodes import Answer
from orders.memory.verdict import Said, Verdict

NOTICED = 0.01
"""A number that was wrong by less than this part of its range was hardly noticed: so much at least it changes."""


def wanted(characteristic: Characteristic, made: Answer, verdict: Verdict) -> Answer | None:
    """What should have been made; None if that was not said and does not follow from the order of the values."""
    if verdict.said == "right":
        return made
    if verdict.rather is not None:
        return verdict.rather if characteristic.admits(verdict.rather) else None
    return beside(characteristic, made, verdict.said)


def beside(characteristic: Characteristic, made: Answer, said: Said) -> Answer | None:
    """The next value that is larger than one that was too small, or smaller than one that was too large, if any."""
    if said not in ("small", "large"):
        return None
    if isinstance(characteristic, Number):
        steps = max(1, round(NOTICED * (characteristic.most - characteristic.least) / characteristic.step))
        larger: Sequence[Answer] = characteristic.range[characteristic.range.index(int(str(made)))::steps]
        smaller: Sequence[Answer] = characteristic.range[characteristic.range.index(int(str(made)))::-steps]
    elif isinstance(characteristic, Choice):
        names = [value.name for value in characteristic.values]
        larger, smaller = names[names.index(str(made)):], names[names.index(str(made))::-1]
    else:
        return None
    return next(iter((larger if said == "small" else smaller)[1:]), None)


def contradicts(characteristic: Characteristic, value: Answer, made: Answer, verdict: Verdict) -> bool:
    """Whether what was said of the one that was made speaks against a value: against a smaller one, if it was small."""
    if verdict.said == "right":
        return False
    if isinstance(characteristic, Number) and isinstance(made, int) and isinstance(value, int):
        return {"small": value <= made, "large": value >= made}.get(verdict.said, value == made)
    if isinstance(characteristic, Choice) and verdict.said != "other":
        names = [option.name for option in characteristic.values]
        place, mark = names.index(str(value)), names.index(str(made))
        return place <= mark if verdict.said == "small" else place >= mark
    return value == made

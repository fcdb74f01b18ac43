"""What takes time takes no longer than anybody could be promised: days of waiting, minutes of work."""

from __future__ import annotations

import math
from collections.abc import Iterator

from catalog.bounds import bounds, narrowed, whole
from catalog.model import ProductModel
from catalog.nodes import TRUE, Exact
from catalog.problems import Problem

MOST_DAYS = 1_000
"""Working days: four years."""
MOST_MINUTES = 100_000
"""Of the whole routing of one piece: most of a year for one person."""


def times(model: ProductModel) -> Iterator[Problem]:
    """Lead times and minutes, whatever is chosen; the expressions can be evaluated."""
    box = whole(model)
    for index, part in enumerate(model.parts):
        if not 0 <= part.lead_days <= MOST_DAYS:
            yield Problem(("parts", index, "lead_days"),
                          f"expected 0 to {MOST_DAYS:,} working days, found {part.lead_days:,}")
    if model.lead_days is not None and (days := bounds(model.lead_days, box, model)[1]) > MOST_DAYS:
        yield Problem(("lead_days",), f"expected at most {MOST_DAYS:,} working days, found up to {math.ceil(days):,}")
    minutes: Exact = 0
    for index, operation in enumerate(model.operations):
        within = narrowed(operation.when or TRUE, box, model)
        minutes += max(0, bounds(operation.minutes, within, model)[1]) if within else 0
        if minutes > MOST_MINUTES:
            yield Problem(("operations", index, "minutes"), f"expected at most {MOST_MINUTES:,} minutes for all "
                          f"operations of a piece together, found up to {math.ceil(minutes):,}")
            return

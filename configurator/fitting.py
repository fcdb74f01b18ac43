"""What of a product would have to give way so that it stands at a spot of a room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from catalog.expressions import names
from catalog.model import MEASURES, Number, ProductModel
from catalog.nodes import Values
from configurator.drafts.mending import mended
from configurator.drafts.progress import Progress
from configurator.engine import Configuration, Impossible, NumberDomain
from orders.places.rooms import Plan
from orders.places.standing import Standing


def plan_of(progress: Progress) -> Plan | None:
    """The plan of the place that a draft is for, if the product says what it takes up."""
    place = progress.draft.place
    return Plan.from_plain(place.plan) if place and place.plan and progress.model.footprint else None


def sizing(model: ProductModel) -> list[str]:
    """The numbers about the product that its width, depth and height in a room are made of."""
    footprint = model.footprint
    if footprint is None:
        return []
    read = frozenset[str]().union(*(names(getattr(footprint, measure), model) for measure in MEASURES))
    return [c.name for c in model.characteristics if c.name in read and isinstance(c, Number) and c.about == "product"]


def nearest(now: Progress, standing: Standing) -> Values:
    """The sizes that would have to change for the piece to stand there, and what they would be: as near as can be.

    One size alone if that is enough, that which changes by the smallest share; of what was chosen only sizes give way.
    Raises OverLimit if nothing stands there; Undecided.
    """
    sizes = {name: size for name in sizing(now.model) if isinstance(size := now.values[name], int) and size}
    configuration = now.configuration
    for name in sizes:
        configuration = configuration.retract(name)
    there = configuration.limited(replace(now.limits, standing=standing).rules(now.model, now.supply))
    if alone := _alone(there, sizes):
        return min(alone, key=lambda one: [abs(size - sizes[name]) / sizes[name] for name, size in one.items()])
    found = mended(there, now.values, now.ranked)
    return {name: found[name] for name in sizes if found[name] != sizes[name]}


def _alone(there: Configuration, sizes: Mapping[str, int]) -> list[dict[str, int]]:
    """For each size that can give way while all others stay: the nearest that it can be."""
    found = []
    for name, size in sizes.items():
        try:
            domain = there.restored({other: kept for other, kept in sizes.items() if other != name}).domain(name)
        except Impossible:
            continue
        if isinstance(domain, NumberDomain):
            found.append({name: domain.nearest(size)})
    return [one for one in found if one.items() - sizes.items()]

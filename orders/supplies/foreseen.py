"""The supply as it will be once something more is promised: what several lots take together, before any is ordered."""

from __future__ import annotations

from dataclasses import replace

from catalog.expressions import Whole
from catalog.model import ProductModel
from catalog.nodes import Values
from orders.supplies import capacity
from orders.supplies.readiness import readiness
from orders.supplies.supply import Supply


def after(supply: Supply, model: ProductModel, values: Values, quantity: int) -> Supply:
    """What `reservations.reserve` would leave for the next lot when so many pieces with whole values are promised."""
    ready, values = readiness(model, supply), Whole.of(values)
    booked = {centre: dict(days) for centre, days in supply.booked.items()}
    for booking in capacity.spread(ready, values, quantity, ready.start(values, quantity)):
        days = booked.setdefault(booking.centre, {})
        days[booking.day] = days.get(booking.day, 0) + booking.minutes
    parts = dict(supply.parts)
    for use in ready.demand.uses:
        if kept := parts.get(use.number):
            amount = use.thousandths(values, quantity)
            left = ((days, total - amount) for days, total in kept.known)
            parts[use.number] = replace(kept, known=tuple((days, total) for days, total in left if total > 0))
    return replace(supply, parts=parts, booked=booked, kept={"days": supply.days})

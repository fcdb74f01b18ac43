"""What a lot would cost and when it would be ready."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta

from catalog.expressions import Values, Whole, number
from catalog.model import ProductModel
from catalog.parts import bill, work
from catalog.pricing import PriceSheet, price

DAY_MINUTES = 8 * 60
"""Minutes of work in a working day."""


@dataclass(frozen=True)
class Quote:
    """What is offered: `price` is of one piece, `total` of the whole quantity, both in minor units."""

    price: PriceSheet
    quantity: int
    total: int
    promised_on: date


def quote(model: ProductModel, values: Values, placed_on: date, quantity: int = 1) -> Quote:
    """The offer for whole values on a day."""
    values = Whole.of(values)
    sheet = price(model, values)
    return Quote(sheet, quantity, sheet.total * quantity, promise(model, values, placed_on, quantity))


def promise(model: ProductModel, values: Values, placed_on: date, quantity: int = 1) -> date:
    """The day when it is ready, counted in working days, Monday to Friday, public holidays not considered.

    Production starts when the product's lead time is over and the slowest part is in the house; it takes the minutes of
    the routing, operation after operation, and at least one day.
    """
    lead = number(model.lead_days, values, model) if model.lead_days is not None else 0
    start = max(lead, 0, *(line.part.lead_days for line in bill(model, values)))
    minutes = work(model, values) * quantity
    return working_day(placed_on, math.ceil(start) + max(math.ceil(minutes / DAY_MINUTES), 1))


def working_day(day: date, days: int) -> date:
    """The day that many working days later; from a weekend they count as from the Friday before."""
    day -= timedelta(days=max(0, day.weekday() - 4))
    weeks, rest = divmod(days, 5)
    return day + timedelta(weeks=weeks, days=rest + (2 if day.weekday() + rest > 4 else 0))

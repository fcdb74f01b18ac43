"""What a lot would cost and when it would be ready."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from catalog.bounds import bounds, whole
from catalog.expressions import (
    And,
    Arithmetic,
    Choose,
    Compare,
    Condition,
    Const,
    Expression,
    Is,
    Not,
    Or,
    Values,
    Whole,
    number,
)
from catalog.model import Boolean, ProductModel
from catalog.parts import lead_time, work
from catalog.pricing import PriceSheet, price
from orders.rounding import nearest
from orders.vat import Vat, charged, included

DAY_MINUTES = 8 * 60
"""Minutes of work in a working day."""


@dataclass(frozen=True)
class Offer:
    """What is offered: `price` is of one piece, `total` of the whole quantity, both in minor units.

    `total` includes `tax`, as `vat` says; `discount` was taken off it, in a `quote` of this name.
    """

    price: PriceSheet
    quantity: int
    total: int
    promised_on: date
    vat: Vat
    tax: int
    discount: int = 0
    quote: str = ""

    @classmethod
    def of(cls, price: PriceSheet, quantity: int, promised_on: date, vat: Vat) -> Offer:
        """So many pieces at their full price."""
        total = price.total * quantity
        return cls(price, quantity, total, promised_on, vat, nearest(included(total, vat.rate)))

    def charged(self, vat: Vat) -> Offer:
        """The same for somebody who is charged otherwise."""
        return Offer.of(charged(self.price, self.vat.rate, vat), self.quantity, self.promised_on, vat)


def offered(model: ProductModel, values: Values, placed_on: date, quantity: int = 1) -> Offer:
    """The offer for whole values on a day."""
    values = Whole.of(values)
    sheet = price(model, values)
    return Offer.of(sheet, quantity, promise(model, values, placed_on, quantity), Vat(model.vat))


def promise(model: ProductModel, values: Values, placed_on: date, quantity: int = 1) -> date:
    """The day when it is ready, counted in working days, Monday to Friday, public holidays not considered.

    Production starts when the product's lead time is over and the slowest part is in the house; it takes the minutes of
    the routing, operation after operation, and at least one day.
    """
    values = Whole.of(values)
    lead = number(model.lead_days, values, model) if model.lead_days is not None else 0
    start = max(lead, 0, lead_time(model, values))
    minutes = work(model, values) * quantity
    return working_day(placed_on, math.ceil(start) + max(math.ceil(minutes / DAY_MINUTES), 1))


def days(model: ProductModel) -> Expression:
    """The working days until one piece is ready as an expression, so that rules can speak of it: see `promise`."""
    leads = (Choose(used, Const(days), Const(0)) for days, used in _leads(model))
    start = Arithmetic("max", (Const(0), model.lead_days or Const(0), *leads))
    making = Arithmetic("ceil", (Arithmetic("/", (_minutes(model), Const(DAY_MINUTES))),))
    return Arithmetic("+", (Arithmetic("ceil", (start,)), Arithmetic("max", (making, Const(1)))))


def ready_within(model: ProductModel, most: int) -> Condition:
    """That one piece is ready in so many working days: so long for what comes in, and what is left for the work."""
    longest = math.ceil(bounds(_minutes(model), whole(model), model)[1] / DAY_MINUTES)
    return Or(tuple(And((_started_within(model, most - making),
                         Compare("<=", _minutes(model), Const(making * DAY_MINUTES))))
                    for making in range(1, max(longest, 1) + 1) if making <= most))


def days_until(placed_on: date, ready: date) -> int:
    """The most working days after which something is ready by a day; less than 0 if that day is past."""
    return bisect_right(range(max((ready - placed_on).days, 0) + 1), ready,
                        key=lambda after: working_day(placed_on, after)) - 1


def working_day(day: date, days: int) -> date:
    """The day that many working days later; from a weekend they count as from the Friday before."""
    day -= timedelta(days=max(0, day.weekday() - 4))
    weeks, rest = divmod(days, 5)
    return day + timedelta(weeks=weeks, days=rest + (2 if day.weekday() + rest > 4 else 0))


def _started_within(model: ProductModel, most: int) -> Condition:
    late = tuple(used for days, used in _leads(model) if days > most)
    return And((*(Not(used) for used in late), Compare("<=", model.lead_days or Const(0), Const(most))))


def _leads(model: ProductModel) -> Iterator[tuple[int, Condition]]:
    """The days until each part is in the house, and when it is used; but for those that never matter."""
    least = bounds(model.lead_days or Const(0), whole(model), model)[0]
    yield from ((days, used) for days, used in _parts(model) if days > least)


def _parts(model: ProductModel) -> Iterator[tuple[int, Condition]]:
    for characteristic in model.characteristics:
        for value in (characteristic.yes,) if isinstance(characteristic, Boolean) else characteristic.options:
            if value.part is not None:
                taken = True if isinstance(characteristic, Boolean) else value.name
                yield model.part(value.part).lead_days, Is(characteristic.name, (taken,))
    for item in model.items:
        used = Compare(">", item.quantity, Const(0))
        yield model.part(item.part).lead_days, used if item.when is None else And((item.when, used))


def _minutes(model: ProductModel) -> Expression:
    return Arithmetic("+", (Const(0), *(
        operation.minutes if operation.when is None else Choose(operation.when, operation.minutes, Const(0))
        for operation in model.operations)))

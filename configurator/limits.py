"""What a customer limits: the price of one piece, and the day by which it must be ready. Each acts like a rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import get_timezone

from catalog.database import now
from catalog.model import ProductModel, Rule
from catalog.pricing import total
from configurator.engine import Measure
from orders.quotes import days, days_until, ready_within

COST, READY = "limit of the price", "limit of the day"
"""What explanations call the limits, where they name rules."""


@dataclass(frozen=True)
class Limits:
    """At most so much for one piece, in minor units; ready by a day. None: as it comes."""

    most: int | None = None
    by: date | None = None

    def __bool__(self) -> bool:
        return self.most is not None or self.by is not None

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Limits:
        """The inverse of `plain`."""
        return cls(plain.get("most"), date.fromisoformat(plain["by"]) if plain.get("by") else None)

    def plain(self) -> dict[str, Any]:
        """As JSON data."""
        return {"most": self.most, "by": self.by and self.by.isoformat()}

    def rules(self, model: ProductModel, placed_on: date) -> Iterator[Rule]:
        """The limits as rules, for what is ordered on a day."""
        if self.most is not None:
            yield Rule(name=COST, condition=cost(model).at_most(self.most))
        if self.by is not None:
            yield Rule(name=READY, condition=ready_within(model, days_until(placed_on, self.by)))


def cost(model: ProductModel) -> Measure:
    """What one piece costs, in minor units."""
    return Measure(total(model))


def lead(model: ProductModel) -> Measure:
    """In how many working days one piece is ready."""
    return Measure(days(model), lambda most: ready_within(model, most))


def today() -> date:
    """The day in the shop's time zone."""
    return now().astimezone(get_timezone()).date()

"""What a customer limits: the price of a piece, the day by which it is ready, where it stands. Each acts like rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from flask import has_app_context
from flask_babel import get_timezone

from catalog.database import now
from catalog.expressions import Whole
from catalog.model import ProductModel, Rule
from catalog.pricing import total
from configurator.engine import Measure, Stepped
from orders.places.rooms import Plan
from orders.places.standing import Spot, Standing
from orders.promises import ready_within
from orders.supplies.readiness import readiness
from orders.supplies.supply import Supply

COST, READY = "limit of the price", "limit of the day"
"""What explanations call the limits, where they name rules."""


@dataclass(frozen=True)
class Limits:
    """At most so much for one piece, in minor units; ready by a day; at a spot of a plan. None: as it comes."""

    most: int | None = None
    by: date | None = None
    standing: Standing | None = None

    def __bool__(self) -> bool:
        """Whether price or day are limited."""
        return self.most is not None or self.by is not None

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any], plan: Mapping[str, Any] | None = None) -> Limits:
        """The inverse of `plain`; `plan` is that of the place: without one, nothing stands anywhere."""
        spot = plain.get("spot")
        return cls(plain.get("most"), date.fromisoformat(plain["by"]) if plain.get("by") else None,
                   Standing(Plan.from_plain(plan), Spot(*spot)) if spot and plan else None)

    def plain(self) -> dict[str, Any]:
        """As JSON data."""
        spot = self.standing and self.standing.spot
        return {"most": self.most, "by": self.by and self.by.isoformat(),
                "spot": [spot.x, spot.y, spot.turned] if spot else None}

    def rules(self, model: ProductModel, supply: Supply) -> Iterator[Rule]:
        """The limits as rules, for what is ordered on the day of the supply."""
        if self.most is not None:
            yield Rule(name=COST, condition=cost(model).at_most(self.most))
        if self.by is not None:
            yield Rule(name=READY, condition=ready_within(model, supply, supply.until(self.by)))
        if self.standing is not None:
            yield from self.standing.rules(model)


def cost(model: ProductModel) -> Measure:
    """What one piece costs, in minor units."""
    return Measure(total(model))


def lead(model: ProductModel, supply: Supply) -> Stepped:
    """In how many working days one piece is ready; the same for as long as the supply is."""
    return supply.once((lead, id(model)), lambda: Stepped(
        lambda values: readiness(model, supply).days(Whole.of(values)),
        lambda most: ready_within(model, supply, most), readiness(model, supply).soonest))


def today() -> date:
    """The day in the shop's time zone; in UTC outside an application."""
    return day_of(now())


def day_of(moment: datetime) -> date:
    """The day of a moment, as `today`."""
    return moment.astimezone(get_timezone() if has_app_context() else UTC).date()

"""What a lot would cost and when it would be ready."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from catalog.expressions import Whole
from catalog.model import ProductModel
from catalog.nodes import Condition, Values
from catalog.pricing import PriceSheet, price
from orders.quotation.rounding import nearest
from orders.quotation.vat import Vat, charged, included
from orders.supplies.readiness import readiness
from orders.supplies.supply import NO_DAY, Supply


class Unpromised(ValueError):
    """No day can be promised: work centres never work together, or there is work for more than ten years."""


@dataclass(frozen=True)
class Offer:
    """What is offered: `price` is of one piece, `total` of the whole quantity, both in minor units.

    `total` includes `tax`, as `vat` says; `discount` was taken off it, in a `quote` of this name. `fee` is in it for
    changes after the release. `waived` is not charged, for this reason: `tier` is one's name, or empty where the firm
    made good what it did wrong.
    """

    price: PriceSheet
    quantity: int
    total: int
    promised_on: date
    vat: Vat
    tax: int
    discount: int = 0
    quote: str = ""
    fee: int = 0
    waived: int = 0
    tier: str = ""

    @classmethod
    def of(cls, price: PriceSheet, quantity: int, promised_on: date, vat: Vat) -> Offer:
        """So many pieces at their full price."""
        total = price.total * quantity
        return cls(price, quantity, total, promised_on, vat, nearest(included(total, vat.rate)))

    def charged(self, vat: Vat) -> Offer:
        """The same for somebody who is charged otherwise."""
        return Offer.of(charged(self.price, self.vat.rate, vat), self.quantity, self.promised_on, vat)


def promised(offer: Offer) -> Offer:
    """The offer, if there is a day in it; raises Unpromised."""
    if offer.promised_on == NO_DAY:
        raise Unpromised("no day can be promised until the work centres have hours")
    return offer


def offered(model: ProductModel, values: Values, supply: Supply, quantity: int = 1) -> Offer:
    """The offer for whole values on the day of the supply."""
    values = Whole.of(values)
    sheet = price(model, values)
    return Offer.of(sheet, quantity, promise(model, values, supply, quantity), Vat(model.vat))


def promise(model: ProductModel, values: Values, supply: Supply, quantity: int = 1) -> date:
    """The day when so many pieces are ready: see orders.supplies.readiness; NO_DAY if none can be promised."""
    return supply.after(readiness(model, supply).days(Whole.of(values), quantity))


def ready_within(model: ProductModel, supply: Supply, most: int) -> Condition:
    """That one piece is ready in so many working days."""
    return readiness(model, supply).within(most)

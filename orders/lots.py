"""A lot: what is ordered together, of one product and all alike."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.model import ProductModel
from catalog.nodes import Values
from catalog.records import Version
from orders.places.standing import Standing
from orders.records import Order, Revision


@dataclass(frozen=True)
class Lot:
    """What is ordered: pieces with these values of a version's model.

    `revision`: the saved specification that it was made from; `remake_of`: the order that it is made in the place of;
    `standing`: where in the plan of the place it goes.
    """

    version: Version
    model: ProductModel
    values: Values
    quantity: int
    revision: Revision | None = None
    remake_of: Order | None = None
    standing: Standing | None = None

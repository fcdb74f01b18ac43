"""The steps of an order's frozen sheet: which there are, and whether anything may be done at them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from orders.lifecycle import MADE, NotAllowed, locked
from orders.records import Order

Step = tuple[str, int]
"""An operation's name, and the number of a step of it from 1."""


def steps(order: Order) -> list[Step]:
    """Every step of the frozen sheet."""
    return [(operation["name"], number) for operation in order.sheet["operations"]
            for number, _ in enumerate(operation["steps"], 1)]


def planned(order: Order, operation: str, step: int) -> Mapping[str, Any]:
    """What the sheet says of a step; raises LookupError if it has no such step."""
    if (operation, step) not in steps(order):
        raise LookupError(f"order {order.number} has no step {step} in operation {operation!r}")
    found: Mapping[str, Any] = next(one for one in order.sheet["operations"] if one["name"] == operation)
    asked: Mapping[str, Any] = found["steps"][step - 1]
    return asked


def workable(session: Session, order: Order) -> None:
    """Keeps the order from others until the end of the transaction; raises NotAllowed unless it is on the floor."""
    if locked(session, order).state not in MADE:
        raise NotAllowed(order, "in_production")
    session.refresh(order, ["sign_offs"])


def signed(order: Order) -> set[Step]:
    """The steps that are done."""
    return {(one.operation, one.step) for one in order.sign_offs}

"""The states of an order and the moves between them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from catalog.database import now
from orders.records import Account, Order, OrderEvent

MOVES = {
    "released": ("in_production", "cancelled"),
    "in_production": ("built", "released", "cancelled"),  # released again: the only sign-off was a mistake
    "built": ("shipped", "in_production"),  # in production again: a sign-off was a mistake
    "shipped": (),
    "cancelled": (),
}


class NotAllowed(ValueError):
    """The order's state does not allow this."""

    def __init__(self, order: Order, state: str) -> None:
        super().__init__(f"order {order.number} is {order.state}: it cannot become {state}")


def locked(session: Session, order: Order) -> Order:
    """The order as it is now, kept from others until the end of the transaction.

    Writing its state, if only as it is, makes others wait; where they would not see what was done meanwhile (repeatable
    reads), it makes them start over.
    """
    session.execute(update(Order).where(Order.id == order.id).values(state=Order.state))
    session.refresh(order)
    return order


def may(order: Order, state: str) -> bool:
    """Whether the order can move to this state now."""
    return state in MOVES[order.state]


def move(session: Session, order: Order, state: str, account: Account | None, at: datetime | None = None) -> None:
    """Moves the order and notes by whom; raises NotAllowed."""
    if not may(locked(session, order), state):
        raise NotAllowed(order, state)
    enter(session, order, state, account, at)


def enter(session: Session, order: Order, state: str, account: Account | None, at: datetime | None = None) -> None:
    """Notes a state, the first one too, entered `at` a moment: now if not given."""
    order.state = state
    session.add(OrderEvent(order=order, state=state, account=account, at=at or now()))
    session.flush()

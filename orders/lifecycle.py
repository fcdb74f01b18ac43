"""The life cycle of an order, and of what is asked for after its release: one table of transitions, with who may make
each.

The picture in docs/lifecycle.md is drawn from it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from catalog.database import now
from orders.records import Account, Order, OrderEvent

SYSTEM: Literal["system"] = "system"
"""Who acts where nobody does: time alone."""
CUSTOMER: Literal["customer"] = "customer"
"""Whoever buys, with an account or without."""
Actor = Account | Literal["system", "customer"]
"""Somebody, or what they are without an account. Nobody is no actor: what is forgotten allows nothing."""
BUYERS = (CUSTOMER, "rep")
FLOOR = ("fulfilment",)


class Transition(NamedTuple):
    """What may be done with an order, a request or a quote in the state `before`, what becomes of it, and who may.

    An empty `before` is none yet. An admin may do whatever any staff may.
    """

    of: Literal["order", "request", "quote"]
    act: str
    before: str
    after: str
    who: Collection[str]


TRANSITIONS = (
    Transition("order", "place", "", "placed", BUYERS),
    Transition("order", "change", "placed", "placed", BUYERS),
    Transition("order", "release", "placed", "released", ("rep", *FLOOR, SYSTEM)),
    Transition("order", "cancel", "placed", "cancelled", (*BUYERS, *FLOOR)),
    Transition("order", "start", "released", "in_production", FLOOR),
    Transition("order", "take back the start", "in_production", "released", FLOOR),
    Transition("order", "finish", "in_production", "built", FLOOR),
    Transition("order", "take back a step", "built", "in_production", FLOOR),
    Transition("order", "ship", "built", "shipped", FLOOR),
    *(Transition("order", "grant a change", state, state, FLOOR) for state in ("released", "in_production", "built")),
    *(Transition("order", "grant cancelling", state, "cancelled", FLOOR)
      for state in ("released", "in_production", "built")),
    Transition("request", "ask", "", "asked", BUYERS),
    Transition("request", "withdraw", "asked", "withdrawn", BUYERS),
    Transition("request", "approve", "asked", "approved", FLOOR),
    Transition("request", "refuse", "asked", "refused", FLOOR),
)
ENDS = {"order": ("shipped", "cancelled"), "request": ("approved", "refused", "withdrawn")}
"""Where nothing more is to be done."""
MADE = ("released", "in_production", "built")
"""States in which the floor has to do with an order: it changes by a request alone."""
PENDING = ("placed", *MADE)
"""States in which something is still to be made."""


class NotAllowed(ValueError):
    """The order's state does not allow this, or not to them."""

    def __init__(self, order: Order, state: str) -> None:
        super().__init__(f"order {order.number} is {order.state}: it cannot become {state}")


def who(before: str, after: str, of: str = "order") -> frozenset[str]:
    """The roles that may make a thing in one state one in another; none if nobody may."""
    return frozenset(role for transition in TRANSITIONS if transition.of == of
                     and (transition.before, transition.after) == (before, after) for role in transition.who)


def may(order: Order, state: str, by: Actor) -> bool:
    """Whether somebody can move the order to this state now."""
    return allows(who(order.state, state), by)


def allows(roles: Collection[str], by: Actor) -> bool:
    """Whether somebody is among those who may."""
    role = by if isinstance(by, str) else by.role
    return role in roles or (role == "admin" and not {CUSTOMER, SYSTEM}.issuperset(roles))


def locked(session: Session, order: Order) -> Order:
    """The order as it is now, kept from others until the end of the transaction.

    Writing its state, if only as it is, makes others wait; where they would not see what was done meanwhile (repeatable
    reads), it makes them start over.
    """
    session.execute(update(Order).where(Order.id == order.id).values(state=Order.state))
    session.refresh(order)
    return order


def begin(session: Session, order: Order, by: Actor, free_for: timedelta) -> None:
    """Notes a new order as placed, and releases it if it need not stay free to change.

    A remake is released by the floor alone, which says whether it is one.
    """
    order.free_until = None if order.remake_of else order.placed_at + free_for
    enter(session, order, "placed", by, order.placed_at)
    if order.free_until == order.placed_at:
        enter(session, order, "released", SYSTEM, order.placed_at)


def release_due(session: Session, at: datetime | None = None) -> list[Order]:
    """Releases the orders whose time to be changed freely is over, and says which."""
    found = due(session, at)
    for order in found:
        move(session, order, "released", SYSTEM, at)
    return found


def due(session: Session, at: datetime | None = None) -> list[Order]:
    """The orders whose time to be changed freely is over at a moment, now if not given."""
    return list(session.scalars(select(Order).where(Order.state == "placed", Order.free_until <= (at or now()))
                                .order_by(Order.id)))


def move(session: Session, order: Order, state: str, by: Actor, at: datetime | None = None) -> None:
    """Moves the order and notes by whom; raises NotAllowed."""
    if not may(locked(session, order), state, by):
        raise NotAllowed(order, state)
    enter(session, order, state, by, at)


def enter(session: Session, order: Order, state: str, by: Actor, at: datetime | None = None) -> None:
    """Notes a state, the first one and the same again too, entered `at` a moment: now if not given."""
    order.state, account = state, None if isinstance(by, str) else by
    session.add(OrderEvent(order=order, state=state, sheet_number=order.sheet_number, account=account, at=at or now()))
    session.flush()

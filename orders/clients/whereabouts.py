"""Where orders stand, and what a client may rightly complain about: late, not right, to be made again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload, undefer

from orders.changes import requests
from orders.floor.steps import signed, steps
from orders.lifecycle import PENDING
from orders.memory import feedback
from orders.memory.remembered import Evidence
from orders.records import Customer, Order


class Stand(NamedTuple):
    """Where an order stands: the operation that is next or in hand, so many of its steps done, days late, and what the
    floor is asked of it (see orders.changes.changed.KINDS).
    """

    order: Order
    stage: str  # "" if nothing is left to build
    done: int
    steps: int
    late: int  # days since the promised one; 0 if it is not past, or nothing is left to do
    asked: str  # "" if nothing waits for an answer


class Complaint(NamedTuple):
    """Something of an order that is not as it was promised; `wrong` are the names of the values that were not right."""

    kind: str  # late, wrong or remake
    order: Order
    wrong: tuple[str, ...] = ()


def stands(session: Session, orders: Iterable[Order], today: date) -> dict[int, Stand]:
    """Where each of the orders stands that is still to be made or shipped, by its id."""
    ids = [order.id for order in orders if order.state in PENDING]
    query = select(Order).where(Order.id.in_(ids)).options(selectinload(Order.sign_offs), undefer(Order.sheet))
    asked = requests.asked(session, ids)
    return {order.id: _stand(order, asked.get(order.id, ""), today) for order in session.scalars(query)}


def _stand(order: Order, asked: str, today: date) -> Stand:
    planned, done = steps(order), signed(order)
    left = next((operation for operation, step in planned if (operation, step) not in done), None)
    titles = {operation["name"]: operation["title"] for operation in order.sheet["operations"]}
    return Stand(order, titles[left] if left is not None else "", len(done & set(planned)), len(planned),
                 max(0, (today - order.promised_on).days), asked)


def complaints(session: Session, customer: Customer, orders: Iterable[Order], today: date) -> list[Complaint]:
    """What is late, what was said to be wrong and not made again, and what is being made again."""
    orders = list(orders)
    remade = {order.remake_of_id for order in orders if order.state != "cancelled"}
    late = [Complaint("late", order) for order in orders if order.state in PENDING and order.promised_on < today]
    remakes = [Complaint("remake", order) for order in orders if order.state in PENDING and order.remake_of_id]
    said = session.scalars(select(Evidence).where(Evidence.customer_id == customer.id, Evidence.kind == "verdict",
                                                  feedback.stands()).order_by(Evidence.id.desc()))
    wrong = [Complaint("wrong", piece.order, names) for piece in said
             if piece.order and piece.order_id not in remade and (names := feedback.wrong(piece))]
    return [*late, *remakes, *wrong]

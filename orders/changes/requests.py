"""What customers ask of the floor after an order's release, and its answers: one question of an order at a time."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload, selectinload, undefer

from catalog.database import now
from orders.changes.changed import LONGEST_WORD, Request
from orders.lifecycle import Actor, NotAllowed, allows, who
from orders.names import remark
from orders.records import Account, Order
from orders.relation import tiers


class Pending(ValueError):
    """Something is asked of the order already: that is answered first."""

    def __init__(self, order: Order) -> None:
        super().__init__(f"something is asked of order {order.number} already: wait for the answer, or withdraw it")


class Answered(ValueError):
    """The request was answered or withdrawn by somebody else meanwhile, or is not theirs to answer."""

    def __init__(self, request: Request, state: str) -> None:
        super().__init__(f"the request is {request.state}: it cannot become {state}")


def pending(session: Session, order: Order) -> Request | None:
    """What is asked of an order and not answered."""
    return session.scalar(select(Request).where(Request.order_id == order.id, Request.state == "asked"))


def asked(session: Session, orders: Collection[int]) -> dict[int, str]:
    """The kind of what is asked and not answered of each of some orders, by their ids."""
    rows = session.execute(select(Request.order_id, Request.kind).where(Request.order_id.in_(orders),
                                                                        Request.state == "asked"))
    return {row.order_id: row.kind for row in rows}


def waiting(session: Session) -> list[Request]:
    """What the floor has to answer, what was asked first at the top."""
    return list(session.scalars(select(Request).where(Request.state == "asked").order_by(Request.id).options(
        joinedload(Request.order).options(undefer(Order.sheet), selectinload(Order.sign_offs)),
        joinedload(Request.customer), joinedload(Request.account))))


def of(session: Session, order: Order) -> list[Request]:
    """All that was ever asked of an order, the newest first."""
    return list(session.scalars(select(Request).where(Request.order_id == order.id).order_by(Request.id.desc())))


def ask(session: Session, order: Order, kind: str, by: Actor, why: str = "") -> Request:
    """Something new that is asked; of two at once the database refuses the second.

    Raises Pending, NotAllowed for who may not ask, and ValueError.
    """
    if not allows(who("", "asked", "request"), by):
        raise NotAllowed(order, "asked")
    request = Request(order=order, customer_id=order.customer_id, kind=kind, state="asked",
                      account=None if isinstance(by, str) else by, why=remark(why, LONGEST_WORD))
    try:
        with session.begin_nested():
            session.add(request)
            session.flush()
    except IntegrityError as error:
        raise Pending(order) from error
    return request


def settle(session: Session, request: Request, state: str, account: Account, word: str = "") -> None:
    """Notes what became of a request, by whom and with which word; call it with the order locked. Raises Answered."""
    session.refresh(request, ["state"])
    if not allows(who(request.state, state, "request"), account):
        raise Answered(request, state)
    request.state, request.word, request.answerer = state, remark(word, LONGEST_WORD), account
    request.answered_at = now()
    session.flush()
    if state != "approved":
        tiers.give_back(session, request.id)

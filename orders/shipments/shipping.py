"""Shipping: the box leaves with a carrier, is followed by its number, arrives, and maybe comes back."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from urllib.parse import quote, urlsplit

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from catalog.database import now
from catalog.store import model_of
from orders.changes import requests
from orders.lifecycle import locked, move
from orders.names import clean, remark
from orders.records import Account, Customer, Order, OrderEvent
from orders.shipments.shipped import Carrier, Shipment
from orders.supplies import reservations

NUMBER = "{number}"
"""What stands in a carrier's link for the number of a box."""
LONGEST_NAME, LONGEST_LINK, LONGEST_TRACKING, LONGEST_WHY = 80, 500, 80, 300


class Asked(ValueError):
    """Something is asked about the order: the floor answers that before it ships."""


def carriers(session: Session, all_: bool = False) -> list[Carrier]:
    """Who takes boxes, by name; with `all_` those too that the firm does not work with any more."""
    chosen = select(Carrier) if all_ else select(Carrier).where(Carrier.active)
    return list(session.scalars(chosen.order_by(Carrier.name)))


def keep_carrier(session: Session, name: str, link: str, active: bool = True) -> Carrier:
    """A carrier of this name, with the address that follows a box; raises ValueError for one that leads nowhere."""
    name, link = clean(name, LONGEST_NAME), link.strip()
    if link:
        _check(link)
    carrier = session.scalar(select(Carrier).where(Carrier.name == name))
    if carrier is None:
        session.add(carrier := Carrier(name=name))
    carrier.link, carrier.active = link, active
    session.flush()
    return carrier


def _check(link: str) -> None:
    parts = urlsplit(link)
    leads = parts.scheme in ("http", "https") and parts.hostname and len(link) <= LONGEST_LINK
    if not leads or NUMBER not in link or NUMBER in parts.netloc or re.search(r"[\s\x00-\x1f\x7f]", link):
        raise ValueError(f"a link begins with https:// and has {NUMBER} after its host, where the number goes")


def followed(shipment: Shipment) -> str:
    """The address at which the carrier tells where a box is; "" if there is none."""
    if shipment.carrier is None or not shipment.tracking:
        return ""
    return shipment.carrier.link.replace(NUMBER, quote(shipment.tracking, safe=""))


def ship(session: Session, order: Order, account: Account, carrier: Carrier | None = None, tracking: str = "",
         at: datetime | None = None) -> Shipment:
    """Notes that the box has left; whatever the order still had reserved was evidently used.

    Raises lifecycle.NotAllowed if it is not built, Asked while a request is open, ValueError for a number too long.
    """
    locked(session, order)
    if requests.pending(session, order):
        raise Asked(f"something is asked about order {order.number}")
    at = at or now()
    shipment = Shipment(order_id=order.id, customer_id=order.customer_id, carrier=carrier, account=account,
                        tracking=remark(tracking, LONGEST_TRACKING), shipped_at=at)
    move(session, order, "shipped", account, at)
    reservations.consume(session, order, account, found=True, at=at)
    session.add(shipment)
    session.flush()
    return shipment


def correct(session: Session, shipment: Shipment, carrier: Carrier | None, tracking: str) -> None:
    """Another carrier or number: the first was mistyped, or not known yet. Raises ValueError."""
    shipment.carrier, shipment.tracking = carrier, remark(tracking, LONGEST_TRACKING)
    session.flush()


def deliver(session: Session, shipment: Shipment, at: datetime | None = None) -> None:
    """Notes that the box has arrived; twice is once."""
    shipment.delivered_at = shipment.delivered_at or at or now()
    session.flush()


def take_back(session: Session, shipment: Shipment, why: str, at: datetime | None = None) -> None:
    """Notes that the box came back, and why; once more gives another reason. Raises ValueError without one.

    The order stays shipped, and bought: what becomes of the money is not kept here. Nobody is asked about it any more.
    """
    if not (why := remark(why, LONGEST_WHY)):
        raise ValueError("say why")
    shipment.returned_at, shipment.returned_why = shipment.returned_at or at or now(), why
    session.flush()


def stays(session: Session, shipment: Shipment) -> None:
    """Takes back that it came back: that was noted of the wrong one."""
    shipment.returned_at, shipment.returned_why = None, ""
    session.flush()


def returned(session: Session, customer: Customer) -> dict[int, Shipment]:
    """A customer's boxes that came back, by the ids of their orders."""
    return {box.order_id: box for box in session.scalars(select(Shipment).where(
        Shipment.customer_id == customer.id, Shipment.returned_at.is_not(None)))}


def came_back() -> ColumnElement[bool]:
    """That the box of an order came back."""
    return exists().where(Shipment.order_id == Order.id, Shipment.returned_at.is_not(None))


def of(session: Session, order: Order) -> Shipment | None:
    """The box of an order; none if it has not left, or left before boxes were noted."""
    return session.get(Shipment, order.id)


def in_hand() -> ColumnElement[datetime]:
    """Since when an order is in its customer's hands, as far as is known: delivered, else shipped."""
    delivered = select(Shipment.delivered_at).where(Shipment.order_id == Order.id).scalar_subquery()
    shipped = select(func.max(OrderEvent.at)).where(
        OrderEvent.order_id == Order.id, OrderEvent.state == "shipped").correlate(Order).scalar_subquery()
    return func.coalesce(delivered, shipped)


def ask_at(order: Order, since: datetime) -> datetime:
    """When to ask whether it is right, if it is in hand since a moment: once one can tell, by the product."""
    return since + timedelta(days=model_of(order.version).ask_after_days)

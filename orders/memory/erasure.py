"""Erasing a customer: what is left is what the law makes one keep, without the person.

The orders stay, for the books: number, day, product, the price line by line, and what of it is neither a text nor about
a person or a place. Everything else that belongs to the customer is deleted, whatever table it is in: see KEPT.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ScalarSelect, Table, delete, select, update
from sqlalchemy.orm import Session

from catalog.database import Base
from catalog.model import ProductModel, Text
from catalog.store import model_of
from orders import subjects
from orders.clients import sought
from orders.floor.worked import Counted, Measurement, Picked, Trouble, Used, Work
from orders.lifecycle import PENDING
from orders.memory import evidence
from orders.memory.remembered import Erasure, ErasureWish
from orders.records import CUSTOMERS, Account, Customer, Login, Order, OrderEvent, Revision, SignOff, Specification
from orders.relation.followed import TierUse
from orders.supplies.supplied import Booking, Movement, Reservation

NAME = "(erased)"
"""What a customer is called afterwards."""
KEPT = {"order", "erasure"}
"""The tables of a customer's that stay,"""
BOOKS = {"product", "revision", "placed_on", "promised_on", "quantity", "remake", "price"}
"""and what stays of a frozen sheet, besides the customer's number and the answers in the catalogue's words."""


class StillMaking(ValueError):
    """Orders of the customer are being made: what they are cannot be blanked yet."""

    def __init__(self, orders: list[Order]) -> None:
        super().__init__("these orders are still being made: " + ", ".join(order.number for order in orders))
        self.orders = orders


def making(session: Session, customer: Customer) -> list[Order]:
    """The orders that the workshop still needs whole."""
    return list(session.scalars(select(Order).where(Order.customer_id == customer.id, Order.state.in_(PENDING))
                                .order_by(Order.id)))


def wish(session: Session, customer: Customer) -> ErasureWish | None:
    """That they want to be erased as soon as nothing of theirs is being made."""
    return session.get(ErasureWish, customer.id)


def erased(session: Session, customer: Customer) -> Erasure | None:
    """That and when a customer was erased: nothing is ordered for them any more."""
    return session.get(Erasure, customer.id)


def erase(session: Session, customer: Customer) -> None:
    """Erases a customer; raises StillMaking.

    Whoever answers for the process lets go of what it has in memory: see configurator.web.memory.erasing.
    """
    subjects.lock(session, customer)  # whoever orders for them at the same time waits, or starts over
    if open_ := making(session, customer):
        raise StillMaking(open_)
    session.add(Erasure(customer_id=customer.id))
    session.flush()
    for order in session.scalars(select(Order).where(Order.customer_id == customer.id)):
        _blank(order)
    for record in Measurement, Trouble:  # they may tell of the person; the batches that were used stay to be traced
        session.execute(delete(record).where(record.order_id.in_(_orders(customer))))
    customer.name, customer.email, customer.phone, customer.company = NAME, "", "", ""
    customer.country, customer.kind, customer.vat_id = "", CUSTOMERS[0], ""
    session.flush()
    sought.forget(session, customer)
    _sign_out(session, customer)
    _delete(session, customer)
    session.expire_all()
    evidence.changed(session, customer)


def let_orders_go(session: Session, customer: Customer) -> int:
    """Deletes the orders of an erased customer, and the customer: how many orders, when nobody has to keep them."""
    _delete(session, customer)  # should anything have come since they were erased
    ids = _orders(customer)
    session.execute(update(Order).where(Order.remake_of_id.in_(ids)).values(remake_of_id=None))
    for record in OrderEvent, SignOff, Work, Counted, Used, Picked, TierUse, Reservation, Booking:
        session.execute(delete(record).where(record.order_id.in_(ids)))
    session.execute(update(Movement).where(Movement.order_id.in_(ids)).values(order_id=None))
    gone = session.scalars(delete(Order).where(Order.customer_id == customer.id).returning(Order.id)).all()
    session.execute(delete(Erasure).where(Erasure.customer_id == customer.id))
    session.execute(delete(Customer).where(Customer.id == customer.id))
    session.expire_all()
    return len(gone)


def _orders(customer: Customer) -> ScalarSelect[int]:
    return select(Order.id).where(Order.customer_id == customer.id).scalar_subquery()


def _blank(order: Order) -> None:
    """Takes out of an order whatever could say who it was for."""
    model, sheet = model_of(order.version), order.sheet
    plain = _impersonal(model)
    order.values = {name: value for name, value in order.values.items() if name in plain}
    order.sheet = {
        **{name: value if name in BOOKS else _nothing(value) for name, value in sheet.items()},
        "customer": {"number": sheet["customer"]["number"], "name": NAME, "for": []},
        "groups": [{**group, "rows": [{**row, "was": None} for row in group["rows"] if row["name"] in plain]}
                   for group in sheet["groups"]]}
    order.key, order.seconds = f"erased {order.id}", None
    order.revision_id = order.person_id = order.place_id = order.quote_revision_id = None


def _nothing(value: Any) -> Any:
    return type(value)() if isinstance(value, str | list) else None


def _impersonal(model: ProductModel) -> frozenset[str]:
    """The characteristics that tell of the product alone, and in the catalogue's words."""
    return frozenset(c.name for c in model.characteristics if c.about == "product" and not isinstance(c, Text))


def _sign_out(session: Session, customer: Customer) -> None:
    """Ends their logins, and takes their account out of what stays."""
    accounts = select(Account.id).where(Account.customer_id == customer.id).scalar_subquery()
    session.execute(delete(Login).where(Login.account_id.in_(accounts)))
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if column.nullable and any(key.column is Account.__table__.c.id for key in column.foreign_keys):
                session.execute(update(table).where(column.in_(accounts)).values({column: None}))


def _delete(session: Session, customer: Customer) -> None:
    """Deletes what belongs to a customer, what hangs on other things first."""
    theirs = select(Specification.id).where(Specification.customer_id == customer.id).scalar_subquery()
    for table in _of_customers():
        if table is Specification.__table__:
            session.execute(delete(Revision).where(Revision.specification_id.in_(theirs)))
        if table.name not in KEPT:
            session.execute(delete(table).where(table.c.customer_id == customer.id))


def _of_customers() -> list[Table]:
    """The tables with a customer in every row, those first that refer to the others."""
    return [table for table in reversed(Base.metadata.sorted_tables) if any(
        key.column is Customer.__table__.c.id for column in table.columns for key in column.foreign_keys)]

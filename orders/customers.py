"""Customers: who they are and how to find them."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, case, false, or_, select
from sqlalchemy.orm import Session

from orders import numbers, subjects
from orders.names import clean
from orders.records import Customer, Order, Specification, digits, folded

LONGEST_NAME = 200
TELLING = 8
"""Digits that tell telephones apart: the last ones, so that +49 171 555 01 and 0171 55501 are the same."""


def new_customer(session: Session, *, name: str, email: str = "", phone: str = "", made_up: bool = False) -> Customer:
    """A new customer with the next number; raises ValueError for a name that `clean` refuses."""
    customer = Customer(number=numbers.take(session, "customer"), name=clean(name, LONGEST_NAME),
                        email=email.strip().lower(), phone=phone.strip(), made_up=made_up)
    session.add(customer)
    session.flush()
    subjects.add(session, customer, "person", customer.name[:subjects.LONGEST_NAME], themself=True)
    return customer


def of_number(session: Session, number: str) -> Customer | None:
    """The customer of this number."""
    return session.scalar(select(Customer).where(Customer.number == number))


def find(session: Session, text: str, limit: int = 20) -> list[Customer]:
    """Customers by parts of their name or e-mail, telephone, or a number of theirs; exact numbers come first.

    Accents, capitals and the order of words do not matter, nor how a telephone number is written. The number may be the
    customer's, an order's or a specification's.
    """
    text = text.replace("\0", " ").strip()
    words = folded(text).split()
    if not words:
        return []
    exact = _numbered(text.upper())
    return list(session.scalars(
        select(Customer).where(or_(exact, _telephoned(text), and_(*(_contains(word) for word in words))))
        .order_by(case((exact, 0), else_=1), Customer.name, Customer.id).limit(limit)))


def _contains(word: str) -> ColumnElement[bool]:
    return Customer.sought.contains(word, autoescape=True)


def _telephoned(text: str) -> ColumnElement[bool]:
    number = digits(text).lstrip("0")[-TELLING:]
    return _contains(number) if len(number) > 3 and not any(map(str.isalpha, text)) else false()


def _numbered(number: str) -> ColumnElement[bool]:
    return or_(Customer.number == number,
               Customer.id.in_(select(Order.customer_id).where(Order.number == number)),
               Customer.id.in_(select(Specification.customer_id).where(Specification.number == number)))

"""Customers: who they are, how to find them, and what they told about themselves and their places."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, false, or_, select
from sqlalchemy.orm import Session

from catalog.database import now
from catalog.expressions import Values
from catalog.model import Characteristic, ProductModel, to_plain
from orders import numbers
from orders.records import Customer, Fact, Order, Specification, digits, folded

LONGEST_NAME = 200
TELLING = 8
"""Digits that tell telephones apart: the last ones, so that +49 171 555 01 and 0171 55501 are the same."""


def new_customer(session: Session, *, name: str, email: str = "", phone: str = "", made_up: bool = False) -> Customer:
    """A new customer with the next number; raises ValueError for a name that `clean` refuses."""
    customer = Customer(number=numbers.take(session, "customer"), name=clean(name, LONGEST_NAME),
                        email=email.strip().lower(), phone=phone.strip(), made_up=made_up)
    session.add(customer)
    session.flush()
    return customer


def clean(name: str, most: int) -> str:
    """A name as one line of 1 to `most` characters; raises ValueError for anything else, control characters too."""
    name = " ".join(name.split())
    if not 0 < len(name) <= most or any(unicodedata.category(sign) == "Cc" for sign in name):
        raise ValueError(f"a name has 1 to {most} characters, none of them a control character")
    return name


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


def facts(session: Session, customer: Customer) -> dict[str, Fact]:
    """What the customer told, by trait: the newest of each."""
    told = session.scalars(select(Fact).where(Fact.customer_id == customer.id).order_by(Fact.stated_at, Fact.id))
    return {fact.trait: fact for fact in told}


def tell(session: Session, customer: Customer, model: ProductModel, values: Values, source: str,
         at: datetime | None = None) -> None:
    """Keeps what the values say about the person or the place, where it is news."""
    known = facts(session, customer)
    for characteristic in model.characteristics:
        if characteristic.name in values and characteristic.trait and characteristic.about != "product":
            fact = _fact(characteristic, values)
            before = known.get(fact.trait)
            if before is None or (before.answer, before.unit) != (fact.answer, fact.unit):
                fact.customer_id, fact.source, fact.stated_at = customer.id, source, at or now()
                session.add(fact)
    session.flush()


def _fact(characteristic: Characteristic, values: Values) -> Fact:
    answer = to_plain({"value": values[characteristic.name]})
    return Fact(trait=characteristic.trait, about=characteristic.about, answer=answer,
                unit=getattr(characteristic, "unit", ""))

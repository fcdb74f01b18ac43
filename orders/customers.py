"""Customers: who they are."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from orders import numbers, subjects
from orders.clients import sought  # noqa: F401  # whoever is stored is found
from orders.names import clean
from orders.records import Customer

LONGEST_NAME = 200


def new_customer(session: Session, *, name: str, email: str = "", phone: str = "", company: str = "",
                 made_up: bool = False) -> Customer:
    """A new customer with the next number; raises ValueError for a name or a company that `clean` refuses."""
    customer = Customer(number=numbers.take(session, "customer"), made_up=made_up)
    call(customer, name=name, email=email, phone=phone, company=company)
    session.add(customer)
    session.flush()
    subjects.add(session, customer, "person", customer.name[:subjects.LONGEST_NAME], themself=True)
    return customer


def call(customer: Customer, *, name: str, email: str, phone: str, company: str) -> None:
    """How a customer is called, and where they are reached; raises ValueError as `new_customer` does."""
    customer.name, customer.company = clean(name, LONGEST_NAME), clean(company, LONGEST_NAME) if company.strip() else ""
    customer.email, customer.phone = email.strip().lower(), phone.strip()


def of_number(session: Session, number: str) -> Customer | None:
    """The customer of this number."""
    return session.scalar(select(Customer).where(Customer.number == number))

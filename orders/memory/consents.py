"""What customers allow to be made of what is remembered of them: each purpose until they withdraw it.

Where a shop asks first, a new customer's answer is noted before anything is remembered of them.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from orders.memory.evidence import changed
from orders.memory.remembered import PURPOSES, Consent
from orders.records import Account, Customer


def allowed(session: Session, customer: Customer) -> frozenset[str]:
    """The purposes of remembered.PURPOSES that a customer allows now."""
    said: dict[str, bool] = dict(session.execute(select(Consent.purpose, Consent.given).where(
        Consent.customer_id == customer.id).order_by(Consent.id)).all())
    return frozenset(purpose for purpose in PURPOSES if said.get(purpose, True))


def allows(session: Session, customer: Customer, purpose: str) -> bool:
    """Whether a customer allows a purpose now."""
    return purpose in allowed(session, customer)


def refusing(session: Session, purpose: str) -> set[int]:
    """The ids of the customers who do not allow a purpose now."""
    return set(session.scalars(refusers(purpose)))


def refusers(purpose: str) -> Select[int]:
    """The query for them."""
    newest = select(func.max(Consent.id).label("id")).where(Consent.purpose == purpose).group_by(
        Consent.customer_id).subquery()
    return select(Consent.customer_id).join(newest, and_(newest.c.id == Consent.id, Consent.given.is_(False)))


def ask(session: Session, customer: Customer, given: Collection[str], by: Account | None) -> None:
    """Notes what a new customer allows, purpose by purpose, where they are asked before anything is used."""
    session.add_all(Consent(customer_id=customer.id, purpose=purpose, given=purpose in given, account=by)
                    for purpose in PURPOSES)
    session.flush()


def say(session: Session, customer: Customer, purpose: str, given: bool, by: Account | None) -> None:
    """Notes that a customer allows a purpose or withdraws it, effective at once."""
    if allows(session, customer, purpose) != given:
        session.add(Consent(customer_id=customer.id, purpose=purpose, given=given, account=by))
        changed(session, customer)

"""Calls: from the first act of a rep for a client to the last; what happened since the last call is news."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from catalog.database import now
from orders import subjects
from orders.clients.noted import Call
from orders.records import Account, Customer

PAUSE = timedelta(hours=1)
"""Whoever does nothing for a client for longer has ended the call: what they do next is another one."""


def act(session: Session, customer: Customer, account: Account | None, at: datetime | None = None) -> Call:
    """Notes that somebody did something for a client: it goes on with the call that is under way, or begins one."""
    at = at or now()
    subjects.alive(session, customer)
    newest = _newest(session, customer)
    if newest is None or newest.account_id != (account and account.id) or at - newest.at > PAUSE:
        newest = Call(customer_id=customer.id, account=account, began_at=at)
        session.add(newest)
    newest.at = at
    session.flush()
    return newest


def last(session: Session, customer: Customer, at: datetime | None = None) -> Call | None:
    """The last call that has ended: not one that is under way."""
    return _newest(session, customer, before=(at or now()) - PAUSE)


def of(session: Session, customer: Customer, most: int) -> list[Call]:
    """The last calls, the newest first."""
    return list(session.scalars(select(Call).where(Call.customer_id == customer.id).order_by(
        Call.at.desc(), Call.id.desc()).limit(most).options(joinedload(Call.account))))


def forget(session: Session, customer: Customer) -> None:
    """Deletes all of them: the client wants them forgotten."""
    session.execute(delete(Call).where(Call.customer_id == customer.id))


def _newest(session: Session, customer: Customer, before: datetime | None = None) -> Call | None:
    query = select(Call).where(Call.customer_id == customer.id).order_by(Call.at.desc(), Call.id.desc()).limit(1)
    return session.scalar(query.where(Call.at <= before) if before else query)

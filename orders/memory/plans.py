"""The plans of places as something remembered: kept, forgotten, and brought back as long as that can be undone.

What is forgotten lies with the row that says so, until it is taken out for good: nobody who asks a place finds it.
Orders and quotes have their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.database import now
from orders.memory.remembered import Forgotten
from orders.places.rooms import Plan
from orders.records import Customer, Subject

KEY = "the plan"
"""What a plan is forgotten by; no trait is called so."""


def forgotten(session: Session, customer: Customer) -> Mapping[int, Forgotten]:
    """Those that can be brought back, by the ids of their places."""
    rows = session.scalars(select(Forgotten).where(Forgotten.customer_id == customer.id, Forgotten.key == KEY))
    return {row.subject_id: row for row in rows if row.subject_id and row.plan}


def keep(session: Session, place: Subject, plan: Plan) -> None:
    """Keeps a plan of a place; what was forgotten of it goes at once."""
    _take_out(session, place)
    place.plan = plan.plain()


def forget(session: Session, place: Subject, at: datetime | None = None) -> None:
    """Uses it no more from now on (or from a moment); `retention` takes it out when it can no longer be undone."""
    if place.plan is not None:
        _take_out(session, place)
        session.add(Forgotten(customer_id=place.customer_id, subject_id=place.id, key=KEY, plan=place.plan,
                              at=at or now()))
        place.plan = None


def recall(session: Session, place: Subject) -> None:
    """Undoes `forget`."""
    if place.plan is None:
        place.plan = _take_out(session, place)


def drop(session: Session, place: Subject) -> None:
    """Takes the plan away for good, one that was forgotten too: nothing is left to undo."""
    _take_out(session, place)
    place.plan = None


def _take_out(session: Session, place: Subject) -> dict[str, object] | None:
    """Deletes what was forgotten: the plan that it was."""
    row = session.scalar(select(Forgotten).where(Forgotten.subject_id == place.id, Forgotten.key == KEY))
    if row is None:
        return None
    session.delete(row)
    session.flush()
    return row.plan

"""The numbers that people read out: customers from 1001, orders from 2001, specifications from S-0001.

A number is the row's key plus a constant. The database gives a key to one row alone, whoever else is writing, so two
numbers never meet, on SQLite or PostgreSQL, and nobody waits for a lock. There may be gaps where work was taken back.
"""

from __future__ import annotations

import secrets

from sqlalchemy.orm import Session

from orders.records import Customer, Order, Specification

FORMS = {Customer: "{:d}", Order: "{:d}", Specification: "S-{:04d}"}
BEFORE_FIRST = {Customer: 1000, Order: 2000, Specification: 0}


def add(session: Session, thing: Customer | Order | Specification) -> None:
    """Stores a new row and numbers it."""
    thing.number = secrets.token_hex(10)  # until its key is known
    session.add(thing)
    session.flush()
    thing.number = FORMS[type(thing)].format(BEFORE_FIRST[type(thing)] + thing.id)
    session.flush()

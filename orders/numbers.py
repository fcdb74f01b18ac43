"""The numbers that people read out: customers from 1001, orders from 2001, specifications from S-0001, quotes from
Q-0001.

Each kind has a counter, which one statement raises and reads: the same words on SQLite and PostgreSQL. Whoever takes
the next number keeps the counter until their transaction ends: numbers never meet and, if it fails, leave no gap.
"""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

FIRST = {"customer": 1001, "order": 2001, "specification": 1, "quote": 1, "purchase": 1, "supply": 1}
FORMS = {"specification": "S-{:04}", "quote": "Q-{:04}", "purchase": "P-{:04}"}

NEXT = text("INSERT INTO counter (kind, last) VALUES (:kind, :first) "
            "ON CONFLICT (kind) DO UPDATE SET last = counter.last + 1 RETURNING last")


def take(session: Session, kind: str) -> str:
    """The next number of a kind, nobody else's."""
    last = session.scalar(NEXT, {"kind": kind, "first": FIRST[kind]})
    return FORMS.get(kind, "{}").format(last)

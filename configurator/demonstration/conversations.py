"""What the reps of the demonstration noted of their clients, and when they last spoke to them."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from orders.clients import notes
from orders.records import Account, Customer

NOTES = (
    (120, "Prefers to be rung up in the morning.", True),
    (35, "Furnishes the living room piece by piece; the next one is for the wall beside the window.", False),
    (9, "Mila has grown: measure her anew before anything is made for her.", False))
"""How many days ago, what, and whether it is pinned."""


def fill(session: Session, first: Customer, rep: Account, at: datetime) -> None:
    """Gives the first customer notes."""
    for age, text, pinned in NOTES:
        note = notes.write(session, first, text, rep, at - timedelta(days=age))
        note.pinned = pinned
    session.flush()

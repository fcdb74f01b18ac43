"""What is open is proposed anew when a customer corrected, forgot or refused something: from the next page on."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from configurator import sessions, steps
from configurator.engine import Undecided
from configurator.progress import progress_of
from configurator.records import Draft
from orders.records import Customer

MOST = 10
"""Drafts that are proposed anew, the newest ones; the others are when somebody asks for it."""
REMEMBERED = ("own", "fact", "feedback")
"""Reasons that what is remembered of somebody gives."""


def reconsider(session: Session, customer: Customer) -> None:
    """Proposes the open drafts of a customer anew that tell what is remembered of them.

    Those that were opened from a specification stay what it is.
    """
    newest = select(Draft).where(Draft.customer_id == customer.id, Draft.revision_id.is_(None)).order_by(
        Draft.updated_at.desc()).limit(MOST)
    for draft in session.scalars(newest).all():
        if sessions.ordered(session, draft) is None and _remembers(session, draft):
            try:
                steps.propose_anew(session, draft, even_the_same=True)
            except Undecided:
                continue  # it stays as it was proposed


def _remembers(session: Session, draft: Draft) -> bool:
    reasons = progress_of(session, draft).proposed.reasons
    return any(reason.kind in REMEMBERED for reason in reasons.values())

"""The private link to a quote: made, found, revoked."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.database import now
from orders.quotation.quoted import Quote

LASTS = timedelta(days=90)


def make(session: Session, quote: Quote) -> str:
    """A new token for the private link, told once: only its digest is kept, and the one before is worth nothing."""
    token = secrets.token_urlsafe(32)
    quote.link, quote.link_until = _digest(token), now() + LASTS
    session.flush()
    return token


def revoke(quote: Quote) -> None:
    """Makes the link worth nothing."""
    quote.link = quote.link_until = None


def find(session: Session, token: str) -> Quote | None:
    """The quote of a private link that still holds, if it was sent ever."""
    return session.scalar(select(Quote).where(Quote.link == _digest(token), Quote.link_until >= now(), Quote.sent > 0))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

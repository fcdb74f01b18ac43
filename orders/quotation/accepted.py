"""What was agreed when a revision of a quote was accepted: read from what nobody changes any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from orders.changes.changed import Superseded
from orders.quotation.quoted import QuoteEvent, QuoteRevision


@dataclass(frozen=True)
class Acceptance:
    """Who accepted a revision, when, as which orders, if there are any, and on which day the last of them was
    promised then.
    """

    name: str
    at: datetime
    orders: tuple[str, ...]
    promised_on: date | None


def acceptance(session: Session, revision: QuoteRevision) -> Acceptance | None:
    """None if it was not accepted. An order that was changed since counts as it was placed."""
    event = session.scalar(select(QuoteEvent).where(QuoteEvent.quote_id == revision.quote_id,
                                                    QuoteEvent.revision == revision.number,
                                                    QuoteEvent.state == "accepted"))
    if event is None:
        return None
    promised = {order.id: order.promised_on for order in revision.orders}
    before = select(Superseded.order_id, Superseded.promised_on).where(Superseded.order_id.in_(promised))
    for order_id, day in session.execute(before.order_by(Superseded.number.desc())):
        promised[order_id] = day  # the first revision comes last
    return Acceptance(event.name, event.at, tuple(order.number for order in revision.orders),
                      max(promised.values(), default=None))

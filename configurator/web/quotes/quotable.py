"""What the configuring page knows of quotes: for staff who configure for a client, where it can be put."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import select

from configurator.records import Draft
from configurator.transaction import session
from configurator.web.access import current_account
from orders.quotation import quotes
from orders.quotation.quoted import Quote, QuoteLine
from orders.quotation.quotes import SELLERS


class Quotable(TypedDict):
    """The line that a draft was opened from, and the quotes that it can be put on; None for who cannot."""

    line: QuoteLine | None
    quotes: list[Quote] | None


def quotes_for(draft: Draft) -> Quotable:
    """What the page of a draft is given."""
    account, customer = current_account(), draft.customer
    if customer is None or draft.rep is None or account is None or account.role not in (*SELLERS, "admin"):
        return {"line": None, "quotes": None}
    return {"line": line_of(draft), "quotes": [one for one in quotes.of(session, customer) if one.state == "draft"]}


def line_of(draft: Draft) -> QuoteLine | None:
    """The line that a draft was opened from, while its quote is being drawn up."""
    return session.scalar(select(QuoteLine).join(Quote).where(QuoteLine.draft_id == draft.id, Quote.state == "draft"))

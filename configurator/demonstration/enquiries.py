"""The quotes of the demonstration: one that is being drawn up, one that waits for approval, one that was sent, one that
was ordered; and a maker in Germany who sells in the European Union.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from catalog.records import Version
from catalog.store import catalogue
from configurator import requoting
from configurator.drafts import sessions
from orders.quotation import quotes, vat
from orders.quotation.quoted import Quote
from orders.records import Account, Customer
from orders.subjects import Whom

LIMIT = 500
"""What the rep may take off alone, in hundredths of a per cent."""
DELIVERY = "Carriage paid to your door; our own van within 100 km."
TERMS = "Payable within 14 days of delivery, without deduction."


def fill(session: Session, first: Customer, rep: Account, at: datetime) -> None:
    """Adds them; the firm of the demonstration is in Austria."""
    vat.begin(session, "DE", date(at.year, 1, 1), None)
    session.execute(update(Account).where(Account.id == rep.id).values(discount_limit=LIMIT))
    firm = session.scalar(select(Customer).where(Customer.name == "Lindenhof Cafés"))
    assert firm is not None  # households made it
    vat.settle(firm, "AT", "firm", "ATU12345675")
    shelves, today = next(v for v in catalogue(session) if v.product.slug == "bookcase"), at.date()
    sent = _quote(session, firm, rep, shelves, quantity=3, discount=500, words="Thank you for your call today.")
    quotes.issue(session, sent, rep, today)
    quotes.ask(session, sent, "Frau Lindner", "Can we have four instead of three?")
    quotes.revise(session, sent, rep)
    sent.lines[0].quantity = 4
    quotes.issue(session, sent, rep, today)
    quotes.issue(session, _quote(session, firm, rep, shelves, quantity=12, discount=1200, words=""), rep, today)
    versions = catalogue(session)
    ordered = _quote(session, first, rep, versions[-1], quantity=1, discount=300, words="")
    revision = quotes.issue(session, ordered, rep, today)
    quotes.accept(session, ordered, revision.number, first.name, today, unmeasured=True)  # few orders tell little
    _quote(session, first, rep, versions[0], quantity=2, discount=0, words="")


def _quote(session: Session, customer: Customer, rep: Account, version: Version, quantity: int, discount: int,
           words: str) -> Quote:
    """A quote of what would be proposed to them; it says what of that nobody gave."""
    quote = quotes.begin(session, customer, rep)
    quote.delivery, quote.terms, quote.words, quote.discount = DELIVERY, TERMS, words, discount
    line = requoting.put(session, quote, None, sessions.sketch(session, version, Whom(customer), rep=rep))
    line.quantity = quantity
    return quote

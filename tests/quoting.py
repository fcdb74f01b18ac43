"""What tests of quotes share: one that is drawn up, one that was sent, and accepting it."""

from factories import TODAY, a_customer, bench_values, published, staff

from catalog.store import model_of
from orders.lots import Lot
from orders.placing import Entered
from orders.quotation import lines, quotes
from orders.subjects import Whom

BENCH = 44000
"""Minor units of a bench of 1200 mm in oak: 200 + 120 + 120."""


def line(session, quote, version=None, quantity=1, **values):
    """A line of so many benches."""
    version = version or published(session)
    lot = Lot(version, model_of(version), bench_values(**values), quantity)
    return lines.add(session, quote, Whom(quote.customer), lot, Entered(2), {"wood": "oak"})


def drawn(session, rep=None, customer=None, discount=0):
    """A quote of two lines: one bench, and two without the oak."""
    quote = quotes.begin(session, customer or a_customer(session), rep or staff(session))
    line(session, quote)
    line(session, quote, quantity=2, wood="pine")
    quote.discount = discount
    return quote


def sent(session, rep=None, **how):
    """The same, sent today."""
    rep = rep or staff(session)
    quote = drawn(session, rep, **how)
    quotes.issue(session, quote, rep, TODAY)
    return quote


def accept(session, quote, name="Ada Winter", today=TODAY, account=None, number=None):
    return quotes.accept(session, quote, number or quote.sent, name, today, account)

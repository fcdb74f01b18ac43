"""The lines of a quote while it is drawn up: what is to be made, of which product, for whom, in which order."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from catalog.model import to_plain
from catalog.nodes import Values
from catalog.pricing import price
from catalog.store import model_of
from orders import subjects
from orders.buildable import check
from orders.lots import Lot
from orders.placing import Entered
from orders.quotation.quoted import Quote, QuoteLine
from orders.quotation.quotes import NotAllowed, locked
from orders.subjects import Whom

MOST = 50
"""Lines of one quote."""


class OtherCurrency(ValueError):
    """Something is sold in another currency than the lines that are on a quote already."""


def add(session: Session, quote: Quote, whom: Whom, lot: Lot, entered: Entered, choices: Values) -> QuoteLine:
    """A line more, at the end; raises as `put` does, and ValueError for one too many."""
    if len(drawn(session, quote).lines) >= MOST:
        raise ValueError(f"a quote has at most {MOST} lines")
    line = QuoteLine(customer_id=quote.customer_id, position=len(quote.lines) + 1, discount=0, discount_kind="percent",
                     quantity=lot.quantity)
    put(session, quote, line, whom, lot, entered, choices)
    quote.lines.append(line)
    session.flush()
    return line


def put(session: Session, quote: Quote, line: QuoteLine, whom: Whom, lot: Lot, entered: Entered, choices: Values
        ) -> None:
    """Makes a line one of these pieces; its quantity and discount stay as they are.

    Raises NotAllowed if the quote is no draft; OtherCurrency; ValueError for somebody else's, and for what costs less
    than nothing.
    """
    drawn(session, quote)
    check(lot.model, lot.values)
    if whom.customer.id != quote.customer_id or (lot.revision
                                                 and lot.revision.specification.customer_id != quote.customer_id):
        raise ValueError("this is another customer's")
    if {model_of(one.version).currency for one in quote.lines if one is not line} - {lot.model.currency}:
        raise OtherCurrency("a quote has one currency")
    if price(lot.model, lot.values).total < 0:
        raise ValueError("a piece costs nothing at least")
    whom = subjects.settled(session, whom, lot.model)
    line.version, line.person, line.place, line.revision = lot.version, whom.person, whom.place, lot.revision
    line.choices, line.values = to_plain(choices), to_plain(lot.values)
    line.standing = lot.standing.plain() if lot.standing else None
    line.inputs, line.seconds, line.guessed = entered.inputs, entered.seconds or 0, list(entered.guessed)
    line.corrected = None if entered.corrected is None else to_plain(entered.corrected)


def drawn(session: Session, quote: Quote) -> Quote:
    """The quote, locked; raises NotAllowed unless it is being drawn up."""
    if locked(session, quote).state != "draft":
        raise NotAllowed(quote, "change")
    return quote


def arrange(session: Session, quote: Quote, lines: Sequence[QuoteLine]) -> None:
    """Puts the lines in an order; those that are left out go. Raises NotAllowed."""
    drawn(session, quote)
    for line in set(quote.lines) - set(lines):
        quote.lines.remove(line)
    for position, line in enumerate(lines, 1):
        line.position = position
    session.flush()
    session.expire(quote, ["lines"])

"""What is entered on the page of a quote that is being drawn up."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from babel.numbers import get_currency_precision
from flask import request
from flask_babel import gettext as _

from catalog.characters import hidden
from configurator.limits import today
from configurator.transaction import session
from configurator.web.shop.answers import Unread, counted, minor
from orders import placing
from orders.quotation import quotes
from orders.quotation.discounts import WHOLE
from orders.quotation.quoted import Quote, QuoteLine
from orders.quotation.quoting import draw_up

LONGEST_VALIDITY = 365
"""Days."""
LARGEST = 2**31 - 1


def take(quote: Quote) -> dict[str, str]:
    """Takes what was entered into the quote; what cannot be read is told by field."""
    problems: dict[str, str] = {}
    currency = draw_up(session, quote, today())["currency"]

    def keep(thing: QuoteLine | Quote, name: str, field: str, read: Callable[[str], int | str | None]) -> None:
        if field in request.form:
            try:
                setattr(thing, name, read(request.form[field]))
            except Unread as unread:
                problems[field] = str(unread)

    for line in quote.lines:
        keep(line, "quantity", f"quantity-{line.id}", partial(_whole, placing.MOST))
    granted: list[tuple[QuoteLine | Quote, str]] = [*((line, f"-{line.id}") for line in quote.lines), (quote, "")]
    for thing, suffix in granted:
        if f"kind{suffix}" in request.form and f"discount{suffix}" in request.form:  # neither means anything alone
            thing.discount_kind = "amount" if request.form[f"kind{suffix}"] == "amount" else "percent"
            keep(thing, "discount", f"discount{suffix}", partial(_discount, thing.discount_kind, currency))
    keep(quote, "valid_days", "valid_days", partial(_whole, LONGEST_VALIDITY))
    keep(quote, "ready_days", "ready_days", lambda text: _whole(LONGEST_VALIDITY, text) if text.strip() else None)
    for name in "words", "delivery", "terms":
        keep(quote, name, name, _text)
    return problems


def _whole(most: int, text: str) -> int:
    try:
        if 1 <= (number := counted(text)) <= most:
            return number
    except ValueError:
        pass
    raise Unread(_("A whole number from 1 to %(most)d.", most=most))


def _text(text: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    if len(text) > quotes.LONGEST_WORDS:
        raise Unread(_("At most %(most)d characters.", most=quotes.LONGEST_WORDS))
    if hidden(text) is not None:
        raise Unread(_("There is a character in it that cannot be seen: type it anew."))
    return text


def _discount(kind: str, currency: str, text: str) -> int:
    """Hundredths of a per cent, or minor units; nothing is none."""
    places, most = (2, WHOLE) if kind == "percent" else (get_currency_precision(currency), LARGEST)
    try:
        return minor(text.strip().rstrip("%").strip() or "0", places, most)
    except ValueError as error:
        raise Unread(_("From 0 to 100 per cent, with two decimals at most.") if kind == "percent" else
                     _("An amount that is not below 0.")) from error

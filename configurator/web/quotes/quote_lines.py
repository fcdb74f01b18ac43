"""Lines of quotes: from a configuration in progress, a product, a specification or an order; and back to be changed."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from catalog.model import from_plain
from catalog.store import current
from configurator import requoting
from configurator.drafts import sessions
from configurator.drafts.progress import progress_of
from configurator.engine import Undecided
from configurator.records import Draft
from configurator.transaction import session
from configurator.web.access import access, found, me
from configurator.web.quotes.desk import has_prices_of, page_of, quote_of
from configurator.web.quotes.quotable import line_of
from configurator.web.shop.configuring import open_draft
from configurator.web.shop.orders import order_of, revision_of
from orders.buildable import Unbuildable
from orders.quotation import lines, quotes
from orders.quotation.quoted import Quote, QuoteLine
from orders.subjects import Whom

quote_lines = Blueprint("quote_lines", __name__)


@quote_lines.post("/configure/<draft>/quote")
@access("rep", "manager")
def put(draft: str) -> Answer:
    """Puts a configuration on the quote that it was opened from, on another that is being drawn up, or on a new one."""
    opened = open_draft(draft, lock=True)
    customer, number = found(opened.customer), request.form.get("quote", "")
    quote = quotes.begin(session, customer, me()) if number == "new" else quote_of(number)
    line = line_of(opened)
    return _on(quote, opened, line if line and line.quote_id == quote.id else None)


@quote_lines.post("/desk/quotes/<number>/lines")
@access("rep", "manager")
def add(number: str) -> Answer:
    """A line more: a product, which opens to be configured; or a specification or an order as it is."""
    quote, text = quote_of(number), request.form.get("from", "").strip()
    if slug := request.form.get("product"):
        version = found(current(session, slug))
        draft = sessions.open_draft(session, version, Whom(quote.customer), rep=me())
        return _on(quote, draft, None, to_configure=True)
    if (draft_ := _earlier(quote, text)) is None:
        return page_of(quote, {"from": _("Write the number of a specification, such as S-0001, or of an order of this "
                                         "client.")})
    return _on(quote, draft_, None)


@quote_lines.post("/desk/quotes/<number>/lines/<int:line>/open")
@access("rep", "manager")
def reopen(number: str, line: int) -> Answer:
    """Opens a line in the configuring page; there it is put back."""
    quote = quote_of(number)
    of = found(next((one for one in quote.lines if one.id == line), None))
    draft = requoting.opened(session, quote, of, me())
    session.add(draft)
    session.flush()
    of.draft_id = draft.id
    return redirect(url_for("shop.configure", draft=draft.id), 303)


def _on(quote: Quote, draft: Draft, line: QuoteLine | None, to_configure: bool = False) -> Answer:
    """Puts it there, and goes to the quote, or on to configure it."""
    if not has_prices_of(draft.version):
        flash(_("This product has no prices yet: it can be configured, but not quoted."), "warning")
        return redirect(url_for("quotes.quote", number=quote.number), 303)
    if not progress_of(session, draft).within:
        flash(_("The limit that was set cannot be kept: lift it first."), "warning")
        return redirect(url_for("shop.configure", draft=draft.id), 303)
    try:
        with session.begin_nested():
            line = requoting.put(session, quote, line, draft)
    except quotes.NotAllowed:
        flash(_("Quote %(number)s is not being changed now: revise it first.", number=quote.number), "warning")
    except (Unbuildable, Undecided):
        flash(_("Whether it can be built takes too long to find out: it was not put on the quote."), "warning")
    except lines.OtherCurrency:
        flash(_("%(title)s is sold in another currency than what is on the quote: begin a quote of its own for it.",
                title=draft.version.title), "warning")
    except ValueError:
        flash(_("It was not put on the quote: a quote has one client, at most %(most)d lines and no price below 0.",
                most=lines.MOST), "warning")
    else:
        line.draft_id = draft.id
        if to_configure:
            return redirect(url_for("shop.configure", draft=draft.id), 303)
        flash(_("It is on quote %(number)s.", number=quote.number))
    return redirect(url_for("quotes.quote", number=quote.number, _anchor=f"line-{line.id}" if line else None), 303)


def _earlier(quote: Quote, text: str) -> Draft | None:
    """A draft of what the client saved or ordered, in the newest version; None if there is no such thing."""
    number, _, letter = text.upper().replace("REV.", " ").partition(" ")
    kept = next((one for one in quote.customer.specifications if one.number == number), None)
    if kept is not None:
        revision = revision_of(number, letter.strip() or kept.revisions[-1].letter)
        newest = found(current(session, revision.version.product.slug))
        return sessions.sketch(session, newest, Whom.of(kept), sessions.Begun.of(revision), rep=me())
    if not any(order.number == number for order in quote.customer.orders):
        return None
    order = order_of(number)
    begun = sessions.Begun(shown=from_plain(order.values), made_with=order.version)
    return sessions.sketch(session, found(current(session, order.version.product.slug)), Whom.of(order), begun,
                           rep=me())

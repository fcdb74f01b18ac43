"""Quotes at the desk: drawn up, sent, approved, taken back, accepted for a client on the telephone."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from sqlalchemy import case, select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response as Answer

from catalog.pricing import has_prices
from catalog.records import Version
from catalog.store import catalogue, model_of
from configurator.limits import today
from configurator.transaction import session
from configurator.web.access import access, alive, found, me, no_store
from configurator.web.quotes import acts, quote_form, quoting
from configurator.web.quotes.charges import settled
from configurator.web.quotes.quoting import HUNDRED
from configurator.web.shop.answers import counted
from orders import customers
from orders.clients import calls
from orders.quotation import quotes
from orders.quotation.discounts import APPROVERS
from orders.quotation.quoted import Quote, QuoteLine, QuoteRevision
from orders.quotation.quoting import draw_up
from orders.records import Customer

desk_quotes = Blueprint("quotes", __name__, url_prefix="/desk")

UNPROCESSABLE = 422
RECENT = 200
"""Quotes that the list shows."""


@desk_quotes.get("/quotes")
@access("rep", "manager")
def page() -> str:
    """All quotes: those first that wait for an approver, then those that clients have asked about."""
    first = case({"submitted": 0, "asked": 1, "sent": 2, "draft": 3}, value=Quote.state, else_=4)
    known = session.scalars(select(Quote).options(selectinload(Quote.revisions), selectinload(Quote.customer),
                                                  selectinload(Quote.rep))
                            .order_by(first, Quote.id.desc()).limit(RECENT)).all()
    return render_template("desk/quotes.html", quotes=known, today=today(), state=quotes.state)


@desk_quotes.post("/clients/<number>/quotes")
@access("rep", "manager")
def begin(number: str) -> Answer:
    """A new quote for a client."""
    client = _client(number)
    calls.act(session, client, me())
    quote = quotes.begin(session, client, me())
    return redirect(url_for(".quote", number=quote.number), 303)


@desk_quotes.get("/quotes/<number>")
@access("rep", "manager")
def quote(number: str) -> Answer:
    """A quote as it stands."""
    return page_of(quote_of(number), {})


@desk_quotes.post("/quotes/<number>")
@access("rep", "manager")
def change(number: str) -> Answer:
    """Keeps what was entered, then does what the button says; nothing is lost if something cannot be read."""
    quote = quotes.locked(session, quote_of(number))
    if quote.state != "draft":
        return _refused(quote)
    problems = quote_form.take(quote)
    if problems:
        session.expire(quote)
        return page_of(quote, problems)
    session.flush()
    for act in "open", "up", "down", "remove":
        if act in request.form:
            return acts.moved(quote, act, found(_line(quote, request.form[act])))
    if "issue" in request.form:
        return acts.issue(quote)
    flash(_("Saved."))
    return redirect(url_for(".quote", number=number), 303)


@desk_quotes.post("/quotes/<number>/<act>")
@access("rep", "manager")
def act(number: str, act: str) -> Answer:
    """What else can be done with a quote: see acts.BUTTONS."""
    quote = quotes.locked(session, quote_of(number))
    try:
        found(acts.BUTTONS.get(act))(quote)
    except quotes.NotAllowed:
        return _refused(quote)
    except quotes.Outdated as outdated:
        flash(" ".join([_("Nothing was ordered: it does not hold any more."),
                        *quoting.why_stale(outdated.changes, quote.revisions[-1].currency)]), "warning")
    except quotes.Unmeasured:
        flash(_("Nothing was ordered: ask for what nobody measured, or confirm that it is built unmeasured."),
              "warning")
    except ValueError:
        flash(_("Say who accepts or what is to be said, in at most %(most)d characters.", most=quotes.LONGEST_WORDS),
              "warning")
    return redirect(url_for(".quote", number=number), 303)


@desk_quotes.post("/clients/<number>/charged")
@access("rep", "manager")
def charge(number: str) -> Answer:
    """Where and what a client is, for the tax."""
    client = _client(number)
    settled(client)
    shown = quotes.find(session, request.form.get("quote", ""))
    return redirect(url_for(".quote", number=shown.number) if shown else url_for("desk.client", number=number), 303)


@desk_quotes.get("/quotes/<number>/revisions/<int:revision>")
@access("rep", "manager")
def revision(number: str, revision: int) -> str:
    """A revision as it was frozen, and what changed since the one before, or another."""
    quote, shown = quote_of(number), revision_of(number, revision)
    before = next((one for one in quote.revisions if one.number == request.args.get(
        "from", revision - 1, type=counted)), None)
    return render_template("desk/quote_revision.html", quote=quote, shown=shown, document=shown.document,
                           lines=quoting.lines(shown.document), before=before,
                           different=quoting.different(before, shown.document) if before else None, quoting=quoting)


@desk_quotes.get("/quotes/<number>/revisions/<int:revision>.pdf")
@access("rep", "manager")
def pdf(number: str, revision: int) -> Answer:
    """The same on paper."""
    return quoting.printed(revision_of(number, revision))


def quote_of(number: str) -> Quote:
    """The quote, or 404."""
    return found(quotes.find(session, number))


def revision_of(number: str, revision: int) -> QuoteRevision:
    """A revision of it, or 404."""
    return found(next((one for one in quote_of(number).revisions if one.number == revision), None))


def page_of(quote: Quote, problems: dict[str, str]) -> Answer:
    """The page of a quote; what was entered and could not be read stays in its field."""
    drawn = quote.state == "draft"
    shown = quotes.current(quote)
    last = quote.revisions[-1] if quote.revisions else None
    document = draw_up(session, quote, today()) if drawn or last is None else last.document
    stale = quoting.stale(quote, shown) if shown and quote.state in quotes.OPEN else []
    link = cookie.pop(acts.LINK, [None])
    account = me()
    page = render_template(
        "desk/quote.html", quote=quote, document=document, lines=quoting.lines(document), drawn=drawn, shown=shown,
        last=last, state=quotes.state(quote, today()), problems=problems, typed=request.form if problems else {},
        different=quoting.different(last, document) if drawn and last else None, stale=stale, quoting=quoting,
        placed=quotes.placed(session, quote), link=link[-1] if link[0] == quote.number else None,
        products=[version for version in catalogue(session) if has_prices_of(version)], hundred=HUNDRED,
        beyond=drawn and bool(quote.lines) and quotes.needs_approval(session, quote, account, today()),
        may_approve=account.role in APPROVERS, can=lambda act: quotes.transition(quote, act, account))
    return no_store(make_response(page, UNPROCESSABLE if problems else 200))


def has_prices_of(version: Version) -> bool:
    """Whether a product can be quoted."""
    return has_prices(model_of(version))


def _refused(quote: Quote) -> Answer:
    flash(_("Somebody was quicker: look at how it stands now."), "warning")
    return redirect(url_for(".quote", number=quote.number), 303)


def _line(quote: Quote, text: str) -> QuoteLine | None:
    return next((line for line in quote.lines if str(line.id) == text), None)


def _client(number: str) -> Customer:
    return alive(found(customers.of_number(session, number)))

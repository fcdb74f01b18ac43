"""Quotes at the desk: drawn up, sent, approved, taken back, accepted for a client on the telephone."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from sqlalchemy import case, select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response as Answer

from catalog.pricing import has_prices
from catalog.records import Version
from catalog.store import catalogue, model_of
from configurator.limits import today
from configurator.mail import composing
from configurator.requoting import Stuck, brought
from configurator.transaction import session
from configurator.web.access import access, found, me, no_store
from configurator.web.quotes import quote_form, quoting
from configurator.web.quotes.charges import settled
from configurator.web.quotes.quoting import HUNDRED
from configurator.web.shop.answers import counted
from orders import customers
from orders.clients import calls
from orders.memory import erasure
from orders.promises import Unpromised
from orders.quotation import lines, links, quotes
from orders.quotation.discounts import APPROVERS
from orders.quotation.quoted import Quote, QuoteLine, QuoteRevision
from orders.quotation.quoting import draw_up
from orders.records import Customer

desk_quotes = Blueprint("quotes", __name__, url_prefix="/desk")

UNPROCESSABLE = 422
RECENT = 200
"""Quotes that the list shows."""
LINK = "quote_link"
"""Of the cookie: a link that was just made, for the one page that tells it."""


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
    client = _alive(number)
    calls.act(session, client, me())
    quote = quotes.begin(session, client, me())
    return redirect(url_for(".quote", number=quote.number), 303)


@desk_quotes.get("/quotes/<number>")
@access("rep", "manager")
def quote(number: str) -> Answer:
    """A quote as it stands."""
    return _page(quote_of(number), {})


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
        return _page(quote, problems)
    session.flush()
    for act in "open", "up", "down", "remove":
        if act in request.form:
            return _moved(quote, act, found(_line(quote, request.form[act])))
    if "issue" in request.form:
        return _issue(quote)
    flash(_("Saved."))
    return redirect(url_for(".quote", number=number), 303)


@desk_quotes.post("/quotes/<number>/<act>")
@access("rep", "manager")
def act(number: str, act: str) -> Answer:
    """What else can be done with a quote: see ACTS."""
    quote = quotes.locked(session, quote_of(number))
    try:
        found(ACTS.get(act))(quote)
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
    client = _alive(number)
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


# what the buttons do


def _issue(quote: Quote) -> Answer:
    moved, stuck = _brought(quote)
    if moved:
        flash(_("The catalogue has changed meanwhile: look at what it makes of the quote, then send it."), "warning")
    if moved or stuck:
        return redirect(url_for(".quote", number=quote.number), 303)
    try:
        issued = quotes.issue(session, quote, me(), today())
    except quotes.TooMuch:
        flash(_("This is more than one quote can come to: take something off it, and make another quote of that."),
              "warning")
    except Unpromised:
        flash(_("No day can be promised for this: the work centres that it passes through have no hours yet."),
              "warning")
    except ValueError:
        flash(_("A quote has at least one line: add what is to be made."), "warning")
    else:
        calls.act(session, quote.customer, me())
        if quote.state == "submitted":
            flash(_("Revision %(number)d waits for approval: its discount is beyond your limit.", number=issued.number))
        else:
            flash(_("Revision %(number)d is sent: give the client its link.", number=issued.number))
            _tell(quote)
    return redirect(url_for(".quote", number=quote.number), 303)


def _brought(quote: Quote) -> tuple[int, int]:
    """Brings the lines into the newest catalogues: how many moved, and how many cannot, which is told."""
    moved = stuck = 0
    for line in quote.lines:
        try:
            moved += brought(session, quote, line)
        except Stuck:
            stuck += 1
            flash(_("Line %(number)d, %(title)s, cannot be brought into the newest catalogue: open it, or take it off "
                    "and add it anew.", number=line.position, title=line.version.title), "warning")
    return moved, stuck


def _moved(quote: Quote, act: str, line: QuoteLine) -> Answer:
    if act == "open":
        return redirect(url_for("quote_lines.reopen", number=quote.number, line=line.id), 307)
    moved = list(quote.lines)
    place = moved.index(line)
    moved.remove(line)
    if act != "remove":
        moved.insert(max(place + (1 if act == "down" else -1), 0), line)
    lines.arrange(session, quote, moved)
    return redirect(url_for(".quote", number=quote.number, _anchor=f"line-{line.id}" if act != "remove" else None), 303)


def _approve(quote: Quote) -> None:
    quotes.approve(session, quote, me(), request.form.get("words", ""))
    flash(_("Approved and sent."))
    _tell(quote)


def _send_back(quote: Quote) -> None:
    words = request.form.get("words", "").strip()
    if not words and quote.state == "submitted" and quote.revisions[-1].issuer is not me():
        flash(_("Say why: who drew it up will read it."), "warning")
        return
    quotes.send_back(session, quote, me(), words)
    flash(_("It can be changed again."))


def _revise(quote: Quote) -> None:
    quotes.lapse(session, quote, today())
    quotes.revise(session, quote, me())
    _brought(quote)
    flash(_("What the client has can no longer be accepted: change it, then send the next revision."))


def _drop(quote: Quote) -> None:
    quotes.drop(session, quote, me())


def _decline(quote: Quote) -> None:
    quotes.decline(session, quote, request.form.get("name", ""), request.form.get("words", ""), me())


def _accept(quote: Quote) -> None:
    placed = quotes.accept(session, quote, request.form.get("revision", 0, type=counted), request.form.get("name", ""),
                           today(), me(), current_app.extensions["settings"].free_for, "unmeasured" in request.form)
    flash(_("Ordered: %(orders)s.", orders=", ".join(order.number for order in placed)))


def _tell(quote: Quote) -> None:
    """After it was sent: a link if there is none, or one is to be mailed, which only a new one can be."""
    if quote.link is None or "mail" in request.form:
        _link(quote)


def _link(quote: Quote) -> None:
    """Makes a link, told once on the page that follows, and mailed if that is asked for."""
    path = url_for("quoted.page", token=links.make(session, quote))
    cookie[LINK] = [quote.number, f"{request.host_url.rstrip('/')}{path}"]
    if "mail" in request.form and quote.customer.email:
        composing.bring(session, quote, found(quotes.current(quote)),
                        f"{current_app.extensions['settings'].public}{path}")
        flash(_("The mail with the link is in the outbox, for %(email)s.", email=quote.customer.email))


def _revoke(quote: Quote) -> None:
    links.revoke(quote)
    flash(_("The link leads nowhere now."))


ACTS = {"approve": _approve, "send-back": _send_back, "revise": _revise, "drop": _drop, "decline": _decline,
        "accept": _accept, "link": _link, "revoke": _revoke}


# the page


def _page(quote: Quote, problems: dict[str, str]) -> Answer:
    """The page of a quote; what was entered and could not be read stays in its field."""
    drawn = quote.state == "draft"
    shown = quotes.current(quote)
    last = quote.revisions[-1] if quote.revisions else None
    document = draw_up(session, quote, today()) if drawn or last is None else last.document
    stale = quoting.stale(quote, shown) if shown and quote.state in quotes.OPEN else []
    link = cookie.pop(LINK, [None])
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


def _alive(number: str) -> Customer:
    """Of somebody who was erased nothing is kept anew: 404."""
    client = found(customers.of_number(session, number))
    found(not erasure.erased(session, client) or None)
    return client

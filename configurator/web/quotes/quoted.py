"""A quote as its client sees it: by the private link, which needs no account, or signed in among their orders."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from configurator.limits import today
from configurator.transaction import session
from configurator.web.access import access, current_customer, found, no_store
from configurator.web.quotes import quoting
from configurator.web.shop.answers import counted
from orders.quotation import links, quotes
from orders.quotation.quoted import Quote, QuoteRevision

quoted = Blueprint("quoted", __name__)
own_quotes = Blueprint("own_quotes", __name__)

CONFLICT = 409


def _linked(token: str) -> Quote:
    """The quote of a link that holds, or 404: whoever has one needs nothing else."""
    return found(links.find(session, token))


def _own(number: str) -> Quote:
    """The quote of the customer who is signed in, once it was sent; or 404."""
    quote = quotes.find(session, number)
    mine = quote is not None and quote.sent > 0 and quote.customer is found(current_customer())
    return found(quote if mine else None)


@own_quotes.get("/quotes")
@access("customer")
def page() -> str:
    """All quotes that the customer was sent."""
    mine = [quote for quote in quotes.of(session, found(current_customer())) if quote.sent]
    return render_template("quote/quotes.html", quotes=[(quote, _sent(quote)) for quote in mine], today=today(),
                           state=quotes.state)


def show(quote: Quote) -> Answer:
    """What is offered."""
    return _page(quote)


def pdf(quote: Quote) -> Answer:
    """The same on paper."""
    return quoting.printed(_sent(quote))


def accept(quote: Quote) -> Answer:
    """Accepts the revision that the page showed; what does not hold any more is told, and nothing is ordered."""
    try:
        quotes.accept(session, quote, request.form.get("revision", 0, type=counted), request.form.get("name", ""),
                      today(), free_for=current_app.extensions["settings"].free_for,
                      unmeasured="unmeasured" in request.form)
    except quotes.Outdated as outdated:
        return _page(quote, " ".join([_("Nothing was ordered."),
                                      *quoting.why_stale(outdated.changes, _sent(quote).currency)]))
    except quotes.NotAllowed:
        return _page(quote, _("It has changed meanwhile: this is how it stands now."))
    except quotes.Unmeasured:
        return _page(quote, _("Nothing was ordered: ask for a change to give what only you know, or confirm that it is "
                              "built unmeasured."))
    except ValueError:
        return _page(quote, _("Write your name, so that it is known who accepts."))
    flash(_("Thank you. It is ordered."))
    return redirect(_here(quote), 303)


def ask(quote: Quote) -> Answer:
    """Asks for a change, or says that it is not wanted."""
    words, name = request.form.get("words", ""), request.form.get("name", "")
    try:
        if "decline" in request.form:
            quotes.decline(session, quote, name, words)
            flash(_("Thank you for telling us."))
        else:
            quotes.ask(session, quote, name, words)
            flash(_("Thank you. We will send you a new revision."))
    except quotes.NotAllowed:
        return _page(quote, _("It has changed meanwhile: this is how it stands now."))
    except ValueError:
        return _page(quote, _("Write your name and what should be different, in at most %(most)d characters.",
                              most=quotes.LONGEST_WORDS))
    return redirect(_here(quote), 303)


def _route(path: str, method: str, view: Callable[[Quote], Answer]) -> None:
    """The view, at the private link for whoever has it, and at the number for the customer who is signed in."""

    @access("public")
    def by_link(token: str) -> Answer:
        answer = view(_linked(token))
        answer.headers["X-Robots-Tag"] = "noindex, nofollow"
        return answer

    @access("customer")
    def by_number(number: str) -> Answer:
        return view(_own(number))

    name = "page" if view is show else view.__name__
    quoted.add_url_rule(f"/quoted/<token>{path}", name, by_link, methods=[method])
    own_quotes.add_url_rule(f"/quotes/<number>{path}", "quote" if view is show else name, by_number, methods=[method])


for _path, _method, _view in (("", "GET", show), ("/pdf", "GET", pdf), ("/accept", "POST", accept),
                              ("/ask", "POST", ask)):
    _route(_path, _method, _view)


def _page(quote: Quote, problem: str = "") -> Answer:
    """What is offered, and what can be done about it; a conflict if what was just tried cannot be."""
    shown = _sent(quote)
    open_ = quote.state in quotes.OPEN
    stale = quoting.stale(quote, shown) if open_ else []
    told = [one for one in quote.revisions if one.number in _told(quote) and one.number < shown.number]
    before = told[-1] if told else None
    customer = current_customer()
    page = render_template(
        "quote/quote.html", quote=quote, shown=shown, document=shown.document, lines=quoting.lines(shown.document),
        state=quotes.state(quote, today()), stale=stale, problem=problem, quoting=quoting, typed=request.form,
        open=open_ and not stale, placed=quotes.placed(session, quote), own=customer is quote.customer,
        before=before, different=quoting.different(before, shown.document) if before else None, at=_at,
        accepted=next((event for event in reversed(quote.events) if event.state == "accepted"), None))
    failed = problem or (stale and request.method == "POST")
    return no_store(make_response(page, CONFLICT if failed else 200))


def _told(quote: Quote) -> set[int]:
    """The revisions that the client was sent."""
    return {event.revision for event in quote.events if event.state == "sent"}


def _sent(quote: Quote) -> QuoteRevision:
    return found(quotes.current(quote))


def _here(quote: Quote) -> str:
    return _at("page", quote)


def _at(view: str, quote: Quote) -> str:
    """The address of a view, as the quote was found: by its link or by its number."""
    if request.blueprint == "own_quotes":
        return url_for(f"own_quotes.{'quote' if view == 'page' else view}", number=quote.number)
    return url_for(f"quoted.{view}", token=(request.view_args or {})["token"])

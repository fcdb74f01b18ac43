"""What the buttons on the page of a quote do, at the desk; what came of it is told on the page that follows."""

from __future__ import annotations

from flask import current_app, flash, redirect, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from configurator.limits import today
from configurator.mail import composing
from configurator.requoting import Stuck, brought
from configurator.transaction import session
from configurator.web.access import found, me
from configurator.web.shop.answers import counted
from orders.clients import calls
from orders.promises import Unpromised
from orders.quotation import lines, links, quotes
from orders.quotation.quoted import Quote, QuoteLine

LINK = "quote_link"
"""Of the cookie: a link that was just made, for the one page that tells it."""


def issue(quote: Quote) -> Answer:
    """Sends it, or submits it to an approver, brought into the newest catalogues before."""
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


def moved(quote: Quote, act: str, line: QuoteLine) -> Answer:
    """Opens a line, moves it up or down, or removes it."""
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


BUTTONS = {"approve": _approve, "send-back": _send_back, "revise": _revise, "drop": _drop, "decline": _decline,
           "accept": _accept, "link": _link, "revoke": _revoke}
"""By what their addresses end with. They raise what orders.quotation.quotes does."""

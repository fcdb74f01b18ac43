"""Being erased: what goes, what the law has us keep, and that no process still has it in memory."""

from __future__ import annotations

from datetime import datetime
from time import monotonic
from urllib.parse import clear_cache  # type: ignore[attr-defined]  # not in the stubs

from flask import (
    Flask,
    after_this_request,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from sqlalchemy import Engine, func, select
from werkzeug.wrappers import Response as Answer

from catalog import store
from catalog.database import wipe
from configurator import recollection
from configurator.drafts import history
from configurator.engines import compiled
from configurator.transaction import session
from configurator.web.access import me, no_store, sign_out
from configurator.web.memory.theirs import pages as pages_of
from configurator.web.shop import links, rendering
from configurator.web.shop.orders import rep
from orders import accounts
from orders.floor import outlines
from orders.memory import erasure
from orders.memory.remembered import Erasure, ErasureWish
from orders.records import Customer
from orders.sheets import pictures
from orders.supplies import demand, snapshot

LOOK = 1.0
"""Seconds after which a process looks again whether another one erased somebody."""


def page(customer: Customer) -> Answer:
    """What would go and what would stay."""
    return _page(customer)


def erase(customer: Customer) -> Answer:
    """Erases the customer, now or as soon as nothing of theirs is being made."""
    if "stay" in request.form:
        if wished := erasure.wish(session, customer):
            session.delete(wished)
            flash(_("Nothing is erased."))
        return redirect(url_for(".page", **request.view_args or {}), 303)
    if problem := _unconfirmed(customer):
        return _page(customer, problem)
    if erasure.making(session, customer):
        if not erasure.wish(session, customer):
            session.add(ErasureWish(customer_id=customer.id))
        return redirect(url_for(".page", **request.view_args or {}), 303)
    own, ordered = rep() is None, bool(customer.orders)
    erasure.erase(session, customer)
    if own:
        sign_out()
    after_this_request(_wiped)
    flash(_("Erased. The orders stay in the books, without the person.") if ordered else _("Erased."))
    return redirect(url_for("shop.products" if own else "desk.clients"), 303)


erasing, client_erasing = pages_of("erasure", (("", "GET", page), ("", "POST", erase)))


def register(app: Flask) -> None:
    """Lets every process notice that somebody was erased."""
    engine: Engine = app.extensions["engine"]
    newest: datetime | None = None
    looked = float("-inf")

    @app.before_request
    def notice() -> None:
        nonlocal newest, looked
        if monotonic() - looked < LOOK:
            return
        first, before = looked < 0, newest
        with engine.connect() as connection:  # beside the request's session, which a view may want to open late
            looked, newest = monotonic(), connection.scalar(select(func.max(Erasure.at)))
        if newest != before and not first:
            let_go(engine)


def let_go(engine: Engine) -> None:
    """Empties what this process has in memory and may be about a customer: it is read or worked out anew."""
    recollection.let_go()
    compiled.cache_clear()  # with the answers that were asked about
    store.let_go()
    outlines.let_go()
    pictures.layers_of.cache_clear()
    rendering.written.cache_clear()
    links.pair.cache_clear()
    history.read.cache_clear()
    snapshot.let_go()
    demand.demand_of.cache_clear()
    engine.clear_compiled_cache()  # a statement is kept with the values that it had first
    clear_cache()  # of addresses: they say what was looked for


def _wiped(answer: Answer) -> Answer:
    """After the commit: from memory, and from the files of the database."""
    engine: Engine = current_app.extensions["engine"]
    session.close()
    let_go(engine)
    wipe(engine)
    return answer


def _unconfirmed(customer: Customer) -> str:
    """Why it is not certain that this is wanted."""
    if rep():
        return "" if request.form.get("number") == customer.number else _("Enter the client's number.")
    sure = accounts.verify(me(), request.form.get("password", ""))
    return "" if sure else _("This is not your password.")


def _page(customer: Customer, problem: str = "") -> Answer:
    html = render_template(
        "memory/erasure.html", customer=customer, own=rep() is None, problem=problem, address=request.view_args or {},
        making=erasure.making(session, customer), wished=erasure.wish(session, customer),
        erased=erasure.erased(session, customer), years=current_app.extensions["settings"].book_years)
    return no_store(make_response(html, 422 if problem else 200))

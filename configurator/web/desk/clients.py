"""The desk: a rep finds a client, sees what there is to know, and orders for them."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response as Answer

from catalog.store import current
from configurator.drafts import sessions
from configurator.drafts.progress import progress_of
from configurator.measured import unmeasured
from configurator.transaction import session
from configurator.web.access import access, alive, current_account, found
from configurator.web.desk.client import page
from configurator.web.forms import ClientForm
from configurator.web.memory import whom
from configurator.web.shop.sections import question_id, section_of
from orders import customers
from orders.clients import calls, finding
from orders.memory import consents
from orders.records import Customer, Order
from orders.subjects import Whom

desk = Blueprint("desk", __name__, url_prefix="/desk")

RECENT = 10
"""Orders that the desk opens with."""
OFFERED = 8
"""Clients that the search field offers."""


@desk.get("/")
@access("rep")
def clients() -> Answer | str:
    """Who the rep looks for; without a search, the last orders. Whoever is meant without a doubt is opened at once."""
    text = request.args.get("q", "")
    hits = finding.find(session, text)
    certain = [hit.customer for hit in hits if hit.far <= finding.CERTAIN]
    if len(certain) == 1:
        return redirect(url_for(".client", number=certain[0].number))
    recent = session.scalars(select(Order).order_by(Order.id.desc()).limit(RECENT).options(
        joinedload(Order.customer), joinedload(Order.version))).all() if not text.strip() else []
    return render_template("desk/clients.html", text=text, clients=[hit.customer for hit in hits], recent=recent)


@desk.get("/find")
@access("rep")
def find() -> str:
    """Whom the search field offers for what is typed so far."""
    text = request.args.get("q", "")
    return render_template("desk/hits.html", text=text, hits=finding.find(session, text, OFFERED),
                           certain=finding.CERTAIN)


@desk.route("/clients/new", methods=["GET", "POST"])
@access("rep")
def new_client() -> Answer | str | tuple[str, int]:
    """Somebody who has never ordered."""
    form = ClientForm(name=request.args.get("name"))
    if form.validate_on_submit():
        client = customers.new_customer(session, name=form.name.data or "", email=form.email.data or "",
                                        phone=form.phone.data or "", company=form.company.data or "")
        calls.act(session, client, current_account())
        if current_app.extensions["settings"].ask_first:
            consents.ask(session, client, (), current_account())  # until they say so on the telephone
        return redirect(url_for(".client", number=client.number), 303)
    return render_template("desk/new.html", form=form), 422 if form.is_submitted() else 200


@desk.get("/clients/<number>")
@access("rep")
def client(number: str) -> str:
    """All about one client."""
    return render_template("desk/client.html", **page(_client(number)))


@desk.post("/clients/<number>/order/<slug>")
@access("rep")
def order(number: str, slug: str) -> Answer:
    """Opens a product for the client: the page that they would see, with the rep on record.

    Ordered `now`, as it is proposed, it is read back at once; what only the client knows is asked first.
    """
    version, client = found(current(session, slug)), alive(_client(number))
    draft = sessions.open_draft(session, version, Whom(client, **whom.chosen(client, request.form)),
                                rep=current_account())
    session.flush()
    calls.act(session, client, current_account())
    if "now" not in request.form:
        return redirect(url_for("shop.configure", draft=draft.id), 303)
    progress = progress_of(session, draft)
    if asked := unmeasured(session, progress):
        there = url_for("shop.configure", draft=draft.id, group=section_of(progress, asked[0]),
                        _anchor=question_id(progress, asked[0]))
        return redirect(there, 303)
    return redirect(url_for("ordering.review", draft=draft.id), 303)


def _client(number: str) -> Customer:
    return found(customers.of_number(session, number))

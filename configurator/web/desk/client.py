"""A client's page: all that a rep needs while they are on the telephone, and what the rep does there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from catalog.store import catalogue, model_of
from catalog.wording import title
from configurator.limits import today
from configurator.transaction import session
from configurator.web.access import access, alive, current_account, found, me
from configurator.web.desk.since import news
from configurator.web.forms import ClientForm
from configurator.web.memory.people import told
from configurator.web.shop import chart
from configurator.web.shop.orders import placed_by, with_changes
from orders import customers
from orders.clients import calls, notes, whereabouts
from orders.clients.noted import LONGEST, Note
from orders.memory import erasure, feedback
from orders.quotation import quotes
from orders.records import Customer, Order
from orders.relation.learning import own
from orders.shipments import shipping

client_acts = Blueprint("client", __name__, url_prefix="/desk/clients/<number>")

LATELY = 5
"""The last orders, which tell what a client most likely orders next."""


def page(client: Customer) -> dict[str, Any]:
    """What the page is given."""
    placed, call = placed_by(client), calls.last(session, client)
    return {
        "client": client, "orders": placed, "bought": _bought(placed), "marks": chart.marks(own(placed)),
        "stands": whereabouts.stands(session, placed, today()), "returned": shipping.returned(session, client),
        "likely": likely(placed), "versions": catalogue(session),
        "complaints": [(one, wrong(one.order, one.wrong))
                       for one in whereabouts.complaints(session, client, placed, today())],
        "kept": with_changes(client), "people": told(client), "waiting": feedback.waiting(session, client),
        "quotes": quotes.of(session, client), "state": quotes.state, "notes": notes.of(session, client),
        "longest": LONGEST, "call": call, "news": news(client, call.at) if call else [],
        "gone": erasure.erased(session, client), "today": today()}


def likely(orders: Sequence[Order]) -> Order | None:
    """The order that is most like the next one: of what they ordered most often lately, the last."""
    lately = [order for order in orders if order.state != "cancelled" and order.remake_of_id is None][:LATELY]
    counts = Counter(order.version.product_id for order in lately)
    return max(lately, key=lambda order: counts[order.version.product_id], default=None)


@client_acts.route("/edit", methods=["GET", "POST"])
@access("rep")
def edit(number: str) -> Answer | str | tuple[str, int]:
    """How the client is called and reached."""
    client = _client(number)
    form = ClientForm(obj=client)
    if not form.validate_on_submit():
        return render_template("desk/edit.html", form=form, client=client), 422 if form.is_submitted() else 200
    customers.call(client, name=form.name.data or "", email=form.email.data or "", phone=form.phone.data or "",
                   company=form.company.data or "")
    calls.act(session, client, current_account())
    flash(_("Saved."))
    return _back(client)


@client_acts.post("/call")
@access("rep")
def call(number: str) -> Answer:
    """Notes that the rep has to do with them: the page does so when it opens, and the button of who only spoke."""
    client = _client(number)
    calls.act(session, client, current_account())
    return Answer(status=204) if "HX-Request" in request.headers else _back(client)


@client_acts.post("/notes")
@access("rep")
def write(number: str) -> Answer:
    """A new note."""
    client = _client(number)
    try:
        notes.write(session, client, request.form.get("text", ""), me())
    except ValueError:
        flash(_bad_note(), "warning")
    return _back(client)


@client_acts.post("/notes/<int:note>")
@access("rep")
def change(number: str, note: int) -> Answer:
    """Keeps another text, pins it or takes the pin out, or deletes it, as the button says."""
    client = _client(number)
    there: Note = found(notes.find(session, client, note))
    try:
        match request.form.get("act"):
            case "pin":
                there.pinned = not there.pinned
            case "delete":
                notes.remove(session, there, me())
                flash(_("The note is deleted."))
            case _:
                notes.edit(session, there, request.form.get("text", ""), me())
    except ValueError:
        flash(_bad_note(), "warning")
    except notes.NotYours:
        flash(_("Only whoever wrote a note can change it."), "warning")
    return _back(client)


def _client(number: str) -> Customer:
    return alive(found(customers.of_number(session, number)))


def _back(client: Customer) -> Answer:
    return redirect(url_for("desk.client", number=client.number), 303)


def _bad_note() -> str:
    return _("A note has 1 to %(most)d characters, all of which can be seen.", most=LONGEST)


def wrong(order: Order, names: Iterable[str]) -> list[str]:
    """The titles of what was not right."""
    model = model_of(order.version)
    return [title(model[name]) for name in names if name in model]


def _bought(orders: Iterable[Order]) -> dict[str, int]:
    """Minor units by currency, cancelled orders left out."""
    sums: dict[str, int] = {}
    for placed in orders:
        if placed.state != "cancelled":
            sums[placed.currency] = sums.get(placed.currency, 0) + placed.total
    return sums

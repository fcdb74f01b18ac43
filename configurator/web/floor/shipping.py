"""Shipping: what goes with the box, with whom it leaves, whether it arrived, and whether it came back."""

from __future__ import annotations

from typing import Literal

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import undefer
from werkzeug.wrappers import Response as Answer

from catalog.database import now
from configurator.limits import day_of
from configurator.transaction import session
from configurator.web.access import access, found, me
from configurator.web.floor.orders import address
from configurator.web.paper import inline, language
from configurator.web.shop.answers import counted, say
from orders import lifecycle
from orders.changes import requests
from orders.records import Order
from orders.sheets import parcels
from orders.sheets.printing import Paper
from orders.shipments import shipping as boxes
from orders.shipments.shipped import Carrier

shipping = Blueprint("shipping", __name__, url_prefix="/floor")


@shipping.get("/orders/<number>/ship")
@access("fulfilment", "rep")
def page(number: str) -> str:
    """What is in the box, and the form to send it off with."""
    order = _order(number)
    shipment = boxes.of(session, order)
    return render_template(
        "floor/ship.html", order=order, sheet=order.sheet, rows=parcels.contents(order, say), shipment=shipment,
        carriers=boxes.carriers(session), followed=boxes.followed(shipment) if shipment else "",
        can_ship=lifecycle.may(order, "shipped", me()), pending=requests.pending(session, order),
        works=me().role != "rep")


@shipping.post("/orders/<number>/ship")
@access("fulfilment")
def ship(number: str) -> Answer:
    """It has left the house; what was noted before is corrected."""
    order = _order(number)
    carrier = _carrier()
    try:
        if shipment := boxes.of(session, order):
            boxes.correct(session, shipment, carrier, request.form.get("tracking", ""))
            flash(_("Noted."))
        else:
            boxes.ship(session, order, me(), carrier, request.form.get("tracking", ""))
            flash(_("Order %(number)s is shipped.", number=number))
    except lifecycle.NotAllowed:
        flash(_("Order %(number)s is not built: every step has to be signed off first.", number=number), "warning")
    except boxes.Asked:
        flash(_("Something is asked about order %(number)s: answer that first.", number=number), "warning")
    except ValueError:
        flash(_("A tracking number has at most %(most)d characters.", most=boxes.LONGEST_TRACKING), "warning")
    return redirect(url_for(".page", number=number), 303)


@shipping.post("/orders/<number>/delivered")
@access("fulfilment", "rep")
def delivered(number: str) -> Answer:
    """It has arrived."""
    boxes.deliver(session, found(boxes.of(session, _order(number))))
    flash(_("Order %(number)s is noted as delivered.", number=number))
    return redirect(url_for(".page", number=number), 303)


@shipping.post("/orders/<number>/returned")
@access("fulfilment", "rep")
def returned(number: str) -> Answer:
    """It came back, for a reason; or it did not after all."""
    shipment = found(boxes.of(session, _order(number)))
    if "stays" in request.form:
        boxes.stays(session, shipment)
        flash(_("Noted."))
        return redirect(url_for(".page", number=number), 303)
    try:
        boxes.take_back(session, shipment, request.form.get("why", ""))
        flash(_("Order %(number)s is noted as returned.", number=number))
    except ValueError:
        flash(_("Say why it came back, in at most %(most)d characters.", most=boxes.LONGEST_WHY), "warning")
    return redirect(url_for(".page", number=number), 303)


@shipping.get("/orders/<number>/packing-list.pdf")
@access("fulfilment", "rep")
def packing_list(number: str) -> Response:
    """What is in the box, for whoever packs and whoever opens it."""
    return _pdf(_order(number), "list", f"packing-list-{number}.pdf")


@shipping.get("/orders/<number>/label.pdf")
@access("fulfilment", "rep")
def label(number: str) -> Response:
    """For the outside of the box."""
    return _pdf(_order(number), "label", f"label-{number}.pdf")


@shipping.get("/carriers")
@access("fulfilment", "manager")
def carriers() -> str:
    """Who takes our boxes."""
    return render_template("floor/carriers.html", carriers=boxes.carriers(session, all_=True))


@shipping.post("/carriers")
@access("fulfilment", "manager")
def keep() -> Answer:
    """A new carrier, or another link of one."""
    form = request.form
    try:
        carrier = boxes.keep_carrier(session, form.get("name", ""), form.get("link", ""), "active" in form)
        flash(_("%(name)s is noted.", name=carrier.name))
    except ValueError:
        flash(_("A carrier has a name, and a link that begins with https:// and has {number} where the number of the "
                "box goes; or no link."), "warning")
    return redirect(url_for(".carriers"), 303)


def _pdf(order: Order, kind: Literal["list", "label"], name: str) -> Response:
    maker = current_app.extensions["settings"].maker
    shipment = boxes.of(session, order)
    parcel = parcels.Parcel(order, shipment, day_of(shipment.shipped_at if shipment else now()))
    content = parcels.pdf(kind, parcel, maker=maker, link=address(Paper.of(order)), language=language(), say=say)
    return inline(content, name)


def _order(number: str) -> Order:
    return found(session.scalar(select(Order).where(Order.number == number).options(undefer(Order.sheet))))


def _carrier() -> Carrier | None:
    id_ = request.form.get("carrier", 0, type=counted)
    return session.get(Carrier, id_) if id_ else None

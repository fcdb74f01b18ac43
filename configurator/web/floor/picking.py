"""Pick lists over many orders: ticked as one walks past the bins."""

from __future__ import annotations

from fractions import Fraction

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from configurator.limits import today
from configurator.transaction import session
from configurator.web.access import access, me
from configurator.web.floor.bench import order_of, told
from configurator.web.floor.stocking import amount_of
from configurator.web.formatting import number
from configurator.web.shop.answers import counted
from orders.floor import picking as walks
from orders.supplies import reservations
from orders.supplies.supply import UNIT

picking = Blueprint("picking", __name__, url_prefix="/floor")
AT_ONCE = 12
"""Orders that a walk is for, if nobody says which."""


@picking.get("/pick")
@access("fulfilment")
def lists() -> str:
    """The parts of the orders that are chosen, or of those promised first."""
    waiting = walks.waiting(session)
    asked = set(request.args.getlist("order"))
    orders = [order for order, __ in waiting]
    chosen = orders[:AT_ONCE]
    if asked:
        chosen = [order for order in orders if order.number in asked] + walks.called_off(session, asked)
    return render_template("floor/pick.html", waiting=waiting, chosen=chosen, lines=walks.pick_list(session, chosen),
                           asked=[order.number for order in chosen], today=today(), short=request.args.get("short"))


@picking.post("/pick")
@access("fulfilment")
def pick() -> Answer:
    """A part was taken for all orders of the list, or for some of them."""
    part, short = request.form.get("part", ""), None
    with told():
        try:
            for order in sorted(map(order_of, request.form.getlist("for")), key=lambda order: order.id):
                walks.pick(session, order, part, me(), found="found" in request.form)
        except reservations.Short as error:
            short = error.number
            flash(_("The book says that %(missing)s of %(part)s are missing. What was there is picked.", part=part,
                    missing=number(Fraction(error.missing, UNIT))), "warning")
    return _list(short)


@picking.post("/pick/back")
@access("fulfilment")
def back() -> Answer:
    """A part was put back."""
    with told():
        for order in sorted(map(order_of, request.form.getlist("for")), key=lambda order: order.id):
            walks.put_back(session, order, request.form.get("part", ""), me())
    return _list(None)


@picking.post("/pick/spoilt")
@access("fulfilment")
def spoilt() -> Answer:
    """A part is no good any more: another one is picked."""
    with told():
        try:
            amount = amount_of(request.form.get("amount", ""))
            for order in map(order_of, request.form.getlist("for")):
                walks.spoil(session, order, request.form.get("part", ""), amount, me())
        except ValueError:
            flash(_("Enter how much is spoilt: more than nothing, and no more than the order gets."), "warning")
    return _list(None)


def _list(short: str | None) -> Answer:
    row = request.form.get("row", 1, type=counted)
    return redirect(url_for(".lists", order=request.form.getlist("order"), short=short, _anchor=f"part-{row}"), 303)

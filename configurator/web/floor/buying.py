"""What to buy and by when; what was ordered and what came."""

from __future__ import annotations

import secrets
from datetime import date
from decimal import InvalidOperation

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as Answer

from configurator.limits import today
from configurator.transaction import session
from configurator.web.access import access, current_account, found
from configurator.web.floor.bench import key
from configurator.web.floor.stocking import amount_of
from configurator.web.shop.answers import counted
from orders.records import Order
from orders.supplies import purchasing, stock
from orders.supplies.supplied import PurchaseLine, Supplier

buying = Blueprint("buying", __name__, url_prefix="/floor/buying")


@buying.get("")
@access("fulfilment", "manager")
def needs() -> str:
    """What to buy, by supplier; what is on its way, the first first, with what comes too late."""
    lines = stock.coming(session)
    late = {wait.number: held.order_id for held, waits in stock.allotted(session, {line.number for line in lines})
            for wait in waits if wait.due is not None and wait.due > wait.needed_on}
    numbers = session.execute(select(Order.id, Order.number).where(Order.id.in_(late.values()))).all()
    called = dict(numbers)
    return render_template("floor/buying.html", needs=purchasing.needs(session, today()), lines=lines,
                           late={number: called[id_] for number, id_ in late.items()},
                           today=today(), once=secrets.token_urlsafe(16))


@buying.post("")
@access("fulfilment", "manager")
def order() -> Answer:
    """Notes that what is ticked was ordered from a supplier."""
    form = request.form
    try:
        supplier = session.get(Supplier, counted(form["supplier"])) if form.get("supplier") else None
        amounts = {number: amount_of(form.get(f"amount.{number}", "")) for number in form.getlist("part")}
        due = date.fromisoformat(form["due"]) if form.get("due") else None
        purchase = purchasing.order(session, supplier, amounts, current_account(), today(), due,
                                    key(str(form.get("supplier")), str(sorted(amounts.items()))))
    except (InvalidOperation, ValueError):
        flash(_("Nothing was ordered: tick at least one part, with an amount above 0, due today or later."), "warning")
    else:
        flash(_("Noted as %(number)s: %(count)d parts are on their way.", number=purchase.number,
                count=len(purchase.lines)))
    return redirect(url_for(".needs"), 303)


@buying.post("/<int:line>")
@access("fulfilment", "manager")
def receive(line: int) -> Answer:
    """Puts what came into stock, or notes that it comes another day."""
    bought, form = found(session.get(PurchaseLine, line)), request.form
    try:
        if "postpone" in form:
            purchasing.postpone(session, bought, date.fromisoformat(form.get("due", "")))
            flash(_("Noted: %(number)s comes another day.", number=bought.number))
        else:
            stock.receive(session, bought, amount_of(form.get("amount", "")), current_account(), "rest" in form,
                          awaited=form.get("awaited", type=int))
            flash(_("Received: %(number)s is in stock.", number=bought.number))
    except (InvalidOperation, ValueError):
        flash(_("Nothing was changed: enter an amount of 0 or more, or a day as year, month and day."), "warning")
    return redirect(url_for(".needs"), 303)

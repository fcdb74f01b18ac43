"""What to buy and by when; what was ordered and what came."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date

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
from orders.records import Order, folded
from orders.supplies import purchasing, reservations, stock
from orders.supplies.supplied import PurchaseLine, Stock, Supplier

buying = Blueprint("buying", __name__, url_prefix="/floor/buying")

UNPROCESSABLE = 422
Problems = dict[str, str]
"""What is wrong, in words, by the field that it stands beside."""


@buying.get("")
@access("fulfilment", "manager")
def needs() -> str:
    """What to buy, by supplier; what is on its way, the first first, with what comes too late; or what is sought."""
    return _page({})


def _page(problems: Problems) -> str:
    """The page, with what is wrong with what was entered, by field."""
    lines = [line for line in stock.coming(session)
             if _is_sought(line.stock, line.purchase.supplier, line.purchase.number)]
    allotted = reservations.allotted(session, {line.number for line in lines})
    late = {wait.number: held.order_id for held, waits in allotted for wait in waits
            if wait.due is not None and wait.due > wait.needed_on}
    numbers = session.execute(select(Order.id, Order.number).where(Order.id.in_(late.values()))).all()
    called = dict(numbers)
    sought = {supplier: [need for need in parts if _is_sought(need.part, supplier, *need.orders)]
              for supplier, parts in purchasing.needs(session, today()).items()}
    return render_template("floor/buying.html", needs={supplier: parts for supplier, parts in sought.items() if parts},
                           lines=lines, late={number: called[id_] for number, id_ in late.items()}, today=today(),
                           once=secrets.token_urlsafe(16), problems=problems, typed=request.form if problems else {})


def _is_sought(part: Stock, supplier: Supplier | None, *numbers: str) -> bool:
    """Whether a part is what is looked for: by itself, its supplier, or the orders and purchases that it is for."""
    words = part.number, part.title, supplier.name if supplier else "", *numbers
    return folded(request.args.get("q", "").strip()) in folded(" ".join(words))


@buying.post("")
@access("fulfilment", "manager")
def order() -> Answer | tuple[str, int]:
    """Notes that what is ticked was ordered from a supplier; what cannot be is told where it stands."""
    form = request.form
    chosen = form.get("supplier", type=counted)
    amounts, problems = _amounts(form.getlist("part"))
    due = _day(form.get("due", ""))
    if form.get("due") and due is None:
        problems[f"due.{form.get('supplier')}"] = _("Enter a day from today on.")
    if not amounts and not problems:
        problems[f"parts.{form.get('supplier')}"] = _("Tick at least one part.")
    if problems:
        flash(_("Nothing was ordered."), "warning")
        return _page(problems), UNPROCESSABLE
    supplier = found(session.get(Supplier, chosen)) if chosen else None
    purchase = purchasing.order(session, supplier, amounts, current_account(), today(), due,
                                key(str(form.get("supplier")), str(sorted(amounts.items()))))
    flash(_("Noted as %(number)s: %(count)d parts are on their way.", number=purchase.number,
            count=len(purchase.lines)))
    return redirect(url_for(".needs"), 303)


def _amounts(parts: Iterable[str]) -> tuple[dict[str, int], Problems]:
    """The amounts that were entered for parts, in thousandths; and what cannot be bought, by field."""
    amounts: dict[str, int] = {}
    problems: Problems = {}
    for number in parts:
        try:
            amounts[number] = amount_of(request.form.get(f"amount.{number}", ""))
        except ValueError:
            amounts[number] = 0
        if not amounts[number]:
            problems[f"amount.{number}"] = _("Enter an amount above 0, with at most three decimals.")
    return amounts, problems


def _day(text: str) -> date | None:
    """A day from today on, as fields of days send it; None for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day >= today() else None


@buying.post("/<int:line>")
@access("fulfilment", "manager")
def receive(line: int) -> Answer | tuple[str, int]:
    """Puts what came into stock, or notes that it comes another day."""
    bought, form = found(session.get(PurchaseLine, line)), request.form
    if "postpone" in form:
        if (due := _day(form.get("due", ""))) is None:
            return _unchanged(f"due-of.{line}", _("Enter a day from today on."))
        purchasing.postpone(session, bought, due, today())
        flash(_("Noted: %(number)s comes another day.", number=bought.number))
        return redirect(url_for(".needs"), 303)
    try:
        amount = amount_of(form.get("amount", ""))
    except ValueError:
        return _unchanged(f"came.{line}", _("Enter an amount of 0 or more, with at most three decimals."))
    try:
        stock.receive(session, bought, amount, current_account(), "rest" in form,
                      awaited=form.get("awaited", type=int))
        flash(_("Received: %(number)s is in stock.", number=bought.number))
    except ValueError:
        flash(_("Nothing was changed: somebody was quicker, look at what is still to come."), "warning")
    return redirect(url_for(".needs"), 303)


def _unchanged(field: str, why: str) -> tuple[str, int]:
    flash(_("Nothing was changed."), "warning")
    return _page({field: why}), UNPROCESSABLE

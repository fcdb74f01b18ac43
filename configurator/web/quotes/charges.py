"""What the firm keeps about money: the table of value added tax, and what each rep may take off alone."""

from __future__ import annotations

from datetime import date
from itertools import groupby

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import delete, select
from werkzeug.wrappers import Response as Answer

from configurator.limits import today
from configurator.transaction import session
from configurator.web.access import access, current_account, current_customer, found
from configurator.web.quotes.countries import countries
from configurator.web.shop.answers import Unread, minor
from orders.quotation import vat
from orders.quotation.discounts import WHOLE
from orders.quotation.quoted import VatRule
from orders.records import Account, Customer

charges = Blueprint("charges", __name__, url_prefix="/charges")

UNPROCESSABLE = 422


@charges.get("/")
@access("manager")
def page() -> Answer:
    """The table, the newest rules first, and the reps."""
    return _page()


@charges.post("/rules")
@access("manager")
def note() -> Answer:
    """A rule of the table, from a day on."""
    form = request.form
    try:
        rate = _hundredths(form.get("rate", "")) if form.get("treatment") == "rate" else 0
        vat.note(session, form.get("country", ""), form.get("kind", ""), form.get("treatment", ""), rate,
                 date.fromisoformat(form.get("valid_from", "")), current_account())
    except Unread as unread:
        return _page(str(unread))
    except ValueError:
        return _page(_("A rule needs a kind of customer, what is charged, and a day as year, month and day."))
    flash(_("Kept. Quotes and orders reckon with it from that day on; what was sent or ordered stays as it is."))
    return redirect(url_for(".page"), 303)


@charges.post("/rules/<int:rule>/remove")
@access("manager")
def remove(rule: int) -> Answer:
    """Takes a rule out again."""
    session.execute(delete(VatRule).where(VatRule.id == rule))
    return redirect(url_for(".page"), 303)


@charges.post("/rules/begin")
@access("manager")
def begin() -> Answer:
    """Fills an empty table for a maker in the European Union."""
    try:
        vat.begin(session, request.form.get("home", ""), date(today().year, 1, 1), current_account())
    except ValueError:
        return _page(_("Choose the country that you are in; the table must be empty."))
    flash(_("These are the standard rates: look through them before you quote."))
    return redirect(url_for(".page"), 303)


@charges.post("/limits/<int:account>")
@access("manager")
def limit(account: int) -> Answer:
    """What a rep may take off alone."""
    rep = found(session.get(Account, account))
    try:
        rep.discount_limit = _hundredths(request.form.get("limit", ""))
    except Unread as unread:
        return _page(str(unread))
    flash(_("Saved."))
    return redirect(url_for(".page"), 303)


@charges.post("/mine")
@access("customer")
def mine() -> Answer:
    """Where and what the customer is who is signed in."""
    settled(found(current_customer()))
    return redirect(url_for("account.profile"), 303)


def settled(customer: Customer) -> None:
    """Takes what was entered, or says what could not be."""
    try:
        vat.settle(customer, *(request.form.get(name, "") for name in ("country", "kind", "vat_id")))
        flash(_("Saved."))
    except ValueError:
        flash(_("A VAT number begins with the two letters of its country, such as ATU12345678."), "warning")


def _hundredths(text: str) -> int:
    try:
        return minor(text.strip().rstrip("%"), 2, WHOLE)
    except ValueError as error:
        raise Unread(_("From 0 to 100 per cent, with two decimals at most.")) from error


def _page(problem: str = "") -> Answer:
    reps = session.scalars(select(Account).where(Account.role == "rep").order_by(Account.name)).all()
    names = dict(countries())
    rules = sorted(vat.rules(session), key=lambda rule: (not rule.country, names.get(rule.country, rule.country)))
    by_country = [(country, list(those)) for country, those in groupby(rules, key=lambda rule: rule.country)]
    page = render_template("charges.html", rules=by_country, reps=reps, problem=problem, typed=request.form,
                           names=names, standard=vat.STANDARD, today=today())
    return make_response(page, UNPROCESSABLE if problem else 200)

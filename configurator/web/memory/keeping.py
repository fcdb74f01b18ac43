"""What the daily retention removed, for those who answer for it."""

from __future__ import annotations

from itertools import groupby

from flask import Blueprint, current_app, render_template
from flask_babel import lazy_gettext
from sqlalchemy import select

from configurator import retention
from configurator.transaction import session
from configurator.web.access import access
from orders.memory.remembered import Removal

DAYS = 60
"""Runs that are shown."""

REMOVED = {
    "configurations of guests": lazy_gettext("Configurations of guests"),
    "old configurations of customers": lazy_gettext("Old configurations of customers"),
    "logins that ended": lazy_gettext("Logins that ended"), "failed sign-ins": lazy_gettext("Failed sign-ins"),
    "forgotten pieces": lazy_gettext("Forgotten pieces"),
    "old evidence and facts": lazy_gettext("Old evidence and facts"),
    "old notes and calls": lazy_gettext("Old notes and calls"),
    "names at times of work": lazy_gettext("Names at times of work"),
    "photos of problems": lazy_gettext("Photos of problems"),
    "customers who wished to be erased": lazy_gettext("Customers who wished to be erased"),
    "customers not seen for long": lazy_gettext("Customers not seen for long"),
    "orders of erased customers": lazy_gettext("Orders of erased customers"), "old mails": lazy_gettext("Old mails")}
"""What a rule removes, by its name, in the reader's language."""

keeping = Blueprint("keeping", __name__, url_prefix="/keeping")


@keeping.get("/")
@access("manager")
def page() -> str:
    """Day by day, the newest first; and how long what is kept."""
    rows = session.scalars(select(Removal).order_by(Removal.id.desc()).limit(DAYS * len(retention.RULES))).all()
    days = [(day, list(those)) for day, those in groupby(rows, key=lambda row: row.at.date())]
    return render_template("memory/keeping.html", days=days, failed=retention.failed(session),
                           removed=REMOVED, settings=current_app.extensions["settings"])

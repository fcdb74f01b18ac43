"""What the daily retention removed, for those who answer for it."""

from __future__ import annotations

from itertools import groupby

from flask import Blueprint, current_app, render_template
from sqlalchemy import select

from configurator import retention
from configurator.transaction import session
from configurator.web.access import access
from orders.memory.remembered import Removal

DAYS = 60
"""Runs that are shown."""

keeping = Blueprint("keeping", __name__, url_prefix="/keeping")


@keeping.get("/")
@access("manager")
def page() -> str:
    """Day by day, the newest first; and how long what is kept."""
    rows = session.scalars(select(Removal).order_by(Removal.id.desc()).limit(DAYS * len(retention.RULES))).all()
    days = [(day, list(those)) for day, those in groupby(rows, key=lambda row: row.at.date())]
    return render_template("memory/keeping.html", days=days, failed=retention.failed(session),
                           settings=current_app.extensions["settings"])

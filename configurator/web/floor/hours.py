"""The hours of the work centres, the days on which nobody works, and what is booked on the next days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import InvalidOperation

from babel.dates import get_day_names
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as Answer

from configurator.limits import today
from configurator.transaction import session
from configurator.web.access import access
from configurator.web.shop.answers import decimal
from orders.supplies import capacity, snapshot
from orders.supplies.capacity import Load
from orders.supplies.supplied import ClosedDay
from orders.supplies.supply import WEEK

hours = Blueprint("hours", __name__, url_prefix="/floor/hours")

DAYS = 10
"""Working days whose load is shown."""
MINUTES = 60
TALL = 40
"""The height of a full day's bar."""


@dataclass(frozen=True)
class Centre:
    """A work centre: its week in hours, and its next days."""

    name: str
    title: str
    week: tuple[float, ...]
    load: list[Load]

    @property
    def most(self) -> int:
        """The most minutes of a day that the picture has to show."""
        return max([*(max(day.minutes, day.booked) for day in self.load), 1])

    def tall(self, minutes: int) -> float:
        """The height of a bar."""
        return round(TALL * minutes / self.most, 1)


@hours.get("")
@access("fulfilment", "manager")
def week() -> str:
    """Every work centre with its week and its load; closed days to come."""
    now, loads = snapshot.supply(session, today()), capacity.load(session, today(), DAYS)
    centres = [Centre(name, title, tuple(minutes / MINUTES for minutes in now.weeks.get(name, WEEK)), loads[name])
               for name, title in capacity.centres(session).items()]
    closed = session.scalars(select(ClosedDay).where(ClosedDay.day >= today()).order_by(ClosedDay.day)).all()
    names = get_day_names("abbreviated", "stand-alone", get_locale() or "en")
    return render_template("floor/hours.html", centres=centres, closed=closed, tall=TALL,
                           days=[names[day] for day in range(len(WEEK))])


@hours.post("")
@access("fulfilment", "manager")
def change() -> Answer:
    """Sets the week of a work centre."""
    centre = request.form.get("centre", "")
    try:
        if centre not in capacity.centres(session):
            raise ValueError(centre)
        capacity.set_hours(session, centre, [_minutes(request.form.get(f"day{day}", "")) for day in range(len(WEEK))])
        flash(_("Kept: what is promised from now on reckons with it."))
        if not any(snapshot.supply(session, today()).weeks[centre]):
            flash(_("It does not work at all now: no day can be promised for what passes through it."), "warning")
    except (InvalidOperation, ValueError):
        flash(_("Nothing was changed: enter hours of 0 or more for each day of the week."), "warning")
    return redirect(url_for(".week"), 303)


@hours.post("/closed")
@access("fulfilment", "manager")
def close() -> Answer:
    """Notes a day on which nobody works, or works on it after all."""
    try:
        day = date.fromisoformat(request.form.get("day", ""))
    except ValueError:
        flash(_("Enter the day as year, month and day, such as %(example)s.", example=today().isoformat()), "warning")
    else:
        if "open" in request.form:
            capacity.open_again(session, day)
        else:
            capacity.close(session, day, request.form.get("title", ""))
    return redirect(url_for(".week"), 303)


def _minutes(text: str) -> int:
    minutes = decimal(text.strip()) * MINUTES if text.strip() else 0
    if not 0 <= minutes <= capacity.MOST_MINUTES:
        raise ValueError(text)
    return round(minutes)

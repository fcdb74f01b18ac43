"""The hours of the work centres, the days on which nobody works, and what is booked on the next days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from babel.dates import get_day_names
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as Answer

from configurator.limits import today
from configurator.transaction import session
from configurator.web.access import access, found
from configurator.web.shop.answers import decimal
from orders.supplies import capacity, snapshot
from orders.supplies.capacity import Load
from orders.supplies.supplied import ClosedDay
from orders.supplies.supply import WEEK

hours = Blueprint("hours", __name__, url_prefix="/floor/hours")

UNPROCESSABLE = 422
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
    return _page({})


def _page(problems: dict[str, str]) -> str:
    """The page, with what is wrong with what was entered, by field."""
    now, loads = snapshot.supply(session, today()), capacity.load(session, today(), DAYS)
    centres = [Centre(name, title, tuple(minutes / MINUTES for minutes in now.weeks.get(name, WEEK)), loads[name])
               for name, title in capacity.centres(session).items()]
    closed = session.scalars(select(ClosedDay).where(ClosedDay.day >= today()).order_by(ClosedDay.day)).all()
    names = get_day_names("abbreviated", "stand-alone", get_locale() or "en")
    return render_template("floor/hours.html", centres=centres, closed=closed, tall=TALL, problems=problems,
                           days=[names[day] for day in range(len(WEEK))])


@hours.post("")
@access("fulfilment", "manager")
def change() -> Answer | tuple[str, int]:
    """Sets the week of a work centre."""
    centre = request.form.get("centre", "")
    found(capacity.centres(session).get(centre))
    minutes = {f"day{day}": _minutes(request.form.get(f"day{day}", "")) for day in range(len(WEEK))}
    set_ = [some for some in minutes.values() if some is not None]
    if len(set_) < len(minutes):
        flash(_("Nothing was changed."), "warning")
        most = _("Enter 0 to %(most)d hours.", most=capacity.MOST_MINUTES // MINUTES)
        return _page({day: most for day, some in minutes.items() if some is None}), UNPROCESSABLE
    capacity.set_hours(session, centre, set_)
    flash(_("Kept: what is promised from now on reckons with it."))
    if not any(set_):
        flash(_("It does not work at all now: no day can be promised for what passes through it."), "warning")
    return redirect(url_for(".week"), 303)


@hours.post("/closed")
@access("fulfilment", "manager")
def close() -> Answer | tuple[str, int]:
    """Notes a day on which nobody works, or works on it after all."""
    try:
        day = date.fromisoformat(request.form.get("day", ""))
    except ValueError:
        flash(_("Nothing was changed."), "warning")
        return _page({"day": _("Enter the day as year, month and day, such as %(example)s.",
                               example=today().isoformat())}), UNPROCESSABLE
    if "open" in request.form:
        capacity.open_again(session, day)
    else:
        capacity.close(session, day, request.form.get("title", ""))
    return redirect(url_for(".week"), 303)


def _minutes(text: str) -> int | None:
    """The minutes of hours that were entered; None for what cannot be worked in a day."""
    try:
        minutes = round(decimal(text.strip()) * MINUTES) if text.strip() else 0
    except ValueError:
        return None
    return minutes if 0 <= minutes <= capacity.MOST_MINUTES else None

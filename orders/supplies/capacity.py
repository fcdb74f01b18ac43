"""The hours of work centres: what orders have booked, day by day, and what is left."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from catalog.expressions import Whole, holds, number
from catalog.model import ProductModel, from_plain
from catalog.nodes import Exact, Values
from catalog.store import catalogue, model_of
from catalog.wording import title
from orders.records import Order
from orders.supplies.readiness import Readiness
from orders.supplies.snapshot import lock, supply
from orders.supplies.supplied import Booking, ClosedDay, Hours
from orders.supplies.supply import NEVER, WEEK, Supply

MOST_MINUTES = 100_000
"""Of a work centre in a day: seventy people."""


@dataclass(frozen=True)
class Load:
    """A work centre on a working day: the minutes it works, and those that are booked or waiting by then."""

    day: date
    minutes: int
    booked: int


def spread(ready: Readiness, values: Values, quantity: int, start: int) -> Iterator[Booking]:
    """What so many pieces take of the work centres when everything is here after `start` working days.

    Operation after operation, on each day as many minutes as all of their centres have left: see
    orders.supplies.readiness. Nothing, if that is never.
    """
    supply, centres = ready.supply, ready.centres(values)
    if ready.days(values, quantity) >= NEVER:
        return
    day = start
    free = 0
    for name, centre, minutes in _tasks(ready.demand.model, values, quantity):
        while minutes:
            while not free:
                day += 1
                free = supply.minutes(centres, day) - supply.minutes(centres, day - 1)
            taken = min(minutes, free)
            yield Booking(operation=name, centre=centre, day=supply.after(day), minutes=taken)
            minutes, free = minutes - taken, free - taken


def _tasks(model: ProductModel, values: Values, quantity: int) -> Iterator[tuple[str, str, int]]:
    """Operations with whole minutes: rounded where one ends, so that together they are no more than a minute longer."""
    end: Exact = 0
    for operation in model.operations:
        if operation.when is None or holds(operation.when, values, model):
            begin, end = end, end + number(operation.minutes, values, model) * quantity
            yield operation.name, operation.work_centre, math.ceil(end) - math.ceil(begin)


def done(session: Session, order: Order, operation: str) -> None:
    """Frees the hours that an operation had booked, for it is done."""
    lock(session)
    session.execute(delete(Booking).where(Booking.order_id == order.id, Booking.operation == operation))


def undone(session: Session, order: Order, operation: str, day: date) -> None:
    """Books the hours of an operation again that is not done after all: from a day on, as they are free."""
    lock(session)
    if session.scalar(select(Booking.id).where(Booking.order_id == order.id, Booking.operation == operation).limit(1)):
        return
    values = Whole(from_plain(order.values))
    for name, centre, minutes in _tasks(model_of(order.version), values, order.quantity):
        if name == operation and minutes:
            session.add(Booking(order_id=order.id, operation=name, centre=centre, day=day, minutes=minutes))
    session.flush()


def load(session: Session, today: date, days: int) -> dict[str, list[Load]]:
    """The load of every work centre on the next working days, from today on, by its name."""
    now = supply(session, today)
    return {centre: list(_load(now, centre, days)) for centre in centres(session)}


def _load(now: Supply, centre: str, days: int) -> Iterator[Load]:
    """What was booked before today and is not done waits for today."""
    booked, before = now.booked.get(centre, {}), None
    for day in [day for day in now.days[:days + 1] if day >= now.day][:days]:
        waiting = sum(minutes for on, minutes in booked.items() if (before is None or on > before) and on <= day)
        yield Load(day, now.weeks.get(centre, WEEK)[day.weekday()], waiting)
        before = day


def centres(session: Session) -> dict[str, str]:
    """The titles of the work centres that products pass through, by name; and of those that have hours."""
    found = {centre.name: title(centre) for version in catalogue(session) for centre in model_of(version).work_centres}
    others = {centre: centre for centre in session.scalars(select(Hours.centre).distinct())}
    return dict(sorted((others | found).items(), key=lambda named: named[1]))


def set_hours(session: Session, centre: str, week: Sequence[int]) -> None:
    """Sets the minutes that a work centre works from Monday to Sunday; raises ValueError."""
    if len(week) != len(WEEK) or not all(0 <= minutes <= MOST_MINUTES for minutes in week):
        raise ValueError(f"a work centre works 0 to {MOST_MINUTES} minutes on each of {len(WEEK)} days")
    lock(session)
    session.execute(delete(Hours).where(Hours.centre == centre))
    session.add_all(Hours(centre=centre, weekday=weekday, minutes=minutes) for weekday, minutes in enumerate(week))
    session.flush()


def close(session: Session, day: date, why: str) -> None:
    """Notes a day on which nobody works; what is booked then is done on the next days."""
    lock(session)
    session.merge(ClosedDay(day=day, title=why.strip()[:120]))
    session.flush()


def open_again(session: Session, day: date) -> None:
    """Works on a day after all."""
    lock(session)
    session.execute(delete(ClosedDay).where(ClosedDay.day == day))

"""The supply as it is in the database, on a day.

Whatever changes it first takes the lock, which counts a version up; so a process reads the supply once for each
version, and whoever shows it asks for nothing but the version.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from threading import Lock

from cachetools import LRUCache
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from orders import numbers
from orders.records import Counter, Order
from orders.supplies.supplied import OPEN, Booking, ClosedDay, Hours, PurchaseLine, Reservation, Stock
from orders.supplies.supply import WEEK, Available, Supply

COUNTER = "supply"
"""The name of the version's counter."""
VERSION = select(Counter.last).where(Counter.kind == COUNTER)
"""Built once, for every click asks it."""
BUSY = ("placed", "released", "in_production")
"""States of orders that work centres still have to do with."""
LOCKED, SHOWN = "supply locked", "supply shown"
_kept: LRUCache[tuple[object, date], Supply] = LRUCache(16)
_turn = Lock()


def lock(session: Session) -> None:
    """From here on, nobody else changes the supply until the transaction ends; call it before anything is read.

    Where a transaction does not see what others did meanwhile (repeatable reads), whoever comes second starts over.
    """
    numbers.take(session, COUNTER)
    session.info[LOCKED] = session.get_transaction()


def supply(session: Session, day: date) -> Supply:
    """The supply on a day; read once a transaction, and once a process until it changes.

    Whoever changes it in the same transaction gets it as it is by then: that is nobody else's yet.
    """
    transaction = session.get_transaction()
    if transaction is not None and session.info.get(LOCKED) is transaction:
        return fresh(session, day)
    shown: tuple[object, Supply] | None = session.info.get(SHOWN)
    if shown and shown[0] is session.get_transaction() is not None and shown[1].day == day:
        return shown[1]
    found = _current(session, day)
    session.info[SHOWN] = session.get_transaction(), found
    return found


def let_go() -> None:
    """Drops what this process has read, and what was worked out with it; whoever asks reads it anew."""
    with _turn:
        _kept.clear()


def _current(session: Session, day: date) -> Supply:
    key = session.get_bind().engine.url, day
    with _turn:
        known = _kept.get(key)
    if known is None or known.version != _version(session):
        known = fresh(session, day)
        with _turn:
            _kept[key] = known
    return known


def fresh(session: Session, day: date) -> Supply:
    """The supply on a day, read anew."""
    version = _version(session)  # first: what is read later may only be newer
    firm = Supply(day, weeks=_weeks(session), booked=_booked(session),
                  closed=frozenset(session.scalars(select(ClosedDay.day))), version=version)
    return replace(firm, parts=_parts(session, firm), kept={"days": firm.days})


def _version(session: Session) -> int:
    return session.scalar(VERSION) or 0


def _weeks(session: Session) -> dict[str, list[int]]:
    weeks: dict[str, list[int]] = defaultdict(lambda: [0] * len(WEEK))
    for centre, weekday, minutes in session.execute(select(Hours.centre, Hours.weekday, Hours.minutes)):
        weeks[centre][weekday] = minutes
    return dict(weeks)


def _booked(session: Session) -> Mapping[str, Mapping[date, int]]:
    found: dict[str, dict[date, int]] = defaultdict(dict)
    booked = (select(Booking.centre, Booking.day, func.sum(Booking.minutes)).join(Order)
              .where(Order.state.in_(BUSY)).group_by(Booking.centre, Booking.day))
    for centre, day, minutes in session.execute(booked):
        found[centre][day] = int(minutes)
    return found


def _parts(session: Session, firm: Supply) -> dict[str, Available]:
    """What is on its way counts from the day for which it was promised; what is overdue does not count at all."""
    coming: dict[str, list[tuple[int, int]]] = defaultdict(list)
    lines = (select(PurchaseLine.number, PurchaseLine.due, func.sum(PurchaseLine.amount - PurchaseLine.received))
             .where(~PurchaseLine.closed, PurchaseLine.received < PurchaseLine.amount, PurchaseLine.due >= firm.day)
             .group_by(PurchaseLine.number, PurchaseLine.due).order_by(PurchaseLine.due))
    for number, due, amount in session.execute(lines):
        coming[number].append((firm.until(due), int(amount)))
    promised = {number: int(amount) for number, amount in session.execute(
        select(Reservation.number, func.sum(Reservation.amount)).where(OPEN).group_by(Reservation.number))}
    return {number: Available.of(lead, [(0, on_hand), *coming[number]], promised.get(number, 0))
            for number, lead, on_hand in session.execute(select(Stock.number, Stock.lead_days, Stock.on_hand))}

"""What orders were promised of the parts: reserved, given out, put back, waited for.

Parts are given out in the order in which they were reserved: a later order gets what the earlier ones leave, whether it
lies there or is on its way; the rest is bought. So what was promised to one order is never promised to another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from catalog.expressions import Whole
from catalog.model import from_plain
from catalog.store import model_of
from orders.records import Account, Order
from orders.supplies import capacity, snapshot, stock
from orders.supplies.demand import demand_of
from orders.supplies.readiness import readiness
from orders.supplies.snapshot import lock
from orders.supplies.supplied import OPEN, Booking, Reservation, Stock

Turns = Mapping[str, Sequence[tuple[int, int]]]
"""By part, the turns of an order (the least number is before others), and how much it gets in each."""


class Short(ValueError):
    """The book says that there are fewer parts than were taken: `missing` thousandths of a unit."""

    def __init__(self, number: str, missing: int) -> None:
        super().__init__(f"{missing / 1000:g} of part {number} are missing: count what is there")
        self.number, self.missing = number, missing


@dataclass(frozen=True)
class Wait:
    """Something that an order waits for: how much of a part, and when it comes; None: it is not even ordered."""

    number: str
    amount: int
    due: date | None
    needed_on: date


def reserve(session: Session, order: Order, today: date, turns: Turns | None = None,
            picked: Mapping[str, int] | None = None) -> None:
    """Promises an order its parts and the minutes of the work centres, as far as nobody was promised them before.

    `turns`: those that it had until now, which it keeps; what it takes more of a part gets a turn after all others, for
    it was left to them. `picked`: what it was given of parts already.
    """
    lock(session)
    model, values = model_of(order.version), Whole(from_plain(order.values))
    ready = readiness(model, snapshot.fresh(session, today))
    start = ready.start(values, order.quantity)
    booked = list(capacity.spread(ready, values, order.quantity, start))
    first = min((booking.day for booking in booked), default=ready.supply.after(start + 1))
    needed_on = ready.supply.after(max(start, ready.supply.until(first) - 1))
    for booking in booked:
        booking.order_id = order.id
    session.add_all(booked)
    had, given = turns or {}, picked or {}
    held = [one for number, amount in _needs(order).items()
            for one in _in_turn(number, amount, had.get(number, ()), given.get(number, 0))]
    for one in held:
        one.order_id, one.needed_on = order.id, needed_on
    for some in [one for one in held if one.id], [one for one in held if not one.id]:  # new turns are none of these
        session.add_all(some)
        session.flush()


def _needs(order: Order) -> dict[str, int]:
    """What an order takes of each part, in thousandths of its unit."""
    values = Whole(from_plain(order.values))
    return {use.number: use.thousandths(values, order.quantity) for use in demand_of(model_of(order.version)).uses}


def _in_turn(number: str, amount: int, turns: Sequence[tuple[int, int]], picked: int) -> Iterator[Reservation]:
    """An amount in the turns that there are, the rest in a new one; what was picked is what came first."""
    for turn, most in (*turns, (None, amount)):
        if share := min(most, amount):
            taken = min(picked, share)
            yield Reservation(id=turn, number=number, amount=share - taken, taken=taken)
            amount, picked = amount - share, picked - taken


def release(session: Session, order: Order) -> Turns:
    """Gives back what an order was promised and has not used: parts and hours are others' from now on.

    Returns the turns that it had, for whoever reserves for it again.
    """
    lock(session)
    turns = {number: [(one.id, one.amount + one.taken) for one in held]
             for number, held in _held(session, order).items()}
    for record in Reservation, Booking:
        session.execute(delete(record).where(record.order_id == order.id))
    return turns


def reserved(session: Session, order: Order) -> dict[str, int]:
    """What an order still takes, by the number of the part."""
    held = {number: _left(turns) for number, turns in _held(session, order).items()}
    return {number: amount for number, amount in held.items() if amount}


def consume(session: Session, order: Order, account: Account | None, parts: Mapping[str, int | None] | None = None,
            found: bool = False, at: datetime | None = None) -> None:
    """Takes parts out of the stock for an order: all of them, if nothing else is said; None of a part is all of it.

    Amounts are in thousandths. Of parts that the firm does not keep only the reservation goes. Raises Short where the
    book has fewer, and ValueError for an amount below 0, and takes nothing; if they were evidently there (`found`),
    that is noted first.
    """
    lock(session)
    held = _held(session, order)
    wanted = {number: some if some is not None else _left(held.get(number, ()))
              for number, some in (dict.fromkeys(held) if parts is None else parts).items()}
    kept = {part.number: part for part in session.scalars(
        select(Stock).where(Stock.number.in_(wanted)).execution_options(populate_existing=True))}
    for number, amount in wanted.items():
        if amount < 0:
            raise ValueError(f"{amount} of part {number} cannot be taken")
        if number in kept and amount > kept[number].on_hand and not found:
            raise Short(number, amount - kept[number].on_hand)
    for number, amount in wanted.items():
        _take(held.get(number, ()), amount)
        if part := kept.get(number):
            stock.move(session, part, max(0, amount - part.on_hand), "found", account, order=order, at=at)
            stock.move(session, part, -amount, "picked", account, order=order, at=at)
    session.flush()


def give_back(session: Session, order: Order, account: Account | None, parts: Mapping[str, int]) -> None:
    """Puts parts back that were picked by mistake: as far as the order needs them they are its own, as before.

    By number, in thousandths; raises ValueError for an amount below 0.
    """
    lock(session)
    held, needs = _held(session, order), _needs(order)
    for number, amount in parts.items():
        if amount < 0:
            raise ValueError(f"{amount} of part {number} cannot be put back")
        turns = held.get(number, ())
        _take(turns[::-1], -min(amount, max(0, needs.get(number, 0) - _left(turns))))
        if part := session.get(Stock, number, populate_existing=True):
            stock.move(session, part, amount, "returned", account, order=order)
    session.flush()


def spoil(session: Session, order: Order, number: str, missing: int) -> None:
    """Some of what was taken of a part is no good, and so much is `missing`: what of that is not reserved still is
    reserved anew, in a turn after all others.
    """
    lock(session)
    turns = _held(session, order).get(number, [])
    if (anew := missing - _left(turns)) <= 0:
        return
    left, needed_on = anew, min((turn.needed_on for turn in turns), default=order.promised_on)
    for turn in reversed(turns):
        gone = min(turn.taken, left)
        turn.taken, left = turn.taken - gone, left - gone
    session.add(Reservation(order_id=order.id, number=number, amount=anew, taken=0, needed_on=needed_on))
    session.flush()


def waiting(session: Session, orders: Iterable[Order]) -> dict[int, list[Wait]]:
    """What orders wait for, by their id: what those before them do not leave them of what is there."""
    wanted = {order.id for order in orders}
    parts = set(session.scalars(select(Reservation.number).where(
        Reservation.order_id.in_(wanted), OPEN)))
    found: dict[int, list[Wait]] = {}
    for held, waits in allotted(session, parts):
        if held.order_id in wanted and waits:
            found.setdefault(held.order_id, []).extend(waits)
    return found


def missing(session: Session, order: Order) -> list[Wait]:
    """What an order waits for of the parts that the firm keeps, once for each part and day; of others nothing is known.
    """
    waits = waiting(session, [order]).get(order.id, [])
    kept = set(session.scalars(select(Stock.number).where(Stock.number.in_({wait.number for wait in waits}))))
    return together(wait for wait in waits if wait.number in kept)


def together(waits: Iterable[Wait]) -> list[Wait]:
    """What one order waits for, once for each part and day: it may have several turns."""
    found: dict[tuple[str, date | None], Wait] = {}
    for wait in waits:
        same = found.get((wait.number, wait.due))
        found[wait.number, wait.due] = wait if same is None else replace(
            wait, amount=same.amount + wait.amount, needed_on=min(same.needed_on, wait.needed_on))
    return list(found.values())


def allotted(session: Session, parts: Iterable[str]) -> Iterator[tuple[Reservation, list[Wait]]]:
    """Every reservation of some parts, and what of it is not in the house: part after part, in the order of turns."""
    wanted = set(parts)
    sources: dict[str, list[tuple[int, date | None]]] = {number: [] for number in wanted}
    for number, on_hand in session.execute(select(Stock.number, Stock.on_hand).where(Stock.number.in_(wanted))):
        sources[number].append((on_hand, None))
    for line in stock.coming(session, wanted):
        sources[line.number].append((line.coming, line.due))
    for held in session.scalars(select(Reservation).where(Reservation.number.in_(wanted), OPEN)
                                .order_by(Reservation.number, Reservation.id)):
        yield held, list(_waits(held, sources[held.number]))


def _waits(held: Reservation, sources: list[tuple[int, date | None]]) -> Iterator[Wait]:
    """Takes an amount from the sources, the first of them being the stock; tells what does not lie there."""
    left = held.amount
    while left and sources:
        amount, due = sources[0]
        taken = min(left, amount)
        left -= taken
        if taken and due is not None:
            yield Wait(held.number, taken, due, held.needed_on)
        sources[0] = amount - taken, due
        if amount == taken:
            sources.pop(0)
    if left:
        yield Wait(held.number, left, None, held.needed_on)


def _held(session: Session, order: Order) -> dict[str, list[Reservation]]:
    """The turns of an order by part, the first ones first."""
    held: dict[str, list[Reservation]] = {}
    for one in session.scalars(select(Reservation).where(Reservation.order_id == order.id).order_by(
            Reservation.number, Reservation.id).execution_options(populate_existing=True)):
        held.setdefault(one.number, []).append(one)
    return held


def _left(turns: Iterable[Reservation]) -> int:
    """What is still to be taken in some turns."""
    return sum(turn.amount for turn in turns)


def _take(turns: Iterable[Reservation], amount: int) -> None:
    """Takes an amount in these turns, one after the other, as far as there is; what is below 0 is put back."""
    for turn in turns:
        some = max(-turn.taken, min(turn.amount, amount))
        turn.amount, turn.taken, amount = turn.amount - some, turn.taken + some, amount - some

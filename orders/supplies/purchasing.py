"""What to buy, by when, and from whom; what was ordered and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, load_only

from catalog.model import Part
from catalog.store import catalogue, model_of
from catalog.wording import title
from orders import numbers
from orders.records import Account, Order
from orders.supplies import reservations, stock
from orders.supplies.reservations import Wait
from orders.supplies.snapshot import lock, supply
from orders.supplies.stock import MOST_AMOUNT
from orders.supplies.supplied import OPEN, Purchase, PurchaseLine, Reservation, Stock, Supplier


@dataclass(frozen=True)
class Need:
    """A part to buy: `missing` thousandths, bought as `amount` in whole lots.

    `order_by`: the last day on which it can be ordered to be here when the first order needs it; None: no order waits
    for it, it falls below its reorder point. `orders`: the numbers of those that wait.
    """

    part: Stock
    missing: int
    amount: int
    order_by: date | None
    needed_on: date | None
    orders: tuple[str, ...]


def needs(session: Session, today: date) -> dict[Supplier | None, list[Need]]:
    """What is to be bought, by supplier, the most urgent first.

    An order gets what is in the house or on its way in the order in which orders came; the rest is missing. Beyond that
    each part is bought up to its reorder point. What is made here is not bought, even if older orders reserved it.
    """
    parts = {part.number: part for part in session.scalars(select(Stock).options(joinedload(Stock.supplier)))}
    asked = set(session.scalars(select(Reservation.number).where(OPEN)))
    known = catalogued(session)
    waits: dict[str, list[tuple[int, Wait]]] = {}
    left = {number: part.on_hand for number, part in parts.items()}
    for line in stock.coming(session):
        left[line.number] += line.coming
    for held, found in reservations.allotted(session, asked):
        left[held.number] = left.get(held.number, 0) - held.amount
        waits.setdefault(held.number, []).extend((held.order_id, wait) for wait in found if wait.due is None)
    orders = _numbers(session, {id_ for found in waits.values() for id_, _ in found})
    found_needs = [_need(session, today, parts.get(number) or unkept(known, number), amount,
                         [(orders[id_], wait) for id_, wait in waits.get(number, [])])
                   for number, amount in left.items() if amount < (parts[number].reorder if number in parts else 0)
                   and not (number in known and known[number].made_here)]
    by_supplier: dict[Supplier | None, list[Need]] = {}
    for need in sorted(found_needs, key=lambda need: (need.order_by or date.max, need.part.number)):
        by_supplier.setdefault(need.part.supplier, []).append(need)
    return by_supplier


def _numbers(session: Session, orders: set[int]) -> dict[int, str]:
    found = select(Order).where(Order.id.in_(orders)).options(load_only(Order.number))
    return {order.id: order.number for order in session.scalars(found)}


def _need(session: Session, today: date, part: Stock, left: int, waits: list[tuple[str, Wait]]) -> Need:
    missing = part.reorder - left
    needed_on = min((wait.needed_on for _, wait in waits), default=None)
    order_by = needed_on and before(session, today, needed_on, part.lead_days)
    return Need(part, missing, in_lots(missing, part.lot), order_by, needed_on,
                tuple(dict.fromkeys(number for number, _ in waits)))


def before(session: Session, today: date, day: date, days: int) -> date:
    """The last day from which so many working days are over by a day."""
    now = supply(session, today)
    ahead = now.until(day) - days
    return now.after(ahead) if ahead >= 0 else now.back(-ahead)


def in_lots(amount: int, lot: int) -> int:
    """An amount rounded up to whole lots."""
    return -(-amount // lot) * lot if lot else amount


def catalogued(session: Session) -> dict[str, Part]:
    """The parts of all products as the newest catalogues have them, by number."""
    return {part.number: part for version in catalogue(session) for part in model_of(version).parts}


def unkept(known: Mapping[str, Part], number: str) -> Stock:
    """A part that the firm does not keep, as the catalogue has it; not stored."""
    part = known.get(number)
    return Stock(number=number, title=title(part) if part else number, unit=part.unit if part else "",
                 lead_days=part.lead_days if part else 0, lot=0, reorder=0, on_hand=0)


def order(session: Session, supplier: Supplier | None, amounts: Mapping[str, int], account: Account | None, today: date,
          due: date | None = None, key: str | None = None) -> Purchase:
    """Notes that parts were ordered from a supplier, due within each one's lead time if no day was agreed.

    The same key is the same purchase, however often it is noted. A part that was not kept is from now on. Raises
    ValueError for amounts that cannot be bought.
    """
    lock(session)
    if key and (noted := session.scalar(select(Purchase).where(Purchase.key == key))):
        return noted
    if not amounts or not all(0 < amount <= MOST_AMOUNT for amount in amounts.values()):
        raise ValueError("order more than nothing of each part")
    if due is not None and due < today:
        raise ValueError("what is ordered today is not due before")
    known, days = catalogued(session), supply(session, today)
    purchase = Purchase(number=numbers.take(session, "purchase"), supplier=supplier, account=account, key=key)
    session.add(purchase)
    for number, amount in amounts.items():
        part = session.get(Stock, number)
        if part is None:
            session.add(part := unkept(known, number))
        purchase.lines.append(PurchaseLine(stock=part, amount=in_lots(amount, part.lot), received=0, closed=False,
                                           due=due or days.after(part.lead_days)))
    session.flush()
    return purchase


def postpone(session: Session, line: PurchaseLine, due: date, today: date) -> None:
    """Notes another day on which the rest of a line comes; raises ValueError for one that is over."""
    if due < today:
        raise ValueError("what has not come yet does not come on a day that is over")
    lock(session)
    line.due = due
    session.flush()

"""The parts of the firm on their shelves: kept, counted, received. Every change of an amount is in the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from catalog.database import now
from orders.records import Account, Order
from orders.supplies.snapshot import lock
from orders.supplies.supplied import Movement, Purchase, PurchaseLine, Stock, Supplier

MOST_DAYS = 1000
"""Working days that a supplier may take."""
MOST_AMOUNT = 10**12
"""Thousandths of a unit that may lie in stock."""
Kind = Literal["counted", "received", "picked", "returned", "found"]


def keep(session: Session, number: str, title: str, unit: str, *, lead_days: int, lot: int = 0, reorder: int = 0,
         supplier: str = "") -> Stock:
    """Keeps a part in stock from now on, or changes how; a supplier of a new name is noted.

    Raises ValueError for a negative number and for another unit than the one that is counted in.
    """
    lock(session)
    if min(lead_days, lot, reorder) < 0 or lead_days > MOST_DAYS or max(lot, reorder) > MOST_AMOUNT:
        raise ValueError(f"part {number}: the days are 0 to {MOST_DAYS}, lot and reorder point 0 or more")
    part = session.get(Stock, number)
    if part is None:
        part = Stock(number=number, unit=unit, on_hand=0)
        session.add(part)
    if part.unit != unit:
        raise ValueError(f"part {number} is counted in {part.unit or 'pieces'}, not in {unit or 'pieces'}")
    part.title, part.lead_days, part.lot, part.reorder = title, lead_days, lot, reorder
    part.supplier = named(session, supplier)
    session.flush()
    return part


def named(session: Session, supplier: str) -> Supplier | None:
    """The supplier of a name, noted if they are new; none without a name."""
    name = supplier.strip()
    if not name:
        return None
    known = session.scalar(select(Supplier).where(Supplier.name == name))
    if known is None:
        session.add(known := Supplier(name=name, email="", phone=""))
        session.flush()
    return known


def count(session: Session, number: str, amount: int, account: Account | None, at: datetime | None = None) -> int:
    """Notes how much of a part lies there; by how much the book was wrong. Raises LookupError, ValueError."""
    lock(session)
    part = session.get(Stock, number, populate_existing=True)
    if part is None:
        raise LookupError(f"part {number} is not kept in stock")
    if not 0 <= amount <= MOST_AMOUNT:
        raise ValueError(f"part {number}: {amount} thousandths cannot lie there")
    difference = amount - part.on_hand
    move(session, part, difference, "counted", account, at=at)
    session.flush()
    return difference


def coming(session: Session, parts: Iterable[str] | None = None) -> list[PurchaseLine]:
    """The lines of purchases that have not come, the first ones first; of some parts, or of all."""
    lines = select(PurchaseLine).where(~PurchaseLine.closed, PurchaseLine.received < PurchaseLine.amount).options(
        joinedload(PurchaseLine.stock), joinedload(PurchaseLine.purchase).joinedload(Purchase.supplier))
    return list(session.scalars((lines if parts is None else lines.where(PurchaseLine.number.in_(parts)))
                                .order_by(PurchaseLine.due, PurchaseLine.id)))


def receive(session: Session, line: PurchaseLine, amount: int, account: Account | None, rest: bool = True,
            at: datetime | None = None, awaited: int | None = None) -> None:
    """Puts what came of a purchase into stock; `rest`: what is missing still comes. Raises ValueError.

    `awaited`: what was still to come when somebody said so; it is another amount if they said it twice.
    """
    lock(session)
    session.refresh(line)
    if awaited not in (None, line.coming):
        raise ValueError(f"{line.coming} thousandths of part {line.number} are to come, not {awaited}")
    if line.closed or not 0 <= amount <= MOST_AMOUNT:
        raise ValueError(f"{amount} thousandths of part {line.number} cannot come of a purchase that is closed"
                         if line.closed else f"{amount} thousandths of part {line.number} cannot come")
    line.received += amount
    line.closed = line.received >= line.amount or not rest
    part = session.get_one(Stock, line.number, populate_existing=True)
    move(session, part, amount, "received", account, line=line, at=at)
    session.flush()


def move(session: Session, part: Stock, amount: int, kind: Kind, account: Account | None, *, order: Order | None = None,
         line: PurchaseLine | None = None, at: datetime | None = None) -> None:
    """Notes that so much of a part came (or went, below 0), and why; call it with the supply locked."""
    if amount:
        part.on_hand += amount
        session.add(Movement(number=part.number, amount=amount, kind=kind, order_id=order.id if order else None,
                             line_id=line.id if line else None, account_id=account.id if account else None,
                             at=at or now()))

"""Keeping past orders that were read from files: what customers ordered before Lot One."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from sqlalchemy import delete, exists, insert, select
from sqlalchemy.orm import Session

from catalog.database import now
from catalog.model import to_plain
from catalog.records import Product
from orders.memory.history import Pairs, Report
from orders.memory.remembered import Erasure
from orders.records import Customer, HistoryFile, PastOrder


def digest(path: Path) -> str:
    """What tells a file from others, whatever it is called: the SHA-256 of its bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def known(session: Session, product: Product, path: Path) -> HistoryFile | None:
    """The record of this file, if it was read for this product before."""
    return session.scalar(select(HistoryFile).where(HistoryFile.product_id == product.id,
                                                    HistoryFile.digest == digest(path)))


def keep(session: Session, product: Product, path: Path, report: Report) -> Counter[str]:
    """Stores the valid rows of a file, in the place of what the same file gave before.

    Returns the customers' numbers that nobody has, with their orders: these are kept as orders of nobody known.
    """
    file = known(session, product, path)
    if file is None:
        file = HistoryFile(product=product, name=path.name[:200], digest=digest(path))
        session.add(file)
    else:
        session.execute(delete(PastOrder).where(PastOrder.file_id == file.id))
    file.rows, file.valid, file.read_at = report.rows, report.valid, now()
    session.flush()
    ids = _customers(session, (row.customer for row in report.orders if row.customer))
    alike: Counter[tuple[Pairs, int | None, date | None]] = Counter()
    strangers: Counter[str] = Counter()
    for row, count in report.orders.items():
        alike[row.values, ids.get(row.customer or ""), row.placed_on] += count
        if row.customer and row.customer not in ids:
            strangers[row.customer] += count
    if alike:
        session.execute(insert(PastOrder), [
            {"file_id": file.id, "product_id": product.id, "customer_id": customer, "values": to_plain(dict(values)),
             "placed_on": placed_on, "count": count} for (values, customer, placed_on), count in alike.items()])
    return strangers


def _customers(session: Session, numbers: Iterable[str]) -> dict[str, int]:
    """Ids by the numbers of customers; who was erased is nobody."""
    wanted = sorted(set(numbers))
    found: dict[str, int] = {}
    for start in range(0, len(wanted), 500):  # databases bound the parameters of one statement
        some = select(Customer.number, Customer.id).where(
            Customer.number.in_(wanted[start:start + 500]), ~exists().where(Erasure.customer_id == Customer.id))
        found |= dict(session.execute(some).all())
    return found

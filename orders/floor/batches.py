"""Which batch of a part went into which order, and the other way round."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from orders.floor.steps import workable
from orders.floor.worked import Used
from orders.records import Account, Order

MOST = 500
"""Orders that are listed at most."""


class NoBatch(ValueError):
    """A batch without a number."""


def parts_of(order: Order, operation: str) -> list[str]:
    """The numbers of the parts that an operation uses; the sheet's parts for all operations are used by each."""
    def lines() -> Iterator[str]:
        yield from (part["number"] for one in order.sheet["operations"] if one["name"] == operation
                    for part in one["parts"])
        yield from (part["number"] for part in order.sheet["parts"])
    return list(dict.fromkeys(lines()))


def use(session: Session, order: Order, operation: str, part: str, batch: str, account: Account) -> Used:
    """Notes that a batch, or the piece with a serial number, went into an order; twice is once.

    Raises LookupError for a part that the operation does not use, NoBatch without its number, NotAllowed.
    """
    workable(session, order)
    if part not in parts_of(order, operation):
        raise LookupError(f"{operation!r} of order {order.number} uses no part {part!r}")
    if not batch:
        raise NoBatch("a batch has a number")
    alike = select(Used).filter_by(order_id=order.id, operation=operation, part=part, batch=batch)
    if known := session.scalar(alike):
        return known
    used = Used(order=order, operation=operation, part=part, batch=batch, account=account)
    session.add(used)
    session.flush()
    return used


def take_back(session: Session, used: Used) -> None:
    """It was another batch; raises NotAllowed when the order has left the floor."""
    workable(session, used.order)
    session.delete(used)
    session.flush()


def of(session: Session, order: Order) -> list[Used]:
    """The batches that went into an order, in the order in which they were noted."""
    return list(session.scalars(select(Used).where(Used.order_id == order.id).order_by(Used.id)))


def trace(session: Session, text: str) -> list[Used]:
    """Where a batch went, or all batches of a part, or all that went into an order: by its number, newest first."""
    return list(session.scalars(
        select(Used).join(Used.order).where(or_(Used.batch == text, Used.part == text, Order.number == text))
        .options(joinedload(Used.order), joinedload(Used.account)).order_by(Used.id.desc()).limit(MOST)))


def elsewhere(session: Session, batches: list[Used]) -> dict[tuple[str, str], list[Order]]:
    """By part and batch, all the orders that they went into."""
    found: dict[tuple[str, str], list[Order]] = {(used.part, used.batch): [] for used in batches}
    alike = session.scalars(select(Used).where(Used.batch.in_({batch for _, batch in found}))
                            .options(joinedload(Used.order)).order_by(Used.id))
    for used in alike:
        if used.order not in found.get((used.part, used.batch), [used.order]):
            found[used.part, used.batch].append(used.order)
    return found


def lately(session: Session, part: str) -> list[str]:
    """The batches of a part that were used last: the next piece is probably of one of them."""
    newest = select(Used.batch).where(Used.part == part).order_by(Used.id.desc()).limit(50)
    return list(dict.fromkeys(session.scalars(newest)))[:5]

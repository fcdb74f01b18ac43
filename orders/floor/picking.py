"""Picking for many orders in one walk: the parts summed by bin, in the order of the bins, and who gets how many."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from catalog.database import now
from orders.buildsheet import lines, taken
from orders.floor import outlines
from orders.floor.outlines import Outline
from orders.floor.steps import workable
from orders.floor.worked import Picked
from orders.lifecycle import MADE, NotAllowed, locked
from orders.records import Account, Order
from orders.supplies import reservations
from orders.supplies.supplied import Stock

STATES = ("released", "in_production")
"""Of orders that parts are picked for."""


@dataclass(frozen=True)
class Share:
    """What one order gets of a part, in thousandths of its unit: in all, and already picked; and what it is cut to.

    Of what was picked and is not needed any more it gets nothing: that goes back to its bin.
    """

    order: Order
    amount: int
    picked: int
    cuts: tuple[str, ...]

    @property
    def left(self) -> int:
        """What is still to be picked."""
        return max(0, self.amount - self.picked)


@dataclass(frozen=True)
class Line:
    """A part on a pick list: all that is to be taken out of its bin, and for whom."""

    number: str
    title: str
    unit: str
    bin: str
    shares: tuple[Share, ...]

    @property
    def left(self) -> int:
        """What is still to be picked, in thousandths of the unit."""
        return sum(share.left for share in self.shares)


def waiting(session: Session) -> list[tuple[Order, Outline]]:
    """The orders that parts are picked for, those promised first at the top."""
    return [(order, outline) for order, outline in outlines.on_floor(session) if order.state in STATES]


def called_off(session: Session, numbers: Iterable[str]) -> list[Order]:
    """Those of these orders that were cancelled after parts had been picked for them."""
    return list(session.scalars(select(Order).where(
        Order.number.in_(numbers), Order.state == "cancelled",
        select(Picked.id).where(Picked.order_id == Order.id).exists()).order_by(Order.id)))


def pick_list(session: Session, orders: Iterable[Order]) -> list[Line]:
    """One line for each part of these orders, in the order in which one walks past the bins; those without one last."""
    ids = [order.id for order in orders]
    orders = session.scalars(select(Order).where(Order.id.in_(ids)).options(undefer(Order.sheet))
                             .order_by(Order.promised_on, Order.id)).all()
    picked: dict[int, dict[str, int]] = {}
    for one in session.scalars(select(Picked).where(Picked.order_id.in_(ids)).order_by(Picked.part)):
        picked.setdefault(one.order_id, {})[one.part] = one.amount
    parts: dict[str, Mapping[str, Any]] = {}
    shares: dict[str, list[Share]] = {}
    for order in orders:
        has, gets = picked.get(order.id, {}), needs(order) if order.state in MADE else {}
        for number, (part, amount, cuts) in gets.items():
            parts.setdefault(number, part)
            shares.setdefault(number, []).append(Share(order, amount, has.get(number, 0), cuts))
        for number in has.keys() - gets.keys():
            shares.setdefault(number, []).append(Share(order, 0, has[number], ()))
    parts |= _kept(session, shares.keys() - parts.keys())
    found = (Line(number, part["title"], part["unit"], part["bin"], tuple(shares[number]))
             for number, part in parts.items())
    return sorted(found, key=lambda line: (not line.bin, _walk(line.bin), line.number))


def needs(order: Order) -> dict[str, tuple[Mapping[str, Any], int, tuple[str, ...]]]:
    """By number each part to be taken from its bin: as the sheet describes it, how much of it in thousandths, and what
    it is cut to.
    """
    found: dict[str, tuple[Mapping[str, Any], int, tuple[str, ...]]] = {}
    for part in taken(lines(order.sheet)):
        _, amount, cuts = found.get(part["number"], (part, 0, ()))
        cut = ", ".join(f"{name} {measure:g}" for name, measure in part["measures"].items())
        found[part["number"]] = part, amount + round(part["quantity"] * 1000), (*cuts, cut) if cut else cuts
    return found


def pick(session: Session, order: Order, part: str, account: Account, found: bool = False) -> int:
    """Takes what an order still gets of a part out of the stock: how much, in thousandths; what was picked stays so.

    Raises LookupError for a part that the order does not get, reservations.Short if the book has fewer, unless they
    were evidently `found` there, NotAllowed if the order is not on the floor.
    """
    workable(session, order)
    needed = needs(order).get(part)
    if needed is None:
        raise LookupError(f"order {order.number} gets no part {part!r}")
    picked = _picked(session, order, part) or Picked(order_id=order.id, part=part, amount=0)
    left = max(0, needed[1] - picked.amount)
    if left:
        reservations.consume(session, order, account, {part: left}, found=found)
        picked.amount, picked.account_id, picked.at = needed[1], account.id, now()
        session.add(picked)
        session.flush()
    return left


def complete(session: Session, order: Order, account: Account) -> None:
    """What nobody ticked was evidently there, for the order is built: it is picked with its last step."""
    picked = {one.part: one for one in session.scalars(select(Picked).where(Picked.order_id == order.id))}
    for part, (_, amount, _) in needs(order).items():
        if part not in picked:
            session.add(Picked(order_id=order.id, part=part, amount=amount, account_id=account.id))
        elif picked[part].amount < amount:
            picked[part].amount, picked[part].account_id, picked[part].at = amount, account.id, now()
    reservations.consume(session, order, account, found=True)


def spoil(session: Session, order: Order, part: str, amount: int, account: Account) -> None:
    """So much of a part is no good any more, in thousandths of its unit: what the order lacks then is picked once more.

    What nobody picked was evidently taken out of the stock before. Raises LookupError for a part that the order does
    not get, ValueError for more than it gets, NotAllowed.
    """
    workable(session, order)
    needed = needs(order).get(part)
    if needed is None:
        raise LookupError(f"order {order.number} gets no part {part!r}")
    if not 0 < amount <= needed[1]:
        raise ValueError(f"order {order.number} gets {needed[1]} thousandths of part {part}, not {amount}")
    picked = _picked(session, order, part) or Picked(order_id=order.id, part=part, amount=0)
    reservations.consume(session, order, account, {part: max(0, amount - picked.amount)}, found=True)
    picked.amount, picked.account_id, picked.at = max(0, picked.amount - amount), account.id, now()
    reservations.spoil(session, order, part, needed[1] - picked.amount)
    session.add(picked)
    session.flush()


def put_back(session: Session, order: Order, part: str, account: Account) -> None:
    """It was not picked after all, or is not needed any more; what was not picked stays so.

    Raises NotAllowed unless the order is on the floor, or was cancelled.
    """
    if locked(session, order).state not in (*MADE, "cancelled"):
        raise NotAllowed(order, "in_production")
    if picked := _picked(session, order, part):
        reservations.give_back(session, order, account, {part: picked.amount})
        session.delete(picked)
        session.flush()


def _picked(session: Session, order: Order, part: str) -> Picked | None:
    return session.scalar(select(Picked).filter_by(order_id=order.id, part=part)
                          .execution_options(populate_existing=True))


def _kept(session: Session, numbers: Collection[str]) -> dict[str, Mapping[str, Any]]:
    """Parts that no sheet knows any more."""
    known = {part.number: part for part in session.scalars(select(Stock).where(Stock.number.in_(numbers)))}
    return {number: {"title": known[number].title if number in known else "",
                     "unit": known[number].unit if number in known else "", "bin": ""} for number in numbers}


def _walk(bin_: str) -> list[tuple[bool, int, str]]:
    """A 2 before A 10."""
    return [(piece.isdecimal(), int(piece) if piece.isdecimal() else 0, piece)
            for piece in re.findall(r"\d+|\D+", bin_)]

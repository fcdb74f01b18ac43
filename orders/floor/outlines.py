"""What lists of the floor need of a frozen sheet: read once for each revision of it, for sheets are large.

An outline never changes; a process keeps those of the orders that are on the floor, and lets go of the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, joinedload, selectinload

from orders.floor.steps import Step
from orders.lifecycle import MADE
from orders.records import Order

Key = tuple[int, int]
"""An order's id, and the revision of its sheet."""


@dataclass(frozen=True)
class Operation:
    """An operation as lists show it: `minutes` are planned for the whole lot, `steps` is how many it has."""

    name: str
    title: str
    work_centre: str
    setup: str
    minutes: int
    steps: int

    @classmethod
    def of(cls, operation: Mapping[str, Any]) -> Operation:
        """The outline of an operation of a sheet."""
        return cls(operation["name"], operation["title"], operation["work_centre"], operation.get("setup") or "",
                   operation["minutes"], len(operation["steps"]))


@dataclass(frozen=True)
class Outline:
    """What an order is of, for whom, and the operations that make it."""

    product: str
    customer: str
    operations: tuple[Operation, ...]

    @property
    def steps(self) -> list[Step]:
        """As `orders.floor.steps.steps` of the whole sheet."""
        return [(one.name, number) for one in self.operations for number in range(1, one.steps + 1)]


_kept: WeakKeyDictionary[Engine, dict[Key, Outline]] = WeakKeyDictionary()
_turn = Lock()


def on_floor(session: Session) -> list[tuple[Order, Outline]]:
    """The orders that the floor has to do with, those promised first at the top, with their signatures."""
    orders = session.scalars(select(Order).where(Order.state.in_(MADE)).order_by(Order.promised_on, Order.id)
                             .options(selectinload(Order.sign_offs), joinedload(Order.customer))).all()
    engine = session.get_bind().engine
    with _turn:
        known = _kept.get(engine, {})
    missing = [order.id for order in orders if (order.id, order.sheet_number) not in known]
    sheets = select(Order.id, Order.sheet_number, Order.sheet).where(Order.id.in_(missing))
    read = session.execute(sheets) if missing else ()
    found = {**known, **{(id_, number): _outline(sheet) for id_, number, sheet in read}}
    outlined = [(order, found[order.id, order.sheet_number]) for order in orders]
    with _turn:
        _kept[engine] = {(order.id, order.sheet_number): outline for order, outline in outlined}
    return outlined


def let_go() -> None:
    """Drops all of them: somebody was erased, and they say whom orders are for."""
    with _turn:
        _kept.clear()


def _outline(sheet: Mapping[str, Any]) -> Outline:
    return Outline(sheet["product"]["title"], sheet["customer"]["name"], tuple(map(Operation.of, sheet["operations"])))

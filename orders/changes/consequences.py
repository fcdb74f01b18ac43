"""What a change of an order would mean for the floor: which operations stay, what was picked or cut, what it costs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Literal

from babel.numbers import get_currency_precision
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.store import model_of
from catalog.wording import rounded
from orders.buildsheet import lines, parts_of, taken
from orders.changes.changed import Request
from orders.floor.steps import signed
from orders.floor.worked import Picked
from orders.records import Order
from orders.supplies.supply import UNIT

Sheet = Mapping[str, Any]
"""As orders.buildsheet.freeze makes it."""
NOTHING: Sheet = {"operations": (), "parts": (), "groups": (), "quantity": 0}
"""The sheet of an order that is cancelled."""
Amounts = Mapping[str, int]
"""By the number of the part, in thousandths of its unit."""


@dataclass(frozen=True)
class Operation:
    """What becomes of an operation: it stays as it is, is done again, is new, or is not done any more.

    So many of the `steps` were `signed` off until now.
    """

    name: str
    title: str
    fate: Literal["stays", "again", "new", "gone"]
    signed: int
    steps: int

    @property
    def lost(self) -> int:
        """Steps that were signed off and will not count."""
        return self.signed if self.fate in ("again", "gone") else 0


@dataclass(frozen=True)
class Part:
    """A part of which another amount is needed, or in other measures; so much of it was picked, or went into an
    operation that is begun.
    """

    number: str
    title: str
    unit: str
    measures: tuple[tuple[str, float], ...]
    was: float
    now: float
    picked: float
    begun: bool

    @property
    def is_lost(self) -> bool:
        """Whether less is needed of what may be cut or fitted already."""
        return self.begun and self.now < self.was


@dataclass(frozen=True)
class Used:
    """A part that went into operations which are begun and done again: `amount` thousandths of its unit."""

    number: str
    title: str
    unit: str
    amount: int


@dataclass(frozen=True)
class Consequences:
    """What a change would mean, what is lost by it first: `cost` is what the customer pays more, `spent` what the parts
    that it makes useless cost the firm, as far as the catalogue says; in minor units.
    """

    operations: tuple[Operation, ...]
    parts: tuple[Part, ...]
    used: tuple[Used, ...]
    cost: int
    spent: int
    promised_on: date | None

    @property
    def lost(self) -> int:
        """Steps that were signed off and will not count."""
        return sum(one.lost for one in self.operations)


def of(session: Session, requests: Collection[Request]) -> dict[int, Consequences]:
    """What granting each of some requests would mean, as the floor stands now, by their ids."""
    picked = _picked(session, [request.order_id for request in requests])
    return {request.id: _of(request, picked.get(request.order_id, {})) for request in requests}


def _of(request: Request, picked: Amounts) -> Consequences:
    order = request.order
    if request.kind == "remake":
        return _compared(order, picked, NOTHING, order.sheet, order.total, order.promised_on)
    if request.kind == "cancel":
        return _compared(order, picked, order.sheet, NOTHING, -order.total, None)
    return _compared(order, picked, order.sheet, request.sheet or {}, (request.total or 0) - order.total,
                     request.promised_on or order.promised_on)


def of_change(session: Session, order: Order, sheet: Sheet, total: int, promised_on: date) -> Consequences:
    """What it would mean if an order became what another sheet says."""
    picked = _picked(session, [order.id]).get(order.id, {})
    return _compared(order, picked, order.sheet, sheet, total - order.total, promised_on)


def used(order: Order, sheet: Sheet) -> tuple[Used, ...]:
    """What went into operations that are begun and made otherwise by another sheet, where that needs it, too.

    The floor says what of it is no good any more. Who only makes more pieces spoils nothing.
    """
    needed = _amounts(sheet, _operations(sheet))
    parts = parts_of(order)
    return tuple(Used(number, parts[number]["title"], parts[number]["unit"], amount)
                 for number, amount in _in_work(order, sheet).items() if number in needed)


def _in_work(order: Order, sheet: Sheet) -> dict[str, int]:
    """What went into operations that are begun, and that another sheet makes otherwise or not at all."""
    was, now = _operations(order.sheet), _operations(sheet)
    return _amounts(order.sheet, {name for name, _ in signed(order) if was.get(name) != now.get(name)})


def _spent(order: Order, sheet: Sheet) -> int:
    """What the parts in work cost that another sheet makes useless, as far as the catalogue says, in minor units."""
    model = model_of(order.version)
    costs = (amount * (model.part(number).cost or 0) for number, amount in _in_work(order, sheet).items())
    return rounded(Fraction(sum(costs), UNIT), get_currency_precision(model.currency))


def _amounts(sheet: Sheet, operations: Collection[str]) -> dict[str, int]:
    """What some operations take of each part out of its bin, in thousandths of its unit."""
    found: dict[str, int] = {}
    for part in taken(part for one in sheet["operations"] if one["name"] in operations for part in one["parts"]):
        found[part["number"]] = found.get(part["number"], 0) + round(part["quantity"] * UNIT)
    return found


def touched(was: Sheet, now: Sheet) -> list[str]:
    """The operations of a sheet that are not the same in another one: what was done for them does not count there."""
    stays = dict(_fates(was, now))
    return [operation["name"] for operation in was["operations"] if stays[operation["name"]] != "stays"]


def _picked(session: Session, orders: Collection[int]) -> dict[int, dict[str, int]]:
    """What was picked for some orders, by their ids."""
    found: dict[int, dict[str, int]] = {}
    for one in session.scalars(select(Picked).where(Picked.order_id.in_(orders))):
        found.setdefault(one.order_id, {})[one.part] = one.amount
    return found


def _compared(order: Order, picked: Amounts, was: Sheet, now: Sheet, cost: int, promised_on: date | None
              ) -> Consequences:
    done = signed(order)
    operations = {operation["name"]: operation for operation in (*now["operations"], *was["operations"])}
    fates = [Operation(name, operations[name]["title"], fate, sum(step[0] == name for step in done),
                       len(operations[name]["steps"])) for name, fate in _fates(was, now)]
    parts = _parts(picked, was, now, {step[0] for step in done})
    return Consequences(tuple(sorted(fates, key=lambda one: (not one.lost, one.fate == "stays"))),
                        tuple(sorted(parts, key=lambda one: (not one.is_lost, not one.picked))), used(order, now),
                        cost, _spent(order, now), promised_on)


def _fates(was: Sheet, now: Sheet) -> Iterator[tuple[str, Literal["stays", "again", "new", "gone"]]]:
    before, after = _operations(was), _operations(now)
    more = now["quantity"] > was["quantity"]  # those who are done have still to do some
    for name, made in after.items():
        yield name, "new" if name not in before else "again" if more or before[name] != made else "stays"
    yield from ((name, "gone") for name in before if name not in after)


def _operations(sheet: Sheet) -> dict[str, tuple[Any, ...]]:
    return {operation["name"]: _made(sheet, operation) for operation in sheet["operations"]}


def _made(sheet: Sheet, operation: Mapping[str, Any]) -> tuple[Any, ...]:
    """What somebody does in an operation, for one piece: its steps, its parts, and the answers that it is about."""
    answers = [(row["name"], row["said"]) for group in sheet["groups"] for row in group["rows"]
               if row["operation"] == operation["name"]]
    parts = [(part["number"], part["each"], part["measures"], part["note"]) for part in operation["parts"]]
    steps = [{name: value for name, value in step.items() if name != "picture"} for step in operation["steps"]]
    return operation["work_centre"], steps, parts, answers


def _parts(picked: Amounts, was: Sheet, now: Sheet, begun: set[str]) -> Iterator[Part]:
    """The parts of which more, less or others are needed, by their numbers."""
    before, after = _needed(was), _needed(now)
    for key in dict.fromkeys((*before, *after)):
        (old, at), (new, _) = before.get(key, (0.0, set())), after.get(key, (0.0, set()))
        if old != new:
            number, measures = key
            line = next(part for part in (*lines(was), *lines(now)) if part["number"] == number)
            yield Part(number, line["title"], line["unit"], measures, old, new, picked.get(number, 0) / UNIT,
                       bool(at & begun))


def _needed(sheet: Sheet) -> dict[tuple[str, tuple[tuple[str, float], ...]], tuple[float, set[str]]]:
    """By number and measures: how much of a part, and in which operations."""
    needed: dict[tuple[str, tuple[tuple[str, float], ...]], tuple[float, set[str]]] = {}
    for operation in ({"name": "", "parts": sheet["parts"]}, *sheet["operations"]):
        for part in operation["parts"]:
            key = part["number"], tuple(sorted(part["measures"].items()))
            amount, at = needed.get(key, (0.0, set()))
            needed[key] = amount + part["quantity"], at | {operation["name"]}
    return needed

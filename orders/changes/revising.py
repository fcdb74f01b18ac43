"""The next revision of an order's sheet: from then on the order is what it says, and what it was is kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import insert, literal, select
from sqlalchemy.orm import Session

from catalog.database import now
from catalog.model import from_plain, to_plain
from catalog.nodes import Values
from catalog.store import model_of
from orders.changes.changed import LONGEST_WORD, Superseded
from orders.changes.prospects import saved
from orders.floor.steps import steps
from orders.floor.worked import Measurement, Picked
from orders.lifecycle import enter
from orders.memory import evidence, facts
from orders.names import remark
from orders.records import Account, Order, SignOff
from orders.subjects import Whom
from orders.supplies import capacity, reservations


def become(session: Session, order: Order, values: Values, sheet: dict[str, Any], account: Account, why: str,
           today: date, lost: Iterable[str] = ()) -> None:
    """The order is what the sheet says from now on, and what it was is kept."""
    before = from_plain(order.values)
    turns = reservations.release(session, order)
    _keep(session, order, _done(session, order, lost), account, remark(why, LONGEST_WORD))
    order.revision = saved(order, values)
    order.values, order.sheet, order.sheet_number = to_plain(values), sheet, order.sheet_number + 1
    order.total, order.quantity = sheet["price"]["total"], sheet["quantity"]
    order.promised_on = date.fromisoformat(sheet["promised_on"])
    session.flush()
    _reserve(session, order, turns, set(lost), today)
    enter(session, order, order.state, account)
    _remember(session, order, before, values)


def superseded(session: Session, order: Order) -> list[Superseded]:
    """The revisions of an order's sheet before the one that counts, the newest first."""
    return list(session.scalars(select(Superseded).where(Superseded.order_id == order.id)
                                .order_by(Superseded.number.desc())))


def _keep(session: Session, order: Order, done: list[Any], account: Account, why: str) -> None:
    """Copies the revision that counted until now, in the database itself: it lets the order change only then."""
    columns = "values", "sheet", "total", "quantity", "promised_on"
    session.flush()
    session.execute(insert(Superseded).from_select(
        ["order_id", "customer_id", "number", *columns, "done", "why", "account_id", "at"],
        select(Order.id, Order.customer_id, Order.sheet_number, *(getattr(Order, name) for name in columns),
               literal(done, Superseded.done.type), literal(why), literal(account.id),
               literal(now(), Superseded.at.type)).where(Order.id == order.id)))


def _done(session: Session, order: Order, operations: Iterable[str]) -> list[dict[str, Any]]:
    """What was signed off and measured in operations, as it is kept: who did it by their account."""
    lost = set(operations)
    signed = [{"operation": one.operation, "step": one.step, "account": one.account_id, "at": one.at.isoformat()}
              for one in session.scalars(select(SignOff).where(SignOff.order_id == order.id)) if one.operation in lost]
    measured = [{"operation": one.operation, "step": one.step, "piece": one.piece, "value": one.value,
                 "account": one.account_id, "at": one.at.isoformat()}
                for one in session.scalars(select(Measurement).where(Measurement.order_id == order.id))
                if one.operation in lost]
    return signed + measured


def _reserve(session: Session, order: Order, turns: reservations.Turns, lost: set[str], today: date) -> None:
    """Promises the order what it is made of now, but for what was picked for it and the hours of what is done."""
    picked = {one.part: one.amount for one in session.scalars(select(Picked).where(Picked.order_id == order.id))}
    reservations.reserve(session, order, today, turns, picked)
    left = {step[0] for step in set(steps(order)) - {(one.operation, one.step) for one in order.sign_offs
                                                    if one.operation not in lost}}
    for operation in {step[0] for step in steps(order)} - left:
        capacity.done(session, order, operation)
    session.flush()


def _remember(session: Session, order: Order, before: Values, values: Values) -> None:
    """What was changed was stated; what was ordered is what it is now."""
    changed = {name: value for name, value in values.items() if before.get(name) != value}
    whom = Whom.of(order)
    facts.tell(session, whom, model_of(order.version), changed, f"order {order.number}")
    evidence.ordered_otherwise(session, order, values, {name: before[name] for name in changed if name in before})

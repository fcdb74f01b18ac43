"""Placing an order: what is promised is frozen whole, in one transaction, once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from catalog.database import now
from catalog.expressions import Values, holds
from catalog.model import ProductModel, to_plain
from catalog.records import Version
from catalog.store import current, model_of
from catalog.wording import title
from orders import buildsheet, evidence, facts, lifecycle, numbers, subjects
from orders.promises import Offer, offered
from orders.records import STATES, Account, Customer, Order, Revision, Subject
from orders.standing import Standing
from orders.subjects import Whom

MOST = 999
"""Pieces in one order."""
LARGEST_TOTAL = 2**31 - 1
"""Minor units that the database can hold."""


@dataclass(frozen=True)
class Problem:
    """Why values cannot be ordered: what is wrong with which characteristic (or rule)."""

    kind: str  # unknown, missing, answer or rule
    name: str
    message: str


class Unbuildable(ValueError):
    """The values are no product of the model."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(" ".join(problem.message for problem in problems))
        self.problems = problems


@dataclass(frozen=True)
class Change:
    """Something that is no longer what the customer agreed to."""

    what: str  # "version" (numbers), "total" (minor units) or "promise" (dates)
    agreed: int | date
    now: int | date


class Changed(Exception):
    """The offer is not what the customer agreed to; nothing was ordered, so that they can decide."""

    def __init__(self, changes: tuple[Change, ...]) -> None:
        super().__init__("; ".join(f"{change.what}: {change.agreed} is now {change.now}" for change in changes))
        self.changes = changes


def place(session: Session, *, customer: Customer, version: Version, model: ProductModel, values: Values, quantity: int,
          key: str, inputs: int, agreed_total: int, agreed_date: date, placed_by: Account | None = None,
          revision: Revision | None = None, today: date, at: datetime | None = None,
          told: Values | None = None, person: Subject | None = None, place: Subject | None = None,
          corrected: Values | None = None, unaided: int | None = None, seconds: int | None = None,
          remake_of: Order | None = None, standing: Standing | None = None) -> Order:
    """The order of `quantity` pieces with these values of the version's model, or the one placed with this key before.

    `agreed_total` (minor units, for all pieces) and `agreed_date` are what the customer saw; `inputs` is what they had
    to enter; `placed_by` is the rep, if there was one; `revision` the saved specification it was made from; `at` the
    moment, now if not given; `told` the values that somebody stated, all if not given: only these become facts about
    the person or the place. `person` and `place`: for whom and where, as far as the product asks; `corrected`: by the
    names that the person ordering set or changed, what had been proposed; `unaided`: the inputs it would have taken
    somebody unknown; `seconds`: how long they were at work on it; `standing`: where in the plan of the place it
    goes. Two calls with the same key at the same time make one order: the database refuses the second, which then
    finds the first.

    Raises Unbuildable; Changed; ValueError for a quantity or total out of bounds, for a revision of somebody else and
    for a customer who is erased.
    """
    subjects.alive(session, customer)
    if placed := _placed(session, customer, key):
        return placed
    check(model, values)
    if standing and standing.broken(model, values):
        raise Unbuildable((Problem("rule", "standing", "It does not fit where it was placed."),))
    if not 1 <= quantity <= MOST:
        raise ValueError(f"an order is of 1 to {MOST} pieces, not {quantity}")
    if {kept.customer_id for kept in (revision and revision.specification, remake_of) if kept} - {customer.id}:
        raise ValueError("the specification or order is somebody else's")
    whom = subjects.settled(session, Whom(customer, person, place), model)
    offer = _agreed(session, version, model, values, quantity, agreed_total, agreed_date, today)
    sheet = buildsheet.freeze(model, values, offer, whom=whom, version=version, revision=revision, placed_on=today,
                              previous=remake_of or _last(session, whom, version.product_id),
                              remake=remake_of is not None, standing=standing)
    order = Order(customer_id=customer.id, person=whom.person, place=whom.place, remake_of=remake_of,
                  unaided=unaided, seconds=seconds, version_id=version.id,
                  revision_id=revision.id if revision else None, placed_by=placed_by.id if placed_by else None, key=key,
                  values=to_plain(values), sheet=sheet, currency=model.currency, total=offer.total, quantity=quantity,
                  promised_on=offer.promised_on, inputs=inputs, questions=len(model.characteristics), state=STATES[0],
                  placed_at=at or now())
    if (stored := _stored(session, customer, order)) is order:
        lifecycle.enter(session, order, STATES[0], placed_by, order.placed_at)
        source, stated = f"order {order.number}", values if told is None else told
        facts.tell(session, whom, model, stated, source, order.placed_at)
        evidence.keep(session, "order", whom, version, values, source, corrected=corrected, order=order, by=placed_by,
                      at=order.placed_at)
    return stored


def check(model: ProductModel, values: Values) -> None:
    """Raises Unbuildable unless every characteristic is answered within its bounds and every rule holds."""
    if problems := tuple(_answers(model, values)) or tuple(_rules(model, values)):
        raise Unbuildable(problems)


def _answers(model: ProductModel, values: Values) -> Iterator[Problem]:
    for name in values:
        if name not in model:
            yield Problem("unknown", name, f"{name} is no characteristic of this product.")
    for characteristic in model.characteristics:
        if characteristic.name not in values:
            yield Problem("missing", characteristic.name, f"{title(characteristic)} has no answer.")
        elif not characteristic.admits(values[characteristic.name]):
            yield Problem("answer", characteristic.name, f"{title(characteristic)} cannot be what it is set to.")


def _rules(model: ProductModel, values: Values) -> Iterator[Problem]:
    for rule in model.rules:
        if not holds(rule.condition, values, model):
            yield Problem("rule", rule.name, rule.sentence or f"The rule {rule.name} does not hold.")


def _agreed(session: Session, version: Version, model: ProductModel, values: Values, quantity: int, total: int,
            promised_on: date, today: date) -> Offer:
    """The offer, if it is the one agreed to and of the newest version; else raises Changed."""
    changes = []
    newest = current(session, version.product.slug)
    if newest is not None and newest.id != version.id:
        changes.append(Change("version", version.number, newest.number))
        model = _still(model_of(newest), values) or model
    offer = offered(model, values, today, quantity)
    if offer.total != total:
        changes.append(Change("total", total, offer.total))
    if offer.promised_on != promised_on:
        changes.append(Change("promise", promised_on, offer.promised_on))
    if changes:
        raise Changed(tuple(changes))
    if not 0 <= offer.total <= LARGEST_TOTAL:
        raise ValueError(f"{offer.total} minor units of {model.currency} cannot be ordered")
    return offer


def _still(model: ProductModel, values: Values) -> ProductModel | None:
    """The newer model, if the values are a product of it."""
    try:
        check(model, values)
    except Unbuildable:
        return None
    return model


def _stored(session: Session, customer: Customer, order: Order) -> Order:
    """The order, numbered and stored; or the one with its key, if another transaction was first."""
    try:
        with session.begin_nested():
            order.number = numbers.take(session, "order")
            session.add(order)
            session.flush()
    except IntegrityError:
        if placed := _placed(session, customer, order.key):
            return placed
        raise
    return order


def _placed(session: Session, customer: Customer, key: str) -> Order | None:
    return session.scalar(select(Order).where(Order.customer_id == customer.id, Order.key == key))


def _last(session: Session, whom: Whom, product_id: int) -> Order | None:
    """The last order of the product for the same person and place, cancelled ones not counted."""
    key = dict(zip(("customer_id", "person_id", "place_id"), whom.key, strict=True))
    return session.scalar(
        select(Order).filter_by(**key).join(Version).where(
            Version.product_id == product_id, Order.state != "cancelled").order_by(Order.id.desc()).limit(1))

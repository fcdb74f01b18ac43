"""What the firm of the demonstration does after an order: tiers, boxes, a remake, and what is asked of the floor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalog.model import Choice, Number, ProductModel, from_plain
from catalog.nodes import Values
from catalog.store import model_of
from orders import lifecycle
from orders.buildable import Unbuildable, check
from orders.changes import changing, prospects, requests
from orders.floor.steps import steps
from orders.lots import Lot
from orders.memory import feedback
from orders.memory.verdict import Verdict
from orders.placing import Agreed, Entered, place, remade
from orders.promises import offered
from orders.records import Account, Order, SignOff
from orders.relation import tiers
from orders.relation.followed import Membership, Tier
from orders.shipments import shipping
from orders.shipments.shipped import Carrier
from orders.subjects import Whom
from orders.supplies import snapshot

TIERED = 730
"""Days since the firm has tiers; it sorts its customers every QUARTER."""
QUARTER = 91
REMADE, TRIED = 32, 14
"""How many days ago a remake was ordered, and when it was shipped."""
FREE_FOR = timedelta(hours=12)
FOLLOWED = "https://parcels.example.com/follow/{number}"


def open_tiers(session: Session, rep: Account) -> None:
    """Writes down two tiers."""
    shared = {"currency": "EUR", "months": 24, "contact": rep}
    session.add_all((
        Tier(name="Friends of the house", rank=1, orders=4, bought=0, kinds=0, priority=True, changes=2, remakes=1,
             words="An invitation to the open day of the workshop.", **shared),
        Tier(name="Regulars", rank=2, orders=2, bought=100_000, kinds=0, priority=False, changes=1, remakes=0, words="",
             **shared)))
    session.flush()


def carrier(session: Session) -> Carrier:
    """Who takes the boxes."""
    return shipping.keep_carrier(session, "Pennant Parcels", FOLLOWED)


def ship(session: Session, order: Order, worker: Account, at: datetime) -> None:
    """Makes an order and ships it; the box arrives two days later."""
    sign_off(session, order, worker, at)
    lifecycle.enter(session, order, "built", worker, at)
    box = shipping.ship(session, order, worker, carrier(session), f"PP{order.number:0>8}", at)
    shipping.deliver(session, box, at + timedelta(days=2))


def sign_off(session: Session, order: Order, worker: Account, at: datetime, done: int | None = None) -> None:
    """Begins an order: its first steps are done, or all of them."""
    session.add_all(SignOff(order=order, operation=operation, step=step, account=worker, at=at)
                    for operation, step in steps(order)[:done])
    session.flush()
    lifecycle.enter(session, order, "in_production", worker, at)


def sort(session: Session, day: datetime, today: datetime) -> None:
    """Puts customers into their tiers, as each night would: the first time TIERED days ago, then every QUARTER."""
    last = session.scalar(select(func.max(Membership.at)))
    if day > max(today - timedelta(TIERED), (last or day - timedelta(QUARTER + 1)) + timedelta(QUARTER)):
        tiers.refresh(session, day.date(), at=day)


def remake(session: Session, worker: Account, at: datetime) -> Order | None:
    """What a friend of the house found too small comes back, is made again without a charge, and shipped: is it right
    now?
    """
    first = session.scalars(select(Order).where(Order.state == "shipped", Order.placed_at < at - timedelta(60))
                            .order_by(Order.id.desc())).all()
    found = next((order for order in first if tiers.giving(session, order.customer, "remake")), None)
    if found is None:
        return None
    ordered_at, model, values = at - timedelta(days=REMADE), model_of(found.version), from_plain(found.values)
    larger = _buildable(model, values, _larger(model, values))
    feedback.give(session, found, {name: Verdict("small", size, "It is a little tight.")
                                   for name, size in larger.items()}, at=ordered_at)
    values = {**values, **larger}
    offer = remade(session, found.customer, found,
                   offered(model, values, snapshot.fresh(session, ordered_at.date())))
    again = place(session, Whom(found.customer), Lot(found.version, model, values, 1, remake_of=found),
                  Agreed(offer.total, offer.promised_on), Entered(1), key=f"made again {found.number}",
                  today=ordered_at.date(), at=ordered_at)
    asked = requests.pending(session, again)
    assert asked
    requests.settle(session, asked, "approved", worker, "We make it again, a step wider.")
    asked.at, asked.answered_at = ordered_at, ordered_at + timedelta(hours=3)
    lifecycle.move(session, again, "released", worker, asked.answered_at)
    ship(session, again, worker, at - timedelta(days=TRIED))
    if box := shipping.of(session, found):
        shipping.take_back(session, box, "A little tight: made again, a step wider.", ordered_at + timedelta(days=2))
    return again


def ask(session: Session, rep: Account, today: datetime) -> None:
    """A change and a cancelling that the floor has not answered yet."""
    made = session.scalars(select(Order).where(Order.state.in_(("released", "in_production")))
                           .order_by(Order.id.desc())).all()
    for order in made[:1]:
        model, values = model_of(order.version), from_plain(order.values)
        values |= _buildable(model, values, _otherwise(model, values))
        edit = changing.Edit(Lot(order.version, model, values, order.quantity), order.sheet_number,
                             why="They saw another one at a friend's.")
        offer = prospects.would_be(session, order, edit.lot, today.date()).offer
        changing.ask(session, order, edit, Agreed(offer.total, offer.promised_on), rep, today.date())
    for order in made[1:2]:
        changing.cancel(session, order, rep, "They are moving house.")


def _buildable(model: ProductModel, values: Values, changes: Iterable[Values]) -> Values:
    """The first change of a product that can be built; none if none can."""
    for changed in changes:
        try:
            check(model, {**values, **changed})
        except Unbuildable:
            continue
        return changed
    return {}


def _larger(model: ProductModel, values: Values) -> Iterator[Values]:
    """One measure a step larger, those of the person first."""
    measures = [c for c in model.characteristics if isinstance(c, Number)]
    for measure in sorted(measures, key=lambda c: c.about != "person"):
        size = values[measure.name]
        assert isinstance(size, int)
        yield {measure.name: size + measure.step}


def _otherwise(model: ProductModel, values: Values) -> Iterator[Values]:
    """Something chosen otherwise, one at a time."""
    for choice in model.characteristics:
        if isinstance(choice, Choice):
            yield from ({choice.name: value.name} for value in choice.values if value.name != values[choice.name])

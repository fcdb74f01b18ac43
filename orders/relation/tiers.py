"""Tiers of customers, in the open: by which rule they are in one, what they get, what that changed, what followed.

Who objects to being looked at is in none by rule; somebody can put them there by hand.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session, joinedload

from catalog.database import now
from catalog.records import Version
from orders import names
from orders.memory import consents
from orders.records import Account, Customer, Order
from orders.relation.followed import Membership, Tier, TierUse
from orders.relation.purchases import purchased

MONTH = timedelta(days=365.25 / 12)
YEAR = timedelta(365)
LONGEST_WORD = 300


@dataclass(frozen=True)
class Record:
    """What a customer did within the months of a tier: orders, minor units of its currency, kinds of things."""

    orders: int
    bought: int
    kinds: int


NOTHING = Record(0, 0, 0)


def all_(session: Session) -> list[Tier]:
    """Every tier, the first one first."""
    return list(session.scalars(select(Tier).order_by(Tier.rank).options(joinedload(Tier.contact))))


def of(session: Session, customer: Customer) -> Membership | None:
    """The tier that a customer is in, with since when and why; None if in none, or if it is by a rule and they have
    objected to being looked at since.
    """
    newest = session.scalar(_newest(Membership.customer_id == customer.id).options(
        joinedload(Membership.tier).joinedload(Tier.contact)))
    if newest is None or newest.tier_id is None:
        return None
    return newest if newest.account_id is not None or consents.allows(session, customer, "analysis") else None


def members(session: Session, tier: Tier) -> list[Membership]:
    """Who is in a tier, who came last first."""
    return list(session.scalars(_newest(Membership.tier_id == tier.id).order_by(Membership.id.desc()).options(
        joinedload(Membership.customer))))


def _newest(*those: ColumnElement[bool]) -> Select[Membership]:
    newest = select(func.max(Membership.id).label("id")).group_by(Membership.customer_id).subquery()
    return select(Membership).join(newest, newest.c.id == Membership.id).where(*those)


def records(session: Session, tier: Tier, today: date, only: Collection[int] | None = None) -> dict[int, Record]:
    """What the customers who fulfil a tier's rule today have done, by their ids."""
    orders, bought = func.count(Order.id), func.coalesce(func.sum(Order.total), 0)
    kinds = func.count(Version.product_id.distinct())
    since = datetime.combine(today, time(), UTC) - tier.months * MONTH
    query = select(Order.customer_id, orders, bought, kinds).join(Version).where(
        *purchased(), Order.currency == tier.currency, Order.placed_at >= since).group_by(
        Order.customer_id).having(and_(orders >= tier.orders, bought >= tier.bought, kinds >= tier.kinds))
    if only is not None:
        query = query.where(Order.customer_id.in_(only))
    return {customer: Record(*done) for customer, *done in session.execute(query)}


def refresh(session: Session, today: date, only: Customer | None = None) -> int:
    """Puts every customer, or `only` this one, where the rules say; who was put somewhere by hand stays there.

    Returns how many moved.
    """
    due: dict[int, tuple[Tier | None, Record]] = {}
    for tier in reversed(all_(session)):  # the first tier has the last word
        due |= {customer: (tier, done) for customer, done in records(
            session, tier, today, None if only is None else [only.id]).items()}
    moved = [_move(session, customer, *due.get(customer, (None, NOTHING)), before)
             for customer, before in _places(session, due, only)]
    return sum(moved)


def _places(session: Session, due: Collection[int], only: Customer | None) -> Iterator[tuple[int, Membership | None]]:
    """The customers who are somewhere, or should be, with where they are now."""
    places = {one.customer_id: one for one in session.scalars(
        _newest(*([Membership.customer_id == only.id] if only else [])))}
    for customer in sorted({*due, *places}):
        yield customer, places.get(customer)


def _move(session: Session, customer: int, tier: Tier | None, done: Record, before: Membership | None) -> bool:
    if before and before.account_id is not None and before.tier_id is not None:
        return False
    if (before.tier_id if before else None) == (tier.id if tier else None):
        return False
    session.add(Membership(customer_id=customer, tier=tier, orders=done.orders, bought=done.bought, kinds=done.kinds))
    session.flush()
    return True


def put(session: Session, customer: Customer, tier: Tier | None, word: str, by: Account) -> Membership:
    """Puts a customer into a tier by hand, or leaves it to the rules again; raises ValueError without a word why."""
    word = names.remark(word, LONGEST_WORD)
    if not word:
        raise ValueError("say why")
    moved = Membership(customer_id=customer.id, tier=tier, orders=0, bought=0, kinds=0, word=word, account=by)
    session.add(moved)
    session.flush()
    return moved


def note(session: Session, order: Order, what: str, cost: int | None = None) -> TierUse | None:
    """Notes what the customer's tier changed for an order, if it gives them that; `cost` in minor units."""
    membership = of(session, order.customer)
    if membership is None or membership.tier is None or not left(session, membership, what):
        return None
    use = TierUse(tier_id=membership.tier.id, order=order, what=what, cost=cost)
    session.add(use)
    session.flush()
    return use


def left(session: Session, membership: Membership, what: str) -> int:
    """How many of what a tier gives are left to a customer in the year until now; priority has no end."""
    tier = membership.tier
    assert tier is not None
    if what == "priority":
        return int(tier.priority)
    used = session.scalar(select(func.count(TierUse.id)).join(TierUse.order).where(
        Order.customer_id == membership.customer_id, TierUse.what == what, TierUse.at > now() - YEAR)) or 0
    return max({"change": tier.changes, "remake": tier.remakes}[what] - used, 0)


def uses(session: Session, customer: Customer) -> list[TierUse]:
    """What their tier changed for a customer, the newest first."""
    return list(session.scalars(select(TierUse).join(TierUse.order).where(Order.customer_id == customer.id)
                                .order_by(TierUse.id.desc()).options(joinedload(TierUse.order))))


@dataclass(frozen=True)
class Report:
    """What a tier gave within a year, what it cost, and what its members bought in the year before they came into it
    and in the one after, as far as both are over: averages of a member in minor units.
    """

    members: int
    uses: Mapping[str, int]
    cost: int
    compared: int
    before: float
    after: float


def report(session: Session, tier: Tier, today: date) -> Report:
    """The report of a tier until today."""
    since = datetime.combine(today, time(), UTC) - YEAR
    uses: dict[str, tuple[int, int]] = {what: (count, cost or 0) for what, count, cost in session.execute(
        select(TierUse.what, func.count(), func.sum(TierUse.cost)).where(
            TierUse.tier_id == tier.id, TierUse.at > since).group_by(TierUse.what))}
    came = [one for one in members(session, tier) if one.at.date() <= today - YEAR]
    before = [_bought(session, tier, one, one.at - YEAR) for one in came]
    after = [_bought(session, tier, one, one.at) for one in came]
    return Report(len(members(session, tier)), {what: count for what, (count, _) in uses.items()},
                  sum(cost for _, cost in uses.values()), len(came), _mean(before), _mean(after))


def _mean(amounts: list[int]) -> float:
    return sum(amounts) / max(len(amounts), 1)


def _bought(session: Session, tier: Tier, membership: Membership, since: datetime) -> int:
    """What a member bought in the year since then."""
    return session.scalar(select(func.coalesce(func.sum(Order.total), 0)).where(
        *purchased(), Order.customer_id == membership.customer_id, Order.currency == tier.currency,
        Order.placed_at >= since, Order.placed_at < since + YEAR)) or 0

"""Tiers of customers, in the open: by which rule they are in one, what they get, what that changed, what followed.

Who objects to being looked at is in none by rule; somebody can put them there by hand.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from statistics import NormalDist, mean, stdev

from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select
from sqlalchemy.orm import Session, joinedload

from catalog.database import now
from catalog.records import Version
from orders import names
from orders.memory import consents
from orders.records import Account, Customer, Order
from orders.relation.followed import Membership, Tier, TierUse
from orders.relation.learning import ENOUGH
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
    """Who is in a tier, who came last first; see `of`."""
    return list(session.scalars(_inside(Membership.tier_id == tier.id).order_by(Membership.id.desc()).options(
        joinedload(Membership.customer))))


def _inside(those: ColumnElement[bool]) -> Select[Membership]:
    """Who objected since is in none by a rule any more."""
    return _newest(those, or_(
        Membership.account_id.is_not(None), Membership.customer_id.not_in(consents.refusers("analysis"))))


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


def refresh(session: Session, today: date, only: Customer | None = None, at: datetime | None = None) -> int:
    """Puts every customer, or `only` this one, where the rules say; who was put somewhere by hand stays there.

    Returns how many moved. `at`: the moment, now if not given.
    """
    due: dict[int, tuple[Tier | None, Record]] = {}
    for tier in reversed(all_(session)):  # the first tier has the last word
        due |= {customer: (tier, done) for customer, done in records(
            session, tier, today, None if only is None else [only.id]).items()}
    moved = [_move(session, customer, *due.get(customer, (None, NOTHING)), before, at or now())
             for customer, before in _places(session, due, only)]
    return sum(moved)


def _places(session: Session, due: Collection[int], only: Customer | None) -> Iterator[tuple[int, Membership | None]]:
    """The customers who are somewhere, or should be, with where they are now."""
    places = {one.customer_id: one for one in session.scalars(
        _newest(*([Membership.customer_id == only.id] if only else [])))}
    for customer in sorted({*due, *places}):
        yield customer, places.get(customer)


def _move(session: Session, customer: int, tier: Tier | None, done: Record, before: Membership | None,
          at: datetime) -> bool:
    if before and before.account_id is not None and before.tier_id is not None:
        return False
    if (before.tier_id if before else None) == (tier.id if tier else None):
        return False
    session.add(Membership(customer_id=customer, tier=tier, orders=done.orders, bought=done.bought, kinds=done.kinds,
                           at=at))
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


def giving(session: Session, customer: Customer, what: str) -> Tier | None:
    """The tier by which a customer gets something now; None if they are in none, or nothing of it is left to them."""
    membership = of(session, customer)
    return membership.tier if membership and membership.tier and left(session, membership, what) else None


def note(session: Session, order: Order, what: str, cost: int | None = None, request_id: int | None = None,
         at: datetime | None = None) -> TierUse | None:
    """Notes what the customer's tier changed for an order, if it gives them that: `cost` minor units were not charged,
    for what is asked in a request, `at` a moment: now if not given.
    """
    tier = giving(session, order.customer, what)
    if tier is None:
        return None
    use = TierUse(tier_id=tier.id, order=order, what=what, cost=cost, request_id=request_id,
                  at=at or now())
    session.add(use)
    session.flush()
    return use


def give_back(session: Session, request_id: int) -> None:
    """What was asked is not done: it is not used up."""
    session.execute(delete(TierUse).where(TierUse.request_id == request_id))


def left(session: Session, membership: Membership, what: str) -> int:
    """How many of what a tier gives are left to a customer in the year until now; priority has no end."""
    tier = membership.tier
    assert tier is not None
    if what == "priority":
        return int(tier.priority)
    used = session.scalar(select(func.count(TierUse.id)).join(TierUse.order).where(
        Order.customer_id == membership.customer_id, TierUse.what == what, TierUse.at > now() - YEAR, *_used())) or 0
    return max({"change": tier.changes, "remake": tier.remakes}[what] - used, 0)


def remaining(session: Session, customer: Customer) -> dict[str, int]:
    """How many free changes and remakes are left to a customer in the year until now, where their tier gives any."""
    membership = of(session, customer)
    if membership is None or membership.tier is None:
        return {}
    tier = membership.tier
    given = {"change": tier.changes, "remake": tier.remakes}
    return {what: left(session, membership, what) for what in given if given[what]}


def _used() -> list[ColumnElement[bool]]:
    """Of an order that was cancelled nothing is charged, so nothing was given."""
    return [Order.state != "cancelled"]


def uses(session: Session, customer: Customer) -> list[TierUse]:
    """What their tier changed for a customer, the newest first."""
    return list(session.scalars(select(TierUse).join(TierUse.order).where(Order.customer_id == customer.id, *_used())
                                .order_by(TierUse.id.desc()).options(joinedload(TierUse.order))))


def used_for(session: Session, order: Order, asked: int | None = None) -> list[tuple[str, str]]:
    """What which tier changed for an order: kinds of use and the tiers' names, in the order in which it came.

    What is only `asked` for, in a request of that id, has changed nothing yet.
    """
    return [(what, name) for what, name in session.execute(
        select(TierUse.what, Tier.name).join(Tier, Tier.id == TierUse.tier_id)
        .where(TierUse.order_id == order.id, or_(TierUse.request_id.is_(None), TierUse.request_id != asked))
        .order_by(TierUse.id))]


@dataclass(frozen=True)
class Followed:
    """What so many customers bought in the year before they came into a tier and in the one after: averages, and
    between which ones their difference lies in 8 cases of 10; in minor units.
    """

    customers: int
    before: float
    after: float
    low: float
    high: float


@dataclass(frozen=True)
class Report:
    """What a tier gave within a year, what was not charged for it, and what followed: None where fewer than ENOUGH
    customers came into it more than a year ago.
    """

    members: int
    uses: Mapping[str, int]
    cost: int
    followed: Followed | None


def reports(session: Session, today: date) -> dict[int, Report]:
    """The reports of all tiers until today, by their ids."""
    inside = _inside(Membership.tier_id.is_not(None)).subquery()
    members = dict[int, int](session.execute(select(inside.c.tier_id, func.count()).group_by(inside.c.tier_id)).all())
    uses, costs, followed = defaultdict[int, dict[str, int]](dict), Counter[int](), _followed(session, today)
    for tier, what, count, cost in session.execute(
            select(TierUse.tier_id, TierUse.what, func.count(),
                   func.sum(TierUse.cost).filter(Order.currency == Tier.currency))
            .join(TierUse.order).join(Tier, Tier.id == TierUse.tier_id)
            .where(TierUse.at > datetime.combine(today, time(), UTC) - YEAR, *_used())
            .group_by(TierUse.tier_id, TierUse.what)):
        uses[tier][what] = count
        costs[tier] += cost or 0
    return {tier.id: Report(members.get(tier.id, 0), uses[tier.id], costs[tier.id], _told(followed[tier.id]))
            for tier in all_(session)}


def _followed(session: Session, today: date) -> dict[int, list[tuple[int, int]]]:
    """By tiers, what each bought in the year before they came into it and in the one after: of all who ever came, for
    those who left again are the ones who buy less.
    """
    came = select(Membership.tier_id, Membership.customer_id, func.min(Membership.at).label("at")).where(
        Membership.tier_id.is_not(None), Membership.customer_id.not_in(consents.refusers("analysis"))).group_by(
        Membership.tier_id, Membership.customer_id).having(
        func.min(Membership.at) < datetime.combine(today, time(), UTC) - YEAR).subquery()
    sums = dict[tuple[int, int], tuple[int, int]]()
    for tier, customer, at, placed_at, total in session.execute(
            select(came.c.tier_id, came.c.customer_id, came.c.at, Order.placed_at, Order.total)
            .join(Tier, Tier.id == came.c.tier_id)
            .outerjoin(Order, and_(Order.customer_id == came.c.customer_id, Order.currency == Tier.currency,
                                   *purchased()))):
        before, after = sums.get((tier, customer), (0, 0))
        if placed_at and at - YEAR <= placed_at < at:
            before += total
        elif placed_at and at <= placed_at < at + YEAR:
            after += total
        sums[tier, customer] = before, after
    found = defaultdict[int, list[tuple[int, int]]](list)
    for (tier, _), each in sums.items():
        found[tier].append(each)
    return found


def _told(sums: Sequence[tuple[int, int]]) -> Followed | None:
    if len(sums) < ENOUGH:
        return None
    more = [after - before for before, after in sums]
    apart = NormalDist().inv_cdf(0.9) * stdev(more) / len(more) ** 0.5
    return Followed(len(sums), mean(before for before, _ in sums), mean(after for _, after in sums),
                    mean(more) - apart, mean(more) + apart)

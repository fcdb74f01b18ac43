"""What happened to a client's things since they were last spoken to, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from catalog.records import Version
from configurator.drafts import renewal
from configurator.engine import Undecided
from configurator.transaction import session
from configurator.web.shop.became import became
from orders import specifications
from orders.memory import feedback
from orders.memory.remembered import Evidence, Fact
from orders.records import Customer, Order, OrderEvent, Revision, Specification
from orders.shipments import shipping

MOST = 12
"""Pieces of news that are told: the newest."""
LOOKED_AT = 3
"""Specifications that are looked at in a newer catalogue: of more only that there is one is told."""


class News(NamedTuple):
    """Something that happened, when, and where to look."""

    at: datetime
    said: str
    url: str


def news(customer: Customer, since: datetime) -> list[News]:
    """The newest first."""
    found = [one for source in SOURCES for one in source(customer, since)]
    return sorted(found, key=lambda one: one.at, reverse=True)[:MOST]


def _moved(customer: Customer, since: datetime) -> Iterator[News]:
    """Each order's last move."""
    states = {"placed": _("placed"), "released": _("released to the workshop"), "in_production": _("in production"),
              "built": _("built"), "shipped": _("shipped"), "cancelled": _("cancelled")}
    moves = session.scalars(select(OrderEvent).join(Order).where(
        Order.customer_id == customer.id, OrderEvent.at > since).order_by(OrderEvent.id)
        .options(joinedload(OrderEvent.order).joinedload(Order.version)))
    for move in {move.order_id: move for move in moves}.values():
        yield News(move.at, _("Order %(number)s, %(product)s: %(state)s.", number=move.order.number,
                              product=move.order.version.title, state=states[move.state]), _order(move.order))


def _returned(customer: Customer, since: datetime) -> Iterator[News]:
    for box in shipping.returned(session, customer).values():
        if box.returned_at and box.returned_at > since:
            yield News(box.returned_at, _("Order %(number)s came back: %(why)s", number=box.order.number,
                                          why=box.returned_why), _order(box.order))


def _answered(customer: Customer, since: datetime) -> Iterator[News]:
    said = session.scalars(select(Evidence).where(
        Evidence.customer_id == customer.id, Evidence.kind == "verdict", Evidence.at > since, feedback.stands()))
    for piece in said:
        if piece.order:
            wrong = any(verdict.said != "right" for verdict in feedback.verdicts_of(piece).values())
            words = _("Of order %(number)s not all was right.", number=piece.order.number) if wrong else (
                _("Order %(number)s was right.", number=piece.order.number))
            yield News(piece.at, words, _order(piece.order))


def _told(customer: Customer, since: datetime) -> Iterator[News]:
    """New measures, told together as they were said together."""
    told = session.scalars(select(Fact).where(Fact.customer_id == customer.id, Fact.stated_at > since)
                           .options(joinedload(Fact.subject)).order_by(Fact.id))
    for fact in {(fact.subject_id, fact.source): fact for fact in told}.values():
        yield News(fact.stated_at, _("%(whom)s: measured or told anew (%(source)s).", whom=fact.subject.name,
                                     source=fact.source),
                   url_for("client_people.one", number=customer.number, subject=fact.subject_id))


def _saved(customer: Customer, since: datetime) -> Iterator[News]:
    saved = session.scalars(select(Revision).join(Specification).where(
        Specification.customer_id == customer.id, Revision.saved_at > since).order_by(Revision.id)
        .options(joinedload(Revision.specification)))
    for revision in {revision.specification_id: revision for revision in saved}.values():
        kept = revision.specification
        yield News(revision.saved_at, _("%(number)s, %(name)s: rev. %(letter)s saved.", number=kept.number,
                                        name=kept.name, letter=revision.letter), _kept(kept))


def _published(customer: Customer, since: datetime) -> Iterator[News]:
    """Newer catalogues of what they keep, and what becomes of it."""
    newer = {version.product_id: version for version in session.scalars(
        select(Version).where(Version.published_at > since).order_by(Version.number))}
    kept = [one for one in specifications.of(session, customer) if one.product_id in newer
            and one.revisions[-1].version_id != newer[one.product_id].id] if newer else []
    for place, one in enumerate(kept):
        version, words = newer[one.product_id], _became(one.revisions[-1]) if place < LOOKED_AT else _("look there.")
        yield News(version.published_at, _("%(product)s has a new catalogue. %(number)s, %(name)s: %(became)s",
                                           product=version.title, number=one.number, name=one.name, became=words),
                   _kept(one))


def _became(revision: Revision) -> str:
    try:
        found = renewal.today(session, revision)
    except Undecided:
        return _("what becomes of it takes too long to find out.")
    return became(revision.version, *found).said if found else ""


def _order(order: Order) -> str:
    return url_for("orders.order", number=order.number)


def _kept(specification: Specification) -> str:
    return url_for("orders.specification", number=specification.number)


SOURCES: tuple[Callable[[Customer, datetime], Iterator[News]], ...] = (
    _moved, _returned, _answered, _told, _saved, _published)

"""A rep's day: the lines of orders.relation.attention, and those that take the engine or the models to know."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from threading import Lock

from cachetools import LRUCache, cached
from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from catalog.records import Version
from configurator import worths
from configurator.drafts import renewal, sessions
from configurator.engine import Undecided
from orders.records import Order, Revision, Specification
from orders.relation.attention import Line, complained, pausing, promises, sorted_, unanswered
from orders.relation.outlook import Range
from orders.subjects import Whom

CARRIED = 20
"""Specifications that are looked at, those ordered last: each takes the engine a moment, once for each version."""


def day(session: Session, today: date, analysis: bool) -> list[Line]:
    """What is to be done, the most pressing first; without `analysis` nobody's pauses are looked at."""
    return sorted_(session, lines(session, today, analysis), today)


def lines(session: Session, today: date, analysis: bool) -> list[Line]:
    """What there is to do, whatever was done about it already; in no order."""
    found = [*promises(session, today), *complained(session, today), *unanswered(session, today), *_touched(session)]
    if analysis:
        found += pausing(session, worths.pauses(session, today))
    return found


def coming_back(session: Session, today: date, lines: Collection[Line]) -> dict[int, Range]:
    """Of whoever is quiet on these lines, how likely they are to come back at all, by the ids of customers."""
    return worths.active(session, today, [line.customer.id for line in lines if line.kind == "quiet"])


def _touched(session: Session) -> Iterator[Line]:
    """Specifications that were ordered from, and that the newest catalogue makes something else of."""
    newest = aliased(Version)
    numbers = select(Version.product_id, func.max(Version.number).label("number")).group_by(
        Version.product_id).subquery()
    last = select(func.max(Revision.id)).group_by(Revision.specification_id)
    ordered = select(Order.revision_id, func.max(Order.id).label("id")).group_by(Order.revision_id).subquery()
    query = (select(Revision, newest).join(Revision.version).join(numbers, numbers.c.product_id == Version.product_id)
             .join(newest, and_(newest.product_id == numbers.c.product_id, newest.number == numbers.c.number))
             .join(ordered, ordered.c.revision_id == Revision.id)
             .where(Revision.id.in_(last), Version.number < newest.number).order_by(ordered.c.id.desc()).limit(CARRIED)
             .options(joinedload(Revision.specification).joinedload(Specification.customer)))
    for revision, version in session.execute(query):
        if _differs(session, revision, version):
            kept = revision.specification
            yield Line("news", kept.customer, f"news {kept.number} {revision.letter} {version.number}",
                       version.published_at.date(), revision=revision)


@cached(LRUCache(1_000), lock=Lock(), key=lambda session, revision, version: (
    str(session.get_bind().engine.url), revision.id, version.id))
def _differs(session: Session, revision: Revision, version: Version) -> bool:
    """Whether a specification is not the same any more in a newer version, or cannot be said to be."""
    try:
        sketch = sessions.sketch(session, version, Whom.of(revision.specification), sessions.Begun.of(revision))
    except Undecided:
        return True
    carried = renewal.of_draft(session, sketch)
    return carried is not None and bool(carried[1].changes)

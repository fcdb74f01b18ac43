"""What is no longer needed goes, once a day: how long what is kept is set, see docs/settings.md."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import CursorResult, Delete, Engine, Update, delete, exists, func, select, text, update
from sqlalchemy.orm import Session

from catalog.database import collided, now, wipe
from configurator.records import Draft
from configurator.settings import Settings
from configurator.transaction import repeated, transaction
from orders.accounts import WINDOW
from orders.clients.noted import Call, Note
from orders.floor.worked import Trouble, Work
from orders.memory import erasure, forgetting
from orders.memory.remembered import Erasure, ErasureWish, Evidence, Fact, Removal
from orders.quotation.quoted import QuoteEvent
from orders.records import Account, Customer, Login, LoginFailure, Order
from orders.shipments.posted import Mail

YEAR = timedelta(days=365.25)
CLAIM = text("INSERT INTO counter (kind, last) VALUES ('retention', :day) ON CONFLICT (kind) DO UPDATE "
             "SET last = excluded.last WHERE counter.last < excluded.last RETURNING last")
"""Gives a row to whoever is the first of a day."""
LAST = text("SELECT last FROM counter WHERE kind = 'retention'")


def daily(engine: Engine, settings: Settings) -> list[Removal] | None:
    """What was removed today; None if another process did it, or does it now."""
    removed = repeated(lambda: _first(engine, settings))
    if removed is not None:
        wipe(engine)
    return removed


def _first(engine: Engine, settings: Settings) -> list[Removal] | None:
    with transaction(engine) as session:
        first = session.scalar(CLAIM, {"day": now().toordinal()}) is not None
        return retain(session, settings) if first else None


def failed(session: Session) -> list[str]:
    """What could not be removed on the last day that it was tried: of that there is no Removal."""
    if (day := session.scalar(LAST)) is None:
        return []
    since = datetime.combine(date.fromordinal(day), time(), UTC)
    done = set(session.scalars(select(Removal.what).where(Removal.at >= since)))
    return [what for what in RULES if what not in done]


def retain(session: Session, settings: Settings) -> list[Removal]:
    """Removes what is no longer needed, and notes how many of what; of what there was none, too.

    A rule that fails removes nothing, notes nothing and is logged; the others go on.
    """
    removed = []
    for what, rule in RULES.items():
        try:
            with session.begin_nested():
                removed.append(Removal(what=what, count=rule(session, settings, now())))
        except Exception as error:
            if collided(error):
                raise  # of all that was read: a new transaction is needed
            logging.exception("Of %s nothing could be removed", what)
    session.add_all(removed)
    session.flush()
    return removed


def _guests(session: Session, settings: Settings, at: datetime) -> int:
    return _delete(session, Draft, Draft.customer_id.is_(None),
                   Draft.updated_at < at - timedelta(days=settings.session_days))


def _drafts(session: Session, settings: Settings, at: datetime) -> int:
    return _delete(session, Draft, Draft.customer_id.is_not(None),
                   Draft.updated_at < at - timedelta(days=settings.draft_days))


def _logins(session: Session, _: Settings, at: datetime) -> int:
    return _delete(session, Login, Login.until < at)


def _failures(session: Session, _: Settings, at: datetime) -> int:
    return _delete(session, LoginFailure, LoginFailure.at < at - WINDOW)


def _forgotten(session: Session, settings: Settings, at: datetime) -> int:
    return forgetting.strip(session, at - timedelta(days=settings.undo_days))


def _old(session: Session, settings: Settings, at: datetime) -> int:
    return forgetting.expire(session, at - settings.evidence_years * YEAR) if settings.evidence_years else 0


def _noted(session: Session, settings: Settings, at: datetime) -> int:
    """As old as evidence may be."""
    if not settings.evidence_years:
        return 0
    return sum(_delete(session, record, record.at < at - settings.evidence_years * YEAR) for record in (Note, Call))


def _at_work(session: Session, settings: Settings, at: datetime) -> int:
    """Who it was that worked for how long; the minutes stay."""
    return _rows(session, update(Work).where(Work.account_id.is_not(None), Work.ended < at - timedelta(
        days=settings.work_days)).values(account_id=None))


def _photos(session: Session, settings: Settings, at: datetime) -> int:
    return _rows(session, update(Trouble).where(Trouble.photo.is_not(None), Trouble.settled_at < at - timedelta(
        days=settings.photo_days)).values(photo=None))


def _wished(session: Session, _: Settings, __: datetime) -> int:
    return _erased(session, exists().where(ErasureWish.customer_id == Customer.id))


def _unseen(session: Session, settings: Settings, at: datetime) -> int:
    """Customers who neither signed in, told, configured or ordered anything nor were spoken to since; those with an
    account may still have a login that lasts.
    """
    if not settings.unseen_years:
        return 0
    since = at - settings.unseen_years * YEAR
    seen = [exists().where(Order.customer_id == Customer.id, Order.placed_at >= since),
            exists().where(Evidence.customer_id == Customer.id, Evidence.at >= since),
            exists().where(Fact.customer_id == Customer.id, Fact.stated_at >= since),
            exists().where(Draft.customer_id == Customer.id, Draft.updated_at >= since),
            exists().where(Call.customer_id == Customer.id, Call.at >= since),
            exists().where(QuoteEvent.customer_id == Customer.id, QuoteEvent.at >= since),
            exists().where(Account.customer_id == Customer.id, Login.account_id == Account.id, Login.until >= at)]
    return _erased(session, Customer.created_at < since, *(~sign for sign in seen))


def _books(session: Session, settings: Settings, at: datetime) -> int:
    last = select(func.max(Order.placed_at)).where(Order.customer_id == Customer.id).scalar_subquery()
    gone = select(Customer).where(exists().where(Erasure.customer_id == Customer.id),
                                  last < at - settings.book_years * YEAR)
    return sum(erasure.let_orders_go(session, customer) for customer in session.scalars(gone).all())


def _mails(session: Session, settings: Settings, at: datetime) -> int:
    """With those that were never sent: what they told of stands on the customer's pages."""
    return _delete(session, Mail, Mail.at < at - timedelta(days=settings.mail_days))


RULES: Mapping[str, Callable[[Session, Settings, datetime], int]] = {
    "configurations of guests": _guests, "old configurations of customers": _drafts, "logins that ended": _logins,
    "failed sign-ins": _failures, "forgotten pieces": _forgotten, "old evidence and facts": _old,
    "old notes and calls": _noted,
    "names at times of work": _at_work, "photos of problems": _photos,
    "customers who wished to be erased": _wished, "customers not seen for long": _unseen,
    "orders of erased customers": _books, "old mails": _mails}
"""What is removed, by what it is called."""


def _delete(session: Session, record: Any, *conditions: Any) -> int:
    return _rows(session, delete(record).where(*conditions))


def _rows(session: Session, statement: Delete | Update) -> int:
    done = session.execute(statement)
    assert isinstance(done, CursorResult)
    return done.rowcount


def _erased(session: Session, *conditions: Any) -> int:
    """Erases those of whom nothing is being made; the others come later."""
    alive = select(Customer).where(~exists().where(Erasure.customer_id == Customer.id), *conditions)
    found = [customer for customer in session.scalars(alive).all() if not erasure.making(session, customer)]
    for customer in found:
        erasure.erase(session, customer)
    return len(found)

"""Taking out for good what was forgotten, and what is too old."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from catalog.store import current, model_of
from orders.memory import evidence
from orders.memory.past import reading
from orders.memory.remembered import Evidence, Fact, Forgotten
from orders.records import Customer, HistoryFile, PastOrder
from orders.subjects import asked


def strip(session: Session, before: datetime) -> int:
    """Takes out of evidence, facts and past orders what was forgotten before a moment: how many pieces.

    What was said of them since stays. Specifications and orders stay, too: they are what they were.
    """
    pieces = session.scalars(select(Forgotten).where(Forgotten.at < before)).all()
    take_out(session, pieces)
    return len(pieces)


def take_out(session: Session, pieces: Sequence[Forgotten]) -> None:
    """Takes out what was forgotten: it cannot be undone any more."""
    by_customer: dict[int, list[Forgotten]] = {}
    for piece in pieces:
        by_customer.setdefault(piece.customer_id, []).append(piece)
    for customer in _customers(session, set(by_customer)):
        theirs = by_customer[customer.id]
        for piece in theirs:
            session.execute(delete(Fact).where(
                Fact.customer_id == customer.id, Fact.subject_id == piece.subject_id, Fact.trait == piece.key,
                Fact.stated_at <= piece.at))
            session.delete(piece)
        _strip(session, customer, {(piece.subject_id, piece.key): piece.at for piece in theirs})
        evidence.changed(session, customer)


def expire(session: Session, before: datetime) -> int:
    """Deletes evidence, facts and customers' past orders from before a moment, these by day: how many.

    A past order without a day is as old as its file.
    """
    read = select(HistoryFile.id).where(HistoryFile.read_at < before)
    old = or_(PastOrder.placed_on < before.date(), PastOrder.placed_on.is_(None) & PastOrder.file_id.in_(read))
    theirs = [*session.scalars(delete(Evidence).where(Evidence.at < before).returning(Evidence.customer_id)),
              *session.scalars(delete(Fact).where(Fact.stated_at < before).returning(Fact.customer_id)),
              *session.scalars(delete(PastOrder).where(old, PastOrder.customer_id.is_not(None))
                               .returning(PastOrder.customer_id))]
    for customer in _customers(session, {id_ for id_ in theirs if id_ is not None}):
        evidence.changed(session, customer)
    return len(theirs)


def _customers(session: Session, ids: set[int]) -> list[Customer]:
    return [customer for id_ in sorted(ids) if (customer := session.get(Customer, id_))]


def _strip(session: Session, customer: Customer, gone: Mapping[tuple[int | None, str], datetime]) -> None:
    for stated in session.scalars(select(Evidence).where(Evidence.customer_id == customer.id)):
        model = model_of(stated.version)
        names = {c.name for c in model.characteristics
                 if (at := gone.get((evidence.subject(stated, c), evidence.key(model, c)))) and stated.at <= at}
        if names & {*stated.values, *(stated.corrected or ()), *stated.verdicts}:
            if stated.verdicts and not stated.verdicts.keys() - names:
                stated.note = ""  # what was said of them is what it is about
            stated.values, stated.verdicts = _without(stated.values, names), _without(stated.verdicts, names)
            stated.corrected = None if stated.corrected is None else _without(stated.corrected, names)
        if all(answer == "" for answer in stated.values.values()):
            session.delete(stated)
    for past in session.scalars(select(PastOrder).where(PastOrder.customer_id == customer.id)):
        if version := current(session, past.file.product.slug):
            asks = "person" in asked(model_of(version))
            about = next((s.id for s in customer.subjects if s.themself), None) if asks else None
            past.values = _without(past.values, {
                name for name, keys in reading(session, past.file, version).keys.items()
                if any((about, key) in gone for key in keys)})


def _without(values: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}

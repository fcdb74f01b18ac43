"""Dated evidence of what customers want: what the memory of their products is made from, and can be made anew from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from catalog.database import now
from catalog.model import Characteristic, ProductModel, from_plain, to_plain
from catalog.nodes import Answer, Values
from catalog.records import Version
from catalog.store import model_of
from orders.memory.remembered import Evidence, Forgotten, Rereading
from orders.records import Account, Customer, Order, Revision
from orders.subjects import Whom

NEVER = datetime.min.replace(tzinfo=UTC)
CHANGES = select(func.count()).where(Rereading.customer_id == bindparam("customer"))
"""Built once, for every click of a customer asks it."""
Pieces = Mapping[tuple[int, int | None, str], datetime]
"""When pieces were forgotten, by customer, subject and key."""


@dataclass(frozen=True)
class Occasion:
    """Where something was said, as a reader finds it again (`source`): with an order or a revision, to a rep, when.

    `at`: now if not given.
    """

    source: str
    order: Order | None = None
    revision: Revision | None = None
    by: Account | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class Said:
    """What was said about a product, of a kind of remembered.KINDS: values of a version's model, whole or in part.

    `corrected`: by the names that the customer set or changed, what had been proposed, if that is known; `verdicts`: by
    names, as feedback.plain writes them.
    """

    kind: str
    version: Version
    values: Values
    corrected: Values | None = None
    verdicts: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""


def keep(session: Session, whom: Whom, said: Said, occasion: Occasion) -> Evidence:
    """One piece of evidence."""
    piece = Evidence(
        customer_id=whom.customer.id, person=whom.person, place=whom.place, product_id=said.version.product_id,
        version=said.version, kind=said.kind, values=to_plain(said.values),
        corrected=None if said.corrected is None else to_plain(said.corrected), verdicts=dict(said.verdicts),
        note=said.note, source=occasion.source, order=occasion.order, revision=occasion.revision,
        stated_by=occasion.by.id if occasion.by else None, at=occasion.at or now())
    session.add(piece)
    session.flush()
    return piece


def ordered_otherwise(session: Session, order: Order, values: Values, before: Values) -> None:
    """What an order says of its customer once it was changed; `before`: what the names that were changed had been."""
    piece = session.scalar(select(Evidence).where(Evidence.order_id == order.id, Evidence.kind == "order").limit(1))
    if piece is not None:
        kept = {name: value for name, value in values.items() if name in piece.values or name in before}
        piece.values = to_plain(kept)
        piece.corrected = {**to_plain(before), **(piece.corrected or {})}
        changed(session, order.customer)


def changed(session: Session, customer: Customer) -> None:
    """Makes memories read anew what is remembered of a customer: some of it was forgotten, corrected or refused."""
    session.add(Rereading(customer_id=customer.id))
    session.flush()


def changes(session: Session, customer: Customer) -> int:
    """How often what is remembered of a customer was changed so: what was made of it before is not any more."""
    return session.scalar(CHANGES, {"customer": customer.id}) or 0


def forgotten(session: Session, customer: Customer | None = None) -> Pieces:
    """What is forgotten of a customer, or of all."""
    query = select(Forgotten.customer_id, Forgotten.subject_id, Forgotten.key, Forgotten.at)  # no plans: they are large
    if customer is not None:
        query = query.where(Forgotten.customer_id == customer.id)
    return {(customer_id, subject_id, key): at for customer_id, subject_id, key, at in session.execute(query)}


def usable(piece: Evidence, without: Pieces) -> dict[str, Answer]:
    """The values of a piece of evidence but for what was forgotten since."""
    model, values = model_of(piece.version), from_plain(piece.values)
    if not without:
        return values
    return {name: value for name, value in values.items()
            if name not in model or piece.at > without.get(_place(piece, model, model[name]), NEVER)}


def key(model: ProductModel, characteristic: Characteristic) -> str:
    """What a value is remembered by: its trait, or else the product and its name."""
    return characteristic.trait or f"{model.name}.{characteristic.name}"


def subject(piece: Evidence, characteristic: Characteristic) -> int | None:
    """Whom or what a value of a piece is about: the id of a person or a place."""
    if characteristic.about == "place":
        return piece.place_id
    return piece.person_id or piece.place_id


def _place(piece: Evidence, model: ProductModel, characteristic: Characteristic) -> tuple[int, int | None, str]:
    return piece.customer_id, subject(piece, characteristic), key(model, characteristic)

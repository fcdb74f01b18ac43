"""What customers told about their people and places, by traits that several families may ask for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.database import now
from catalog.model import ProductModel, to_plain
from catalog.nodes import Answer, Values
from orders.memory.remembered import Fact
from orders.records import Subject
from orders.subjects import Whom


def of(session: Session, *subjects: Subject) -> dict[str, Fact]:
    """What was told about people and places, by trait: the newest of each."""
    told = session.scalars(select(Fact).where(Fact.subject_id.in_([subject.id for subject in subjects]))
                           .order_by(Fact.stated_at, Fact.id))
    return {fact.trait: fact for fact in told}


def tell(session: Session, whom: Whom, model: ProductModel, values: Values, source: str, at: datetime | None = None
         ) -> None:
    """Keeps what the values say about the person or the place, where it is news; an empty text says nothing of them."""
    known = of(session, *whom.subjects)
    about = {"person": whom.person, "place": whom.place}
    for characteristic in model.characteristics:
        subject = about.get(characteristic.about)
        if values.get(characteristic.name, "") != "" and characteristic.trait and subject is not None:
            answer, unit = values[characteristic.name], getattr(characteristic, "unit", "")
            before = known.get(characteristic.trait)
            if before is None or (before.answer, before.unit) != (to_plain({"value": answer}), unit):
                state(session, subject, characteristic.trait, answer, unit, source, at=at)
    session.flush()


def state(session: Session, subject: Subject, trait: str, answer: Answer, unit: str = "", source: str = "",
          taken_by: str = "", at: datetime | None = None) -> Fact:
    """A fact as it is stated now (or `at` a moment), in the unit of the characteristics that ask for it."""
    fact = Fact(customer_id=subject.customer_id, subject_id=subject.id, trait=trait, answer=to_plain({"value": answer}),
                unit=unit, source=source, taken_by=taken_by, stated_at=at or now())
    session.add(fact)
    return fact

"""Everything that is remembered of a customer, as a document."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from catalog.model import to_plain
from catalog.records import Version
from configurator.drafts.progress import progress_of
from configurator.portable.document import Document
from configurator.records import Draft
from orders.changes.changed import Request, Superseded
from orders.clients.noted import Call, Note
from orders.floor import measuring
from orders.floor.worked import Measurement, Trouble
from orders.memory import plans
from orders.memory.remembered import Consent, Evidence, Fact, Forgotten
from orders.quotation.quoted import QuoteEvent, QuoteRevision
from orders.records import Customer, Order, PastOrder, Revision, Specification, Subject
from orders.relation.followed import FollowUp, Membership, TierUse
from orders.shipments.posted import Mail
from orders.shipments.shipped import Shipment

QUOTED = ("product", "version", "for", "quantity", "piece", "gross", "values")
"""What is told of a line of a quote."""


def take(session: Session, customer: Customer) -> Document:
    """All of it: what was told, what is concluded from, what was ordered, kept and allowed."""
    def theirs(record: Any, *options: ORMOption) -> Any:
        chosen = select(record).where(record.customer_id == customer.id)
        return session.scalars(chosen.order_by(record.id).options(*options))

    def of_orders(record: Any) -> Any:
        return session.scalars(select(record).join(Order).where(Order.customer_id == customer.id).order_by(record.id))

    subjects = {subject.id: subject for subject in customer.subjects}
    gone = {id_: row.plan for id_, row in plans.forgotten(session, customer).items()}
    specifications = theirs(Specification, selectinload(Specification.revisions)).all()
    return {
        "customer": [{"number": customer.number, "name": customer.name, "company": customer.company,
                      "email": customer.email, "phone": customer.phone, "at": customer.created_at}],
        "person": [{"name": one.name, "themself": one.themself, "at": one.created_at}
                   for one in subjects.values() if one.kind == "person"],
        "place": [{"name": one.name, "plan": one.plan or gone.get(one.id), "at": one.created_at}
                  for one in subjects.values() if one.kind == "place"],
        "fact": [{**_about(subjects[fact.subject_id]), "trait": fact.trait, "value": fact.answer["value"],
                  "unit": fact.unit, "at": fact.stated_at, "source": fact.source, "taken_by": fact.taken_by}
                 for fact in theirs(Fact)],
        "specification": [{"number": one.number, "product": one.product.slug, "name": one.name, "at": one.created_at,
                           **_whom(one)} for one in specifications],
        "revision": [{**_version(revision.version), "specification": one.number, "letter": revision.letter,
                      "at": revision.saved_at, "choices": revision.choices, "values": revision.values}
                     for one in specifications for revision in one.revisions],
        "order": [_order(one) for one in theirs(Order)],
        "order before": [{"order": one.order.number, "revision": one.number, "quantity": one.quantity,
                          "total": one.total, "promised_on": one.promised_on, "words": one.why, "at": one.at,
                          "values": one.values} for one in theirs(Superseded)],
        "request": [{"order": one.order.number, "kind": one.kind, "state": one.state, "words": one.why,
                     "answer": one.word, "at": one.at, "values": one.values} for one in theirs(Request)],
        "shipment": [{"order": one.order.number, "carrier": one.carrier and one.carrier.name,
                      "tracking": one.tracking, "at": one.shipped_at, "delivered_at": one.delivered_at,
                      "returned_at": one.returned_at, "words": one.returned_why or None}
                     for one in session.scalars(select(Shipment).where(Shipment.customer_id == customer.id)
                                                .order_by(Shipment.order_id))],
        "mail": [{"order": one.about, "kind": one.kind, "email": one.recipient, "subject": one.subject,
                  "text": one.plain, "at": one.at, "sent_at": one.sent_at} for one in theirs(Mail)],
        "quote": [{"number": one.quote.number, "revision": one.number, "currency": one.currency, "total": one.total,
                   "valid_until": one.valid_until, "at": one.issued_at, "words": one.document["words"],
                   "lines": {str(line["id"]): {name: line[name] for name in QUOTED} for line in one.document["lines"]}}
                  for one in theirs(QuoteRevision)],
        "quote event": [{"number": one.quote.number, "revision": one.revision, "state": one.state, "name": one.name,
                         "words": one.words, "at": one.at} for one in theirs(QuoteEvent)],
        "evidence": [{**_version(one.version), **_whom(one), "kind": one.kind, "at": one.at, "source": one.source,
                      "note": one.note, "values": one.values, "corrected": one.corrected, "verdicts": one.verdicts}
                     for one in theirs(Evidence)],
        "note": [{"text": one.text, "pinned": one.pinned, "at": one.at} for one in theirs(Note)],
        "call": [{"began_at": one.began_at, "at": one.at} for one in theirs(Call)],
        "follow up": [{"about": one.about, "done": one.done, "until": one.until, "at": one.at}
                      for one in theirs(FollowUp)],
        "tier": [{"name": one.tier and one.tier.name, "orders": one.orders, "total": one.bought, "kinds": one.kinds,
                  "words": one.word, "at": one.at} for one in theirs(Membership)],
        "tier use": [{"order": one.order.number, "what": one.what, "at": one.at} for one in of_orders(TierUse)],
        "measurement": [_measured(one) for one in of_orders(Measurement)],
        "problem": [{**_at_bench(one), "note": one.note, "words": one.outcome, "settled_at": one.settled_at}
                    for one in of_orders(Trouble)],
        "past order": [{"product": one.file.product.slug, "day": one.placed_on, "quantity": one.count,
                        "source": one.file.name, "values": one.values}
                       for one in theirs(PastOrder, selectinload(PastOrder.file))],
        "draft": [_draft(session, one) for one in theirs(Draft)],
        "consent": [{"purpose": one.purpose, "given": one.given, "at": one.at} for one in theirs(Consent)],
        "forgotten": [{**_about(subjects.get(one.subject_id or 0)), "key": one.key, "at": one.at}
                      for one in theirs(Forgotten)],
    }


def _order(order: Order) -> dict[str, Any]:
    return {**_version(order.version), **_whom(order), "number": order.number, "specification": _kept(order.revision),
            "quantity": order.quantity, "currency": order.currency, "total": order.total, "state": order.state,
            "promised_on": order.promised_on, "inputs": order.inputs, "at": order.placed_at, "values": order.values}


def _measured(measured: Measurement) -> dict[str, Any]:
    try:
        check = measuring.check_of(measured.order, measured.operation, measured.step)
    except LookupError:
        check = None  # the order was changed since
    return {**_at_bench(measured), "piece": measured.piece, "value": f"{measured.value:.15g}",
            "unit": check.unit if check else "", "within": measured.within, "decision": measured.decision,
            "words": measured.word}


def _at_bench(said: Measurement | Trouble) -> dict[str, Any]:
    return {"order": said.order.number, "operation": said.operation, "step": said.step, "at": said.at}


def _draft(session: Session, draft: Draft) -> dict[str, Any]:
    now = progress_of(session, draft)
    return {**_version(draft.version), **_whom(draft), "at": draft.updated_at,
            "choices": to_plain(now.configuration.choices), "values": to_plain(now.values)}


def _version(version: Version) -> dict[str, Any]:
    return {"product": version.product.slug, "version": version.number, "digest": version.digest}


def _kept(revision: Revision | None) -> str | None:
    return f"{revision.specification.number} {revision.letter}" if revision else None


def _whom(thing: Specification | Order | Evidence | Draft) -> dict[str, str | None]:
    return _about(thing.person) | {"place": thing.place.name if thing.place else None}


def _about(subject: Subject | None) -> dict[str, str | None]:
    return {"person": None, "place": None} | ({subject.kind: subject.name} if subject else {})

"""Everything that is remembered of a customer, as a document."""

from __future__ import annotations

from typing import Any

from sqlalchemy import inspect, select
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
    taking = _Taking(session, customer)
    return {**taking.people(), **taking.specifications(), **taking.orders(), **taking.mails(), **taking.quotes(),
            **taking.learnt(), **taking.relation(), **taking.bench(), **taking.unordered(), **taking.wishes()}


class _Taking:
    """What there is of one customer, section by section."""

    def __init__(self, session: Session, customer: Customer) -> None:
        self.session, self.customer = session, customer
        self.subjects = {subject.id: subject for subject in customer.subjects}

    def _theirs(self, record: Any, *options: ORMOption) -> Any:
        chosen = select(record).where(record.customer_id == self.customer.id)
        return self.session.scalars(chosen.order_by(*inspect(record).primary_key).options(*options))

    def _of_orders(self, record: Any) -> Any:
        theirs = select(record).join(Order).where(Order.customer_id == self.customer.id)
        return self.session.scalars(theirs.order_by(record.id))

    def people(self) -> Document:
        """Who it is, with their people and places and what was told of each."""
        they, subjects = self.customer, self.subjects.values()
        gone = {id_: row.plan for id_, row in plans.forgotten(self.session, they).items()}
        return {
            "customer": [{"number": they.number, "name": they.name, "company": they.company, "email": they.email,
                          "phone": they.phone, "at": they.created_at}],
            "person": [{"name": one.name, "themself": one.themself, "at": one.created_at}
                       for one in subjects if one.kind == "person"],
            "place": [{"name": one.name, "plan": one.plan or gone.get(one.id), "at": one.created_at}
                      for one in subjects if one.kind == "place"],
            "fact": [{**_about(self.subjects[fact.subject_id]), "trait": fact.trait, "value": fact.answer["value"],
                      "unit": fact.unit, "at": fact.stated_at, "source": fact.source, "taken_by": fact.taken_by}
                     for fact in self._theirs(Fact)],
        }

    def specifications(self) -> Document:
        """What was saved."""
        saved = self._theirs(Specification, selectinload(Specification.revisions)).all()
        return {
            "specification": [{"number": one.number, "product": one.product.slug, "name": one.name,
                               "at": one.created_at, **_whom(one)} for one in saved],
            "revision": [{**_version(revision.version), "specification": one.number, "letter": revision.letter,
                          "at": revision.saved_at, "choices": revision.choices, "values": revision.values}
                         for one in saved for revision in one.revisions],
        }

    def orders(self) -> Document:
        """What was ordered, what was asked for then, and where it went."""
        return {
            "order": [_order(one) for one in self._theirs(Order)],
            "order before": [{"order": one.order.number, "revision": one.number, "quantity": one.quantity,
                              "total": one.total, "promised_on": one.promised_on, "words": one.why, "at": one.at,
                              "values": one.values} for one in self._theirs(Superseded)],
            "request": [{"order": one.order.number, "kind": one.kind, "state": one.state, "words": one.why,
                         "answer": one.word, "at": one.at, "values": one.values} for one in self._theirs(Request)],
            "shipment": [_shipment(one) for one in self._theirs(Shipment)],
        }

    def mails(self) -> Document:
        """What was written to them."""
        return {"mail": [{"order": one.about, "kind": one.kind, "email": one.recipient, "subject": one.subject,
                          "text": one.plain, "at": one.at, "sent_at": one.sent_at} for one in self._theirs(Mail)]}

    def quotes(self) -> Document:
        """What was quoted, and what became of it."""
        return {
            "quote": [_quote(one) for one in self._theirs(QuoteRevision)],
            "quote event": [{"number": one.quote.number, "revision": one.revision, "state": one.state,
                             "name": one.name, "words": one.words, "at": one.at} for one in self._theirs(QuoteEvent)],
        }

    def learnt(self) -> Document:
        """What is concluded from."""
        return {"evidence": [
            {**_version(one.version), **_whom(one), "kind": one.kind, "at": one.at, "source": one.source,
             "note": one.note, "values": one.values, "corrected": one.corrected, "verdicts": one.verdicts}
            for one in self._theirs(Evidence)]}

    def relation(self) -> Document:
        """How the desk knows them, and what it gives them."""
        return {
            "note": [{"text": one.text, "pinned": one.pinned, "at": one.at} for one in self._theirs(Note)],
            "call": [{"began_at": one.began_at, "at": one.at} for one in self._theirs(Call)],
            "follow up": [{"about": one.about, "done": one.done, "until": one.until, "at": one.at}
                          for one in self._theirs(FollowUp)],
            "tier": [{"name": one.tier and one.tier.name, "orders": one.orders, "total": one.bought,
                      "kinds": one.kinds, "words": one.word, "at": one.at} for one in self._theirs(Membership)],
            "tier use": [{"order": one.order.number, "what": one.what, "at": one.at}
                         for one in self._of_orders(TierUse)],
        }

    def bench(self) -> Document:
        """What was measured and told while it was made."""
        return {
            "measurement": [_measured(one) for one in self._of_orders(Measurement)],
            "problem": [{**_at_bench(one), "note": one.note, "words": one.outcome, "settled_at": one.settled_at}
                        for one in self._of_orders(Trouble)],
        }

    def unordered(self) -> Document:
        """What was ordered before Lot One, and what was not ordered yet."""
        return {
            "past order": [{"product": one.file.product.slug, "day": one.placed_on, "quantity": one.count,
                            "source": one.file.name, "values": one.values}
                           for one in self._theirs(PastOrder, selectinload(PastOrder.file))],
            "draft": [_draft(self.session, one) for one in self._theirs(Draft)],
        }

    def wishes(self) -> Document:
        """What they allow, and what they had us forget."""
        return {
            "consent": [{"purpose": one.purpose, "given": one.given, "at": one.at} for one in self._theirs(Consent)],
            "forgotten": [{**_about(self.subjects.get(one.subject_id or 0)), "key": one.key, "at": one.at}
                          for one in self._theirs(Forgotten)],
        }


def _order(order: Order) -> dict[str, Any]:
    return {**_version(order.version), **_whom(order), "number": order.number, "specification": _kept(order.revision),
            "quantity": order.quantity, "currency": order.currency, "total": order.total, "state": order.state,
            "promised_on": order.promised_on, "inputs": order.inputs, "at": order.placed_at, "values": order.values}


def _shipment(sent: Shipment) -> dict[str, Any]:
    return {"order": sent.order.number, "carrier": sent.carrier and sent.carrier.name, "tracking": sent.tracking,
            "at": sent.shipped_at, "delivered_at": sent.delivered_at, "returned_at": sent.returned_at,
            "words": sent.returned_why or None}


def _quote(made: QuoteRevision) -> dict[str, Any]:
    return {"number": made.quote.number, "revision": made.number, "currency": made.currency, "total": made.total,
            "valid_until": made.valid_until, "at": made.issued_at, "words": made.document["words"],
            "lines": {str(line["id"]): {name: line[name] for name in QUOTED} for line in made.document["lines"]}}


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

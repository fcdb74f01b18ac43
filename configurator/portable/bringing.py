"""What a customer brings along: people, places, facts and specifications come back; orders as evidence alone.

What this shop's catalogue does not have is left out and told. What is there already is not taken twice, so that a file
can be brought again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.database import now
from catalog.expressions import Answer
from catalog.model import Number, from_plain, to_plain
from catalog.records import Version
from catalog.store import catalogue, current, model_of
from configurator.portable.document import Document, Record
from orders import evidence, facts, specifications, subjects
from orders.records import Account, Customer, Specification, Subject
from orders.remembered import Evidence, Fact, Forgotten
from orders.rooms import Plan, PlanError
from orders.subjects import Kind, Whom

ALONG = "brought along: "
"""Before a source of another shop, or of another account."""
KINDS: tuple[Kind, ...] = ("person", "place")


@dataclass
class Brought:
    """What came in, how many of each, and what did not and why."""

    counts: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)


def bring(session: Session, customer: Customer, document: Document, by: Account | None) -> Brought:
    """Takes in what a document says, as far as the catalogue has it."""
    return _Bringing(session, customer, document, by).all()


class _Bringing:
    """One document on its way in."""

    def __init__(self, session: Session, customer: Customer, document: Document, by: Account | None) -> None:
        self.session, self.customer, self.document, self.by = session, customer, document, by
        self.brought = Brought()
        self.subjects: dict[tuple[str, str], Subject] = {}
        self.versions: dict[tuple[str, str], Version | None] = {}
        self.forgotten = set(evidence.forgotten(session, customer))
        self.asking = [c for version in catalogue(session) for c in model_of(version).characteristics if c.trait]

    def all(self) -> Brought:
        for kind in KINDS:
            for record in self.document[kind]:
                self._subject(kind, record)
        for record in self.document["fact"]:
            self._fact(record)
        for record in self.document["specification"]:
            self._specification(record)
        for record in self.document["evidence"]:
            self._evidence(record)
        for record in self.document["forgotten"]:
            self._forgotten(record)
        for section, why in (("consent", "what you allow is asked anew"), ("past order", "orders of earlier files"),
                             ("draft", "configurations in progress")):
            self._left_out(f"{section}: {why}", len(self.document[section]))
        evidence.changed(self.session, self.customer)
        return self.brought

    def _left_out(self, what: str, count: int = 1) -> None:
        if count:
            self.brought.left_out[what] += count

    def _subject(self, kind: Kind, record: Record) -> None:
        known = subjects.of(self.session, self.customer, kind)
        name = " ".join(record["name"].split())
        found = next((one for one in known if one.name == name or (one.themself and record.get("themself"))), None)
        if found is None:
            try:
                found = subjects.add(self.session, self.customer, kind, name)
            except ValueError as error:
                self._left_out(f"{kind} {name[:80]}: {error}")
                return
            self.brought.counts[kind] += 1
        self.subjects[kind, record["name"]] = found
        if record.get("plan") and found.plan is None:
            try:
                found.plan = Plan.from_plain(record["plan"]).plain()
            except PlanError as error:
                self._left_out(f"plan of {name[:80]}: {error.message}")

    def _whom(self, record: Record) -> Whom:
        return Whom(self.customer, **{kind: self.subjects.get((kind, record[kind] or "")) for kind in KINDS})

    def _fact(self, record: Record) -> None:
        subject = next(iter(self._whom(record).subjects), None)
        at = min(record["at"], now())
        answer = _answers({"value": record["value"]}).get("value")
        if subject is None or answer is None or not self._asks(subject, record["trait"], answer, record["unit"]):
            self._left_out(f"fact {record['trait'][:80]}: no product here asks for it, or not like this")
            return
        alike = select(Fact).where(Fact.subject_id == subject.id, Fact.trait == record["trait"], Fact.stated_at == at)
        if not any(fact.answer == to_plain({"value": answer}) for fact in self.session.scalars(alike)):
            facts.state(self.session, subject, record["trait"], answer, record["unit"], _along(record["source"]),
                        record["taken_by"][:200], at)
            self.session.flush()
            self.brought.counts["fact"] += 1

    def _asks(self, subject: Subject, trait: str, answer: Answer, unit: str) -> bool:
        return any(c.trait == trait and c.about == subject.kind and c.admits(answer)
                   and unit == (c.unit if isinstance(c, Number) else "") for c in self.asking)

    def _specification(self, record: Record) -> None:
        revisions = [one for one in self.document["revision"] if one["specification"] == record["number"]]
        name = " ".join(record["name"].split())
        kept: Specification | None = None
        for revision in revisions:
            version = self._version(record["product"], revision["digest"])
            if version is None:
                return
            values = self._known(version, revision["values"])
            choices = {name: value for name, value in self._known(version, revision["choices"], tell=False).items()
                       if name in values}
            if kept is None and self._has(version, name, values, revision["at"]):
                return
            whom = self._whom(record)
            try:
                saved = specifications.save(
                    self.session, self.customer, version, name, choices, values, self.by, kept,
                    min(revision["at"], now()), whom.person, whom.place)
            except ValueError as error:
                self._left_out(f"specification {name[:80]}: {error}")
                return
            kept = saved.specification
        if kept:
            self.brought.counts["specification"] += 1

    def _has(self, version: Version, name: str, values: Mapping[str, Answer], at: Any) -> bool:
        """Whether a specification is there that began like this."""
        named = select(Specification).where(Specification.customer_id == self.customer.id, Specification.name == name,
                                            Specification.product_id == version.product_id)
        return any(one.revisions and one.revisions[0].saved_at == at and one.revisions[0].values == to_plain(values)
                   for one in self.session.scalars(named))

    def _evidence(self, record: Record) -> None:
        """Orders say what a customer took, but are none of this shop's; verdicts say what they would rather have."""
        if record["kind"] == "specification":
            return  # it comes with the specification
        rather = {name: said.get("rather") for name, said in record["verdicts"].items() if isinstance(said, dict)}
        plain = {name: answer for name, answer in rather.items() if answer is not None} if rather else record["values"]
        version = self._version(record["product"], record["digest"]) if plain else None
        values = self._known(version, plain) if version else {}
        source, at = _along(record["source"]), min(record["at"], now())
        if version is None or not values or self.session.scalar(select(Evidence.id).where(
                Evidence.customer_id == self.customer.id, Evidence.at == at, Evidence.product_id == version.product_id,
                Evidence.source.in_([source, record["source"]])).limit(1)):
            return
        kind = "specification" if record["kind"] == "order" else "correction"
        whom = self._whom(record)
        evidence.keep(self.session, kind, whom, version, values, source, by=self.by, at=at)
        self.brought.counts[record["kind"]] += 1

    def _forgotten(self, record: Record) -> None:
        subject = next(iter(self._whom(record).subjects), None)
        key = self.customer.id, subject.id if subject else None, record["key"][:500]
        if key not in self.forgotten:
            self.forgotten.add(key)
            self.session.add(Forgotten(customer_id=key[0], subject_id=key[1], key=key[2], at=min(record["at"], now())))

    def _version(self, slug: str, digest: str) -> Version | None:
        """The version that was spoken of, or else today's; None, and told, if there is no such product."""
        if (slug, digest) not in self.versions:
            newest = current(self.session, slug)
            same = newest and self.session.scalar(
                select(Version).where(Version.product_id == newest.product_id, Version.digest == digest).limit(1))
            self.versions[slug, digest] = same or newest
        if self.versions[slug, digest] is None:
            self._left_out(f"{slug[:80]}: no product here is called that")
        return self.versions[slug, digest]

    def _known(self, version: Version, plain: Mapping[str, Any], tell: bool = True) -> dict[str, Answer]:
        """What a version has of some values."""
        model = model_of(version)
        found = {name: value for name, value in _answers(plain).items() if name in model and model[name].admits(value)}
        for name in plain.keys() - found.keys() if tell else ():
            self._left_out(f"{version.product.slug}.{name[:80]}: the product has no such question or answer")
        return found


def _answers(plain: Mapping[str, Any]) -> dict[str, Answer]:
    """What can be answers of some values."""
    found: dict[str, Answer] = {}
    for name, value in plain.items():
        try:
            found |= from_plain({name: value})
        except ValueError:
            continue
    return found


def _along(source: str) -> str:
    return source[:200] if source.startswith(ALONG) else (ALONG + source)[:200]

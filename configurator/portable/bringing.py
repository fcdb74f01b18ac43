"""What a customer brings along: people, places, facts and specifications come back; orders as evidence alone.

What this shop's catalogue does not have is left out and told, and a specification that cannot be built here is brought
to what can. What was withdrawn elsewhere is withdrawn here; nothing is allowed by a file. What is there already is not
taken twice, so that a file can be brought again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.database import now
from catalog.model import Number, from_plain, to_plain
from catalog.nodes import Answer, Values
from catalog.records import Version
from catalog.store import catalogue, current, model_of
from configurator.drafts.mending import mended
from configurator.engine import Undecided
from configurator.engines import engine_of
from configurator.portable.document import Document, Record
from configurator.recollection import ranked
from orders import specifications, subjects
from orders.buildable import Unbuildable, check
from orders.memory import consents, evidence, facts, plans
from orders.memory.remembered import PURPOSES, Evidence, Fact, Forgotten
from orders.places.rooms import Plan, PlanError
from orders.records import Account, Customer, Specification, Subject
from orders.subjects import Kind, Whom

ALONG = "brought along: "
"""Before a source of another shop, or of another account."""
KINDS: tuple[Kind, ...] = ("person", "place")


Why = Literal["name", "plan", "fact", "specification", "mended", "product", "answer", "consent", "past order", "draft"]
"""Of what something was left out, or could not be taken as it is."""


@dataclass
class Brought:
    """What came in, how many of each, and what did not: of what, and what it is called."""

    counts: Counter[str] = field(default_factory=Counter)
    left_out: Counter[tuple[Why, str]] = field(default_factory=Counter)


def bring(session: Session, customer: Customer, document: Document, by: Account | None) -> Brought:
    """Takes in what a document says, as far as the catalogue has it."""
    return _Bringing(session, customer, document, by).all()


class _Bringing:
    """One document on its way in."""

    def __init__(self, session: Session, customer: Customer, document: Document, by: Account | None) -> None:
        self.session, self.customer, self.document, self.by = session, customer, document, by
        self.brought = Brought()
        self.subjects: dict[tuple[str, str], Subject] = {}
        self.drawn: set[Subject] = set()
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
        for purpose, given in {record["purpose"]: record["given"] for record in self.document["consent"]}.items():
            self._consent(purpose, given)
        self._left_out("past order", count=len(self.document["past order"]))
        self._left_out("draft", count=len(self.document["draft"]))
        evidence.changed(self.session, self.customer)
        return self.brought

    def _left_out(self, why: Why, what: str = "", count: int = 1) -> None:
        if count:
            self.brought.left_out[why, what[:80]] += count

    def _subject(self, kind: Kind, record: Record) -> None:
        known = subjects.of(self.session, self.customer, kind)
        name = " ".join(record["name"].split())
        found = next((one for one in known if one.name == name or (one.themself and record.get("themself"))), None)
        if found is None:
            try:
                found = subjects.add(self.session, self.customer, kind, name)
            except ValueError:
                self._left_out("name", name)
                return
            self.brought.counts[kind] += 1
        self.subjects[kind, record["name"]] = found
        if record.get("plan") and found.plan is None and (self.customer.id, found.id, plans.KEY) not in self.forgotten:
            try:
                plans.keep(self.session, found, Plan.from_plain(record["plan"]))
                self.drawn.add(found)
            except PlanError:
                self._left_out("plan", name)

    def _whom(self, record: Record) -> Whom:
        return Whom(self.customer, **{kind: self.subjects.get((kind, record[kind] or "")) for kind in KINDS})

    def _fact(self, record: Record) -> None:
        subject = next(iter(self._whom(record).subjects), None)
        at = min(record["at"], now())
        answer = _answers({"value": record["value"]}).get("value")
        if subject is None or answer is None or not self._asks(subject, record["trait"], answer, record["unit"]):
            self._left_out("fact", record["trait"])
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
            known, whom = self._known(version, revision["values"]), self._whom(record)
            if kept is None and self._has(version, name, revision["at"]):
                return
            try:
                values = self._whole(version, name, known, whom)
                choices = {name: value for name, value in self._known(version, revision["choices"], tell=False).items()
                           if values[name] == value}
                configured = specifications.Configured(
                    version, values, choices, guessed=values.keys() - self._given(record, revision, known))
                kept = specifications.save(self.session, whom, name, configured, self.by, kept,
                                           min(revision["at"], now())).specification
            except (ValueError, Undecided):
                self._left_out("specification", name)
                return
        if kept:
            self.brought.counts["specification"] += 1

    def _has(self, version: Version, name: str, at: datetime) -> bool:
        """Whether a specification is there that began like this."""
        named = select(Specification).where(Specification.customer_id == self.customer.id, Specification.name == name,
                                            Specification.product_id == version.product_id)
        return any(one.revisions and one.revisions[0].saved_at == at for one in self.session.scalars(named))

    def _whole(self, version: Version, name: str, known: Values, whom: Whom) -> Values:
        """The values if they are a product here; else as many as can be built, and what suits them.

        Raises ValueError if there are none, Undecided if that takes too long to find.
        """
        if not known:
            raise ValueError("nothing of it is known here")
        start = engine_of(version).start()
        try:
            check(start.engine.model, known)
        except Unbuildable:
            self._left_out("mended", name)
            return mended(start, known, ranked(self.session, version, start, whom))
        return known

    def _given(self, record: Record, revision: Record, known: Values) -> Collection[str]:
        """The names of what somebody gave, as the evidence says that was kept of a revision."""
        source = f"specification {record['number']} rev. {revision['letter']}"
        said = next((one["values"] for one in self.document["evidence"]
                     if one["kind"] == "specification" and one["source"] == source), known)
        return known.keys() & said.keys()

    def _consent(self, purpose: str, given: bool) -> None:
        """What was withdrawn stays so; what was allowed elsewhere nobody allows here by bringing a file."""
        if purpose not in PURPOSES or consents.allows(self.session, self.customer, purpose) == given:
            return
        if given:
            self._left_out("consent", purpose)
        else:
            consents.say(self.session, self.customer, purpose, given, self.by)
            self.brought.counts["consent"] += 1

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
        evidence.keep(self.session, self._whom(record), evidence.Said(kind, version, values),
                      evidence.Occasion(source, by=self.by, at=at))
        self.brought.counts[record["kind"]] += 1

    def _forgotten(self, record: Record) -> None:
        subject = next(iter(self._whom(record).subjects), None)
        key = self.customer.id, subject.id if subject else None, record["key"][:500]
        if key[2] == plans.KEY:
            if subject in self.drawn:
                plans.forget(self.session, subject, min(record["at"], now()))
        elif key not in self.forgotten:
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
            self._left_out("product", slug)
        return self.versions[slug, digest]

    def _known(self, version: Version, plain: Mapping[str, Any], tell: bool = True) -> dict[str, Answer]:
        """What a version has of some values."""
        model = model_of(version)
        found = {name: value for name, value in _answers(plain).items() if name in model and model[name].admits(value)}
        for name in plain.keys() - found.keys() if tell else ():
            self._left_out("answer", f"{version.title}: {name}")
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

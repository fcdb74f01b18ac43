"""What is remembered of a customer, piece by piece: gathered from what was said, told, corrected, forgotten."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time
from functools import cache, partial

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from catalog.database import now
from catalog.model import Characteristic, Number, ProductModel, from_plain
from catalog.nodes import Answer
from catalog.records import Version
from catalog.store import catalogue, model_of, succession
from orders.memory import evidence, facts, feedback, forgetting
from orders.memory.past import reading
from orders.memory.piece import Piece, Place, Statement, Use
from orders.memory.remembered import Evidence, Fact, Forgotten
from orders.records import Customer, PastOrder, Subject
from orders.subjects import Whom, asked

Newest = Mapping[int, Version]
"""The newest version of each product, by its id."""


def of(session: Session, customer: Customer) -> list[Piece]:
    """All pieces: person by person, then place by place; facts first, then by product in the catalogue's order."""
    said: dict[Place, list[Statement]] = defaultdict(list)
    newest = {version.product_id: version for version in catalogue(session)}
    for place, statement in (*_facts(session, customer), *_evidence(session, customer, newest),
                             *_verdicts(session, customer, newest), *_past(session, customer, newest)):
        said[place].append(statement)
    uses, forgotten = asking(session), evidence.forgotten(session, customer)
    subjects = {subject.id: subject for subject in customer.subjects}
    found = []
    for (subject, key), statements in said.items():
        gone = [at for name in {key, *(statement.key for statement in statements)}
                if (at := forgotten.get((customer.id, subject, name)))]
        found.append(_piece(subjects.get(subject or 0), key, statements, uses, max(gone, default=None)))
    return sorted((piece for piece in found if any(s.answer != "" for s in piece.statements)), key=_rank(uses))


def find(session: Session, customer: Customer, place: Place) -> Piece | None:
    """A piece of theirs, or one that they could tell about a person or a place: it has no statements yet."""
    known = next((piece for piece in of(session, customer) if piece.place == place), None)
    subject = next((subject for subject in customer.subjects if subject.id == place[0]), None)
    if known or subject is None:
        return known
    return next((piece for piece in untold(subject, (), asking(session)) if piece.key == place[1]), None)


def untold(subject: Subject, known: Iterable[Piece], asking: Mapping[str, Sequence[Use]]) -> list[Piece]:
    """What today's catalogue asks about a person or a place and is not among what is `known`."""
    told = {piece.key for piece in known if piece.subject is subject}
    pieces = (_piece(subject, key, [], {key: uses}, None) for key, uses in asking.items() if key not in told)
    return [piece for piece in pieces if piece.uses and piece.is_fact]


def tell(session: Session, customer: Customer, piece: Piece, answer: Answer, occasion: evidence.Occasion,
         taken_by: str = "") -> None:
    """Corrects a piece, or tells it first: what was said before holds no more, and goes at once if it was forgotten.

    What products share about a person or a place is stated as a fact, which somebody measured (`taken_by`), the rest as
    evidence about each product that asks for it. Raises ValueError for what none of them can be answered with.
    """
    uses = [use for use in piece.uses if use.characteristic.admits(answer)]
    if not uses:
        raise ValueError(f"nothing that asks for {piece.key} has this answer")
    forgetting.take_out(session, _forgotten(session, customer, piece))  # so that what was true before then counts, too
    before, characteristic = None if piece.forgotten else piece.holds, uses[0].characteristic
    if piece.subject and characteristic.trait and characteristic.about != "product":
        facts.state(session, piece.subject, piece.key, answer, _unit(characteristic), occasion.source, taken_by,
                    occasion.at)
    else:
        whom = Whom(customer, **{piece.subject.kind: piece.subject} if piece.subject else {})
        for use in uses:
            name = use.characteristic.name
            said = evidence.Said("correction", use.version, {name: answer}, {name: before.answer} if before else {})
            evidence.keep(session, whom, said, occasion)
    evidence.changed(session, customer)


def forget(session: Session, customer: Customer, piece: Piece) -> None:
    """Uses it no more from now on; `retention` takes it out for good when it can no longer be undone."""
    _recall(session, customer, piece)
    at = now()
    session.add_all(Forgotten(customer_id=customer.id, subject_id=piece.place[0], key=key, at=at) for key in piece.keys)
    evidence.changed(session, customer)


def recall(session: Session, customer: Customer, piece: Piece) -> None:
    """Undoes `forget`."""
    _recall(session, customer, piece)
    evidence.changed(session, customer)


def _recall(session: Session, customer: Customer, piece: Piece) -> None:
    for row in _forgotten(session, customer, piece):
        session.delete(row)
    session.flush()


def _forgotten(session: Session, customer: Customer, piece: Piece) -> Sequence[Forgotten]:
    return session.scalars(select(Forgotten).where(
        Forgotten.customer_id == customer.id, Forgotten.key.in_(piece.keys),
        Forgotten.subject_id.is_not_distinct_from(piece.place[0]))).all()


def _piece(subject: Subject | None, key: str, statements: list[Statement], uses: Mapping[str, Sequence[Use]],
           forgotten: datetime | None) -> Piece:
    asking = [use for use in uses.get(key, ())
              if use.characteristic.about == "product" or (subject and subject.kind == use.characteristic.about)]
    since = [statement for statement in statements if forgotten is None or statement.at > forgotten]
    kept = sorted(since or statements, key=lambda statement: statement.at, reverse=True)
    if not since:
        kept = [replace(s, verdict=replace(s.verdict, why="")) if s.verdict else s for s in kept]
    return Piece(subject, key, tuple(_worded(s, asking) for s in kept), tuple(asking), None if since else forgotten)


def _worded(statement: Statement, uses: list[Use]) -> Statement:
    """A fact in the words of a characteristic that asks for it."""
    found = (use.characteristic for use in uses
             if use.characteristic.admits(statement.answer) and _unit(use.characteristic) == statement.unit)
    if statement.characteristic or not (characteristic := next(found, None)):
        return statement
    return replace(statement, characteristic=characteristic)


def _rank(uses: Mapping[str, Sequence[Use]]) -> Callable[[Piece], tuple[object, ...]]:
    order = {key: rank for rank, key in enumerate(uses)}

    def rank(piece: Piece) -> tuple[object, ...]:
        subject = piece.subject
        about = (subject.kind, not subject.themself, subject.id) if subject else ("things", False, 0)
        return (*about, not piece.is_fact, piece.product, order.get(piece.key, len(order)), piece.key)

    return rank


def asking(session: Session) -> Mapping[str, Sequence[Use]]:
    """What asks for which key, in the order of the catalogue."""
    found: dict[str, list[Use]] = defaultdict(list)
    for version in catalogue(session):
        model = model_of(version)
        for characteristic in model.characteristics:
            found[evidence.key(model, characteristic)].append(Use(version, characteristic))
    return found


def _facts(session: Session, customer: Customer) -> Iterator[tuple[Place, Statement]]:
    for fact in session.scalars(select(Fact).where(Fact.customer_id == customer.id)):
        yield (fact.subject_id, fact.trait), Statement(
            "fact", from_plain(fact.answer)["value"], fact.stated_at, fact.source, None, fact.unit, fact.taken_by)


def _evidence(session: Session, customer: Customer, newest: Newest) -> Iterator[tuple[Place, Statement]]:
    stated = session.scalars(select(Evidence).where(Evidence.customer_id == customer.id, Evidence.kind != "verdict")
                             .options(joinedload(Evidence.version)).order_by(Evidence.id))
    yield from ((place, said) for _, place, said in _stated(session, stated, newest))


def _verdicts(session: Session, customer: Customer, newest: Newest) -> Iterator[tuple[Place, Statement]]:
    """What they said last of each order: what they would rather have had, else of what was made."""
    for stated, place, made in _stated(session, judged(session, customer), newest):
        if made.characteristic and made.characteristic.name in stated.verdicts:
            verdict = feedback.verdicts_of(stated)[made.characteristic.name]
            answer = made.answer if verdict.rather is None else verdict.rather
            yield place, replace(made, answer=answer, made=made.answer, verdict=verdict)


def judged(session: Session, customer: Customer) -> Collection[Evidence]:
    """What they said last of each of their orders, forgotten or not."""
    stated = session.scalars(select(Evidence).where(Evidence.customer_id == customer.id, Evidence.kind == "verdict")
                             .options(joinedload(Evidence.version), joinedload(Evidence.order)).order_by(Evidence.id))
    return {one.order_id: one for one in stated}.values()


def remarks(session: Session, customer: Customer) -> list[Evidence]:
    """What they said last of each of their orders, but for those of which all that it is about is forgotten."""
    without = evidence.forgotten(session, customer)
    return [one for one in judged(session, customer)
            if any(answer != "" and (name in one.verdicts or not one.verdicts)
                   for name, answer in evidence.usable(one, without).items())]


def _stated(session: Session, pieces: Iterable[Evidence], newest: Newest
            ) -> Iterator[tuple[Evidence, Place, Statement]]:
    """What evidence says, value by value, where it is kept under today's names."""
    names = cache(partial(_names, session, newest))
    for stated in pieces:
        model = model_of(stated.version)
        for characteristic, answer in _answers(model, stated.values):
            key = evidence.key(model, characteristic)
            today = names(stated.version).get(characteristic.name, key)
            yield stated, (evidence.subject(stated, characteristic), today), Statement(
                stated.kind, answer, stated.at, stated.source, characteristic, key="" if key == today else key,
                product=newest[stated.product_id].title)


def _names(session: Session, all_newest: Newest, version: Version) -> dict[str, str]:
    """The keys of today, by the names of the characteristics of a version; empty for the newest of its product."""
    newest = all_newest[version.product_id]
    if newest is version:
        return {}
    model = model_of(newest)
    return {old: evidence.key(model, model[new]) for old, new in succession(session, version, newest).names().items()}


def _past(session: Session, customer: Customer, newest: Newest) -> Iterator[tuple[Place, Statement]]:
    """What they ordered before Lot One kept the orders, as far as today's catalogue still reads it."""
    themself = next((subject.id for subject in customer.subjects if subject.themself), None)
    read_as = cache(partial(reading, session))
    for past in session.scalars(select(PastOrder).where(PastOrder.customer_id == customer.id).options(
            joinedload(PastOrder.file))):
        if version := newest.get(past.product_id):
            model, read = model_of(version), read_as(past.file, version)
            about = themself if "person" in asked(model) else None
            at = datetime.combine(past.placed_on, time(), UTC) if past.placed_on else past.file.read_at
            for name, inherited in read.way.inherited(from_plain(past.values)).items():
                if inherited.answer is not None:
                    then, today = read.keys[inherited.name]
                    yield (about, today), Statement("past", inherited.answer, at, past.file.name, model[name],
                                                    key="" if then == today else then, product=version.title)


def _answers(model: ProductModel, plain: Mapping[str, object]) -> Iterator[tuple[Characteristic, Answer]]:
    for name, answer in from_plain(plain).items():
        if name in model and model[name].admits(answer):
            yield model[name], answer


def _unit(characteristic: Characteristic) -> str:
    return characteristic.unit if isinstance(characteristic, Number) else ""

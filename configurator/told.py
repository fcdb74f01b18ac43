"""What one customer told of a product, beside what their orders are to everybody, as the memory wants to know it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, partial

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload

from catalog.model import Characteristic, Number, ProductModel, from_plain
from catalog.nodes import Answer, Values
from catalog.records import Version
from catalog.store import model_of, succession
from catalog.succession import Succession
from configurator.memory import Told, Verdict, Verdicts
from configurator.memory.verdicts import wanted
from orders.memory import evidence, facts, feedback
from orders.memory.evidence import Pieces
from orders.memory.remembered import Evidence
from orders.records import Order
from orders.subjects import Whom

RECENT = 50
"""Pieces of evidence that are searched for what a customer told of other families, or for others of theirs."""
Key = tuple[int, int | None, int | None]
"""Who ordered, for whom and for where, by ids: what the memory tells customers by."""
Traits = Mapping[str, Characteristic]
"""The characteristics of a model by their traits."""


def key(piece: Evidence) -> Key:
    """What the memory tells the customer of a piece of evidence by."""
    return piece.customer_id, piece.person_id, piece.place_id


def verdicts(way: Succession, values: Values, piece: Evidence) -> Verdicts:
    """What was said of values, by the names of today."""
    rather = from_plain({name: said["rather"] for name, said in piece.verdicts.items() if said["rather"] is not None})
    instead = way.answers(rather)
    return {name: Verdict(piece.verdicts[heir.name]["is"], instead.get(name))
            for name, heir in way.inherited(values).items() if heir.name in piece.verdicts}


def told(session: Session, version: Version, model: ProductModel, whom: Whom, shared: bool
         ) -> tuple[list[Told], list[Told]]:
    """What somebody told about themself and this product, and hints: said for others, or about other products.

    `shared`: what they ordered is everybody's experience, which knows it already.
    """
    traits = {c.trait: c for c in model.characteristics if c.trait}
    without = evidence.forgotten(session, whom.customer)
    theirs, for_others = _about_product(session, version, whom, shared, without)
    elsewhere = _elsewhere(session, version, traits, whom, without) if traits else ()
    return [*_facts(session, traits, whom, without), *theirs], [*for_others, *elsewhere]


def _facts(session: Session, traits: Traits, whom: Whom, without: Pieces) -> Iterator[Told]:
    """What they told about the person and the place."""
    for trait, fact in facts.of(session, *whom.subjects).items():
        gone = without.get((whom.customer.id, fact.subject_id, trait), evidence.NEVER)
        if trait in traits and fact.unit == _unit(traits[trait]) and fact.stated_at > gone:
            yield _fitted(traits[trait], from_plain(fact.answer)["value"]), fact.stated_at, fact.source


def _about_product(session: Session, version: Version, whom: Whom, shared: bool, without: Pieces
                   ) -> tuple[list[Told], list[Told]]:
    """What they said of this product, and what they said for somebody else.

    Of what they ordered for another place or person, only what is not about that one holds here.
    """
    told: list[Told] = []
    hints: list[Told] = []
    way = cache(partial(succession, session, new=version))
    for piece in _pieces(session, version, whom):
        if not (piece.kind in ("order", "verdict") and shared and key(piece) == whom.key):
            values = _transferable(piece, whom, evidence.usable(piece, without))
            said = _said(way(piece.version), values, piece), piece.at, piece.source
            (told if piece.person_id == whom.key[1] else hints).append(said)
    return told, hints


def _pieces(session: Session, version: Version, whom: Whom) -> Iterator[Evidence]:
    """Their newest evidence of a product, but for specifications that were ordered, or have a newer revision."""
    ordered = exists().where(Order.revision_id == Evidence.revision_id)
    revised: set[int] = set()
    for piece in session.scalars(select(Evidence).where(
            Evidence.customer_id == whom.customer.id, Evidence.product_id == version.product_id, ~ordered,
            feedback.stands()).options(joinedload(Evidence.revision), joinedload(Evidence.version)).order_by(
            Evidence.id.desc()).limit(RECENT)):
        if piece.revision is None or piece.revision.specification_id not in revised:
            yield piece
        if piece.revision is not None:
            revised.add(piece.revision.specification_id)


def _said(way: Succession, values: Values, piece: Evidence) -> Values:
    """What a piece says of today's product; a verdict, what it should have been."""
    answers = way.answers(values)
    if piece.kind != "verdict":
        return answers
    better = {name: wanted(way.new[name], answers[name], verdict)
              for name, verdict in verdicts(way, values, piece).items() if name in answers}
    return {name: answer for name, answer in better.items() if answer is not None}


def _transferable(piece: Evidence, whom: Whom, values: Values) -> Values:
    """What holds for this person and place too."""
    model, (_, person, place) = model_of(piece.version), whom.key
    holds = {"product": True, "person": piece.person_id == person, "place": piece.place_id == place}
    return {name: value for name, value in values.items() if name in model and holds[model[name].about]}


def _elsewhere(session: Session, version: Version, traits: Traits, whom: Whom, without: Pieces) -> Iterator[Told]:
    """What orders of other families for the same person say about traits of a product, such as a favourite colour.

    Nothing once they ordered the product itself: that says it better.
    """
    theirs = select(Evidence).where(Evidence.customer_id == whom.customer.id, Evidence.kind == "order")
    if session.scalar(theirs.where(Evidence.product_id == version.product_id).limit(1)):
        return
    others = theirs.where(Evidence.product_id != version.product_id, Evidence.person_id.is_not_distinct_from(
        whom.key[1]) | Evidence.person_id.is_(None) | (whom.key[1] is None))
    for piece in session.scalars(others.order_by(Evidence.id.desc()).limit(RECENT)):
        yield _shared(traits, model_of(piece.version), evidence.usable(piece, without)), piece.at, piece.source


def _shared(traits: Traits, other: ProductModel, values: Values) -> dict[str, Answer]:
    """What a product of another family says about this one: the traits that are the same, about the product itself.

    Traits of a person or a place are facts, kept by themselves.
    """
    shared: dict[str, Answer] = {}
    for theirs in other.characteristics:
        ours = traits.get(theirs.trait or "")
        if ours and theirs.about == "product" and theirs.name in values and _unit(ours) == _unit(theirs):
            shared |= _fitted(ours, values[theirs.name])
    return shared


def _fitted(characteristic: Characteristic, answer: Answer) -> dict[str, Answer]:
    """An answer of another family as this one can give it: a number may fall between its steps."""
    if isinstance(characteristic, Number) and isinstance(answer, int) and not isinstance(answer, bool):
        steps = round((answer - characteristic.least) / characteristic.step)
        answer = characteristic.least + steps * characteristic.step
    return {characteristic.name: answer} if characteristic.admits(answer) else {}


def _unit(characteristic: Characteristic) -> str:
    return characteristic.unit if isinstance(characteristic, Number) else ""

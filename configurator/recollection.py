"""What the memory is fed with: evidence, past orders, and facts that other families were told.

Others' experience is read once per process and database, and what was added since on every proposal; anew when
somebody corrected, forgot or refused something. What one customer told is read when something is proposed to them, if
they allow that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial
from threading import Lock
from weakref import WeakKeyDictionary

from cachetools import LRUCache
from sqlalchemy import Pool, exists, func, select
from sqlalchemy.orm import Session

from catalog.database import now
from catalog.expressions import Answer, Values
from catalog.model import Characteristic, Number, ProductModel, from_plain
from catalog.records import Version
from catalog.store import model_of, succession
from catalog.succession import Succession
from configurator.engine import Configuration, Engine
from configurator.memory import Memory, Proposal, Start, Told, Verdict, Verdicts
from configurator.memory.verdicts import wanted
from orders import consents, evidence, facts, feedback, subjects
from orders.records import HistoryFile, Order, PastOrder, Subject
from orders.remembered import Evidence, Rereading
from orders.subjects import Whom

KEPT = 16
"""Memories in a process; what was not asked for longest goes first."""
LATE = 100
"""Evidence may be stored a little out of the order of its ids: so much of the newest is looked at again."""
RECENT = 50
"""Pieces of evidence that are searched for what a customer told of other families, or for others of theirs."""
Key = tuple[int, int | None, int | None]
"""Who ordered, for whom and for where, by ids: what the memory tells customers by."""
Traits = Mapping[str, Characteristic]
"""The characteristics of a model by their traits."""


@dataclass
class _Recollection:
    """The memory of one version, and how far it has read."""

    memory: Memory
    read: Sequence[datetime | int | None]  # the newest of the files that it reads, and of the rereadings
    files_read: bool = False
    last: int = 0  # the greatest id of a piece of evidence
    newest: frozenset[int] = frozenset()  # the ids up to it that were read, as far back as LATE
    to_anybody: Proposal | None = None  # to somebody unknown who chose nothing yet
    lock: Lock = field(default_factory=Lock)


_databases: WeakKeyDictionary[Pool, LRUCache[str, _Recollection]] = WeakKeyDictionary()
_lock = Lock()


def propose(session: Session, version: Version, configuration: Configuration, whom: Whom | None,
            when: datetime | None = None) -> Proposal:
    """The whole product that somebody (None: somebody unknown) most probably wants besides their choices."""
    if whom is None and not configuration.choices:
        return _to_anybody(session, version, configuration)
    memory, key = _informed(session, version, configuration.engine, whom)
    return memory.propose(configuration, key, when or now())


def _to_anybody(session: Session, version: Version, start: Configuration) -> Proposal:
    """The proposal to somebody unknown who chose nothing yet: the same until somebody orders."""
    found = _recollection(session, version, start.engine)
    proposal = found.to_anybody
    if proposal is None or proposal.configuration.engine is not start.engine:
        proposal = found.to_anybody = found.memory.propose(start)
    return proposal


def starts(session: Session, version: Version, configuration: Configuration, whom: Whom | None
           ) -> dict[Start, Proposal]:
    """Whole products to start from: the same again, as we know them, what most choose; those that differ."""
    memory, key = _informed(session, version, configuration.engine, whom)
    return memory.starts(configuration, key, now())


def ranked(session: Session, version: Version, configuration: Configuration, whom: Whom | None
           ) -> Callable[[str], list[Answer]]:
    """What ranks the values that the configuration allows: what is most probably wanted comes first.

    The memory is read when something is ranked first.
    """
    informed = cache(partial(_informed, session, version, configuration.engine, whom))

    @cache
    def rank(name: str) -> list[Answer]:
        memory, key = informed()
        return [value for value, _ in memory.rank(configuration, name, key, now())]

    return rank


def _informed(session: Session, version: Version, engine: Engine, whom: Whom | None) -> tuple[Memory, Key | None]:
    """The memory of a version, and by what it knows somebody: by nothing if they are unknown or do not want it."""
    memory = recollect(session, version, engine)
    if whom is None or not consents.allows(session, whom.customer, "proposals"):
        return memory, None
    traits = {c.trait: c for c in engine.model.characteristics if c.trait}
    told, hints = _theirs(session, version, whom)
    memory.know(whom.key, [*_facts(session, traits, whom), *told],
                [*hints, *(_elsewhere(session, version, traits, whom) if traits else ())])
    return memory, whom.key


def recollect(session: Session, version: Version, engine: Engine) -> Memory:
    """The memory of a version: everybody's orders so far."""
    return _recollection(session, version, engine).memory


def _recollection(session: Session, version: Version, engine: Engine) -> _Recollection:
    """What is remembered of a version, with what was ordered since it was last asked for."""
    files = select(func.max(HistoryFile.read_at)).where(HistoryFile.product_id == version.product_id)
    rereadings = select(func.max(Rereading.id))
    read = session.execute(select(files.scalar_subquery(), rereadings.scalar_subquery())).one()
    with _lock:
        kept = _databases.setdefault(session.get_bind().engine.pool, LRUCache(KEPT))
        found = kept.get(version.digest)
        if found is None or found.read != read:
            found = kept[version.digest] = _Recollection(Memory(engine.base or engine), read)
    with found.lock:
        if not found.files_read:
            _read_files(session, version, found)
        _read_evidence(session, version, found)
    return found


def _read_files(session: Session, version: Version, found: _Recollection) -> None:
    """Remembers what was ordered before, as if everybody had ordered for themselves."""
    asks = "person" in subjects.asked(found.memory.engine.model)
    themselves: dict[int, int] = dict(session.execute(
        select(Subject.customer_id, Subject.id).where(Subject.themself)).all()) if asks else {}
    refusing = consents.refusing(session, "experience")
    for order in session.scalars(select(PastOrder).where(PastOrder.product_id == version.product_id)):
        if order.customer_id not in refusing:
            key = order.customer_id and (order.customer_id, themselves.get(order.customer_id), None)
            found.memory.remember(from_plain(order.values), key, order.placed_on, order.count)
    found.files_read = True


def _read_evidence(session: Session, version: Version, found: _Recollection) -> None:
    """Remembers the orders and verdicts that are new since it was last called, but for those of customers who do not
    want others to learn from them.
    """
    said = Evidence.product_id == version.product_id, Evidence.kind.in_(("order", "verdict")), feedback.stands()
    ids = set(session.scalars(select(Evidence.id).where(*said, Evidence.id > found.last - LATE)))
    new = ids - found.newest
    if not new:
        return
    refusing, without = consents.refusing(session, "experience"), evidence.forgotten(session)
    way = cache(partial(succession, session, new=version))
    for piece in session.scalars(select(Evidence).where(*said, Evidence.id >= min(new)).order_by(Evidence.id)):
        if piece.id in new and piece.customer_id not in refusing:
            _teach(found.memory, way(piece.version), piece, evidence.usable(piece, without))
    found.to_anybody = None
    found.last = max(ids)
    found.newest = frozenset(id_ for id_ in ids if id_ > found.last - LATE)


def _teach(memory: Memory, way: Succession, piece: Evidence, values: Values) -> None:
    if piece.kind == "verdict":
        memory.judge(way.answers(values), _verdicts(way, values, piece), _key(piece), piece.at, piece.source)
    else:
        chosen = None if piece.corrected is None else [
            name for name, heir in way.inherited(values).items() if heir.name in piece.corrected]
        memory.remember(way.answers(values), _key(piece), piece.at, chosen=chosen)


def _verdicts(way: Succession, values: Values, piece: Evidence) -> Verdicts:
    """What was said, by the names of today."""
    rather = from_plain({name: told["rather"] for name, told in piece.verdicts.items() if told["rather"] is not None})
    instead = way.answers(rather)
    return {name: Verdict(piece.verdicts[heir.name]["is"], instead.get(name))
            for name, heir in way.inherited(values).items() if heir.name in piece.verdicts}


def _key(piece: Evidence) -> Key:
    return piece.customer_id, piece.person_id, piece.place_id


# What one customer told


def _facts(session: Session, traits: Traits, whom: Whom) -> Iterator[Told]:
    """What they told about the person and the place."""
    without = evidence.forgotten(session, whom.customer)
    for trait, fact in facts.of(session, *whom.subjects).items():
        gone = without.get((whom.customer.id, fact.subject_id, trait))
        if trait in traits and fact.unit == _unit(traits[trait]) and (gone is None or fact.stated_at > gone):
            yield _fitted(traits[trait], from_plain(fact.answer)["value"]), fact.stated_at, fact.source


def _theirs(session: Session, version: Version, whom: Whom) -> tuple[list[Told], list[Told]]:
    """What they said of this product besides what is remembered as experience, and what they said for somebody else.

    Of what they ordered for another place or person, only what is not about that one holds here.
    """
    told: list[Told] = []
    hints: list[Told] = []
    shared = consents.allows(session, whom.customer, "experience")
    ordered = exists().where(Order.revision_id == Evidence.revision_id)
    pieces = select(Evidence).where(
        Evidence.customer_id == whom.customer.id, Evidence.product_id == version.product_id,
        ~ordered, feedback.stands()).order_by(Evidence.id.desc()).limit(RECENT)
    without, revised = evidence.forgotten(session, whom.customer), set[int]()
    way = cache(partial(succession, session, new=version))
    for piece in session.scalars(pieces):
        if piece.kind in ("order", "verdict") and shared and _key(piece) == whom.key:
            continue  # it is remembered as experience
        if piece.revision is not None:
            if piece.revision.specification_id in revised:
                continue  # a newer revision takes its place
            revised.add(piece.revision.specification_id)
        values = _transferable(piece, whom, evidence.usable(piece, without))
        said = _said(way(piece.version), values, piece), piece.at, piece.source
        (told if piece.person_id == whom.key[1] else hints).append(said)
    return told, hints


def _said(way: Succession, values: Values, piece: Evidence) -> Values:
    """What a piece says of today's product; a verdict, what it should have been."""
    answers = way.answers(values)
    if piece.kind != "verdict":
        return answers
    better = {name: wanted(way.new[name], answers[name], verdict)
              for name, verdict in _verdicts(way, values, piece).items() if name in answers}
    return {name: answer for name, answer in better.items() if answer is not None}


def _transferable(piece: Evidence, whom: Whom, values: Values) -> Values:
    """What holds for this person and place too."""
    model, (_, person, place) = model_of(piece.version), whom.key
    holds = {"product": True, "person": piece.person_id == person, "place": piece.place_id == place}
    return {name: value for name, value in values.items() if name in model and holds[model[name].about]}


def _elsewhere(session: Session, version: Version, traits: Traits, whom: Whom) -> Iterator[Told]:
    """What orders of other families for the same person say about traits of a product, such as a favourite colour.

    Nothing once they ordered the product itself: that says it better.
    """
    theirs = select(Evidence).where(Evidence.customer_id == whom.customer.id, Evidence.kind == "order")
    if session.scalar(theirs.where(Evidence.product_id == version.product_id).limit(1)):
        return
    others = theirs.where(Evidence.product_id != version.product_id, Evidence.person_id.is_not_distinct_from(
        whom.key[1]) | Evidence.person_id.is_(None) | (whom.key[1] is None))
    without = evidence.forgotten(session, whom.customer)
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

"""The memories of a process: what they are fed with, and what they propose.

Everybody's evidence and past orders are read once per process and database, and what was added since on every proposal;
all anew when somebody corrected, forgot or refused something. What one customer told besides is read when something is
proposed to them, if they allow that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial
from threading import Lock
from weakref import WeakKeyDictionary

from cachetools import LRUCache
from sqlalchemy import Pool, and_, bindparam, func, select
from sqlalchemy.orm import Session

from catalog.database import now
from catalog.model import from_plain
from catalog.nodes import Answer, Values
from catalog.records import Version
from catalog.store import succession
from catalog.succession import Succession
from configurator.engine import Configuration, Engine
from configurator.memory import Memory, Proposal, Start
from configurator.told import Key, key, told, verdicts
from orders import subjects
from orders.memory import consents, evidence, feedback
from orders.memory.past import reading
from orders.memory.remembered import Evidence, Rereading
from orders.records import HistoryFile, Order, PastOrder, Subject
from orders.subjects import Whom

KEPT = 16
"""Memories in a process, each with its engine; what was not asked for longest goes first."""
TOLD = 1_000
"""People of whom a memory knows whether it was told of them."""
LATE = 100
"""Evidence may be stored a little out of the order of its ids: so much of the newest is looked at again."""
READ = select(
    select(func.max(HistoryFile.read_at)).where(HistoryFile.product_id == bindparam("product")).scalar_subquery(),
    *(select(of(Rereading.id)).scalar_subquery() for of in (func.count, func.max)))
"""Whether what was read is all there is; the greatest id alone may be seen before a smaller one. Built once, for every
click that ranks something asks it."""


@dataclass
class _Recollection:
    """The memory of one version, and how far it has read."""

    memory: Memory
    read: Sequence[datetime | int | None]  # the newest file, how many rereadings, the newest of them
    files_read: bool = False
    last: int = 0  # the greatest id of a piece of evidence
    newest: frozenset[int] = frozenset()  # the ids up to it that were read, as far back as LATE
    to_anybody: Proposal | None = None  # to somebody unknown who chose nothing yet
    told: LRUCache[Key, Key | None] = field(default_factory=lambda: LRUCache(TOLD))  # by what it knows whom
    lock: Lock = field(default_factory=Lock)


_databases: WeakKeyDictionary[Pool, LRUCache[str, _Recollection]] = WeakKeyDictionary()
_lock = Lock()


def propose(session: Session, version: Version, configuration: Configuration, whom: Whom | None,
            when: datetime | None = None) -> Proposal:
    """The whole product that somebody (None: somebody unknown) most probably wants besides their choices."""
    if whom is None and not configuration.choices:
        return _to_anybody(session, version, configuration)
    memory, who = _informed(session, version, configuration.engine, whom)
    return memory.propose(configuration, who, when or now(), in_order=False)


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
    memory, who = _informed(session, version, configuration.engine, whom)
    return memory.starts(configuration, who, now())


def ranked(session: Session, version: Version, configuration: Configuration, whom: Whom | None
           ) -> Callable[[str], list[Answer]]:
    """What ranks the values that products have, given the choices: what is most probably wanted comes first.

    The memory is asked when something is ranked first, and knows what it knew when something was last proposed; but
    what was corrected, forgotten or refused since it does not use.
    """
    informed = cache(partial(_informed, session, version, configuration.engine, whom, anew=False))
    start = cache(configuration.engine.unlimited.start)

    @cache
    def rank(name: str) -> list[Answer]:
        memory, who = informed()
        return [value for value, _ in memory.rank(configuration, name, who, now(), start().domain(name))]

    return rank


def _informed(session: Session, version: Version, engine: Engine, whom: Whom | None, anew: bool = True
              ) -> tuple[Memory, Key | None]:
    """The memory of a version, and by what it knows somebody: by nothing if they are unknown or do not want it."""
    found = _recollection(session, version, engine, anew)
    if whom is None:
        return found.memory, None
    with found.lock:
        if not anew and whom.key in found.told:
            return found.memory, found.told[whom.key]
    who = _told(session, version, found.memory, whom)
    with found.lock:
        found.told[whom.key] = who
    return found.memory, who


def _told(session: Session, version: Version, memory: Memory, whom: Whom) -> Key | None:
    """Tells the memory of somebody, if they want it."""
    allowed = consents.allowed(session, whom.customer)
    if "proposals" not in allowed:
        return None
    memory.know(whom.key, *told(session, version, memory.engine.model, whom, "experience" in allowed))
    return whom.key


def let_go() -> None:
    """Drops every memory of this process; who asks for one has it read anew."""
    with _lock:
        _databases.clear()


def _recollection(session: Session, version: Version, engine: Engine, anew: bool = True) -> _Recollection:
    """What is remembered of a version, if asked for `anew` with what was ordered since then."""
    read = session.execute(READ, {"product": version.product_id}).one()
    with _lock:
        kept = _databases.setdefault(session.get_bind().engine.pool, LRUCache(KEPT))
        found = kept.get(version.digest)
        if found is None or found.read != read:
            found = kept[version.digest] = _Recollection(Memory(engine.unlimited), read)
    with found.lock:
        first = not found.files_read
        if first:
            _read_files(session, version, found)
        if first or anew:
            _read_evidence(session, version, found)
    return found


def _read_files(session: Session, version: Version, found: _Recollection) -> None:
    """Remembers what was ordered before, as if everybody had ordered for themselves."""
    asks = "person" in subjects.asked(found.memory.engine.model)
    themselves: dict[int, int] = dict(session.execute(
        select(Subject.customer_id, Subject.id).where(Subject.themself)).all()) if asks else {}
    refusing, without = consents.refusing(session, "experience"), evidence.forgotten(session)
    readings = {file.id: reading(session, file, version) for file in session.scalars(
        select(HistoryFile).where(HistoryFile.product_id == version.product_id))}
    for order in session.scalars(select(PastOrder).where(PastOrder.product_id == version.product_id)):
        if order.customer_id not in refusing:
            who = order.customer_id and (order.customer_id, themselves.get(order.customer_id), None)
            read = readings[order.file_id]
            values = {name: answer for name, answer in from_plain(order.values).items()
                      if not who or not any((*who[:2], key) in without for key in read.keys.get(name, ()))}
            found.memory.remember(read.way.answers(values), who, order.placed_on, order.count)
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
    pieces = select(Evidence, Order.placed_at).outerjoin(
        Order, and_(Evidence.kind == "verdict", Order.id == Evidence.order_id))
    for piece, ordered in session.execute(pieces.where(*said, Evidence.id >= min(new)).order_by(Evidence.id)):
        if piece.id in new and piece.customer_id not in refusing:
            _teach(found.memory, way(piece.version), piece, evidence.usable(piece, without), ordered)
    found.to_anybody = None
    found.last = max(ids)
    found.newest = frozenset(id_ for id_ in ids if id_ > found.last - LATE)


def _teach(memory: Memory, way: Succession, piece: Evidence, values: Values, ordered: datetime | None) -> None:
    if piece.kind == "verdict":
        memory.judge(way.answers(values), verdicts(way, values, piece), key(piece), piece.at, piece.source,
                     ordered=ordered)
    else:
        chosen = None if piece.corrected is None else [
            name for name, heir in way.inherited(values).items() if heir.name in piece.corrected]
        memory.remember(way.answers(values), key(piece), piece.at, chosen=chosen)

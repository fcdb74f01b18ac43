"""What the memory is fed with: orders, past orders, saved specifications, and facts that other families were told.

Others' experience is read once per process and database, and what was added since on every proposal; what one customer
told is read when something is proposed to them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
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
from catalog.store import model_of
from configurator.engine import Configuration, Engine
from configurator.memory import Memory, Proposal, Told
from orders import customers
from orders.records import Customer, HistoryFile, Order, PastOrder, Revision, Specification

KEPT = 16
"""Memories in a process; what was not asked for longest goes first."""
LATE = 100
"""Orders may be stored a little out of the order of their ids: so many of the newest are looked at again."""
RECENT = 50
"""Orders of other families that are searched for what a customer told."""
Traits = Mapping[str, Characteristic]
"""The characteristics of a model by their traits."""


@dataclass
class _Recollection:
    """The memory of one version, and how far it has read."""

    memory: Memory
    files_read_at: datetime | None  # the newest of the files that it reads
    files_read: bool = False
    last: int = 0  # the greatest id of an order
    newest: frozenset[int] = frozenset()  # the ids up to it that were read, as far back as LATE
    to_anybody: Proposal | None = None  # to somebody unknown who chose nothing yet
    lock: Lock = field(default_factory=Lock)


_databases: WeakKeyDictionary[Pool, LRUCache[str, _Recollection]] = WeakKeyDictionary()
_lock = Lock()


def propose(session: Session, version: Version, configuration: Configuration, customer: Customer | None,
            when: datetime | None = None) -> Proposal:
    """The whole product that a customer (None: somebody unknown) most probably wants besides their choices."""
    if customer is None and not configuration.choices:
        return _to_anybody(session, version, configuration)
    memory = _informed(session, version, configuration.engine, customer)
    return memory.propose(configuration, customer.id if customer else None, when or now())


def _to_anybody(session: Session, version: Version, start: Configuration) -> Proposal:
    """The proposal to somebody unknown who chose nothing yet: the same until somebody orders."""
    found = _recollection(session, version, start.engine)
    proposal = found.to_anybody
    if proposal is None or proposal.configuration.engine is not start.engine:
        proposal = found.to_anybody = found.memory.propose(start)
    return proposal


def ranked(session: Session, version: Version, configuration: Configuration, customer: Customer | None
           ) -> Callable[[str], list[Answer]]:
    """What ranks the values that the configuration allows: what the customer most probably wants comes first.

    The memory is read when something is ranked first.
    """
    informed = cache(partial(_informed, session, version, configuration.engine, customer))

    @cache
    def rank(name: str) -> list[Answer]:
        ranking = informed().rank(configuration, name, customer.id if customer else None, now())
        return [value for value, _ in ranking]

    return rank


def _informed(session: Session, version: Version, engine: Engine, customer: Customer | None) -> Memory:
    """The memory of a version, knowing also what the customer told elsewhere."""
    memory = recollect(session, version, engine)
    if customer is not None:
        traits = {c.trait: c for c in engine.model.characteristics if c.trait}
        memory.know(customer.id, [*_facts(session, traits, customer), *_saved(session, version, customer)],
                    _elsewhere(session, version, traits, customer) if traits else ())
    return memory


def recollect(session: Session, version: Version, engine: Engine) -> Memory:
    """The memory of a version: everybody's orders so far."""
    return _recollection(session, version, engine).memory


def _recollection(session: Session, version: Version, engine: Engine) -> _Recollection:
    """What is remembered of a version, with what was ordered since it was last asked for."""
    files_read_at = session.scalar(
        select(func.max(HistoryFile.read_at)).where(HistoryFile.product_id == version.product_id))
    with _lock:
        kept = _databases.setdefault(session.get_bind().engine.pool, LRUCache(KEPT))
        found = kept.get(version.digest)
        if found is None or found.files_read_at != files_read_at:
            found = kept[version.digest] = _Recollection(Memory(engine.base or engine), files_read_at)
    with found.lock:
        if not found.files_read:
            _read_files(session, version, found)
        _read_orders(session, version, found)
    return found


def _read_files(session: Session, version: Version, found: _Recollection) -> None:
    for order in session.scalars(select(PastOrder).where(PastOrder.product_id == version.product_id)):
        found.memory.remember(from_plain(order.values), order.customer_id, order.placed_on, order.count)
    found.files_read = True


def _read_orders(session: Session, version: Version, found: _Recollection) -> None:
    """Remembers the orders that are new since it was last called."""
    ids = set(session.scalars(select(Order.id).join(Version).where(
        Version.product_id == version.product_id, Order.id > found.last - LATE)))
    new = ids - found.newest
    if not new:
        return
    orders = select(Order.id, Order.customer_id, Order.values, Order.placed_at).join(Version).where(
        Version.product_id == version.product_id, Order.id >= min(new)).order_by(Order.id)
    for id_, customer, values, placed_at in session.execute(orders):
        if id_ in new:
            found.memory.remember(from_plain(values), customer, placed_at)
    found.to_anybody = None
    found.last = max(ids)
    found.newest = frozenset(id_ for id_ in ids if id_ > found.last - LATE)


# What one customer told


def _facts(session: Session, traits: Traits, customer: Customer) -> Iterator[Told]:
    """What they told about themselves and their places."""
    for trait, fact in customers.facts(session, customer).items():
        if trait in traits and fact.unit == _unit(traits[trait]):
            yield _fitted(traits[trait], from_plain(fact.answer)["value"]), fact.stated_at, fact.source


def _saved(session: Session, version: Version, customer: Customer) -> Iterator[Told]:
    """The newest revisions of their specifications of this product, but for those that were ordered."""
    revisions = session.scalars(select(Revision).join(Specification).where(
        Specification.customer_id == customer.id, Specification.product_id == version.product_id,
        ~exists().where(Order.revision_id == Revision.id)).order_by(Revision.number))
    for revision in {revision.specification_id: revision for revision in revisions}.values():
        number = revision.specification.number
        yield from_plain(revision.values), revision.saved_at, f"specification {number} rev. {revision.letter}"


def _elsewhere(session: Session, version: Version, traits: Traits, customer: Customer) -> Iterator[Told]:
    """What their orders of other families say about traits of a product, such as a favourite colour.

    Nothing once they ordered the product itself: that says it better.
    """
    theirs = select(Order).join(Version).where(Order.customer_id == customer.id)
    if session.scalar(theirs.where(Version.product_id == version.product_id).limit(1)):
        return
    orders = theirs.where(Version.product_id != version.product_id)
    for order in session.scalars(orders.order_by(Order.id.desc()).limit(RECENT)):
        values = _shared(traits, model_of(order.version), from_plain(order.values))
        yield values, order.placed_at, f"order {order.number}"


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

"""What publishing would do to what is saved: the newest revision of each specification, and every draft still open.

What says the same is looked at once. Reading and reckoning are apart, so that nobody waits for the database meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from time import thread_time
from typing import Any

from sqlalchemy import Row, Select, and_, func, select
from sqlalchemy.orm import Session

from catalog.model import Boolean, Characteristic, Choice, ProductModel, from_plain
from catalog.nodes import Answer
from catalog.records import Product, Version
from catalog.store import model_of
from catalog.succession import Succession
from configurator.drafts.carrying import Carried, Field, Kind, carry
from configurator.engine import Engine, Undecided
from configurator.memory import Memory
from configurator.records import Draft
from orders.records import Order, Revision, Specification

SECONDS = 5
"""Processor time for reckoning."""
MOST = 10
"""Specifications that are named of each kind of change."""
READ = 20_000
"""So many specifications are read, and so many drafts: those saved last."""
_ORDER: Sequence[Kind] = ("changed", "dropped", "replaced", "asked", "renamed")


@dataclass
class _Alike:
    """Things saved in one version that say the same."""

    version: int
    choices: dict[str, Any]
    values: dict[str, Any]
    numbers: list[str] = field(default_factory=list)
    drafts: int = 0
    customers: set[int] = field(default_factory=set)


@dataclass
class Touch:
    """One kind of change: of a choice or a yes or no from what to what; how many say so, and the first of them."""

    kind: Kind
    old: Characteristic | None
    new: Characteristic | None
    was: Answer | None
    now: Answer | None
    specifications: int = 0
    drafts: int = 0
    numbers: tuple[str, ...] = ()


@dataclass
class Impact:
    """What would become of what is saved, as far as it was looked at; prices are those of specifications."""

    specifications: int = 0
    drafts: int = 0
    left: int = 0  # not looked at for want of time
    undecided: tuple[str, ...] = ()  # specifications of which it is not known
    touched: int = 0  # specifications of which an answer or the price changes,
    touched_drafts: int = 0
    customers: frozenset[int] = frozenset()  # and whose they are
    dearer: int = 0
    cheaper: int = 0
    most: int = 0  # the greatest difference of a price, in minor units
    touches: tuple[Touch, ...] = ()

    @property
    def differs(self) -> bool:
        """Whether anything is not as it was, or not known to be."""
        return bool(self.touched or self.touched_drafts or self.undecided or self.left)


@dataclass(frozen=True)
class Saved:
    """All that is saved of a product, and the versions that it was saved in."""

    versions: Sequence[tuple[int, ProductModel]]
    alike: Sequence[_Alike]
    unread: int

    def impact(self, engine: Engine, seconds: float = SECONDS) -> Impact:
        """What a model that is not published yet would make of it, as far as that is found in so many seconds."""
        ends = thread_time() + seconds
        found, touches = Impact(left=self.unread), dict[object, Touch]()
        carrying = _Carrying(engine, self.versions)
        for alike in self.alike:
            if thread_time() > ends:
                found.left += len(alike.numbers) + alike.drafts
                continue
            try:
                _count(found, touches, alike, carrying.carried(alike))
            except Undecided:
                found.undecided += tuple(alike.numbers)
        found.touches = tuple(sorted(touches.values(), key=lambda touch: (
            _ORDER.index(touch.kind), -touch.specifications, -touch.drafts)))
        return found


class _Carrying:
    """Carries what is saved into a model that nobody has ordered from yet."""

    def __init__(self, engine: Engine, versions: Sequence[tuple[int, ProductModel]]) -> None:
        self.engine = engine
        self._models = [*(model for _, model in versions), engine.model]
        self._places = {number: place for place, (number, _) in enumerate(versions)}
        self._successions: dict[int, Succession] = {}
        self._memory = Memory(engine)

    def carried(self, alike: _Alike) -> Carried:
        if alike.version not in self._successions:
            self._successions[alike.version] = Succession(self._models[self._places[alike.version]:])
        succession, values = self._successions[alike.version], from_plain(alike.values)
        now = carry(self.engine, succession, from_plain(alike.choices), values, cache(self._ranked),
                    self._memory.propose).values
        return Carried(succession, values, now)

    def _ranked(self, name: str) -> list[Answer]:
        return [value for value, _ in self._memory.rank(self.engine.start(), name)]


def saved(session: Session, slug: str) -> Saved:
    """What is saved of a product."""
    alike: dict[str, _Alike] = {}
    specifications, drafts = _specifications(slug), _drafts(slug)
    for row in session.execute(specifications.limit(READ)).yield_per(200):
        one = _among(alike, row.version, row.choices, row.whole)
        one.numbers.append(row.specification)
        one.customers.add(row.customer_id)
    for row in session.execute(drafts.limit(READ)).yield_per(200):
        one = _among(alike, row.version, *_shown(row))
        one.drafts += 1
        one.customers |= {row.customer_id} - {None}
    total = sum(session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
                for query in (specifications, drafts))
    first = min((one.version for one in alike.values()), default=0)
    versions = session.scalars(select(Version).join(Product).where(
        Product.slug == slug, Version.number >= first).order_by(Version.number)) if alike else ()
    return Saved([(version.number, model_of(version)) for version in versions], list(alike.values()),
                 total - sum(len(one.numbers) + one.drafts for one in alike.values()))


def _specifications(slug: str) -> Select[Any]:
    """The newest revisions, those saved last first."""
    newest = select(func.max(Revision.number)).where(
        Revision.specification_id == Specification.id).correlate(Specification).scalar_subquery()
    return (select(Specification.number.label("specification"), Specification.customer_id, Revision.choices,
                   Revision.values.label("whole"), Version.number.label("version"))
            .join(Revision, and_(Revision.specification_id == Specification.id, Revision.number == newest))
            .join(Version, Revision.version_id == Version.id).join(Product, Specification.product_id == Product.id)
            .where(Product.slug == slug).order_by(Revision.saved_at.desc(), Revision.id.desc()))


def _drafts(slug: str) -> Select[Any]:
    """What was not ordered yet, what was worked at last first."""
    return (select(Draft.customer_id, Draft.history, Draft.position, Draft.proposals, Version.number.label("version"))
            .join(Version, Draft.version_id == Version.id).join(Product, Version.product_id == Product.id)
            .outerjoin(Order, and_(Order.customer_id == Draft.customer_id, Order.key == Draft.id))
            .where(Product.slug == slug, Order.id.is_(None)).order_by(Draft.updated_at.desc(), Draft.id))


def _shown(draft: Row[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What was chosen in a draft, and what is shown with it; nearly so where something had to give way."""
    step = draft.history[draft.position]
    proposed = draft.proposals.get(step["proposal"], {"values": {}})["values"]
    return step["choices"], {**proposed, **step["shown"], **step["choices"]}


def _among(alike: dict[str, _Alike], version: int, choices: dict[str, Any], values: dict[str, Any]) -> _Alike:
    """Where things that say the same are counted."""
    return alike.setdefault(json.dumps([version, choices, values], sort_keys=True), _Alike(version, choices, values))


def _count(found: Impact, touches: dict[object, Touch], alike: _Alike, carried: Carried) -> None:
    """Adds what becomes of things that say the same."""
    specifications, difference = len(alike.numbers), _difference(carried)
    found.specifications += specifications
    found.drafts += alike.drafts
    if carried.changes or difference:
        found.touched += specifications
        found.touched_drafts += alike.drafts
        found.customers |= alike.customers
    if specifications and difference:
        found.dearer += specifications * (difference > 0)
        found.cheaper += specifications * (difference < 0)
        found.most = max(found.most, difference, key=abs)
    for change in carried.changes:
        touch = _touch(touches, carried.succession, change)
        touch.specifications += specifications
        touch.drafts += alike.drafts
        touch.numbers = (*touch.numbers, *alike.numbers)[:MOST]


def _difference(carried: Carried) -> int:
    """What a piece costs more now; 0 where the currencies cannot be compared."""
    then, now = carried.prices
    return now.total - then.total if then.currency == now.currency else 0


def _touch(touches: dict[object, Touch], succession: Succession, change: Field) -> Touch:
    """Where changes of the same kind are counted: those of a measure or a text in one, whatever it was."""
    old = succession.old[change.old] if change.old else None
    new = succession.new[change.new] if change.new else None
    was = change.was if isinstance(old, Choice | Boolean) else None
    now = change.now if isinstance(new, Choice | Boolean) else None
    return touches.setdefault((change.kind, change.old, change.new, was, now), Touch(change.kind, old, new, was, now))

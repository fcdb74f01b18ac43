"""Named specifications that customers keep. Every save is a new revision: A, B, ..."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, selectinload

from catalog.database import now
from catalog.model import Characteristic, ProductModel, from_plain, to_plain
from catalog.nodes import Answer, Values
from catalog.records import Version
from catalog.store import model_of
from catalog.wording import say as plainly
from catalog.wording import title
from orders import numbers, subjects
from orders.memory import evidence, facts
from orders.names import clean
from orders.records import Account, Customer, Revision, Specification
from orders.subjects import Whom

LONGEST_NAME = 120
NOTHING = "\N{EN DASH}"
Say = Callable[[Characteristic, Answer], str]
"""How an answer is put into words: as in the workshop (`said`), or in a reader's own language and units."""


@dataclass(frozen=True)
class Difference:
    """A characteristic that two value sets answer differently, in words; None where a set does not have it."""

    name: str
    title: str
    was: str | None
    now: str | None


@dataclass(frozen=True)
class Configured:
    """A product as it was configured: whole values of a version's model, and the choices among them.

    `corrected`: as in `evidence.Said`; `guessed`: the names of what is about a person or a place and nobody gave.
    """

    version: Version
    values: Values
    choices: Values = field(default_factory=dict)
    corrected: Values | None = None
    guessed: Collection[str] = ()


def save(session: Session, whom: Whom, name: str, configured: Configured, by: Account | None = None,
         specification: Specification | None = None, at: datetime | None = None) -> Revision:
    """A new specification with revision A, or the next revision of `specification`; what was chosen is remembered.

    It is saved `at` a moment, now if not given; a new one for `whom`, as far as the product asks, the next one for whom
    the one before was. Raises ValueError for a name that is empty or too long, for a specification of somebody or
    something else, and for a customer who is erased.
    """
    version = configured.version
    subjects.alive(session, whom.customer)
    if specification is None:
        specification = _begin(session, whom, version, name)
    elif (specification.customer_id, specification.product_id) != (whom.customer.id, version.product_id):
        raise ValueError(f"{specification.number} is not this customer's specification of this product")
    number = _next(session, specification)
    rename(specification, name)
    revision = Revision(specification=specification, number=number, version=version,
                        choices=to_plain(configured.choices), values=to_plain(configured.values), author=by,
                        saved_at=at or now())
    session.add(revision)
    _remember(session, revision, configured)
    return revision


def kept(revision: Revision | None, name: str, configured: Configured) -> Revision | None:
    """The revision, if it is just that, under this name: who presses a button twice saves once. Raises as `save`."""
    if revision is None:
        return None
    was = revision.specification.name, revision.version, revision.choices, revision.values
    now_is = clean(name, LONGEST_NAME), configured.version, to_plain(configured.choices), to_plain(configured.values)
    return revision if was == now_is else None


def _begin(session: Session, whom: Whom, version: Version, name: str) -> Specification:
    """A new specification, without a revision yet."""
    name, whom = clean(name, LONGEST_NAME), subjects.settled(session, whom, model_of(version))
    specification = Specification(
        number=numbers.take(session, "specification"), customer_id=whom.customer.id, person=whom.person,
        place=whom.place, product_id=version.product_id, name=name)
    session.add(specification)
    session.flush()
    return specification


def _remember(session: Session, revision: Revision, configured: Configured) -> None:
    """What was stated, and that it was saved."""
    specification, model = revision.specification, model_of(configured.version)
    whom = subjects.settled(session, Whom.of(specification), model)
    occasion = evidence.Occasion(f"specification {specification.number} rev. {revision.letter}", revision=revision,
                                 by=revision.author, at=revision.saved_at)
    facts.tell(session, whom, model, configured.choices, occasion.source, occasion.at)
    known = {name: value for name, value in configured.values.items() if name not in configured.guessed}
    evidence.keep(session, whom, evidence.Said("specification", configured.version, known, configured.corrected),
                  occasion)


def _next(session: Session, specification: Specification) -> int:
    """The next revision's number; whoever saves the same specification meanwhile waits, or starts over."""
    session.execute(update(Specification).where(Specification.id == specification.id).values(name=Specification.name))
    newest = select(func.max(Revision.number)).where(Revision.specification_id == specification.id)
    return (session.scalar(newest) or 0) + 1


def rename(specification: Specification, name: str) -> None:
    """Raises ValueError for a name that is empty or too long."""
    specification.name = clean(name, LONGEST_NAME)


def copy(session: Session, revision: Revision, name: str, by: Account | None) -> Revision:
    """A new specification of the same customer, with this revision's choices and values as its revision A."""
    kept = revision.specification
    configured = Configured(revision.version, from_plain(revision.values), from_plain(revision.choices))
    return save(session, Whom.of(kept), name, configured, by)


def of(session: Session, customer: Customer) -> list[Specification]:
    """The customer's specifications, those saved last first."""
    saved = select(func.max(Revision.saved_at)).where(Revision.specification_id == Specification.id).scalar_subquery()
    whole = (selectinload(part) for part in (Specification.revisions, Specification.person, Specification.place))
    return list(session.scalars(select(Specification).where(Specification.customer_id == customer.id).options(*whole)
                                .order_by(saved.desc(), Specification.id.desc())))


def said(characteristic: Characteristic, answer: Answer) -> str:
    """An answer as the workshop reads it, in the characteristic's own unit; NOTHING for an empty text."""
    return plainly(characteristic, answer) or NOTHING


def changes(old: Revision, new: Revision, say: Say = said) -> tuple[Difference, ...]:
    """The differences between two revisions, each in the words of its own catalogue version."""
    return differences(model_of(old.version), from_plain(old.values), model_of(new.version), from_plain(new.values),
                       say)


def grouped(model: ProductModel) -> list[tuple[str, list[Characteristic]]]:
    """The characteristics under the headings of their groups; those of none at the end, under an empty heading."""
    titles = {group.name: title(group) for group in model.groups} | {"": ""}
    groups = [(heading, [c for c in model.characteristics if (c.group if c.group in titles else "") == name])
              for name, heading in titles.items()]
    return [(heading, members) for heading, members in groups if members]


def differences(model_a: ProductModel, a: Values, model_b: ProductModel, b: Values,
                say: Say = said) -> tuple[Difference, ...]:
    """What `b` (of model_b) says otherwise than `a` (of model_a), in the order of model_b; what it lost comes last."""
    lost = (c for c in model_a.characteristics if c.name not in model_b)
    return tuple(
        Difference(c.name, title(c), _words(model_a, c.name, a, say), _words(model_b, c.name, b, say))
        for c in (*model_b.characteristics, *lost)
        if _answer(model_a, c.name, a) != _answer(model_b, c.name, b))


def _words(model: ProductModel, name: str, values: Values, say: Say) -> str | None:
    return say(model[name], values[name]) if name in values and name in model else None


def _answer(model: ProductModel, name: str, values: Values) -> tuple[Answer, str] | None:
    """The answer with its unit: 85 cm is not 85 mm."""
    return (values[name], getattr(model[name], "unit", "")) if name in values and name in model else None

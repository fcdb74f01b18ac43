"""The people and places of a customer: for whom, for where."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from catalog.model import ProductModel
from catalog.records import Version
from catalog.store import model_of
from orders.memory.remembered import Erasure, Evidence, Fact, Forgotten
from orders.names import clean
from orders.quotation.quoted import QuoteLine
from orders.records import Customer, Order, Specification, Subject, folded

Kind = Literal["person", "place"]
LONGEST_NAME = 120
MOST = 200
"""People and places of one customer."""
SOMEWHERE = "Home"
"""What the first place is called until its owner names it."""


@dataclass(frozen=True)
class Whom:
    """Who orders, and for whom and for where, as far as the product asks for it."""

    customer: Customer
    person: Subject | None = None
    place: Subject | None = None

    @classmethod
    def of(cls, made: Order | Specification) -> Whom:
        """For whom something was ordered or saved."""
        return cls(made.customer, made.person, made.place)

    @property
    def key(self) -> tuple[int, int | None, int | None]:
        """What tells those apart whose evidence is kept apart; the customer comes first."""
        return self.customer.id, self.person.id if self.person else None, self.place.id if self.place else None

    @property
    def subjects(self) -> tuple[Subject, ...]:
        return tuple(subject for subject in (self.person, self.place) if subject)


def asked(model: ProductModel) -> tuple[Kind, ...]:
    """Whether a product asks about a person, a place, both or neither."""
    about = {characteristic.about for characteristic in model.characteristics}
    kinds: tuple[Kind, ...] = ("person", "place")
    return tuple(kind for kind in kinds if kind in about)


def of(session: Session, customer: Customer, kind: Kind) -> list[Subject]:
    """The customer's people or places; they themself come first, then the newest."""
    return list(session.scalars(select(Subject).where(Subject.customer_id == customer.id, Subject.kind == kind)
                                .order_by(Subject.themself.desc(), Subject.id.desc())))


def find(session: Session, customer: Customer, id_: int) -> Subject | None:
    """A person or a place, if it is the customer's."""
    return session.scalar(select(Subject).where(Subject.customer_id == customer.id, Subject.id == id_))


def add(session: Session, customer: Customer, kind: Kind, name: str, themself: bool = False) -> Subject:
    """A new person or place.

    Raises ValueError for a name that `clean` refuses or that another one has, and for more than MOST of them.
    """
    subject = Subject(customer_id=customer.id, kind=kind, name=clean(name, LONGEST_NAME), themself=themself)
    if len(of(session, customer, kind)) >= MOST:
        raise ValueError(f"a customer has at most {MOST} of a kind")
    with _unlike_others(session, kind):
        session.add(subject)
    return subject


def named(session: Session, customer: Customer, kind: Kind, name: str) -> Subject:
    """The customer's person or place of this name, however it is written; a new one if there is none.

    Raises as `add` does.
    """
    known = (subject for subject in of(session, customer, kind) if folded(subject.name) == folded(name.strip()))
    return next(known, None) or add(session, customer, kind, name)


def rename(session: Session, subject: Subject, name: str) -> None:
    """Raises ValueError for a name that `clean` refuses or that another one has."""
    name = clean(name, LONGEST_NAME)
    with _unlike_others(session, subject.kind):
        subject.name = name


class Hanging(Exception):
    """Why a person or a place cannot be removed: so many `orders`, `specifications`, lines of `quotes`, pieces of
    `evidence`.
    """

    def __init__(self, orders: int, specifications: int, quotes: int, evidence: int) -> None:
        super().__init__(f"{orders} orders, {specifications} specifications, {quotes} lines of quotes, "
                         f"{evidence} other pieces of evidence")
        self.orders, self.specifications, self.quotes, self.evidence = orders, specifications, quotes, evidence


def hanging(session: Session, subject: Subject) -> Hanging | None:
    """What keeps a person or a place from being removed, if anything does."""
    theirs = {"customer_id": subject.customer_id, f"{subject.kind}_id": subject.id}
    counts = [session.scalar(select(func.count()).select_from(record).filter_by(**theirs)) or 0
              for record in (Order, Specification, QuoteLine, Evidence)]
    return Hanging(*counts) if any(counts) else None


def remove(session: Session, subject: Subject) -> None:
    """Removes a person or a place, and what was told about them.

    Raises Hanging if there are orders or the like; ValueError for the customer themself.
    """
    if subject.themself:
        raise ValueError("nobody can remove themself")
    if kept := hanging(session, subject):
        raise kept
    for record in (Fact, Forgotten):
        session.execute(delete(record).where(record.subject_id == subject.id))
    session.delete(subject)
    session.flush()


@contextmanager
def _unlike_others(session: Session, kind: str) -> Iterator[None]:
    """Stores what the block did, or nothing of it if another one has the name."""
    try:
        with session.begin_nested():
            yield
    except IntegrityError as error:
        raise ValueError(f"there is a {kind} of this name already") from error


def settled(session: Session, whom: Whom, model: ProductModel) -> Whom:
    """With a person and a place where the product asks for them: themself, and a place that they can name later.

    Raises ValueError for somebody or somewhere of another customer.
    """
    if any(subject.customer_id != whom.customer.id for subject in whom.subjects):
        raise ValueError("this person or place is another customer's")
    found: dict[str, Subject | None] = {"person": whom.person, "place": whom.place}
    for kind in asked(model):
        if found[kind] is None:
            found[kind] = _first(session, whom.customer, kind)
    return Whom(whom.customer, **{kind: found[kind] for kind in asked(model)})


def _first(session: Session, customer: Customer, kind: Kind) -> Subject:
    """The first of a kind, made if there is none; whoever makes it at the same time waits, or starts over."""
    if not (known := of(session, customer, kind)):
        lock(session, customer)
        known = of(session, customer, kind)
    return known[0] if known else add(session, customer, kind, SOMEWHERE)


def lock(session: Session, customer: Customer) -> None:
    """Makes others who lock the customer wait until the transaction ends, or start over: see `lifecycle.locked`."""
    session.execute(update(Customer).where(Customer.id == customer.id).values(name=Customer.name))


def alive(session: Session, customer: Customer) -> None:
    """Locks a customer for whom something is ordered or saved, so that they are not erased meanwhile.

    Raises ValueError for one who is erased already.
    """
    lock(session, customer)
    if session.get(Erasure, customer.id):
        raise ValueError(f"customer {customer.number} is erased")


def likely(session: Session, whom: Whom, version: Version) -> Whom:
    """With whom and where the customer most probably orders a product for, as far as it is not said but asked.

    As the last time, else as any last time, else for themself and at their newest place.
    """
    said: dict[str, Subject | None] = {"person": whom.person, "place": whom.place}
    kinds = asked(model_of(version))
    return Whom(whom.customer, **{kind: said[kind] or _likely(session, whom.customer, version.product_id, kind)
                                  for kind in kinds})


def _likely(session: Session, customer: Customer, product_id: int, kind: Kind) -> Subject | None:
    known = of(session, customer, kind)
    if len(known) < 2:
        return known[0] if known else None
    column = Order.person_id if kind == "person" else Order.place_id
    last = session.scalar(select(column).join(Version).where(Order.customer_id == customer.id, column.is_not(None))
                          .order_by((Version.product_id == product_id).desc(), Order.id.desc()).limit(1))
    return next((subject for subject in known if subject.id == last), known[0])

"""A made-up shop: the sample catalogues, one account for each role, and customers with a history.

Everything is drawn from one seed, so that two demonstrations are alike, and marked as made up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

import catalog.samples
from catalog.formats import load
from catalog.model import Characteristic, Choice, Number, Text, from_plain
from catalog.nodes import Answer, Values
from catalog.records import Version
from catalog.store import catalogue, model_of
from configurator.demonstration import aftercare, conversations, enquiries, households, regulars, supplies, workdays
from configurator.engine import Engine
from configurator.engines import engine_of
from configurator.publication.publishing import publish
from configurator.recollection import propose
from configurator.unaided import unaided
from orders import accounts, customers, specifications, subjects
from orders.lots import Lot
from orders.memory import feedback
from orders.memory.evidence import key
from orders.memory.verdict import Verdict
from orders.placing import Agreed, Entered, place
from orders.promises import offered
from orders.records import Account, Customer, Order
from orders.subjects import Whom
from orders.supplies import snapshot

SAMPLES = sorted(path for path in Path(catalog.samples.__path__[0]).glob("*.yaml") if path.stem != "common")
ACCOUNTS = {
    "customer": ("Ada Winter", "ada@example.com", "bicycle-shirt-shelf"),
    "rep": ("Ben Rossi", "ben@example.com", "telephone-and-pencil"),
    "fulfilment": ("Chloe Maran", "chloe@example.com", "spanner-saw-needle"),
    "manager": ("Dan Okafor", "dan@example.com", "rules-and-prices"),
    "admin": ("Eva Lind", "eva@example.com", "keys-of-the-house"),
}
"""Role: name, e-mail address and password of its account."""
NAMES = ("Mira Albers", "Jonas Beck", "Leila Haddad", "Tomas Novak", "Ingrid Solberg", "Paulo Reis", "Hanna Virtanen",
         "Oscar Lindqvist", "Greta Vogel", "Samir Nasser", "Clara Moreau", "Viktor Petrov", "Nora Byrne", "Emil Sandoz",
         "Yuki Tanaka", "Rosa Marin", "Felix Brandt", "Anouk de Wit", "Karl Eriksen", "Lucia Ferri")
OLDEST = 1100
"""Days that the history goes back."""
DRAWN = 45
"""Orders that are configured by somebody's taste: that takes a search. All others are of what was ordered before."""
WHY = ("", "", "It pinches.", "Measured again since.", "We tried it for a week.")
KEPT_AS = ("Every day", "As before", "A second one", "For guests", "The usual", "A present")


@dataclass
class Persona:
    """What a made-up customer likes and measures; the same in every family that asks for the same trait."""

    random: Random
    initials: str
    build: float = 0.0  # how far from the standard their measures are, as a share of it
    tastes: dict[str, Answer] = field(default_factory=dict)

    def taste(self, family: str, characteristic: Characteristic) -> Answer | None:
        """What they would answer, drawn when first asked; None where they do not care."""
        about = characteristic.trait or f"{family}.{characteristic.name}"
        if about not in self.tastes and (drawn := self._draw(characteristic)) is not None:
            self.tastes[about] = drawn
        known = self.tastes.get(about)
        return _nearest(characteristic, known) if isinstance(characteristic, Number) and known is not None else known

    def _draw(self, characteristic: Characteristic) -> Answer | None:
        if isinstance(characteristic, Number) and isinstance(characteristic.standard, int):
            about_them = characteristic.about == "person"
            share = self.random.gauss(self.build, 0.01) if about_them else self.random.gauss(0, 0.1)
            return round(characteristic.standard * (1 + share))
        if isinstance(characteristic, Text):
            return self.initials if characteristic.admits(self.initials) and self.random.random() < 0.4 else None
        if isinstance(characteristic, Choice) and self.random.random() < 0.5:
            return self.random.choice(characteristic.values).name
        return characteristic.standard


def _nearest(characteristic: Number, answer: Answer) -> int:
    """The number nearest to an answer that another family may have been given."""
    assert isinstance(answer, int)
    steps = round((answer - characteristic.least) / characteristic.step)
    return characteristic.range[min(max(steps, 0), len(characteristic.range) - 1)]


def fill(session: Session, at: datetime, seed: int = 1, orders: int = DRAWN) -> Iterator[str]:
    """Fills an empty shop with history up to the moment `at`; yields a word on each step, for progress.

    A shop that has products already is left as it is, but for accounts that are missing.
    """
    fresh = not catalogue(session)
    for path in SAMPLES if fresh else ():
        yield f"Published {publish(session, load(path), by='demonstration').title}"
    staff = {role: _account(session, role) for role in ACCOUNTS}
    yield "Made one account for each role"
    if fresh:
        yield from _history(session, staff, at, Random(seed), orders)  # noqa: S311 - nothing secret


def is_public(email: str, password: str) -> bool:
    """Whether a password is one of the demonstration's, which everybody can read here."""
    return any((email, password) == (known, public) for _, known, public in ACCOUNTS.values())


def _account(session: Session, role: str) -> Account:
    name, email, password = ACCOUNTS[role]
    known = session.scalar(select(Account).where(Account.email == email))
    return known or accounts.sign_up(session, email=email, password=password, name=name, role=role, made_up=True)


def _history(session: Session, staff: dict[str, Account], at: datetime, random: Random, orders: int) -> Iterator[str]:
    """What happened over the last three years, and what lies on the desk and the floor today."""
    first, rep, worker = staff["customer"].customer, staff["rep"], staff["fulfilment"]
    assert first is not None
    aftercare.carrier(session)
    yield from _orders(session, first, staff, at, random, orders)
    households.fill(session, first, rep, at)
    yield "Gave them families, rooms and sites"
    conversations.fill(session, first, rep, at)
    supplies.fill(session, worker, at, random)
    yield "Filled the shelves"
    workdays.fill(session, worker, at, random)
    yield "Went to work"
    enquiries.fill(session, first, rep, at)
    yield "Drew up quotes"
    aftercare.ask(session, rep, at)
    yield "Asked for changes"


def _orders(session: Session, first: Customer, staff: dict[str, Account], at: datetime, random: Random, orders: int
            ) -> Iterator[str]:
    """Some customers order much more often than others; from DRAWN orders on there are ever more who do it seldom."""
    versions, rep, worker = catalogue(session), staff["rep"], staff["fulfilment"]
    people = [(customer, _persona(customer.name, random)) for customer in (first, *_customers(session, random))]
    for customer, _ in people:
        customer.created_at = at - timedelta(days=OLDEST)
    ages = _ages(random, min(orders, DRAWN))
    crowd = regulars.crowd(random, orders - len(ages), max(ages, default=0), [customer.name for customer, _ in people])
    if crowd:
        aftercare.open_tiers(session, rep)
    placed, remade = list[Order](), None
    visits: list[tuple[int, regulars.Regular | None]] = [*((age, None) for age in ages), *crowd]
    for age, regular in sorted(visits, key=lambda visit: -visit[0]):
        placed_at = (at - timedelta(days=age)).replace(hour=random.randrange(7, 19), minute=random.randrange(60))
        by = rep if random.random() < 0.3 else None
        if crowd:
            aftercare.sort(session, placed_at, at)
        if crowd and age < aftercare.REMADE and not remade:
            remade = aftercare.remake(session, worker, at)
        if regular is None:
            customer, persona = people[min(int(random.expovariate(0.2)), len(people) - 1)]
            order = _order(session, customer, persona, random.choice(versions), placed_at, by)
        else:
            order = regular.order(session, placed, placed_at, by, random)
            persona = _persona(regular.name, random)
        placed.append(order)
        _make(session, order, worker, age, at, random)
        _answer(session, order, persona, rep)
        yield f"Order {order.number}: {order.version.title} for {order.customer.name}"
    for minutes, (_, regular) in zip((95, 20), crowd, strict=False):
        regular.order(session, placed, at - timedelta(minutes=minutes), rep, random, aftercare.FREE_FOR)


def _ages(random: Random, orders: int) -> list[int]:
    """How many days ago each order was placed: one in six lately, so that the workshop has something to do."""
    ages = (random.randint(1, 9) if i % 6 == 0 else random.randint(25, OLDEST) for i in range(orders))
    return sorted(ages, reverse=True)


def _persona(name: str, random: Random) -> Persona:
    initials = "".join(word[0] for word in name.split()).upper()
    return Persona(Random(random.random()), initials, build=random.gauss(0, 0.05))  # noqa: S311 - nothing secret


def _customers(session: Session, random: Random) -> Iterator[Customer]:
    for name in NAMES:
        email = f"{name.lower().replace(' ', '.')}@example.com"
        phone = f"+49 30 5550 {random.randrange(10_000):04}"
        yield customers.new_customer(session, name=name, email=email, phone=phone, made_up=True)


def _order(session: Session, customer: Customer, persona: Persona, version: Version, at: datetime,
           rep: Account | None) -> Order:
    """An order as the persona would have placed it: what differs from the proposal is what they had to enter."""
    engine = engine_of(version)
    whom = subjects.likely(session, Whom(customer), version)
    proposed = propose(session, version, engine.start(), whom).configuration.values()
    values = _wanted(engine, persona, proposed)
    corrected = {name: proposed[name] for name in values if values[name] != proposed[name]}
    kept = corrected and persona.random.random() < 0.3
    name = persona.random.choice(KEPT_AS)
    revision = specifications.save(session, Whom(customer), name,
                                   specifications.Configured(version, values, values), rep,
                                   at=at) if kept else None
    offer = offered(engine.model, values, snapshot.fresh(session, at.date()))
    seconds = round(persona.random.gauss(40, 8) + sum(persona.random.expovariate(0.1) for _ in corrected))
    return place(
        session, Whom(customer), Lot(version, engine.model, values, 1, revision),
        Agreed(offer.total, offer.promised_on),
        Entered(len(corrected), corrected=corrected, unaided=unaided(version, values), seconds=seconds),
        key=f"made up {at.isoformat()}", today=at.date(), placed_by=rep, at=at)


def _wanted(engine: Engine, persona: Persona, proposed: Values) -> Values:
    """What can be built and comes nearest to the persona's tastes; one thing in ten they leave as proposed."""
    weights: dict[tuple[str, Answer], float] = {}
    start = engine.start()
    for characteristic in engine.model.characteristics:
        name, taste = characteristic.name, persona.taste(engine.model.name, characteristic)
        if taste is None or not characteristic.admits(taste) or persona.random.random() < 0.1:
            taste = proposed[name]
        if isinstance(characteristic, Text):
            start = start.choose(name, taste)
        else:
            weights[name, taste] = 3.0 if characteristic.about != "product" else 1.0
    return start.complete(weights).values()


def _make(session: Session, order: Order, worker: Account, age: int, today: datetime, random: Random) -> None:
    """Old orders are shipped, of the recent ones some are in the works."""
    at = min(order.placed_at + timedelta(days=5), today)  # nothing has happened that is still to come
    if age > 20:
        aftercare.ship(session, order, worker, at)
    elif done := random.choice((0, 0, 3, 8)):
        aftercare.sign_off(session, order, worker, at, done)


def _answer(session: Session, order: Order, persona: Persona, rep: Account) -> None:
    """Most say whether what they have was right, some of them to the rep; some of them found a measure wrong."""
    if order.state != "shipped" or persona.random.random() < 0.3:
        return
    model, made = model_of(order.version), from_plain(order.values)
    verdicts = {name: Verdict("right") for name in made}
    tried = [c for c in feedback.asked(model, ())[0] if isinstance(c, Number)]
    if tried and persona.random.random() < 0.4:
        wrong = persona.random.choice(tried)
        apart = persona.random.choice((-2, -1, 1, 2)) * wrong.step
        rather = int(str(made[wrong.name])) + apart
        if wrong.admits(rather):
            verdicts[wrong.name] = Verdict("small" if apart > 0 else "large", rather, persona.random.choice(WHY))
            persona.tastes[key(model, wrong)] = rather
    feedback.give(session, order, verdicts, by=rep if persona.random.random() < 0.3 else None,
                  at=order.placed_at + timedelta(days=12))

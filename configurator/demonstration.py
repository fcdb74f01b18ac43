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
from catalog.expressions import Answer, Values
from catalog.formats import load
from catalog.model import Characteristic, Choice, Number, Several, Text
from catalog.records import Version
from catalog.store import catalogue, model_of
from configurator.engine import Engine
from configurator.publishing import publish
from orders import accounts, customers, lifecycle, placing, production, specifications
from orders.quotes import quote
from orders.records import Account, Customer, Order, SignOff

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
KEPT_AS = ("Every day", "For the long tour", "Winter", "For guests", "The usual", "A lighter one")


@dataclass
class Persona:
    """What a made-up customer likes and measures; the same in every family that asks for the same trait."""

    random: Random
    initials: str
    build: float = 0.0  # how far from the standard their measures are, as a share of it
    tastes: dict[str, Answer] = field(default_factory=dict)

    def taste(self, characteristic: Characteristic) -> Answer | None:
        """What they would answer, drawn when first asked; None where they do not care."""
        key = characteristic.trait or characteristic.name
        if key not in self.tastes and (drawn := self._draw(characteristic)) is not None:
            self.tastes[key] = drawn
        return self.tastes.get(key)

    def _draw(self, characteristic: Characteristic) -> Answer | None:
        if isinstance(characteristic, Number) and isinstance(characteristic.standard, int):
            share = self.build + self.random.gauss(0, 0.01) if characteristic.about == "person" else self.random.gauss(0, 0.1)
            near = round(characteristic.standard * (1 + share) / characteristic.step) * characteristic.step
            return near if near in characteristic.range else characteristic.standard
        if isinstance(characteristic, Text):
            return self.initials if characteristic.admits(self.initials) and self.random.random() < 0.4 else None
        if isinstance(characteristic, Choice) and self.random.random() < 0.5:
            return self.random.choice(characteristic.values).name
        return characteristic.standard


def fill(session: Session, at: datetime, seed: int = 1, orders: int = 60) -> Iterator[str]:
    """Fills an empty shop with history up to the moment `at`; yields a word on each step, for progress.

    A shop that has products already is left as it is, but for accounts that are missing.
    """
    fresh = not catalogue(session)
    for path in SAMPLES if fresh else ():
        yield f"Published {publish(session, load(path), by='demonstration').title}"
    staff = {role: _account(session, role) for role in ACCOUNTS}
    yield "Made one account for each role"
    if fresh:
        yield from _history(session, staff, at, Random(seed), orders)


def _account(session: Session, role: str) -> Account:
    name, email, password = ACCOUNTS[role]
    known = session.scalar(select(Account).where(Account.email == email))
    return known or accounts.sign_up(session, email=email, password=password, name=name, role=role, made_up=True)


def _history(session: Session, staff: dict[str, Account], at: datetime, random: Random, orders: int) -> Iterator[str]:
    """Orders over the last three years; who has ordered before is likelier to order again."""
    families = [(version, model_of(version), Engine(model_of(version))) for version in catalogue(session)]
    first = staff["customer"].customer
    assert first is not None
    people = [(first, _persona(first.name, random)), *((_customer(session, name, random), _persona(name, random)) for name in NAMES)]
    ages = sorted((random.uniform(0, 1) ** 1.5 * 1000 for _ in range(orders)), reverse=True)
    for age in ages:
        customer, persona = people[min(int(random.expovariate(0.2)), len(people) - 1)]
        version, model, engine = random.choice(families)
        placed_at = at - timedelta(days=age, minutes=random.randrange(600))
        order = _order(session, customer, persona, version, engine, placed_at, staff["rep"] if random.random() < 0.3 else None)
        _progress(session, order, staff["fulfilment"], age, random)
        yield f"Order {order.number}: {version.title} for {customer.name}"


def _persona(name: str, random: Random) -> Persona:
    return Persona(Random(random.random()), "".join(word[0] for word in name.split()).upper(), random.gauss(0, 0.05))  # noqa: S311


def _customer(session: Session, name: str, random: Random) -> Customer:
    email = f"{name.lower().replace(' ', '.')}@example.com"
    return customers.new_customer(session, name=name, email=email, phone=f"+49 30 5550 {random.randrange(10_000):04}", made_up=True)


def _order(session: Session, customer: Customer, persona: Persona, version: Version, engine: Engine, at: datetime,
           rep: Account | None) -> Order:
    """An order as the persona would have placed it: what differs from the proposal is what they had to enter."""
    model = engine.model
    proposed = _proposed(session, customer, version, engine)
    values = _wanted(engine, persona, proposed)
    inputs = sum(values[name] != proposed[name] for name in values)
    revision = None
    if inputs and persona.random.random() < 0.3:
        revision = specifications.save(session, customer, version, persona.random.choice(KEPT_AS), values, values, rep)
    offer = quote(model, values, at.date())
    return placing.place(
        session, customer=customer, version=version, model=model, values=values, quantity=1, key=f"made-up-{at.isoformat()}",
        inputs=inputs, agreed_total=offer.total, agreed_date=offer.promised_on, placed_by=rep, revision=revision,
        today=at.date(), at=at)


def _wanted(engine: Engine, persona: Persona, proposed: Values) -> Values:
    """What can be built and comes nearest to the persona's tastes; one thing in ten they leave as proposed."""
    weights: dict[tuple[str, str | bool | int], float] = {}
    start = engine.start()
    for characteristic in engine.model.characteristics:
        name, taste = characteristic.name, persona.taste(characteristic)
        answer = proposed[name] if taste is None or persona.random.random() < 0.1 else taste
        if isinstance(characteristic, Text):
            start = start.choose(name, answer)
        elif isinstance(characteristic, Several):
            weights |= {(name, value.name): 1.0 if value.name in answer else -1.0 for value in characteristic.values}
        else:
            weights[name, answer] = 3.0 if characteristic.about != "product" else 1.0
    return start.complete(weights).values()


def _progress(session: Session, order: Order, worker: Account, age: float, random: Random) -> None:
    """Old orders are shipped, of the recent ones some are in the works."""
    done = len(production.steps(order)) if age > 20 else random.choice((0, 0, 3, 8))
    at = order.placed_at + timedelta(days=5)
    for operation, step in production.steps(order)[:done]:
        session.add(SignOff(order=order, operation=operation, step=step, account=worker, at=at))
    session.flush()
    for state in ("in_production", "built", "shipped") if age > 20 else ("in_production",) if done else ():
        lifecycle.move(session, order, state, worker, at)

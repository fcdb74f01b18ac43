"""What memory costs and spares: orders placed by the same customers, remembered and not."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time
from typing import NamedTuple

from sqlalchemy import Engine as Database
from sqlalchemy.orm import Session

from bench.tables import Table
from catalog.formats import load
from catalog.nodes import Answer, Values
from catalog.records import Version
from catalog.store import publish
from configurator.app import create_app
from configurator.demonstration.shop import SAMPLES
from configurator.drafts import sessions, steps
from configurator.drafts.progress import Progress, progress_of
from configurator.engine import Domain, Engine, NumberDomain, SeveralDomain
from configurator.engines import engine_of
from configurator.schema import migrate
from configurator.settings import Settings
from configurator.transaction import transaction
from orders.customers import new_customer
from orders.lots import Lot
from orders.memory import consents
from orders.placing import Agreed, Entered, place
from orders.promises import offered
from orders.records import Customer
from orders.subjects import Whom

CUSTOMERS, ORDERS = 6, 4
"""Of each product: so many customers order it so many times."""
CHANGED = 0.05
"""How many of their values a customer wants otherwise the next time."""
DAY = datetime(2026, 1, 1, tzinfo=UTC)


class Placed(NamedTuple):
    """An order: the customer's how many-th of the product, what it took to enter, and the processor seconds."""

    number: int
    inputs: int
    seconds: float


def tables() -> Iterator[Table]:
    """Two rows for each product: with memory and without."""
    yield Table("Orders with memory and without", f"""\
{CUSTOMERS} customers order each product {ORDERS} times, in turn: what they want is drawn once, valid, and {CHANGED:.0%}
of it anew for each order. An order opens a draft, answers what is shown otherwise than wanted one value at a time, in
the order asked, is placed and committed to an embedded database. Without memory every customer has withdrawn what it is
used for, and sees what the maker suggests; both shops take turns, order by order. The pages are left out, so this is
what memory costs, and what it spares by what need not be answered. `First` and `last` are the inputs (median) of a
customer's first and last order; processor seconds are those of this process, compiling left out. The last column
compares the orders a second with those without memory.""",
                ["product", "memory", "orders", "first", "last", "ms an order", "orders a processor second", "ratio"],
                [row for path in SAMPLES for row in _rows(path)])


def _rows(path: Path) -> Iterator[list[str | float]]:
    off, on = _placed(path)
    plain = len(off) / sum(order.seconds for order in off)
    for name, orders in ("off", off), ("on", on):
        rate = len(orders) / sum(order.seconds for order in orders)
        first, last = (median(order.inputs for order in orders if order.number == number) for number in (1, ORDERS))
        yield [path.stem.replace("_", " "), name, len(orders), first, last,
               1000 * median(order.seconds for order in orders), rate, f"{rate / plain:.2f}"]


def _placed(path: Path) -> tuple[list[Placed], list[Placed]]:
    """Without memory and with it, order by order: what else the machine does disturbs both alike."""
    with TemporaryDirectory() as off, TemporaryDirectory() as on:
        shops = [create_app(Settings(instance=Path(folder), secret_key="measured")) for folder in (off, on)]
        databases: list[Database] = [shop.extensions["engine"] for shop in shops]
        with shops[0].app_context():  # it tells the day
            placed = list(zip(*(_in_turn(database, path, remembered)
                                for database, remembered in zip(databases, (False, True), strict=True)), strict=True))
        for database in databases:
            database.dispose()
    return [without for without, _ in placed], [remembered for _, remembered in placed]


def _in_turn(database: Database, path: Path, remembered: bool) -> Iterator[Placed]:
    migrate(database)
    with transaction(database) as session:
        version = publish(session, load(path))
        ids = [_customer(session, number, remembered).id for number in range(CUSTOMERS)]
    engine, chance = engine_of(version), random.Random(1)
    engine.start().domains()
    wanted = [_wanted(engine, chance, {}) for _ in ids]
    for number in range(1, ORDERS + 1):
        for who, id_ in enumerate(ids):
            start = process_time()
            with transaction(database) as session:
                inputs = _order(session, version, session.get_one(Customer, id_), wanted[who], number)
            yield Placed(number, inputs, process_time() - start)
            wanted[who] = _wanted(engine, chance, wanted[who])


def _customer(session: Session, number: int, remembered: bool) -> Customer:
    customer = new_customer(session, name=f"Customer {number}")
    if not remembered:
        consents.ask(session, customer, (), None)
    return customer


def _order(session: Session, version: Version, customer: Customer, wanted: Values, number: int) -> int:
    """The inputs that an order took."""
    draft = sessions.open_draft(session, version, Whom(customer))
    session.flush()
    while wrong := _wrong(progress := progress_of(session, draft), wanted):
        if steps.answer(session, draft, {wrong: wanted[wrong]}):
            raise AssertionError(f"{wrong} was refused: what is wanted is valid")
    offer, at = offered(progress.model, progress.values, DAY.date()), DAY + timedelta(days=90 * number)
    place(session, Whom(customer, draft.person, draft.place), Lot(version, progress.model, progress.values, 1),
          Agreed(offer.total, offer.promised_on),
          Entered(draft.inputs, progress.configuration.choices, progress.corrected),
          key=draft.id, today=DAY.date(), at=at)
    return draft.inputs


def _wrong(progress: Progress, wanted: Values) -> str | None:
    """The first value that is not as wanted, in the order asked."""
    names = dict.fromkeys([*progress.questions, *wanted])
    return next((name for name in names if progress.values[name] != wanted[name]), None)


def _wanted(engine: Engine, chance: random.Random, before: Values) -> Values:
    """A valid product, drawn at random; or one that is mostly as before."""
    weights: dict[tuple[str, Answer], float] = {}
    for name, domain in engine.start().domains().items():
        kept = name in before and chance.random() >= CHANGED
        weights[name, before[name] if kept else _drawn(domain, chance)] = 3.0 if kept else 1.0
    return engine.start().complete(weights).values()


def _drawn(domain: Domain, chance: random.Random) -> Answer:
    """A value; of numbers one near the middle of what they can be, of sets and texts the plainest."""
    if isinstance(domain, NumberDomain):
        least, most = domain.intervals[0][0], domain.intervals[-1][1]
        return domain.nearest(round(chance.gauss((least + most) / 2, (most - least) / 8)))
    if isinstance(domain, SeveralDomain):
        return frozenset(domain.required)
    return chance.choice(list(domain))

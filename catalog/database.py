"""The database: the one place that knows SQLite from PostgreSQL."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from threading import Lock
from time import monotonic, sleep
from typing import Any, ClassVar

from sqlalchemy import Connection, DateTime, Dialect, Engine, MetaData, create_engine, event
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import JSON, TypeDecorator

WAIT = 15
"""Seconds that a writer waits for the others."""
LOOK = 0.002
"""Seconds until whoever is first in line looks again."""
TURN = "turn"
WRITES = "writes"
LASTS = "lasts"


class Base(DeclarativeBase):
    """The records of all rooms; constraints get the same names on both databases."""

    metadata = MetaData(naming_convention={
        "ix": "ix_%(column_0_label)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s", "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s"})
    type_annotation_map: ClassVar = {dict[str, Any]: JSON, list[Any]: JSON}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment in UTC; SQLite alone would lose the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


def now() -> datetime:
    """The moment, in UTC."""
    return datetime.now(UTC)


def connect(url: str) -> Engine:
    """An engine for a `sqlite:///file` or `postgresql+psycopg://` URL.

    SQLite gets explicit transactions (the driver's own lose read-then-write updates), a write-ahead log and foreign
    keys, and overwrites what is deleted. What is stored is on the disk, but for who writes late. PostgreSQL reckons
    days in UTC, wherever its server stands. Errors do not tell a statement's values: logs would keep them.
    """
    if url.startswith("sqlite"):
        engine = create_engine(url, connect_args={"isolation_level": None, "timeout": WAIT}, hide_parameters=True)
        writers = _Writers()
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", writers.begin)
        event.listen(engine, "before_cursor_execute", writers.execute)
        event.listen(engine, "checkin", writers.end)
    else:
        engine = create_engine(url, pool_pre_ping=True, hide_parameters=True)
        event.listen(engine, "connect", _in_utc)
        event.listen(engine, "begin", _unhurried)
    return engine


def _prepare(connection: Any, _: ConnectionPoolEntry) -> None:
    for pragma in "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON":
        connection.execute(f"PRAGMA {pragma}")


class _Writers:
    """SQLite's writers queue here before they ask for its write lock, and the first in line looks often whether another
    process has left it: SQLite lets those who wait sleep for long, and the unlucky ones miss it for seconds.
    """

    def __init__(self) -> None:
        self._turn = Lock()

    def begin(self, connection: Connection) -> None:
        """A transaction begins as its engine's options want it."""
        writes = connection.get_execution_options().get(WRITES)
        _last(connection, writes != "late")
        match writes:
            case "at once":
                self._lock(connection)
            case None:
                connection.exec_driver_sql("BEGIN")

    def execute(self, connection: Connection, _: object, statement: str, *__: object) -> None:
        """Who writes late locks before the first statement that writes."""
        late = connection.get_execution_options().get(WRITES) == "late"
        if late and not statement.startswith("SELECT") and not connection.connection.in_transaction:
            self._lock(connection)

    def end(self, _: object, entry: ConnectionPoolEntry) -> None:
        """Whoever is done gives their turn to the next."""
        if entry.info.pop(TURN, False):
            self._turn.release()

    def _lock(self, connection: Connection) -> None:
        if not connection.info.get(TURN):
            connection.info[TURN] = self._turn.acquire(timeout=WAIT)
        _begin(connection.connection.driver_connection)


def _last(connection: Connection, lasts: bool) -> None:
    """Whether what is stored next is on SQLite's disk before it counts as stored."""
    driver: Any = connection.connection.driver_connection
    if connection.info.get(LASTS, True) != lasts:
        driver.execute(f"PRAGMA synchronous={'FULL' if lasts else 'NORMAL'}")
        connection.info[LASTS] = lasts


def _unhurried(connection: Connection) -> None:
    """The same of PostgreSQL."""
    if connection.get_execution_options().get(WRITES) == "late":
        connection.exec_driver_sql("SET LOCAL synchronous_commit = off")


def _in_utc(connection: Any, _: ConnectionPoolEntry) -> None:
    connection.autocommit = True  # of the driver: else it holds until the first rollback alone
    connection.execute("SET TIME ZONE 'UTC'")
    connection.autocommit = False


def wipe(engine: Engine) -> bool:
    """Takes what was deleted out of the files: whether it is gone.

    SQLite: empties the write-ahead log, unless somebody still reads what is in it. PostgreSQL: its vacuum does it, in
    its own time.
    """
    if engine.dialect.name != "sqlite":
        return False
    with engine.connect().execution_options(**{WRITES: "never"}) as connection:
        busy: int = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
        return not busy


def _begin(connection: Any) -> None:
    """Begins a transaction that holds SQLite's write lock; raises sqlite3.OperationalError after WAIT seconds."""
    latest = monotonic() + WAIT
    connection.execute("PRAGMA busy_timeout=0")
    try:
        while True:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or monotonic() > latest:
                    raise
                sleep(LOOK)
            else:
                return
    finally:
        connection.execute(f"PRAGMA busy_timeout={WAIT * 1000}")


def writing(engine: Engine) -> Engine:
    """The engine for transactions that write what they have read: no other's change in between gets lost.

    SQLite takes its write lock at once; PostgreSQL refuses whoever comes second, see `collided`.
    """
    if engine.dialect.name == "sqlite":
        return engine.execution_options(**{WRITES: "at once"})
    return engine.execution_options(isolation_level="REPEATABLE READ")


def writing_late(engine: Engine) -> Engine:
    """The engine for transactions that compute long between what they read and what little they write: drafts alone.

    SQLite takes its write lock at the first statement that is no SELECT: what was read before may have changed, so a
    record that is written needs a `version_id_col`, which refuses whoever comes second. PostgreSQL does so anyway.
    Neither waits until the disk has it: if the power fails, the last of it is lost, but nothing is torn; what is
    written otherwise lasts, and what was written before lasts with it.
    """
    late = engine.execution_options(**{WRITES: "late"})
    return late if engine.dialect.name == "sqlite" else writing(late)


def collided(error: Exception) -> bool:
    """Whether a transaction failed only because another one came first, and may be tried again."""
    if isinstance(error, StaleDataError):
        return True
    return getattr(getattr(error, "orig", None), "sqlstate", None) in {"40001", "40P01"}  # serialization, deadlock

"""The database: the one place that knows SQLite from PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from threading import Lock
from typing import Any, ClassVar

from sqlalchemy import Connection, DateTime, Dialect, Engine, MetaData, create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import JSON, TypeDecorator

WAIT = 15
"""Seconds that a writer waits for the others."""
TURN = "turn"


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

    SQLite gets explicit transactions (the driver's own lose read-then-write updates), a write-ahead log, full
    durability and foreign keys. Its writers queue here before they ask for its write lock: it lets those who wait sleep
    and look again, and the unlucky ones do so for seconds.
    """
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(url, connect_args={"isolation_level": None, "timeout": WAIT})
    turn = Lock()

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: ConnectionPoolEntry) -> None:
        for pragma in "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON":
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        if writes and not connection.info.get(TURN):
            connection.info[TURN] = turn.acquire(timeout=WAIT)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    @event.listens_for(engine, "checkin")
    def end(_: object, entry: ConnectionPoolEntry) -> None:
        if entry.info.pop(TURN, False):
            turn.release()

    return engine


def writing(engine: Engine) -> Engine:
    """The engine for transactions that write what they have read: no other's change in between gets lost.

    SQLite takes its write lock at once; PostgreSQL refuses whoever comes second, see `collided`.
    """
    if engine.dialect.name == "sqlite":
        return engine.execution_options(writes=True)
    return engine.execution_options(isolation_level="REPEATABLE READ")


def collided(error: OperationalError) -> bool:
    """Whether a transaction failed only because another one came first, and may be tried again."""
    return getattr(error.orig, "sqlstate", None) in {"40001", "40P01"}  # serialization failure, deadlock

"""Runs migrations on the connection that `configurator.schema` hands in."""

from __future__ import annotations

from typing import Any

from alembic import context
from alembic.autogenerate.api import AutogenContext

import configurator.records  # noqa: F401  # with it, the records of every room
from catalog.database import Base, UtcDateTime


def plain(kind: str, thing: Any, _: AutogenContext) -> str | bool:
    """A migration names SQL types alone: ours may change after it."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(thing, UtcDateTime) else False


context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata, render_item=plain,
                  render_as_batch=True,  # SQLite changes a table by copying it
                  transactional_ddl=True)  # whole or not at all: on SQLite too, where we begin transactions ourselves
with context.begin_transaction():
    context.run_migrations()

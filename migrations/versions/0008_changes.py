"""Changes after ordering, sheet revisions, shipments and mail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BEFORE = "'released', 'in_production', 'built', 'shipped', 'cancelled'"
AFTER = f"'placed', {BEFORE}"
"""The states of an order."""


def upgrade() -> None:
    _states(BEFORE, AFTER)
    op.add_column("order", sa.Column("free_until", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.execute('ALTER TABLE "order" DROP COLUMN free_until')
    op.execute("UPDATE \"order\" SET state = 'released' WHERE state = 'placed'")
    op.execute("DELETE FROM order_event WHERE state = 'placed' AND EXISTS (SELECT 1 FROM order_event AS later "
               "WHERE later.order_id = order_event.order_id AND later.state = 'released')")
    op.execute("UPDATE order_event SET state = 'released' WHERE state = 'placed'")
    _states(AFTER, BEFORE)


def _states(before: str, after: str) -> None:
    """SQLite checks a state by the text of its schema, which is changed in place: a copy of the table would lose its
    triggers, and what refers to it.
    """
    if _is_postgresql():
        for table in "order", "order_event":
            op.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT ck_{table}_state')
            op.execute(f'ALTER TABLE "{table}" ADD CONSTRAINT ck_{table}_state CHECK (state IN ({after}))')
        return
    op.execute("PRAGMA writable_schema = ON")
    for table in "order", "order_event":
        texts = ", ".join("'{}'".format(text.replace("'", "''")) for text in (before, after))
        op.execute(f"UPDATE sqlite_schema SET sql = REPLACE(sql, {texts}) WHERE type = 'table' AND name = '{table}'")
    op.execute("PRAGMA writable_schema = RESET")


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"

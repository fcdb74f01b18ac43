"""What was proposed is kept with the draft, and each step says what had to give way."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

DRAFT = sa.table("draft", sa.column("id", sa.String), sa.column("proposals", sa.JSON), sa.column("history", sa.JSON))
FIRST = "0"


def upgrade() -> None:
    op.execute("ALTER TABLE draft RENAME COLUMN start TO proposals")
    for id_, values, history in op.get_bind().execute(sa.select(DRAFT)).all():
        proposals = {FIRST: {"values": values, "questions": [], "reasons": {}}} if values else {}
        _store(id_, proposals, [{**step, "shown": {}, "proposal": FIRST} for step in history])


def downgrade() -> None:
    for id_, proposals, history in op.get_bind().execute(sa.select(DRAFT)).all():
        _store(id_, proposals.get(FIRST, {}).get("values", {}),
               [{"name": step["name"], "choices": step["choices"]} for step in history])
    op.execute("ALTER TABLE draft RENAME COLUMN proposals TO start")


def _store(id_: str, proposals: dict[str, Any], history: list[dict[str, Any]]) -> None:
    op.execute(sa.update(DRAFT).where(DRAFT.c.id == id_).values(proposals=proposals, history=history))

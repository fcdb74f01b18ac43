"""Clients are found by the names of their people, too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from orders.clients import words

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

AT_ONCE = 500
"""People whose words are stored by one statement."""
SUBJECT = sa.table("subject", *(sa.column(name) for name in ("customer_id", "kind", "name", "themself")))
FIND = sa.text("INSERT INTO client_word (customer_id, word) VALUES (:customer_id, :word) "
               "ON CONFLICT (customer_id, word) DO NOTHING")
SPELL = sa.text("INSERT INTO spelling (key, word) VALUES (:key, :word) ON CONFLICT (key, word) DO NOTHING")


def upgrade() -> None:
    connection = op.get_bind()
    people = connection.execute(sa.select(SUBJECT.c.customer_id, SUBJECT.c.name).where(
        SUBJECT.c.kind == "person", sa.not_(SUBJECT.c.themself)))
    for some in people.partitions(AT_ONCE):
        if rows := {(id_, word) for id_, name in some for word in words.kept([name])}:
            connection.execute(FIND, [{"customer_id": id_, "word": word} for id_, word in sorted(rows)])
        if spelt := {(key, word) for _, word in rows for key in words.spellings(word)}:
            connection.execute(SPELL, [{"key": key, "word": word} for key, word in sorted(spelt)])


def downgrade() -> None:
    """Whoever is found by more than before is no harm."""

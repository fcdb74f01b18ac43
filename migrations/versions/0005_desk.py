"""Notes and calls, and how clients are found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from orders.clients import words

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

AT_ONCE = 500
"""Clients whose words are stored by one statement."""
CUSTOMER = sa.table("customer", *(sa.column(name) for name in ("id", "name", "email", "phone")))
CLIENT_WORD = sa.table("client_word", sa.column("customer_id"), sa.column("word"))
SPELL = sa.text("INSERT INTO spelling (key, word) VALUES (:key, :word) ON CONFLICT (key, word) DO NOTHING")


def upgrade() -> None:
    op.execute("ALTER TABLE customer ADD COLUMN company VARCHAR(200) NOT NULL DEFAULT ''")
    op.execute("ALTER TABLE customer DROP COLUMN sought")
    _create()
    _find_those_there_are()


def downgrade() -> None:
    for table in "call", "note", "spelling", "client_word":
        op.drop_table(table)
    op.execute("ALTER TABLE customer ADD COLUMN sought VARCHAR(600) NOT NULL DEFAULT ''")
    op.execute("UPDATE customer SET sought = SUBSTR(LOWER(name || ' ' || email || ' ' || phone), 1, 600)")
    op.execute("ALTER TABLE customer DROP COLUMN company")


def _create() -> None:
    word = sa.String(length=40, collation="C" if op.get_bind().dialect.name == "postgresql" else None)
    op.create_table(
        "client_word",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("word", word, nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_client_word_customer_id")),
        sa.PrimaryKeyConstraint("customer_id", "word", name=op.f("pk_client_word")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_client_word_word_customer_id", "client_word", ["word", "customer_id"])
    op.create_table(
        "spelling",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("word", word, nullable=False),
        sa.PrimaryKeyConstraint("key", "word", name=op.f("pk_spelling")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "note",
        sa.Column("id", sa.Integer(), nullable=False),
        *_of_client_and_account("note"),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
    )
    op.create_table(
        "call",
        sa.Column("id", sa.Integer(), nullable=False),
        *_of_client_and_account("call"),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
    )
    for table in "note", "call":
        op.create_index(op.f(f"ix_{table}_customer_id"), table, ["customer_id"])


def _of_client_and_account(table: str) -> list[sa.SchemaItem]:
    return [sa.Column("customer_id", sa.Integer(), nullable=False),
            sa.Column("account_id", sa.Integer(), nullable=True),
            sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f(f"fk_{table}_customer_id")),
            sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f(f"fk_{table}_account_id"))]


def _find_those_there_are() -> None:
    """What clients are found by is made of their names as whoever stores one makes it today."""
    connection = op.get_bind()
    customers = connection.execute(sa.select(CUSTOMER)).all()
    for start in range(0, len(customers), AT_ONCE):
        found = {id_: words.kept((name,), email, phone) for id_, name, email, phone in customers[start:start + AT_ONCE]}
        if rows := [{"customer_id": id_, "word": word} for id_, theirs in found.items() for word in theirs]:
            connection.execute(sa.insert(CLIENT_WORD), rows)
        spelt = {(key, word) for theirs in found.values() for word in theirs for key in words.spellings(word)}
        if spelt:
            connection.execute(SPELL, [{"key": key, "word": word} for key, word in sorted(spelt)])

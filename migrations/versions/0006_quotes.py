"""Quotes with their revisions, discounts, and the table of value added tax."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STATES = "('draft', 'submitted', 'sent', 'asked', 'accepted', 'refused', 'expired', 'converted')"
DISCOUNT = "discount_kind IN ('percent', 'amount')"
COLUMNS = {  # of tables that there are
    "customer": ("country VARCHAR(2) NOT NULL DEFAULT ''",
                 "kind VARCHAR(10) NOT NULL DEFAULT 'person' CONSTRAINT ck_customer_kind "
                 "CHECK (kind IN ('person', 'firm'))",
                 "vat_id VARCHAR(20) NOT NULL DEFAULT ''"),
    "account": ("discount_limit INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_account_discount_limit "
                "CHECK (discount_limit BETWEEN 0 AND 10000)",),
    "order": ("quote_revision_id INTEGER CONSTRAINT fk_order_quote_revision_id REFERENCES quote_revision (id)",)}
FROZEN = {
    "quote_revision": ("UPDATE", "DELETE"), "quote_event": ("UPDATE", "DELETE"),
    "order": ("UPDATE OF quote_revision_id",)}
"""What cannot be changed any more, unless its customer is erased."""


def upgrade() -> None:
    _create()
    for table, columns in COLUMNS.items():
        for column in columns:
            op.execute(f'ALTER TABLE "{table}" ADD COLUMN {column}')
    op.create_index("ix_order_quote_revision_id", "order", ["quote_revision_id"])
    _freeze()


def downgrade() -> None:
    _thaw()
    op.drop_index("ix_order_quote_revision_id", "order")
    for table, columns in COLUMNS.items():
        for column in columns:
            op.execute(f'ALTER TABLE "{table}" DROP COLUMN {column.split()[0]}')
    for table in "vat_rule", "quote_event", "quote_revision", "quote_line", "quote":
        op.drop_table(table)
    op.execute("DELETE FROM counter WHERE kind = 'quote'")


def _create() -> None:
    op.create_table(
        "quote",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("rep_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("discount", sa.Integer(), nullable=False),
        sa.Column("discount_kind", sa.String(length=10), nullable=False),
        sa.Column("valid_days", sa.Integer(), nullable=False),
        sa.Column("ready_days", sa.Integer(), nullable=True),
        *(sa.Column(name, sa.String(length=2000), nullable=False) for name in ("words", "delivery", "terms")),
        sa.Column("link", sa.String(length=64), nullable=True),
        sa.Column("link_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"state IN {STATES}", name=op.f("ck_quote_state")),
        sa.CheckConstraint(DISCOUNT, name=op.f("ck_quote_discount_kind")),
        sa.CheckConstraint("discount >= 0", name=op.f("ck_quote_discount")),
        sa.CheckConstraint("valid_days > 0", name=op.f("ck_quote_valid_days")),
        *_references("quote", customer_id="customer", rep_id="account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote")),
        sa.UniqueConstraint("number", name=op.f("uq_quote_number")),
        sa.UniqueConstraint("link", name=op.f("uq_quote_link")),
    )
    op.create_table(
        "quote_line",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("quote_id", "customer_id", "position",
                                                                     "version_id")),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("choices", "values")),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("discount", sa.Integer(), nullable=False),
        sa.Column("discount_kind", sa.String(length=10), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in ("person_id", "place_id", "revision_id")),
        sa.Column("standing", sa.JSON(), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("inputs", "seconds")),
        sa.Column("corrected", sa.JSON(), nullable=True),
        sa.Column("guessed", sa.JSON(), nullable=False),
        sa.Column("draft_id", sa.String(length=32), nullable=True),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_quote_line_quantity")),
        sa.CheckConstraint("discount >= 0", name=op.f("ck_quote_line_discount")),
        sa.CheckConstraint(DISCOUNT, name=op.f("ck_quote_line_discount_kind")),
        *_references("quote_line", quote_id="quote", customer_id="customer", version_id="version",
                     person_id="subject", place_id="subject", revision_id="revision"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_line")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "quote_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("quote_id", "customer_id", "number")),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("number > 0", name=op.f("ck_quote_revision_number")),
        *_references("quote_revision", quote_id="quote", customer_id="customer", issued_by="account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_revision")),
        sa.UniqueConstraint("quote_id", "number", name=op.f("uq_quote_revision_quote_id_number")),
    )
    op.create_table(
        "quote_event",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("quote_id", "customer_id")),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("words", sa.String(length=2000), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"state IN {STATES}", name=op.f("ck_quote_event_state")),
        *_references("quote_event", quote_id="quote", customer_id="customer", account_id="account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_event")),
    )
    op.create_table(
        "vat_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("treatment", sa.String(length=10), nullable=False),
        sa.Column("rate", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("treatment IN ('own', 'rate', 'reverse', 'export')", name=op.f("ck_vat_rule_treatment")),
        sa.CheckConstraint("kind IN ('person', 'firm')", name=op.f("ck_vat_rule_kind")),
        sa.CheckConstraint("rate BETWEEN 0 AND 10000", name=op.f("ck_vat_rule_rate")),
        *_references("vat_rule", account_id="account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vat_rule")),
        sa.UniqueConstraint("country", "kind", "valid_from", name=op.f("uq_vat_rule_country_kind_valid_from")),
    )
    for table, columns in {"quote": ("customer_id", "state"), "quote_line": ("quote_id", "customer_id", "draft_id"),
                           "quote_revision": ("customer_id",), "quote_event": ("quote_id", "customer_id")}.items():
        for column in columns:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _references(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))
            for column, other in columns.items()]


# what was quoted stays as it is, unless the person is erased

ERASED = "SELECT 1 FROM erasure WHERE erasure.customer_id = OLD.customer_id"


def _freeze() -> None:
    if _is_postgresql():
        op.execute(
            "CREATE FUNCTION refuse_quoted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF EXISTS ({ERASED}) THEN RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END; END IF; "
            "RAISE EXCEPTION 'a % cannot be changed', TG_TABLE_NAME "
            "USING ERRCODE = 'integrity_constraint_violation'; END $$")
    for name, table, act in _triggers():
        op.execute(f'CREATE TRIGGER {name} BEFORE {act} ON "{table}" ' + (
            "FOR EACH ROW EXECUTE FUNCTION refuse_quoted()" if _is_postgresql() else
            f"WHEN NOT EXISTS ({ERASED}) BEGIN SELECT RAISE(ABORT, 'a {table} cannot be changed'); END"))


def _thaw() -> None:
    for name, table, _ in _triggers():
        op.execute(f"DROP TRIGGER {name}" + (f' ON "{table}"' if _is_postgresql() else ""))
    if _is_postgresql():
        op.execute("DROP FUNCTION refuse_quoted()")


def _triggers() -> list[tuple[str, str, str]]:
    return [(f"frozen_quoted_{table}_{act.split()[0].lower()}", table, act)
            for table, acts in FROZEN.items() for act in acts]


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"

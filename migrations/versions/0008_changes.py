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
MAILS = "'placed', 'changed', 'shipped', 'cancelled', 'refused', 'right'"
ORIGINAL = 'number, customer_id, version_id, placed_by, key, currency, inputs, questions, placed_at'
"""What of an order never changes,"""
REVISED = 'revision_id, "values", sheet, total, quantity, promised_on, sheet_number'
"""and what changes by a revision of its sheet: never before what it was is kept."""
KEPT = " AND ".join([
    "kept.order_id = OLD.id", "kept.number = OLD.sheet_number", "NEW.sheet_number = OLD.sheet_number + 1",
    *(f"kept.{name} = OLD.{name}" for name in ("total", "quantity", "promised_on")),
    *(f"CAST(kept.{name} AS TEXT) = CAST(OLD.{name} AS TEXT)" for name in ('"values"', "sheet"))])
ERASED = "SELECT 1 FROM erasure WHERE erasure.customer_id = OLD.customer_id"


def upgrade() -> None:
    _states(BEFORE, AFTER)
    op.add_column("order", sa.Column("free_until", sa.DateTime(timezone=True)))
    for table in "order", "order_event":
        op.execute(f'ALTER TABLE "{table}" ADD COLUMN sheet_number INTEGER NOT NULL DEFAULT 1')
    op.execute('ALTER TABLE draft ADD COLUMN changes_id INTEGER CONSTRAINT fk_draft_changes_id REFERENCES "order" (id)')
    op.create_index("ix_order_event_at", "order_event", ["at"])
    _create_changes()
    _create_shipments()
    _create_mail()
    _allow_revisions()


def downgrade() -> None:
    _refuse_revisions()
    for table in "mail", "shipment", "carrier", "request", "superseded":
        op.drop_table(table)
    op.drop_index("ix_order_event_at", "order_event")
    op.execute("ALTER TABLE draft DROP COLUMN changes_id")
    for table in "order", "order_event":
        op.execute(f'ALTER TABLE "{table}" DROP COLUMN sheet_number')
    op.execute('ALTER TABLE "order" DROP COLUMN free_until')
    op.execute("UPDATE \"order\" SET state = 'released' WHERE state = 'placed'")
    op.execute("DELETE FROM order_event WHERE state = 'placed' AND EXISTS (SELECT 1 FROM order_event AS later "
               "WHERE later.order_id = order_event.order_id AND later.state = 'released')")
    op.execute("UPDATE order_event SET state = 'released' WHERE state = 'placed'")
    _states(AFTER, BEFORE)


def _create_changes() -> None:
    op.create_table(
        "superseded",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("order_id", "customer_id", "number")),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("values", "sheet")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("total", "quantity")),
        sa.Column("promised_on", sa.Date(), nullable=False),
        sa.Column("done", sa.JSON(), nullable=False),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *_references("superseded", order_id="order", customer_id="customer", account_id="account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_superseded")),
        sa.UniqueConstraint("order_id", "number", name=op.f("uq_superseded_order_id_number")))
    op.create_table(
        "request",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("order_id", "customer_id")),
        *(sa.Column(name, sa.String(length=20), nullable=False) for name in ("kind", "state")),
        *(sa.Column(name, sa.JSON(), nullable=True) for name in ("values", "sheet")),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in ("total", "quantity")),
        sa.Column("promised_on", sa.Date(), nullable=True),
        *(sa.Column(name, sa.String(length=500), nullable=False) for name in ("why", "word")),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in ("account_id", "answered_by")),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('change', 'cancel', 'remake')", name=op.f("ck_request_kind")),
        sa.CheckConstraint("state IN ('asked', 'approved', 'refused', 'withdrawn')", name=op.f("ck_request_state")),
        *_references("request", order_id="order", customer_id="customer", account_id="account", answered_by="account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request")))
    for table in "superseded", "request":
        op.create_index(op.f(f"ix_{table}_customer_id"), table, ["customer_id"])
    op.create_index(op.f("ix_request_order_id"), "request", ["order_id"])
    _create_one_of("ix_request_asked", "request", "state = 'asked'")


def _create_shipments() -> None:
    op.create_table(
        "carrier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier")),
        sa.UniqueConstraint("name", name=op.f("uq_carrier_name")))
    op.create_table(
        "shipment",
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("order_id", "customer_id")),
        sa.Column("carrier_id", sa.Integer(), nullable=True),
        sa.Column("tracking", sa.String(length=80), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        *_references("shipment", order_id="order", customer_id="customer", carrier_id="carrier", account_id="account"),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_shipment")))
    op.create_index(op.f("ix_shipment_customer_id"), "shipment", ["customer_id"])


def _create_mail() -> None:
    op.create_table(
        "mail",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(f"{name}_id", sa.Integer(), nullable=name in ("event", "request"))
          for name in ("customer", "order", "event", "request")),
        *(sa.Column(name, sa.String(length=length), nullable=False) for name, length in {
            "kind": 20, "locale": 20, "recipient": 254, "subject": 250, "error": 500}.items()),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("plain", "html")),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=name != "at") for name in ("at", "due_at", "sent_at")),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"kind IN ({MAILS})", name=op.f("ck_mail_kind")),
        *_references("mail", customer_id="customer", order_id="order", event_id="order_event", request_id="request"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        *(sa.UniqueConstraint(name, name=op.f(f"uq_mail_{name}")) for name in ("event_id", "request_id")))
    for name in "customer_id", "order_id":
        op.create_index(op.f(f"ix_mail_{name}"), "mail", [name])
    op.create_index("ix_mail_sent_at_due_at", "mail", ["sent_at", "due_at"])
    _create_one_of("ix_mail_question", "mail", "kind = 'right'")


def _create_one_of(name: str, table: str, where: str) -> None:
    """An index that lets an order have one row of a kind."""
    op.create_index(name, table, ["order_id"], unique=True, sqlite_where=sa.text(where),
                    postgresql_where=sa.text(where))


def _references(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))
            for column, other in columns.items()]


# an order changes by revisions of its sheet alone, and those that were are not touched


def _allow_revisions() -> None:
    _drop_trigger("frozen_order_update", "order")
    _refuse("frozen_order_update", "order", f"UPDATE OF {ORIGINAL}", ERASED, "refuse_order")
    kept = f"{ERASED} UNION ALL SELECT 1 FROM superseded AS kept WHERE {KEPT}"  # noqa: S608  # constants
    _function("refuse_unkept", kept)
    _refuse("revised_order_update", "order", f"UPDATE OF {REVISED}", kept, "refuse_unkept")
    _function("refuse_superseded", ERASED)
    for act in "UPDATE", "DELETE":
        _refuse(f"frozen_superseded_{act.lower()}", "superseded", act, ERASED, "refuse_superseded")


def _refuse_revisions() -> None:
    for act in "update", "delete":
        _drop_trigger(f"frozen_superseded_{act}", "superseded")
    for name in "revised_order_update", "frozen_order_update":
        _drop_trigger(name, "order")
    if _is_postgresql():
        op.execute("DROP FUNCTION refuse_unkept()")
        op.execute("DROP FUNCTION refuse_superseded()")
    promised = f"{ORIGINAL}, {REVISED.removesuffix(', sheet_number')}"
    _refuse("frozen_order_update", "order", f"UPDATE OF {promised}", ERASED, "refuse_order")


def _function(name: str, unless: str) -> None:
    if _is_postgresql():
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF EXISTS ({unless}) THEN RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END; END IF; "
            "RAISE EXCEPTION 'a % cannot be changed', TG_TABLE_NAME "
            "USING ERRCODE = 'integrity_constraint_violation'; END $$")


def _refuse(name: str, table: str, act: str, unless: str, function: str) -> None:
    """Refuses an act by a function (PostgreSQL), or unless something is there (SQLite)."""
    op.execute(f'CREATE TRIGGER {name} BEFORE {act} ON "{table}" ' + (
        f"FOR EACH ROW EXECUTE FUNCTION {function}()" if _is_postgresql() else
        f"WHEN NOT EXISTS ({unless}) BEGIN SELECT RAISE(ABORT, 'a {table} cannot be changed'); END"))


def _drop_trigger(name: str, table: str) -> None:
    op.execute(f"DROP TRIGGER {name}" + (f' ON "{table}"' if _is_postgresql() else ""))


# the states


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
        op.execute(f"UPDATE sqlite_schema SET sql = REPLACE(sql, {texts}) "  # noqa: S608  # constants
                   f"WHERE type = 'table' AND name = '{table}'")
    op.execute("PRAGMA writable_schema = RESET")


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"

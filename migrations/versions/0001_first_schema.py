"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

PROMISED = (
    "id",
    "number",
    "customer_id",
    "version_id",
    "revision_id",
    "placed_by",
    "key",
    "values",
    "sheet",
    "currency",
    "total",
    "quantity",
    "promised_on",
    "inputs",
    "questions",
    "placed_at",
)
"""Of an order, only the state moves."""
FROZEN = {
    "version": ("UPDATE", "DELETE"),
    "revision": ("UPDATE", "DELETE"),
    "order": ("UPDATE OF " + ", ".join(f'"{column}"' for column in PROMISED),),
}
"""What the database itself refuses to do to published versions, saved revisions and placed orders."""


def upgrade() -> None:
    op.create_table(
        "counter",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_counter")),
    )
    op.create_table(
        "customer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("sought", sa.String(length=600), nullable=False),
        sa.Column("made_up", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
        sa.UniqueConstraint("number", name=op.f("uq_customer_number")),
    )
    op.create_index(op.f("ix_customer_name"), "customer", ["name"], unique=False)
    op.create_table(
        "login_failure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_failure")),
    )
    op.create_index("ix_login_failure_key_at", "login_failure", ["key", "at"], unique=False)
    op.create_table(
        "product",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
        sa.UniqueConstraint("slug", name=op.f("uq_product_slug")),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "role IN ('customer', 'rep', 'fulfilment', 'manager', 'admin')", name=op.f("ck_account_role")
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_account_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("customer_id", name=op.f("uq_account_customer_id")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
    )
    op.create_table(
        "fact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("trait", sa.String(length=250), nullable=False),
        sa.Column("about", sa.String(length=20), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("unit", sa.String(length=80), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_fact_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact")),
    )
    op.create_index("ix_fact_customer_id_trait", "fact", ["customer_id", "trait"], unique=False)
    op.create_table(
        "specification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_specification_customer_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_specification_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_specification")),
        sa.UniqueConstraint("number", name=op.f("uq_specification_number")),
    )
    op.create_index(op.f("ix_specification_customer_id"), "specification", ["customer_id"], unique=False)
    op.create_index(op.f("ix_specification_product_id"), "specification", ["product_id"], unique=False)
    op.create_table(
        "version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(length=200), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_version_number")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_version_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_version")),
        sa.UniqueConstraint("product_id", "number", name=op.f("uq_version_product_id_number")),
    )
    op.create_index(op.f("ix_version_product_id"), "version", ["product_id"], unique=False)
    op.create_table(
        "login",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_login_account_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_login")),
    )
    op.create_index(op.f("ix_login_account_id"), "login", ["account_id"], unique=False)
    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("specification_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("number > 0", name=op.f("ck_revision_number")),
        sa.ForeignKeyConstraint(["saved_by"], ["account.id"], name=op.f("fk_revision_saved_by")),
        sa.ForeignKeyConstraint(["specification_id"], ["specification.id"], name=op.f("fk_revision_specification_id")),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=op.f("fk_revision_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
        sa.UniqueConstraint("specification_id", "number", name=op.f("uq_revision_specification_id_number")),
    )
    op.create_table(
        "draft",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("guest", sa.String(length=64), nullable=True),
        sa.Column("rep_id", sa.Integer(), nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=True),
        sa.Column("start", sa.JSON(), nullable=False),
        sa.Column("history", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("inputs", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(customer_id IS NULL) <> (guest IS NULL)", name=op.f("ck_draft_owner")),
        sa.CheckConstraint("inputs >= 0", name=op.f("ck_draft_inputs")),
        sa.CheckConstraint("position >= 0", name=op.f("ck_draft_position")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_draft_customer_id")),
        sa.ForeignKeyConstraint(["rep_id"], ["account.id"], name=op.f("fk_draft_rep_id")),
        sa.ForeignKeyConstraint(["revision_id"], ["revision.id"], name=op.f("fk_draft_revision_id")),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=op.f("fk_draft_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
    )
    op.create_index(op.f("ix_draft_customer_id"), "draft", ["customer_id"], unique=False)
    op.create_index(op.f("ix_draft_guest"), "draft", ["guest"], unique=False)
    op.create_table(
        "order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=True),
        sa.Column("placed_by", sa.Integer(), nullable=True),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("sheet", sa.JSON(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=False),
        sa.Column("inputs", sa.Integer(), nullable=False),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('released', 'in_production', 'built', 'shipped', 'cancelled')", name=op.f("ck_order_state")
        ),
        sa.CheckConstraint("inputs >= 0", name=op.f("ck_order_inputs")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_order_quantity")),
        sa.CheckConstraint("total >= 0", name=op.f("ck_order_total")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_order_customer_id")),
        sa.ForeignKeyConstraint(["placed_by"], ["account.id"], name=op.f("fk_order_placed_by")),
        sa.ForeignKeyConstraint(["revision_id"], ["revision.id"], name=op.f("fk_order_revision_id")),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=op.f("fk_order_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order")),
        sa.UniqueConstraint("customer_id", "key", name=op.f("uq_order_customer_id_key")),
        sa.UniqueConstraint("number", name=op.f("uq_order_number")),
    )
    op.create_index(op.f("ix_order_customer_id"), "order", ["customer_id"], unique=False)
    op.create_index(op.f("ix_order_promised_on"), "order", ["promised_on"], unique=False)
    op.create_index(op.f("ix_order_state"), "order", ["state"], unique=False)
    op.create_table(
        "order_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('released', 'in_production', 'built', 'shipped', 'cancelled')", name=op.f("ck_order_event_state")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_order_event_account_id")),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f("fk_order_event_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_event")),
    )
    op.create_index(op.f("ix_order_event_order_id"), "order_event", ["order_id"], unique=False)
    op.create_table(
        "sign_off",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("operation", sa.String(length=250), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_sign_off_account_id")),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f("fk_sign_off_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_off")),
        sa.UniqueConstraint("order_id", "operation", "step", name=op.f("uq_sign_off_order_id_operation_step")),
    )
    op.create_index(op.f("ix_sign_off_order_id"), "sign_off", ["order_id"], unique=False)
    _freeze()


def downgrade() -> None:
    _thaw()
    op.drop_table("sign_off")
    op.drop_table("order_event")
    op.drop_table("order")
    op.drop_table("draft")
    op.drop_table("revision")
    op.drop_table("login")
    op.drop_table("version")
    op.drop_table("specification")
    op.drop_table("fact")
    op.drop_table("account")
    op.drop_table("product")
    op.drop_table("login_failure")
    op.drop_table("customer")
    op.drop_table("counter")


def _freeze() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION "
            "'a % cannot be changed', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
    for table, acts in FROZEN.items():
        for act in acts:
            op.execute(f'CREATE TRIGGER {_trigger(table, act)} BEFORE {act} ON "{table}" {_refusal(table)}')


def _refusal(table: str) -> str:
    if op.get_bind().dialect.name == "postgresql":
        return "FOR EACH ROW EXECUTE FUNCTION refuse()"
    return f"BEGIN SELECT RAISE(ABORT, 'a {table} cannot be changed'); END"


def _thaw() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse() CASCADE")
        return
    for table, acts in FROZEN.items():
        for act in acts:
            op.execute(f"DROP TRIGGER {_trigger(table, act)}")


def _trigger(table: str, act: str) -> str:
    return f"frozen_{table}_{act.split()[0].lower()}"

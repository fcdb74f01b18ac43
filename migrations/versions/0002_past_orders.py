"""Past orders that were read from files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "history_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("valid", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_history_file_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history_file")),
        sa.UniqueConstraint("product_id", "digest", name=op.f("uq_history_file_product_id_digest")),
    )
    op.create_table(
        "past_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("placed_on", sa.Date(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint("count > 0", name=op.f("ck_past_order_count")),
        sa.ForeignKeyConstraint(["file_id"], ["history_file.id"], name=op.f("fk_past_order_file_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_past_order_product_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_past_order_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_past_order")),
    )
    for column in "file_id", "product_id", "customer_id":
        op.create_index(op.f(f"ix_past_order_{column}"), "past_order", [column], unique=False)


def downgrade() -> None:
    op.drop_table("past_order")
    op.drop_table("history_file")

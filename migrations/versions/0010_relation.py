"""What reps did about what was on their list; tiers of customers, who is in which, and what that changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "follow_up",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(length=120), nullable=False),
        sa.Column("done", sa.String(length=10), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("done IN ('done', 'later', 'never')", name=op.f("ck_follow_up_done")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_follow_up_account_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_follow_up_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up")),
        sa.UniqueConstraint("customer_id", "about", name=op.f("uq_follow_up_customer_id_about"))
    )
    op.create_index(op.f("ix_follow_up_customer_id"), "follow_up", ["customer_id"])
    op.create_table(
        "tier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("bought", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("kinds", sa.Integer(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("priority", sa.Boolean(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("remakes", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.CheckConstraint("bought >= 0", name=op.f("ck_tier_bought")),
        sa.CheckConstraint("changes >= 0", name=op.f("ck_tier_changes")),
        sa.CheckConstraint("kinds >= 0", name=op.f("ck_tier_kinds")),
        sa.CheckConstraint("months BETWEEN 1 AND 240", name=op.f("ck_tier_months")),
        sa.CheckConstraint("orders >= 0", name=op.f("ck_tier_orders")),
        sa.CheckConstraint("remakes >= 0", name=op.f("ck_tier_remakes")),
        sa.ForeignKeyConstraint(["contact_id"], ["account.id"], name=op.f("fk_tier_contact_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tier")),
        sa.UniqueConstraint("name", name=op.f("uq_tier_name")),
        sa.UniqueConstraint("rank", name=op.f("uq_tier_rank"))
    )
    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("tier_id", sa.Integer(), nullable=True),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("bought", sa.Integer(), nullable=False),
        sa.Column("kinds", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(length=300), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_membership_account_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_membership_customer_id")),
        sa.ForeignKeyConstraint(["tier_id"], ["tier.id"], name=op.f("fk_membership_tier_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership"))
    )
    op.create_index(op.f("ix_membership_customer_id"), "membership", ["customer_id"])
    op.create_table(
        "tier_use",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tier_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("cost", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("what IN ('priority', 'change', 'remake')", name=op.f("ck_tier_use_what")),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f("fk_tier_use_order_id")),
        sa.ForeignKeyConstraint(["tier_id"], ["tier.id"], name=op.f("fk_tier_use_tier_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tier_use")),
        sa.UniqueConstraint("order_id", "what", "at", name=op.f("uq_tier_use_order_id_what_at"))
    )
    op.create_index(op.f("ix_tier_use_order_id"), "tier_use", ["order_id"])
    op.create_index("ix_tier_use_tier_id_at", "tier_use", ["tier_id", "at"])


def downgrade() -> None:
    for table in "tier_use", "membership", "tier", "follow_up":
        op.drop_table(table)

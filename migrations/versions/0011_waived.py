"""For which request a tier waived what is charged."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("tier_use") as table:
        table.add_column(sa.Column("request_id", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f("fk_tier_use_request_id"), "request", ["request_id"], ["id"],
                                 ondelete="SET NULL")
    op.create_index(op.f("ix_tier_use_request_id"), "tier_use", ["request_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_tier_use_request_id"), table_name="tier_use")
    with op.batch_alter_table("tier_use") as table:
        table.drop_constraint(op.f("fk_tier_use_request_id"), type_="foreignkey")
        table.drop_column("request_id")

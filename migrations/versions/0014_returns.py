"""A box may come back: when, and why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("shipment") as table:
        table.add_column(sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("returned_why", sa.String(300), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("shipment") as table:
        table.drop_column("returned_why")
        table.drop_column("returned_at")

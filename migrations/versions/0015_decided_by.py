"""Whoever decides about a measured value is not whoever measured it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("measurement") as table:
        table.add_column(sa.Column("decided_by", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f("fk_measurement_decided_by"), "account", ["decided_by"], ["id"])
    op.execute("UPDATE measurement SET decided_by = account_id WHERE decision != ''")  # all that was kept


def downgrade() -> None:
    with op.batch_alter_table("measurement") as table:
        table.drop_constraint(op.f("fk_measurement_decided_by"), type_="foreignkey")
        table.drop_column("decided_by")

"""A plan that is forgotten can be brought back for some days."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("forgotten", sa.Column("plan", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("forgotten", "plan")

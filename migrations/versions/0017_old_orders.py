"""What is asked all the time does not read all that ever was ordered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    some = sa.text("amount > 0")
    op.drop_index("ix_reservation_number", "reservation")
    op.create_index("ix_reservation_open", "reservation", ["number", "id"], sqlite_where=some, postgresql_where=some)
    op.create_index("ix_order_remake_of_id", "order", ["remake_of_id"])
    op.create_index("ix_used_part", "used", ["part"])


def downgrade() -> None:
    op.drop_index("ix_used_part", "used")
    op.drop_index("ix_order_remake_of_id", "order")
    op.drop_index("ix_reservation_open", "reservation")
    op.create_index("ix_reservation_number", "reservation", ["number"])

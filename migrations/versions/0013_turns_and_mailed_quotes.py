"""An order has a turn for each time that it took of a part; purchases are noted once; quotes are mailed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

KINDS = "'placed', 'changed', 'shipped', 'cancelled', 'refused', 'right'"
QUESTION = sa.text("kind = 'right'")


def upgrade() -> None:
    with op.batch_alter_table("reservation") as table:
        table.add_column(sa.Column("taken", sa.BigInteger(), nullable=False, server_default="0"))
        table.drop_constraint(op.f("uq_reservation_order_id_number"), type_="unique")
        table.create_check_constraint(op.f("ck_reservation_taken"), "taken >= 0")
        table.create_index(op.f("ix_reservation_order_id"), ["order_id"])
    op.execute("UPDATE reservation SET taken = COALESCE((SELECT picked.amount FROM picked WHERE picked.order_id = "
               "reservation.order_id AND picked.part = reservation.number), 0)")
    with op.batch_alter_table("reservation") as table:
        table.alter_column("taken", server_default=None)
    op.execute("ALTER TABLE purchase ADD COLUMN key VARCHAR(64)")
    op.create_index(op.f("ix_purchase_key"), "purchase", ["key"], unique=True)
    op.drop_index("ix_mail_question", "mail")
    with op.batch_alter_table("mail") as table:
        table.alter_column("order_id", existing_type=sa.Integer(), nullable=True)
        table.add_column(sa.Column("quote_id", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f("fk_mail_quote_id"), "quote", ["quote_id"], ["id"])
        table.create_index(op.f("ix_mail_quote_id"), ["quote_id"])
        table.drop_constraint(op.f("ck_mail_kind"), type_="check")
        table.create_check_constraint(op.f("ck_mail_kind"), f"kind IN ({KINDS}, 'quoted')")
    _one_question()


def downgrade() -> None:
    op.execute("DELETE FROM mail WHERE quote_id IS NOT NULL")
    op.drop_index("ix_mail_question", "mail")
    with op.batch_alter_table("mail") as table:
        table.drop_constraint(op.f("ck_mail_kind"), type_="check")
        table.create_check_constraint(op.f("ck_mail_kind"), f"kind IN ({KINDS})")
        table.drop_index(op.f("ix_mail_quote_id"))
        table.drop_constraint(op.f("fk_mail_quote_id"), type_="foreignkey")
        table.drop_column("quote_id")
        table.alter_column("order_id", existing_type=sa.Integer(), nullable=False)
    _one_question()
    op.drop_index(op.f("ix_purchase_key"), "purchase")
    op.execute("ALTER TABLE purchase DROP COLUMN key")
    _one_turn()
    with op.batch_alter_table("reservation") as table:
        table.drop_index(op.f("ix_reservation_order_id"))
        table.drop_constraint(op.f("ck_reservation_taken"), type_="check")
        table.drop_column("taken")
        table.create_unique_constraint(op.f("uq_reservation_order_id_number"), ["order_id", "number"])


def _one_question() -> None:
    op.create_index("ix_mail_question", "mail", ["order_id"], unique=True, sqlite_where=QUESTION,
                    postgresql_where=QUESTION)


def _one_turn() -> None:
    """All that an order takes of a part in its first turn."""
    op.execute("UPDATE reservation SET amount = (SELECT sum(amount) FROM reservation AS all_ WHERE all_.order_id = "
               "reservation.order_id AND all_.number = reservation.number) "
               "WHERE id IN (SELECT min(id) FROM reservation GROUP BY order_id, number)")
    op.execute("DELETE FROM reservation WHERE id NOT IN (SELECT min(id) FROM reservation GROUP BY order_id, number)")

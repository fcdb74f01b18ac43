"""Work at the bench: times, pieces done, measured values, problems, batches and picks."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = ("work", "counted", "measurement", "trouble", "used", "picked")


def upgrade() -> None:
    _create("work", *_step(), _moment("started"), _moment("ended", True))
    op.create_index("ix_work_ended_account_id", "work", ["ended", "account_id"])
    _create("counted", *_step(), _whole("pieces"), _moment("at"),
            sa.CheckConstraint("pieces >= 0", name=op.f("ck_counted_pieces")),
            _once("counted", "order_id", "operation", "step"))
    _create("measurement", _text("key", 64), *_step(), _whole("piece"), sa.Column("value", sa.Double(), nullable=False),
            sa.Column("within", sa.Boolean(), nullable=False), _text("decision", 20), _text("word", 500), _moment("at"),
            sa.CheckConstraint("decision IN ('', 'rework', 'accept', 'problem')", name=op.f("ck_measurement_decision")),
            _once("measurement", "key"))
    _create("trouble", _text("key", 64), *_step(), _text("note", 2000), sa.Column("photo", sa.LargeBinary()),
            _moment("at"), _text("outcome", 500), sa.Column("settled_by", sa.Integer()), _moment("settled_at", True),
            sa.ForeignKeyConstraint(["settled_by"], ["account.id"], name=op.f("fk_trouble_settled_by")),
            _once("trouble", "key"))
    op.create_index(op.f("ix_trouble_settled_at"), "trouble", ["settled_at"])
    _create("used", _text("operation", 250), _text("part", 250), _text("batch", 80), _moment("at"),
            _once("used", "order_id", "operation", "part", "batch"))
    op.create_index("ix_used_batch", "used", ["batch"])
    _create("picked", _text("part", 250), sa.Column("amount", sa.BigInteger(), nullable=False), _moment("at"),
            _once("picked", "order_id", "part"))
    for table in "work", "measurement", "trouble":
        op.create_index(op.f(f"ix_{table}_order_id"), table, ["order_id"])


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)


def _create(table: str, *parts: Any) -> None:
    """A table of what somebody did about an order."""
    op.create_table(
        table, sa.Column("id", sa.Integer(), nullable=False), sa.Column("order_id", sa.Integer(), nullable=False),
        *parts, sa.Column("account_id", sa.Integer()),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f(f"fk_{table}_order_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f(f"fk_{table}_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")))


def _step() -> tuple[sa.Column[Any], ...]:
    return _text("operation", 250), _whole("step")


def _text(name: str, most: int) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length=most), nullable=False)


def _whole(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _moment(name: str, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _once(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))

"""What is in stock, on order and reserved; suppliers, work centres and their hours."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

INDEXES = {"movement": [["number"], ["order_id"]], "purchase_line": [["purchase_id"], ["closed", "number"]],
           "reservation": [["number"]], "booking": [["order_id"], ["centre", "day"]]}
TABLES = ("supplier", "stock", "purchase", "purchase_line", "movement", "reservation", "booking", "hours", "closed_day")


def upgrade() -> None:
    _create("supplier", _id(), _text("name", 200), _text("email", 254), _text("phone", 40),
            sa.UniqueConstraint("name", name=op.f("uq_supplier_name")))
    _create("stock", _text("number", 250), _text("title", 250), _text("unit", 80), _whole("supplier_id", True),
            _whole("lead_days"), _amount("lot"), _amount("reorder"), _amount("on_hand"),
            *_refers("stock", supplier_id="supplier"),
            *_checks("stock", on_hand="on_hand >= 0", lead="lead_days >= 0", lot="lot >= 0", reorder="reorder >= 0"))
    _create("purchase", _id(), _text("number", 20), _whole("supplier_id", True), _whole("account_id", True), _at(),
            *_refers("purchase", supplier_id="supplier", account_id="account"),
            sa.UniqueConstraint("number", name=op.f("uq_purchase_number")))
    _create("purchase_line", _id(), _whole("purchase_id"), _text("number", 250), _amount("amount"),
            _amount("received"), _day("due"), sa.Column("closed", sa.Boolean(), nullable=False),
            *_refers("purchase_line", purchase_id="purchase", number="stock.number"),
            *_checks("purchase_line", amount="amount > 0", received="received >= 0"))
    _create("movement", _id(), _text("number", 250), _amount("amount"), _text("kind", 20), _whole("order_id", True),
            _whole("line_id", True), _whole("account_id", True), _at(),
            *_refers("movement", number="stock.number", order_id="order", line_id="purchase_line",
                     account_id="account"),
            *_checks("movement", kind="kind IN ('counted', 'received', 'picked', 'returned', 'found')",
                     some="amount != 0"))
    _create("reservation", _id(), _whole("order_id"), _text("number", 250), _amount("amount"), _day("needed_on"),
            *_refers("reservation", order_id="order"), *_checks("reservation", amount="amount >= 0"),
            sa.UniqueConstraint("order_id", "number", name=op.f("uq_reservation_order_id_number")))
    _create("booking", _id(), _whole("order_id"), _text("operation", 250), _text("centre", 250), _day("day"),
            _whole("minutes"), *_refers("booking", order_id="order"), *_checks("booking", minutes="minutes > 0"))
    _create("hours", _text("centre", 250), _whole("weekday"), _whole("minutes"),
            *_checks("hours", weekday="weekday BETWEEN 0 AND 6", minutes="minutes BETWEEN 0 AND 100000"),
            key=("centre", "weekday"))
    _create("closed_day", _day("day"), _text("title", 120), key=("day",))
    for table, indexes in INDEXES.items():
        for columns in indexes:
            op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, columns)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _create(table: str, first: Any, *others: Any, key: tuple[str, ...] = ()) -> None:
    op.create_table(table, first, *others, sa.PrimaryKeyConstraint(*(key or (first.name,)), name=op.f(f"pk_{table}")))


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.Integer(), nullable=False)


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=False)


def _whole(name: str, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable, autoincrement=False)


def _amount(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _day(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Date(), nullable=False)


def _at() -> sa.Column[Any]:
    return sa.Column("at", sa.DateTime(timezone=True), nullable=False)


def _refers(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [sa.ForeignKeyConstraint([column], [other if "." in other else f"{other}.id"],
                                    name=op.f(f"fk_{table}_{column}")) for column, other in columns.items()]


def _checks(table: str, **conditions: str) -> list[sa.CheckConstraint]:
    return [sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}")) for name, condition in conditions.items()]

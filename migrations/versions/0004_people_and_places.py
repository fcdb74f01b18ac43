"""People and places of customers, dated evidence about them, and what customers allow to be made of it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SUBJECT = sa.table("subject", *(sa.column(name) for name in ("id", "customer_id", "kind", "name", "themself",
                                                             "created_at")))
EVIDENCE = sa.table("evidence", *(sa.column(name, kind) for name, kind in {
    "customer_id": sa.Integer, "person_id": sa.Integer, "place_id": sa.Integer, "product_id": sa.Integer,
    "version_id": sa.Integer, "kind": sa.String, "values": sa.JSON, "corrected": sa.JSON, "verdicts": sa.JSON,
    "note": sa.String, "source": sa.String, "order_id": sa.Integer, "revision_id": sa.Integer,
    "stated_by": sa.Integer, "at": sa.DateTime(timezone=True)}.items()))
REFERENCES = {  # new columns that may be empty
    "draft": {"person_id": "subject", "place_id": "subject", "remake_of_id": "order"},
    "specification": {"person_id": "subject", "place_id": "subject"},
    "order": {"person_id": "subject", "place_id": "subject", "remake_of_id": "order"}}
COUNTS = {"draft": ("seconds",), "order": ("unaided", "seconds")}
LEARNING = ["customer_id", "id", "version_id", "inputs", "unaided", "seconds"]


def upgrade() -> None:
    _create()
    for table, columns in REFERENCES.items():
        for column, other in columns.items():
            op.execute(f'ALTER TABLE "{table}" ADD COLUMN {column} INTEGER CONSTRAINT fk_{table}_{column} '
                       f'REFERENCES "{other}" (id)')
    for table, counts in COUNTS.items():
        for column in counts:
            op.execute(f'ALTER TABLE "{table}" ADD COLUMN {column} INTEGER'
                       + (" NOT NULL DEFAULT 0" if table == "draft" else ""))
    op.create_index("ix_order_learning", "order", LEARNING)
    _introduce()
    with op.batch_alter_table("fact") as fact:
        fact.alter_column("subject_id", nullable=False)
        fact.alter_column("taken_by", server_default=None)
        fact.drop_column("about")
        fact.create_foreign_key(op.f("fk_fact_subject_id"), "subject", ["subject_id"], ["id"])
        fact.create_index(op.f("ix_fact_subject_id"), ["subject_id"])
    _remember()
    _allow_erasures()


def downgrade() -> None:
    _refuse_all()
    op.execute("ALTER TABLE fact ADD COLUMN about VARCHAR(20) NOT NULL DEFAULT 'person'")
    op.execute("UPDATE fact SET about = (SELECT kind FROM subject WHERE subject.id = fact.subject_id)")
    with op.batch_alter_table("fact") as fact:
        fact.alter_column("about", server_default=None)
        fact.drop_index(op.f("ix_fact_subject_id"))
        fact.drop_constraint(op.f("fk_fact_subject_id"), type_="foreignkey")
        fact.drop_column("subject_id")
        fact.drop_column("taken_by")
    op.drop_index("ix_order_learning", "order")
    for table, counts in COUNTS.items():
        for column in counts:
            op.execute(f'ALTER TABLE "{table}" DROP COLUMN {column}')
    for table, columns in REFERENCES.items():
        for column in columns:
            op.execute(f'ALTER TABLE "{table}" DROP COLUMN {column}')
    for table in "rereading", "removal", "erasure_wish", "erasure", "consent", "forgotten", "evidence", "subject":
        op.drop_table(table)


def _create() -> None:
    op.create_table(
        "subject",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("themself", sa.Boolean(), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('person', 'place')", name=op.f("ck_subject_kind")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_subject_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject")),
        sa.UniqueConstraint("customer_id", "kind", "name", name=op.f("uq_subject_customer_id_kind_name")),
    )
    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(f"{other}_id", sa.Integer(), nullable=other in ("person", "place"))
          for other in ("customer", "person", "place", "product", "version")),
        sa.Column("kind", sa.String(length=20), nullable=False),
        *(sa.Column(name, sa.JSON(), nullable=name == "corrected") for name in ("values", "corrected", "verdicts")),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in ("order_id", "revision_id", "stated_by")),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('order', 'specification', 'correction', 'verdict')",
                           name=op.f("ck_evidence_kind")),
        *(sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_evidence_{column}")) for column, table in {
            "customer_id": "customer", "person_id": "subject", "place_id": "subject", "product_id": "product",
            "version_id": "version", "order_id": "order", "revision_id": "revision", "stated_by": "account"}.items()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    for column in "customer_id", "order_id", "revision_id":
        op.create_index(op.f(f"ix_evidence_{column}"), "evidence", [column])
    op.create_index("ix_evidence_product_id_id", "evidence", ["product_id", "id"])
    op.create_table(
        "forgotten",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("key", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_forgotten_customer_id")),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_forgotten_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forgotten")),
        sa.UniqueConstraint("customer_id", "subject_id", "key", name=op.f("uq_forgotten_customer_id_subject_id_key")),
    )
    op.create_table(
        "consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("purpose IN ('proposals', 'experience', 'analysis')", name=op.f("ck_consent_purpose")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_consent_customer_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_consent_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index("ix_consent_customer_id_purpose", "consent", ["customer_id", "purpose"])
    op.create_table(
        "erasure",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_erasure_customer_id")),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_erasure")),
    )
    op.create_table(
        "erasure_wish",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_erasure_wish_customer_id")),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_erasure_wish")),
    )
    op.create_table(
        "removal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=80), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_removal")),
    )
    op.create_index(op.f("ix_removal_at"), "removal", ["at"])
    op.create_table(
        "rereading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_rereading_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rereading")),
        sqlite_autoincrement=True,
    )


# what there is already


def _introduce() -> None:
    """Every customer is a person; what was told about a place is told about one place."""
    op.execute("ALTER TABLE fact ADD COLUMN subject_id INTEGER")
    op.execute("ALTER TABLE fact ADD COLUMN taken_by VARCHAR(200) NOT NULL DEFAULT ''")
    op.execute("INSERT INTO subject (customer_id, kind, name, themself, created_at) "
               "SELECT id, 'person', SUBSTR(name, 1, 120), TRUE, created_at FROM customer")
    op.execute("INSERT INTO subject (customer_id, kind, name, themself, created_at) "
               "SELECT customer_id, 'place', 'Home', FALSE, MIN(stated_at) FROM fact "
               "WHERE about = 'place' GROUP BY customer_id")
    op.execute("UPDATE fact SET subject_id = (SELECT subject.id FROM subject "
               "WHERE subject.customer_id = fact.customer_id AND subject.kind = fact.about)")


def _remember() -> None:
    """Orders and revisions are evidence about whom and where their product asks for; drafts go on for them."""
    connection = op.get_bind()
    subjects: dict[tuple[int, str], int] = {
        (customer, kind): id_ for id_, customer, kind in connection.execute(
            sa.select(SUBJECT.c.id, SUBJECT.c.customer_id, SUBJECT.c.kind))}
    versions = {id_: (product, _asked(document)) for id_, product, document in connection.execute(sa.text(
        "SELECT id, product_id, document FROM version").columns(document=sa.JSON))}
    for table, owners in _OWNERS.items():
        for id_, customer, version in connection.execute(sa.text(owners)).all():
            for kind in versions[version][1]:
                if (customer, kind) in subjects:
                    owner = sa.table(table, sa.column("id"), sa.column(f"{kind}_id"))
                    connection.execute(sa.update(owner).where(owner.c.id == id_).values(
                        {f"{kind}_id": subjects[customer, kind]}))
    for kind, query in _STATED.items():
        rows = connection.execute(sa.text(query).columns(values=sa.JSON, at=sa.DateTime(timezone=True))).mappings()
        found = [_piece(kind, dict(row), versions, subjects) for row in rows]
        if found:
            connection.execute(sa.insert(EVIDENCE), found)


_OWNERS = {
    "draft": "SELECT id, customer_id, version_id FROM draft WHERE customer_id IS NOT NULL",
    "order": 'SELECT id, customer_id, version_id FROM "order"',
    "specification": "SELECT specification.id, customer_id, MAX(version_id) FROM specification "
                     "JOIN revision ON specification_id = specification.id GROUP BY specification.id, customer_id"}
_STATED = {
    "order": 'SELECT id AS order_id, NULL AS revision_id, customer_id, version_id, "values", number, placed_by AS '
             'stated_by, placed_at AS at FROM "order" ORDER BY id',
    "specification": 'SELECT NULL AS order_id, revision.id AS revision_id, customer_id, version_id, "values", '
                     'specification.number AS number, saved_by AS stated_by, saved_at AS at FROM revision '
                     'JOIN specification ON specification_id = specification.id ORDER BY revision.id'}


def _piece(kind: str, row: dict[str, Any], versions: dict[int, tuple[int, set[str]]],
           subjects: dict[tuple[int, str], int]) -> dict[str, Any]:
    product, asked = versions[row["version_id"]]
    whom = {f"{about}_id": subjects.get((row["customer_id"], about)) if about in asked else None
            for about in ("person", "place")}
    source = f"{kind} {row.pop('number')}"
    return {**row, **whom, "kind": kind, "product_id": product, "source": source, "verdicts": {},
            "note": ""}


def _asked(document: dict[str, Any]) -> set[str]:
    """The kinds of subjects that a product asks about."""
    return {characteristic.get("about") for characteristic in document.get("characteristics", ())} & {"person", "place"}


# what was promised stays as it is, unless the person is erased

ERASED = {
    "order": "SELECT 1 FROM erasure WHERE erasure.customer_id = OLD.customer_id",
    "revision": "SELECT 1 FROM erasure JOIN specification ON specification.customer_id = erasure.customer_id "
                "WHERE specification.id = OLD.specification_id"}
ACTS = {"order": ("UPDATE",), "revision": ("UPDATE", "DELETE")}
PROMISED = ('number, customer_id, version_id, revision_id, placed_by, key, "values", sheet, currency, total, quantity, '
            "promised_on, inputs, questions, placed_at")


def _allow_erasures() -> None:
    for table, erased in ERASED.items():
        if _is_postgresql():
            op.execute(
                f"CREATE FUNCTION refuse_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF EXISTS ({erased}) THEN RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END; END IF; "
                "RAISE EXCEPTION 'a % cannot be changed', TG_TABLE_NAME "
                "USING ERRCODE = 'integrity_constraint_violation'; END $$")
        _refuse(table, f"refuse_{table}", f"WHEN NOT EXISTS ({erased})")


def _refuse_all() -> None:
    for table in ERASED:
        _refuse(table, "refuse", "")
        if _is_postgresql():
            op.execute(f"DROP FUNCTION refuse_{table}()")


def _refuse(table: str, function: str, when: str) -> None:
    """Refuses changes of a table under other conditions: by a function (PostgreSQL), or when (SQLite)."""
    for act in ACTS[table]:
        name, of = f"frozen_{table}_{act.lower()}", f" OF {PROMISED}" if table == "order" else ""
        op.execute(f"DROP TRIGGER {name}" + (f' ON "{table}"' if _is_postgresql() else ""))
        op.execute(f'CREATE TRIGGER {name} BEFORE {act}{of} ON "{table}" ' + (
            f"FOR EACH ROW EXECUTE FUNCTION {function}()" if _is_postgresql() else
            f"{when} BEGIN SELECT RAISE(ABORT, 'a {table} cannot be changed'); END"))


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"

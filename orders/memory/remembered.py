"""What is remembered of customers, in the database: dated evidence, and what they allow to be made of it.

What is concluded from evidence is derived and can be made anew from it at any time: see configurator.recollection.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.database import Base, UtcDateTime, now
from catalog.records import Version
from orders.records import Account, Customer, Order, Revision, Subject

KINDS = ("order", "specification", "correction", "verdict")
"""Of evidence about a product; what is told about a trait is a fact."""
PURPOSES = ("proposals", "experience", "analysis")
"""What a customer's evidence may be used for: to propose answers to them; without their name, to propose answers to
others; to estimate what the relation is worth.
"""


class Fact(Base):
    """Something a customer told about a person or a place, under the name of its trait; the newest one holds."""

    __tablename__ = "fact"
    __table_args__ = (Index("ix_fact_customer_id_trait", "customer_id", "trait"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    subject_id: Mapped[int] = mapped_column(ForeignKey("subject.id"), index=True)
    trait: Mapped[str] = mapped_column(String(250))
    answer: Mapped[dict[str, Any]]  # {"value": ...}: JSON alone would not tell null from absent
    unit: Mapped[str] = mapped_column(String(80), default="")
    source: Mapped[str] = mapped_column(String(200), default="")  # "order 2231"
    taken_by: Mapped[str] = mapped_column(String(200), default="")  # who measured; empty: the customer says so
    stated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    subject: Mapped[Subject] = relationship()


class Evidence(Base):
    """What a customer said about a product once, whole or in part, in the names of a version of it.

    order, specification: the whole product. correction: a value set right on the page of what is remembered.
    verdict: whether what was made was right.
    """

    __tablename__ = "evidence"
    __table_args__ = (CheckConstraint(f"kind IN {KINDS}", name="kind"),
                      Index("ix_evidence_product_id_id", "product_id", "id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"))
    kind: Mapped[str] = mapped_column(String(20))
    values: Mapped[dict[str, Any]]
    corrected: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # by the names that the person
    # set or changed: what had been proposed; none if that is not known
    verdicts: Mapped[dict[str, Any]]  # by name: see orders.memory.feedback
    note: Mapped[str] = mapped_column(String(2000), default="")
    source: Mapped[str] = mapped_column(String(200), default="")  # "order 2231"
    order_id: Mapped[int | None] = mapped_column(ForeignKey("order.id"), index=True)
    revision_id: Mapped[int | None] = mapped_column(ForeignKey("revision.id"), index=True)
    stated_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # the rep, where there was one
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    customer: Mapped[Customer] = relationship()
    person: Mapped[Subject | None] = relationship(foreign_keys=person_id)
    place: Mapped[Subject | None] = relationship(foreign_keys=place_id)
    version: Mapped[Version] = relationship()
    order: Mapped[Order | None] = relationship()
    revision: Mapped[Revision | None] = relationship()


class Forgotten(Base):
    """A piece that a customer wants forgotten: not used from now on, and taken out of the evidence when it can no
    longer be undone.
    """

    __tablename__ = "forgotten"
    __table_args__ = (UniqueConstraint("customer_id", "subject_id", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("subject.id"))
    key: Mapped[str] = mapped_column(String(500))  # a trait, or a product's slug and a name: "bookcase.colour"
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    plan: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # of a place: see orders.memory.plans


class Consent(Base):
    """That a customer allowed a use of what is remembered, or withdrew it; the newest one holds."""

    __tablename__ = "consent"
    __table_args__ = (CheckConstraint(f"purpose IN {PURPOSES}", name="purpose"),
                      Index("ix_consent_customer_id_purpose", "customer_id", "purpose"))
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    purpose: Mapped[str] = mapped_column(String(20))
    given: Mapped[bool]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # who noted it
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    account: Mapped[Account | None] = relationship()


class Erasure(Base):
    """That a customer was erased: what is left of them is what the law makes one keep, without the person.

    While there is one, the database allows what it refuses otherwise: to blank their orders and drop their revisions.
    """

    __tablename__ = "erasure"
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class ErasureWish(Base):
    """That a customer wants to be erased as soon as nothing of theirs is being made."""

    __tablename__ = "erasure_wish"
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Removal(Base):
    """What the daily retention removed: how many of what, none too."""

    __tablename__ = "removal"
    id: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(String(80))
    count: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)


class Rereading(Base):
    """That what is remembered of a customer changed otherwise than by new evidence: memories read it anew."""

    __tablename__ = "rereading"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - a number that was deleted is never given again
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

"""Published catalogues in the database."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.database import Base, UtcDateTime, now


class Product(Base):
    """A product family; its model lives in its versions."""

    __tablename__ = "product"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)  # ProductModel.name
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    versions: Mapped[list[Version]] = relationship(back_populates="product", order_by="Version.number")


class Version(Base):
    """An immutable published version of a product family."""

    __tablename__ = "version"
    __table_args__ = (UniqueConstraint("product_id", "number"), CheckConstraint("number > 0", name="number"))
    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))  # SHA-256 of the document
    document: Mapped[dict[str, Any]] = mapped_column(deferred=True)  # the model, often large
    published_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    published_by: Mapped[str] = mapped_column(String(200), default="")
    product: Mapped[Product] = relationship(back_populates="versions")

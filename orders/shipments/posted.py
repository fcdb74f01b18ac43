"""What is written to customers, in the database: each mail as it was composed, and whether it left."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.database import Base, UtcDateTime, now
from orders.quotation.quoted import Quote
from orders.records import Customer, Order

KINDS = ("placed", "changed", "shipped", "cancelled", "refused", "right", "quoted")
"""What a mail says of an order; "refused": what was asked for; "right": the question whether it is; "quoted" brings a
quote.
"""
QUESTION = text("kind = 'right'")


class Mail(Base):
    """A mail to a customer: composed once for what happened, which the database sees to, and sent when it can be."""

    __tablename__ = "mail"
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="kind"), Index("ix_mail_sent_at_due_at", "sent_at", "due_at"),
        Index("ix_mail_question", "order_id", unique=True, sqlite_where=QUESTION, postgresql_where=QUESTION))
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("order.id"), index=True)
    quote_id: Mapped[int | None] = mapped_column(ForeignKey("quote.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("order_event.id"), unique=True)  # what it tells of,
    request_id: Mapped[int | None] = mapped_column(ForeignKey("request.id"), unique=True)  # or what it answers
    kind: Mapped[str] = mapped_column(String(20))
    locale: Mapped[str] = mapped_column(String(20))
    recipient: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(250))
    plain: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=now)  # the next try; empty: it was given up
    tries: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(500), default="")  # of the last try
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    customer: Mapped[Customer] = relationship()
    order: Mapped[Order | None] = relationship()
    quote: Mapped[Quote | None] = relationship()

    @property
    def about(self) -> str:
        """The number of the order or the quote that it is about."""
        return self.order.number if self.order else self.quote.number if self.quote else ""

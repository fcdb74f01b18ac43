"""By which words clients are found, in the database: kept with every client that is stored, in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import (
    Connection,
    ForeignKey,
    Index,
    String,
    bindparam,
    delete,
    event,
    exists,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.orm import Mapped, Session, UOWTransaction, mapped_column

from catalog.database import Base
from orders.clients import words
from orders.records import Customer

NAMES = ("name", "company", "email", "phone")
Word = String(words.LONGEST).with_variant(String(words.LONGEST, collation="C"), "postgresql")
"""Compared sign by sign, whatever the language of the database: what begins alike stands together."""


class ClientWord(Base):
    """A word of a client's names, or an end of their telephone's number."""

    __tablename__ = "client_word"
    __table_args__ = (Index("ix_client_word_word_customer_id", "word", "customer_id"), {"sqlite_with_rowid": False})
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), primary_key=True)
    word: Mapped[str] = mapped_column(Word, primary_key=True)


class Spelling(Base):
    """A word that clients have, by what it shares with misspelt ones: see words.spellings."""

    __tablename__ = "spelling"
    __table_args__ = ({"sqlite_with_rowid": False},)
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    word: Mapped[str] = mapped_column(Word, primary_key=True)


SPELL = text("INSERT INTO spelling (key, word) VALUES (:key, :word) ON CONFLICT (key, word) DO UPDATE SET word = :word")
"""Writes what is there already, too: whoever drops the word meanwhile starts over, see catalog.database."""
UNSPELL = delete(Spelling).where(Spelling.key == bindparam("of_key"), Spelling.word == bindparam("of_word"),
                                 ~exists().where(ClientWord.word == bindparam("of_word")))
AT_ONCE = 500
"""Clients whose words one statement takes: a database takes so many values at once."""


@event.listens_for(Session, "after_flush")
def _keep_words(session: Session, _: UOWTransaction) -> None:
    """Those of every client who is new or is called otherwise now; see orders.memory.erasure for who is erased."""
    changed = [one for one in (*session.new, *session.dirty) if isinstance(one, Customer) and _is_renamed(one)]
    for start in range(0, len(changed), AT_ONCE):
        _keep(session.connection(), changed[start:start + AT_ONCE])


def _keep(connection: Connection, customers: Sequence[Customer]) -> None:
    """Stores the words of clients as they are called now, and drops the spellings of words that nobody has any more."""
    gone = delete(ClientWord).where(ClientWord.customer_id.in_([one.id for one in customers]))
    dropped = set(connection.scalars(gone.returning(ClientWord.word)))
    added = [{"customer_id": one.id, "word": word} for one in customers for word in words_of(one)]
    now = {str(row["word"]) for row in added}
    others = set(connection.scalars(select(ClientWord.word).where(ClientWord.word.in_(now)).distinct()))
    if added:
        connection.execute(insert(ClientWord), added)
    kept = [spelt[0] for word in sorted(others) if (spelt := _spelt(word))]
    if new := [*kept, *(row for word in sorted(now - others) for row in _spelt(word))]:
        connection.execute(SPELL, new)
    if old := [row for word in sorted(dropped - now) for row in _spelt(word)]:
        connection.execute(UNSPELL, [{"of_key": row["key"], "of_word": row["word"]} for row in old])


def words_of(customer: Customer) -> tuple[str, ...]:
    """The words of a client as they are called now."""
    return words.kept((customer.name, customer.company or ""), customer.email or "", customer.phone or "")


def _is_renamed(customer: Customer) -> bool:
    state = inspect(customer)
    return any(state.attrs[name].history.has_changes() for name in NAMES)


def _spelt(word: str) -> list[dict[str, object]]:
    return [{"key": key, "word": word} for key in sorted(words.spellings(word))]

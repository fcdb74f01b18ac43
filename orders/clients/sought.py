"""By which words clients are found, in the database: kept with every client that is stored, in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeGuard

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
from orders.records import Customer, Subject

NAMES: Mapping[type, Sequence[str]] = {Customer: ("name", "company", "email", "phone"), Subject: ("name",)}
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
    """Those of every client who is new or is called otherwise now, or whose people are."""
    named = [*filter(_is_renamed, (*session.new, *session.dirty)), *session.deleted]
    changed = sorted({one.id if isinstance(one, Customer) else one.customer_id for one in named if _is_sought(one)})
    for start in range(0, len(changed), AT_ONCE):
        _keep(session.connection(), changed[start:start + AT_ONCE])


def forget(session: Session, customer: Customer) -> None:
    """Drops the words of a client who is to be found by their number alone."""
    connection = session.connection()
    _unspell(connection, _drop(connection, [customer.id]))


def people(connection: Connection, customers: Sequence[int]) -> dict[int, list[str]]:
    """What the people of these clients are called, besides themselves."""
    found: dict[int, list[str]] = {id_: [] for id_ in customers}
    for id_, name in connection.execute(select(Subject.customer_id, Subject.name).where(
            Subject.customer_id.in_(customers), Subject.kind == "person", ~Subject.themself).order_by(Subject.id)):
        found[id_].append(name)
    return found


def _keep(connection: Connection, customers: Sequence[int]) -> None:
    """Stores the words of clients as they are called now, and drops the spellings of words that nobody has any more."""
    dropped = _drop(connection, customers)
    added = [{"customer_id": id_, "word": word} for id_, theirs in _words(connection, customers) for word in theirs]
    now = {str(row["word"]) for row in added}
    others = set(connection.scalars(select(ClientWord.word).where(ClientWord.word.in_(now)).distinct()))
    if added:
        connection.execute(insert(ClientWord), added)
    kept = [spelt[0] for word in sorted(others) if (spelt := _spelt(word))]
    if new := [*kept, *(row for word in sorted(now - others) for row in _spelt(word))]:
        connection.execute(SPELL, new)
    _unspell(connection, dropped - now)


def _drop(connection: Connection, customers: Sequence[int]) -> set[str]:
    gone = delete(ClientWord).where(ClientWord.customer_id.in_(customers))
    return set(connection.scalars(gone.returning(ClientWord.word)))


def _unspell(connection: Connection, dropped: Iterable[str]) -> None:
    """Drops the spellings of those words that nobody has any more."""
    if old := [row for word in sorted(dropped) for row in _spelt(word)]:
        connection.execute(UNSPELL, [{"of_key": row["key"], "of_word": row["word"]} for row in old])


def _words(connection: Connection, customers: Sequence[int]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The words of clients as they and their people are called now."""
    theirs = people(connection, customers)
    called = select(Customer.id, Customer.name, Customer.company, Customer.email, Customer.phone)
    for id_, name, company, email, phone in connection.execute(called.where(Customer.id.in_(customers))):
        yield id_, words.kept((name, company, *theirs[id_]), email, phone)


def _is_sought(one: object) -> TypeGuard[Customer | Subject]:
    """Whether what it is called is what a client is found by."""
    return isinstance(one, Customer) or (isinstance(one, Subject) and one.kind == "person" and not one.themself)


def _is_renamed(one: object) -> bool:
    state = inspect(one)
    return any(state.attrs[name].history.has_changes() for name in NAMES.get(type(one), ()))


def _spelt(word: str) -> list[dict[str, object]]:
    return [{"key": key, "word": word} for key in sorted(words.spellings(word))]

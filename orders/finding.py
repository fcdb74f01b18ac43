"""Finding a client while their name is typed: by numbers, by what words begin with, and by what is like them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, union
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from orders import words
from orders.quoted import Quote
from orders.records import Customer, Order, Specification
from orders.sought import ClientWord, Spelling

MOST = 20
"""Clients that a search gives."""
LOOKED_AT = 100
"""Words that are looked at for them, in the order of the alphabet: whole words before longer ones."""
ALIKE = 40
"""Words that something misspelt may stand for."""
MOST_WORDS = 8
"""Words of a search that count."""
CERTAIN = 1
"""How far a client may be who is meant without a doubt: what was typed begins their words."""
LAST = "\U0010ffff"
"""Stands after every sign: no word has it."""


class Hit(NamedTuple):
    """A client, and how far what was typed is from what they are called: 0 whole words or a number, 1 beginnings, more
    for each slip.
    """

    customer: Customer
    far: int


@dataclass(frozen=True)
class _Asked:
    """A word that was typed: how it may begin, and words that it may stand for with the slips between."""

    beginnings: tuple[str, ...]
    alike: Mapping[str, int] = field(default_factory=dict)

    def far(self, word: str) -> int | None:
        if word in self.beginnings:
            return 0
        return 1 if word.startswith(self.beginnings) else self.alike.get(word)


def find(session: Session, text: str, most: int = MOST) -> list[Hit]:
    """Clients by their number or that of an order or specification, else by name, company, e-mail and telephone.

    Words are complete, begun or misspelt, in any order; accents, capitals and how a number is written do not matter.
    Who is meant for certain comes first, then who is most alike; all words must be somebody's.
    """
    numbered = _numbered(session, text.strip().upper())
    typed = [_Asked(beginnings) for beginnings in words.asked(text)[:MOST_WORDS]]
    found = dict.fromkeys(numbered, 0)
    if typed:
        found = _far(session, _begun(session, typed), typed) | found
    if typed and sum(far <= CERTAIN for far in found.values()) < most:
        alike = [_Asked(one.beginnings, _alike(session, one.beginnings[0])) for one in typed]
        if any(one.alike for one in alike):
            found = _far(session, _misspelt(session, alike), alike) | found
    customers = {one.id: one for one in session.scalars(select(Customer).where(Customer.id.in_(found)))}
    hits = [Hit(customers[id_], far) for id_, far in found.items()]
    return sorted(hits, key=lambda hit: (hit.far, hit.customer.id not in numbered, hit.customer.name, hit.customer.id)
                  )[:most]


def _numbered(session: Session, number: str) -> list[int]:
    if not any(map(str.isdecimal, number)) or len(number) > 20:
        return []
    owners = ((Customer.id, Customer.number), (Order.customer_id, Order.number),
              (Specification.customer_id, Specification.number), (Quote.customer_id, Quote.number))
    return list(session.scalars(union(*(select(owner).where(known == number) for owner, known in owners))))


def _begun(session: Session, typed: Sequence[_Asked]) -> set[int]:
    """Clients with words that begin as was typed, found by the longest of them."""
    first, *others = _longest_first(typed)
    return {id_ for beginning in first.beginnings
            for id_ in session.scalars(_having(_begins(ClientWord.word, beginning), others).limit(LOOKED_AT))}


def _misspelt(session: Session, typed: Sequence[_Asked]) -> set[int]:
    """Clients with words that are like what was typed; the others may be begun or alike, too."""
    first, *others = _longest_first(typed)
    found = set(session.scalars(_having(_begins(ClientWord.word, first.beginnings[0]), others).limit(LOOKED_AT)))
    for slips in sorted(set(first.alike.values())):
        nearest = [word for word, far in first.alike.items() if far == slips]
        found.update(session.scalars(_having(ClientWord.word.in_(nearest), others).limit(LOOKED_AT)))
    return found


def _having(first: ColumnElement[bool], others: Sequence[_Asked]) -> Select[tuple[int]]:
    """Clients with such a word and the others, in the order of the words."""
    another = aliased(ClientWord)
    return select(ClientWord.customer_id).where(first, *(
        exists().where(another.customer_id == ClientWord.customer_id, _is(another.word, one)) for one in others)
        ).order_by(ClientWord.word, ClientWord.customer_id)


def _is(word: InstrumentedAttribute[str], asked: _Asked) -> ColumnElement[bool]:
    return or_(word.in_(asked.alike), *(_begins(word, beginning) for beginning in asked.beginnings))


def _begins(word: InstrumentedAttribute[str], beginning: str) -> ColumnElement[bool]:
    return and_(word >= beginning, word < beginning + LAST)


def _longest_first(typed: Sequence[_Asked]) -> list[_Asked]:
    return sorted(typed, key=lambda one: -max(map(len, one.beginnings)))


def _alike(session: Session, typed: str) -> dict[str, int]:
    """The words that something may stand for which was misspelt, the most alike first.

    The more spellings two words share, the more they are alike: few are looked at.
    """
    shared = (select(Spelling.word).where(Spelling.key.in_(words.spellings(typed))).group_by(Spelling.word)
              .order_by(func.count().desc(), Spelling.word).limit(LOOKED_AT))
    slips = {word: words.unlikeness(typed, word) for word in session.scalars(shared)}
    near = sorted((far, abs(len(word) - len(typed)), word) for word, far in slips.items() if far is not None)
    return {word: CERTAIN + max(far, 1) for far, _, word in near[:ALIKE]}


def _far(session: Session, ids: set[int], typed: Sequence[_Asked]) -> dict[int, int]:
    """How far each client is from what was typed: the worst of the words typed, each at its best."""
    theirs: dict[int, list[str]] = defaultdict(list)
    query = select(ClientWord.customer_id, ClientWord.word).where(ClientWord.customer_id.in_(ids))
    for id_, word in session.execute(query):
        theirs[id_].append(word)
    return {id_: max(min(far for word in known if (far := one.far(word)) is not None) for one in typed)
            for id_, known in theirs.items()}

"""Finding a client while their name is typed: by numbers, by what words begin with, and by what is like them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, or_, select, union, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from orders.clients import sought, words
from orders.clients.sought import ClientWord, Spelling
from orders.quotation.quoted import Quote
from orders.records import Customer, Order, Specification

MOST = 20
"""Clients that a search gives."""
LOOKED_AT = 100
"""Words that are looked at for them, in the order of the alphabet: whole words before longer ones."""
COUNTED = 5_000
"""Rows that are counted to see which word is the rarest."""
ALIKE = 40
"""Words that something misspelt may stand for."""
SHORTEST = 3
"""Signs that have to be typed before it may be misspelt."""
MOST_WORDS = 8
"""Words of a search that count."""
CERTAIN = 1
"""How far a client may be who is meant without a doubt: what was typed begins their words."""
LAST = "\U0010ffff"
"""Stands after every sign: no word has it."""


class Hit(NamedTuple):
    """A client, and how far what was typed is from what they are called: 0 whole words or a number, 1 beginnings, more
    for each slip; who of their people is called so, if it is not they themself.
    """

    customer: Customer
    far: int
    person: str = ""


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
    """Clients by their number or that of an order, quote or specification, else by the names of them, their company and
    their people, by e-mail and telephone.

    Words are complete, begun or misspelt, in any order; accents, capitals and how a number is written do not matter.
    Who is meant for certain comes first, then who is most alike; all words must be somebody's.
    """
    numbered = _numbered(session, text.strip().upper())
    typed = [_Asked(beginnings) for beginnings in words.asked(text)[:MOST_WORDS]]
    found = (_found(session, typed) if typed else {}) | dict.fromkeys(numbered, 0)
    if sum(far <= CERTAIN for far in found.values()) < most and any(alike := _alike(session, typed)):
        typed = [replace(one, alike=near) for one, near in zip(typed, alike, strict=True)]
        found = _found(session, typed) | found
    return _hits(session, typed, found, frozenset(numbered), most)


def _hits(session: Session, typed: Sequence[_Asked], found: Mapping[int, int], numbered: frozenset[int], most: int
          ) -> list[Hit]:
    """The first of those found: only they are read whole."""
    called = {one.id: one.name
              for one in session.execute(select(Customer.id, Customer.name).where(Customer.id.in_(found)))}
    first = sorted(called, key=lambda id_: (found[id_], id_ not in numbered, called[id_], id_))[:most]
    customers = {one.id: one for one in session.scalars(select(Customer).where(Customer.id.in_(first)))}
    people = sought.people(session.connection(), first)
    return [Hit(customers[id_], found[id_], _person(customers[id_], people[id_], typed)) for id_ in first]


def _person(customer: Customer, people: Iterable[str], typed: Sequence[_Asked]) -> str:
    """Who of a client's people is meant, if the client is not called all that was typed."""
    own = words.kept((customer.name, customer.company), customer.email, customer.phone)
    meant = [one for one in typed if all(one.far(word) is None for word in own)]
    return next((name for name in people if any(
        one.far(word) is not None for one in meant for word in words.kept([name]))), "")


def _numbered(session: Session, number: str) -> list[int]:
    if not any(map(str.isdecimal, number)) or len(number) > 20:
        return []
    owners = ((Customer.id, Customer.number), (Order.customer_id, Order.number),
              (Specification.customer_id, Specification.number), (Quote.customer_id, Quote.number))
    return list(session.scalars(union(*(select(owner).where(known == number) for owner, known in owners))))


def _found(session: Session, typed: Sequence[_Asked]) -> dict[int, int]:
    """Clients who have all the words, found by the rarest of them, and how far they are from what was typed.

    That is the worst of the words typed, each at its best.
    """
    first, *others = _rarest_first(session, typed)
    looked_at = [_having(way, others).limit(LOOKED_AT).subquery() for way in _ways(first)]
    query = select(ClientWord.customer_id, ClientWord.word).where(
        ClientWord.customer_id.in_(union(*(select(one.c.customer_id) for one in looked_at))))
    theirs: dict[int, list[str]] = defaultdict(list)
    for id_, word in session.execute(query):
        theirs[id_].append(word)
    return {id_: max(min(far for word in known if (far := one.far(word)) is not None) for one in typed)
            for id_, known in theirs.items()}


def _rarest_first(session: Session, typed: Sequence[_Asked]) -> list[_Asked]:
    """The words that were typed, that of the fewest clients first; of those that very many have, the longest."""
    if len(typed) == 1:
        return list(typed)
    ways = [(place, select(ClientWord.word).where(way).limit(COUNTED).subquery())
            for place, one in enumerate(typed) for way in _ways(one)]
    rows = dict.fromkeys(range(len(typed)), 0)
    for place, count in session.execute(union_all(*(select(literal(place), select(func.count()).select_from(some)
                                                           .scalar_subquery()) for place, some in ways))):
        rows[place] += count
    order = sorted(rows, key=lambda place: (rows[place], -max(map(len, typed[place].beginnings))))
    return [typed[place] for place in order]


def _ways(asked: _Asked) -> list[ColumnElement[bool]]:
    """The words that what was typed may stand for: as it begins, then those with a slip, with two."""
    slips = sorted(set(asked.alike.values()))
    likest = ([word for word, far in asked.alike.items() if far == least] for least in slips)
    return [*(_begins(ClientWord.word, beginning) for beginning in asked.beginnings), *map(ClientWord.word.in_, likest)]


def _having(first: ColumnElement[bool], others: Sequence[_Asked]) -> Select[int]:
    """Clients with such a word and the others, in the order of the words."""
    another = aliased(ClientWord)
    return select(ClientWord.customer_id).where(first, *(
        exists().where(another.customer_id == ClientWord.customer_id, _is(another.word, one)) for one in others)
        ).order_by(ClientWord.word, ClientWord.customer_id)


def _is(word: InstrumentedAttribute[str], asked: _Asked) -> ColumnElement[bool]:
    return or_(word.in_(asked.alike), *(_begins(word, beginning) for beginning in asked.beginnings))


def _begins(word: InstrumentedAttribute[str], beginning: str) -> ColumnElement[bool]:
    return and_(word >= beginning, word < beginning + LAST)


def _alike(session: Session, typed: Sequence[_Asked]) -> list[dict[str, int]]:
    """For each word that was typed those that it may stand for, the most alike first.

    The more spellings two words share, the more they are alike: few are looked at.
    """
    asked = {place: one.beginnings[0] for place, one in enumerate(typed) if len(one.beginnings[0]) >= SHORTEST}
    shared = [select(literal(place).label("place"), Spelling.word).where(Spelling.key.in_(words.spellings(word)))
              .group_by(Spelling.word).order_by(func.count().desc(), Spelling.word).limit(LOOKED_AT).subquery()
              for place, word in asked.items()]
    near: list[list[tuple[int, int, str]]] = [[] for _ in typed]
    for place, word in session.execute(union_all(*(select(one) for one in shared))) if shared else ():
        slips = None if word.startswith(asked[place]) else words.unlikeness(asked[place], word)
        if slips is not None:
            near[place].append((slips, abs(len(word) - len(asked[place])), word))
    return [{word: CERTAIN + max(slips, 1) for slips, _, word in sorted(those)[:ALIKE]} for those in near]

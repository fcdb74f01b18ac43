"""One thing that is remembered of a customer: what was said and when, what holds, what asks for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from catalog.model import Characteristic
from catalog.nodes import Answer
from catalog.records import Version
from orders.memory.verdict import Verdict
from orders.records import Subject

TOLD = ("fact", "correction")
"""Kinds of statements that were made to be remembered."""
LATELY = 5
"""The last orders that tell what a customer takes."""
Place = tuple[int | None, str]
"""Where a piece is kept: the id of the person or the place, and the key (as in `evidence.key`)."""


@dataclass(frozen=True)
class Statement:
    """One time that a customer said or ordered it; `kind` is fact, past or one of remembered.KINDS."""

    kind: str
    answer: Answer
    at: datetime
    source: str
    characteristic: Characteristic | None = None  # that puts the answer into words, if there still is one
    unit: str = ""
    taken_by: str = ""
    verdict: Verdict | None = None  # on the value that was `made`; `answer` is what they would rather have had
    made: Answer | None = None
    key: str = ""  # in the names of the version that it was said of, where the piece is called otherwise today
    product: str = ""  # the title of what it was said of; a fact is said of none


@dataclass(frozen=True)
class Use:
    """A characteristic of today's catalogue that asks for a piece."""

    version: Version
    characteristic: Characteristic


@dataclass(frozen=True)
class Piece:
    """One thing remembered about a person, a place, or (neither) about what the customer likes."""

    subject: Subject | None
    key: str
    statements: tuple[Statement, ...]  # newest first; those that were forgotten only if there is nothing since
    uses: tuple[Use, ...]
    forgotten: datetime | None = None

    @property
    def place(self) -> Place:
        return self.subject.id if self.subject else None, self.key

    @property
    def keys(self) -> frozenset[str]:
        """What it is called today, and in the versions that something was said of."""
        return frozenset([self.key, *(statement.key for statement in self.statements if statement.key)])

    @property
    def product(self) -> str:
        """The title of the only product that asks for it; empty for facts and for what several ask for."""
        products = {use.version.title for use in self.uses}
        return products.pop() if len(products) == 1 and not self.is_fact else ""

    @property
    def is_fact(self) -> bool:
        """Whether it is told about a person or a place, rather than shown by what was ordered."""
        return any(statement.kind == "fact" for statement in self.statements) or any(
            use.characteristic.trait and use.characteristic.about != "product" for use in self.uses)

    @property
    def telling(self) -> tuple[Statement, ...]:
        """The statements that tell what holds: a fact is the same for all products; of anything else each has its own
        answer, and that of the one that was ordered or corrected last holds.
        """
        if self.is_fact or not self.statements:
            return self.statements
        last = next((s for s in self.statements if s.kind in ("order", "past", "correction")), self.statements[0])
        return tuple(s for s in self.statements if s.product == last.product)

    @property
    def holds(self) -> Statement | None:
        """What is taken to be so: what was told or corrected last, else what most of the last orders say.

        A text that was left empty tells nothing of a person or a place.
        """
        silent = ("",) if self.is_fact else ()
        return _held([s for s in self.telling if s.kind in TOLD or s.answer not in silent] or self.telling)

    @property
    def lately(self) -> Sequence[Statement]:
        """The last orders that say it."""
        return _lately(self.telling)

    def within(self, product: str) -> Statement | None:
        """What holds for one product, if it is something else and no fact was told since."""
        held, theirs = self.holds, _held([s for s in self.statements if s.product == product])
        if held and theirs and theirs.answer != held.answer and (held.kind != "fact" or theirs.at > held.at):
            return theirs
        return None

    def asked(self, answer: Answer) -> Characteristic | None:
        """A characteristic of today that can have this answer."""
        return next((use.characteristic for use in self.uses if use.characteristic.admits(answer)), None)


def _held(statements: Sequence[Statement]) -> Statement | None:
    told = (s for s in statements if s.kind in TOLD or (s.verdict and s.answer != s.made))
    if found := next(told, None):
        return found
    lately = _lately(statements)
    counted = Counter(statement.answer for statement in lately)
    most = max(counted.values(), default=0)
    return next((s for s in lately if counted[s.answer] == most), next(iter(statements), None))


def _lately(statements: Sequence[Statement]) -> Sequence[Statement]:
    return [s for s in statements if s.kind in ("order", "past")][:LATELY]

"""The clauses that a model means: definitions, which hold whatever the rules are, and the clauses of each rule."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from operator import itemgetter

from configurator.engine.effort import Undecided

TRUE = 1
"""The literal that is always true; -TRUE is always false."""
ROOM, SHARE = 400, 8
"""Variables that a formula may get after others were based on it, or so much of those that it has if it is a large one:
each solver of the others decides all of them in vain, which of a small model takes longer than all else."""
LIMITED = 2_000
"""The same of a formula of limits, for which more is learnt at once."""

Clause = list[int]
Emit = Callable[[Clause], None]
"""Takes a clause that shall hold: as a definition, as part of a rule, or guarded by a literal."""


class Formula:
    """Grows only: literals made later are definitions, and every solver of the model takes them over.

    What holds in its base holds in it too, now and later; its own variables and clauses are not known there.
    """

    def __init__(self, base: Formula | None = None) -> None:
        self._base = base
        self._room = 0 if base is None else max(LIMITED if base._base else ROOM, base.top // SHARE)
        self.top: int = TRUE if base is None else base.top + self._room
        self._first = self.top
        self._definitions: list[Clause] = [[TRUE]]
        self._taken = 0  # of the base's definitions
        self._known: dict[tuple[frozenset[int], bool], int] = {}  # of literals together, or one of them
        self.rules: list[tuple[int, Clause]] = [] if base is None else list(base.rules)
        """With the index of the rule, in the order of these."""

    @property
    def definitions(self) -> list[Clause]:
        """In the order in which they became known; raises Undecided if the base has outgrown its room."""
        if self._base is not None:
            if self._base.top > self._first:
                raise Undecided("too much was learnt meanwhile: ask again")
            new = self._base.definitions[self._taken:]
            self._taken += len(new)
            self._definitions += new
        return self._definitions

    @property
    def is_worn(self) -> bool:
        """Whether the base has used up half of its room, so that a fresh one is better."""
        return self._base is not None and self._base.top > self._first - self._room // 2

    def clauses(self) -> Iterator[Clause]:
        """All clauses so far."""
        yield from self.definitions
        yield from (clause for _, clause in self.rules)

    def of(self, rules: Iterable[int]) -> Iterator[tuple[int, Clause]]:
        """The clauses of these rules, each with the rule's index."""
        for rule in rules:
            first, end = (cut(self.rules, rule, key=itemgetter(0)) for cut in (bisect_left, bisect_right))
            yield from self.rules[first:end]

    def fresh(self) -> int:
        """A new variable."""
        self.top += 1
        return self.top

    def define(self, clause: Clause) -> None:
        """Adds a clause that is true by the meaning of its literals."""
        if (kept := simplified(clause)) is not None:
            self._definitions.append(kept)

    def rule(self, index: int) -> Emit:
        """Adds clauses of a rule."""
        def emit(clause: Clause) -> None:
            if (kept := simplified(clause)) is not None:
                self.rules.append((index, kept))
        return emit

    def guarded(self, literal: int) -> Emit:
        """Adds clauses that hold while the literal is true."""
        return lambda clause: self.define([-literal, *clause])

    def any_of(self, literals: Iterable[int]) -> int:
        """A literal that implies that one of these is true; the same one for the same."""
        return self._joined(frozenset(literals), together=False)

    def all_of(self, literals: Iterable[int]) -> int:
        """A literal that implies that all of these are true; the same one for the same."""
        return self._joined(frozenset(literals), together=True)

    def _joined(self, literals: frozenset[int], together: bool) -> int:
        if (literals, together) not in self._known:
            self._known[literals, together] = found = self.fresh()
            for clause in [[literal] for literal in literals] if together else [list(literals)]:
                self.define([-found, *clause])
        return self._known[literals, together]


def simplified(clause: Clause) -> Clause | None:
    """The clause without false literals; None if it is always true."""
    if TRUE not in clause and -TRUE not in clause:
        return clause
    return None if TRUE in clause else [literal for literal in clause if literal != -TRUE]

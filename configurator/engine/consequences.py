"""What follows from choices: the columns that they leave open, found out when asked for, and what these mean."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from catalog.model import Several, Text
from catalog.nodes import Answer
from configurator.engine.chosen import Chosen
from configurator.engine.columns import Bits
from configurator.engine.domains import Domain, SeveralDomain, TextDomain
from configurator.engine.search import Left
from configurator.lazy import lazy

if TYPE_CHECKING:
    from configurator.engine.engine import Engine

SINGLY = 8
"""Domains that are asked for one by one; who asks for another one is told all at once."""


class Consequences:
    """The domains that choices leave, and what they force. What was found out is kept.

    `within`: columns outside are known to be impossible.
    """

    def __init__(self, chosen: Chosen, within: Bits | None) -> None:
        self._chosen = chosen
        self._within = within
        self._seen: Left | None = None
        self._singly = 0

    @property
    def _engine(self) -> Engine:
        return self._chosen.engine

    def domain(self, name: str) -> Domain:
        """The domain of one characteristic."""
        alone = self._engine.columns.mask([name])
        if self._lacks(alone):
            self._singly += 1
        return self._domain(name, self._left(alone if self._singly <= SINGLY else None).open)

    def domains(self, names: Collection[str] | None) -> dict[str, Domain]:
        """The domains of these characteristics; of all if none are named."""
        open_ = self._left(self._engine.columns.mask(names)).open
        if names is not None:
            return {name: self._domain(name, open_) for name in names}
        booleans = self._engine.booleans(open_)
        characteristics = self._engine.model.characteristics
        if len(booleans) == len(characteristics):
            return booleans
        return {c.name: booleans[c.name] if c.name in booleans else self._domain(c.name, open_)
                for c in characteristics}

    def unchecked(self, names: Collection[str] | None) -> dict[str, list[str | bool | int]]:
        """By name, what could not be decided of the columns of these, or of all: values, members, sizes."""
        asked = self._engine.columns.mask(names)
        undecided = self._left(asked).undecided & asked
        found: dict[str, list[str | bool | int]] = {}
        for column in np.flatnonzero(undecided).tolist():
            slot = self._engine.columns.slot(column)
            if not slot.member or column > slot.start:  # that a member must be chosen says nothing against choosing it
                found.setdefault(slot.name, []).append(slot.member or slot.values[column - slot.start])
        return found

    def excluded(self, answers: Mapping[str, Answer]) -> dict[str, Domain]:
        """Of the answers to what is not chosen, those that the choices exclude at first sight: what is left there."""
        columns = self._engine.columns
        with self._engine.act():
            open_ = self._engine.propagation.left(self._chosen.columns)
        asked = [(name, column) for name, answer in answers.items() if name not in self._chosen.choices
                 for column in columns.of_answer(name, answer)]
        closed = ~open_[[column for _, column in asked]]
        return {name: self._domain(name, open_) for name in dict.fromkeys(asked[i][0] for i in np.flatnonzero(closed))}

    @lazy
    def forced(self) -> Mapping[str, Answer]:
        """What is not chosen and has one possibility left."""
        return {c.name: self._engine.columns.taken(c, self._glance.open) for c in self._engine.model.characteristics
                if c.name not in self._chosen.choices and c.name not in self.undecided}

    @lazy
    def undecided(self) -> frozenset[str]:
        """What has more than one possibility left, or a text of one size that nobody has written yet."""
        slots = self._engine.columns.slots
        open_ = self._glance.open
        several = np.add.reduceat(open_, self._engine.columns.starts) > 1
        names = {slots[i].name for i in np.flatnonzero(several)}
        texts = {c.name for c in self._engine.texts
                 if c.least or not open_[self._engine.columns.of_answer(c.name, "")[0]]}
        return frozenset((names | texts) - self._chosen.choices.keys())

    def includes(self, column: int) -> bool:
        """Whether it is known already that a product takes a column with the choices."""
        return self._seen is not None and bool(self._seen.possible[column])

    def narrowed(self, names: Iterable[str]) -> Bits | None:
        """The columns that are not known to be impossible once these have been chosen besides; None: any."""
        if not self._chosen.choices.keys().isdisjoint(names):
            return None
        return self._within if self._seen is None else self._seen.open | self._seen.unasked

    def _left(self, wanted: Bits | None = None) -> Left:
        """What is left of the columns, at least of those wanted; if none are named, of all."""
        wanted = self._engine.columns.mask(None) if wanted is None else wanted
        seen = self._seen
        return self._ask(wanted) if seen is None or self._lacks(wanted) else seen

    def _lacks(self, wanted: Bits) -> bool:
        """Whether any of the columns has not been asked for yet."""
        return self._seen is None or bool((self._seen.unasked & wanted).any())

    @lazy
    def _glance(self) -> Left:
        """What is left of each slot, as far as that is needed to say whether it is more than one column."""
        return self._ask(None)

    def _ask(self, wanted: Bits | None) -> Left:
        taken = tuple(sorted(self._chosen.columns))
        with self._engine.act():
            self._seen = seen = self._engine.propagation.open(taken, wanted, self._within)
        return seen

    def _domain(self, name: str, open_: Bits) -> Domain:
        match self._engine.model[name]:
            case Several() as several:
                return self._several(several, open_)
            case Text() as text:
                return self._text(text, open_)
            case characteristic:
                return self._engine.domain(characteristic, open_[self._engine.columns.span(name)])

    def _several(self, several: Several, open_: Bits) -> SeveralDomain:
        slots = self._engine.columns.of[several.name]
        members = [slot.member for slot in slots if slot.member and open_[slot.start + 1]]
        required = [slot.member for slot in slots if slot.member and not open_[slot.start]]
        return SeveralDomain(members, required, lambda answer: self._admits(several, answer))

    def _admits(self, several: Several, answer: frozenset[str]) -> bool:
        if several.name in self._chosen.choices:
            return self._chosen.choices[several.name] == answer
        return several.admits(answer) and self._chosen.allow(self._engine.columns.of_answer(several.name, answer))

    def _text(self, text: Text, open_: Bits) -> TextDomain:
        slot, = self._engine.columns.of[text.name]
        written = self._chosen.choices.get(text.name)
        sizes = (int(slot.values[i]) for i in np.flatnonzero(open_[slot.columns]).tolist())
        return TextDomain(text, sizes, written if isinstance(written, str) else None)

"""A configuration in progress: an immutable value, every act returns a new one."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping
from itertools import chain
from time import thread_time
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from catalog.expressions import Answer
from catalog.model import Characteristic, Rule, Several, Text
from configurator.engine.columns import Bits
from configurator.engine.completion import Weights
from configurator.engine.domains import Domain, SeveralDomain, TextDomain
from configurator.engine.effort import SECONDS
from configurator.engine.explanation import Explanation, minimal
from configurator.engine.objective import Measure, Range
from configurator.engine.propagation import Left
from configurator.engine.repair import Repair, corrections, fewest
from configurator.lazy import lazy

if TYPE_CHECKING:
    from configurator.engine.engine import Engine

SINGLY = 8
"""Domains that are asked for one by one; who asks for another one is told all at once."""


class Impossible(Exception):
    """The value cannot stand with the choices made: `explanation` says why."""

    def __init__(self, name: str, value: Answer, explanation: Explanation) -> None:
        causes = ", ".join(explanation.choices + explanation.rules)
        super().__init__(f"{name} = {value!r} is impossible because of {causes}")
        self.name = name
        self.value = value
        self.explanation = explanation


class OverLimit(Exception):
    """No product with these choices keeps the limits: `explanation` says which of the choices, and why."""

    def __init__(self, explanation: Explanation) -> None:
        super().__init__(f"impossible because of {', '.join(explanation.choices + explanation.rules)}")
        self.explanation = explanation


class Configuration:
    """Choices, and what follows from them. Questions are answered when they are asked, and answers are kept."""

    def __init__(self, engine: Engine, choices: dict[str, Answer], within: Bits | None = None, gap: float = 0) -> None:
        self._engine = engine
        self._choices = choices
        self._within = within
        self._seen: Left | None = None
        self._singly = 0
        self.gap = gap
        """Of what `complete` gives: how much greater another's weight could be at most; 0 if it is the best."""

    @property
    def engine(self) -> Engine:
        """The engine that made it."""
        return self._engine

    @property
    def choices(self) -> Mapping[str, Answer]:
        """What was chosen, in the order of choosing."""
        return MappingProxyType(self._choices)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Configuration) and self._engine is other._engine and self._choices == other._choices

    def __hash__(self) -> int:
        return hash((id(self._engine), frozenset(self._choices.items())))

    def __repr__(self) -> str:
        return f"Configuration({self._choices!r})"

    # acts

    def choose(self, name: str, value: Answer) -> Configuration:
        """This with one more choice; it takes the place of an earlier choice of the same name.

        Raises Impossible, with the explanation, if it cannot stand with the others; ValueError for a name or value
        that the model does not have. For a several-of the value is the set of names.
        """
        answer = self._engine.columns.answer(name, value)
        rest = self._without(name)
        columns = self._engine.columns.of_answer(name, answer)
        if not self._can(name, rest, columns):
            with self._engine.act():
                raise Impossible(name, answer, self._explain(rest, columns))
        return Configuration(self._engine, {**rest, name: answer}, self._narrowed([name]))

    def choose_first(self, name: str, values: Iterable[Answer]) -> Configuration:
        """As `choose` with the first of these values that is possible; raises ValueError if none is."""
        rest = self._without(name)
        taken = self._taken(rest)
        for value in values:
            columns = self._engine.columns.of_answer(name, self._engine.columns.answer(name, value))
            with self._engine.act():
                known = next(self._engine.contradictions.among(columns, rest), None)
                excluded = self._core(taken, columns) if known is None else known
            if excluded is None:
                return Configuration(self._engine, {**rest, name: value}, self._narrowed([name]))
        raise ValueError(f"none of these values of {name} is possible")

    def retract(self, name: str) -> Configuration:
        """This without the choice of this name; unchanged if there is none."""
        self._characteristic(name)
        return Configuration(self._engine, self._without(name)) if name in self._choices else self

    def restored(self, choices: Mapping[str, Answer]) -> Configuration:
        """This with all these choices; raises as `choose` does, for the first that is impossible."""
        answers = [(name, self._engine.columns.answer(name, value)) for name, value in choices.items()]

        def first(count: int) -> Configuration:
            return Configuration(self._engine, {**self._choices, **dict(answers[:count])}, self._narrowed(choices))

        def impossible(count: int) -> bool:
            found = first(count)
            with self._engine.act():
                return not self._engine.propagation.possible(found._columns(found._choices))

        if not impossible(len(answers)):
            return first(len(answers))
        count = bisect_left(range(len(answers)), True, key=impossible)  # with one more choice, it is impossible too
        return first(count - 1).choose(*answers[count - 1])

    # what follows

    def domain(self, name: str) -> Domain:
        """What it can still be under all choices: exact and complete; of a chosen one, its value."""
        alone = self._engine.columns.mask([self._characteristic(name).name])
        if self._lacks(alone):
            self._singly += 1
        return self._domain(name, self._left(alone if self._singly <= SINGLY else None).open)

    def domains(self, names: Iterable[str] | None = None) -> dict[str, Domain]:
        """The domain of every characteristic, or of these: to decide a few takes less time."""
        if names is not None:
            names = [self._characteristic(name).name for name in names]
            open_ = self._left(self._engine.columns.mask(names)).open
            return {name: self._domain(name, open_) for name in names}
        open_ = self._left().open
        booleans = self._engine.booleans(open_)
        if len(booleans) == len(self._engine.model.characteristics):
            return booleans
        return {c.name: booleans[c.name] if c.name in booleans else self._domain(c.name, open_)
                for c in self._engine.model.characteristics}

    def unchecked(self, names: Iterable[str] | None = None) -> dict[str, list[str | bool | int]]:
        """By name, of all or of these, what in its domain could not be checked within the budget of an act.

        It may be impossible. Of a several-of its members, of a text its sizes. What was too hard is tried again after
        a minute.
        """
        asked = self._engine.columns.mask(
            None if names is None else [self._characteristic(name).name for name in names])
        undecided = self._left(asked).undecided & asked
        found: dict[str, list[str | bool | int]] = {}
        for column in np.flatnonzero(undecided).tolist():
            slot = self._engine.columns.slot(column)
            if not slot.member or column > slot.start:  # that a member must be chosen says nothing against choosing it
                found.setdefault(slot.name, []).append(slot.member or slot.values[column - slot.start])
        return found

    def alternatives(self, name: str) -> Domain:
        """The domain it would have without its own choice."""
        return self.retract(name).domain(name)

    def forced(self) -> dict[str, Answer]:
        """What is not chosen and has one possibility left."""
        return {c.name: self._engine.columns.taken(c, self._glance.open) for c in self._engine.model.characteristics
                if c.name not in self._choices and c.name not in self._undecided}

    @property
    def is_complete(self) -> bool:
        """Whether everything is chosen or forced."""
        return not self._undecided

    def values(self) -> dict[str, Answer]:
        """What is chosen or forced, in the order of the catalogue: once complete, the whole product."""
        known = {**self._choices, **self.forced()}
        return {c.name: known[c.name] for c in self._engine.model.characteristics if c.name in known}

    # why not, and what then

    def explain(self, name: str, value: Answer) -> Explanation:
        """A minimal set of other choices and of rules that exclude a value (or one member of a several-of).

        Empty if it is possible. Raises ValueError for a name or value that the model does not have.
        """
        columns = self._engine.columns.asked(name, value)
        rest = self._without(name)
        with self._engine.act():
            return self._engine.explainer.recalled(rest, columns, lambda: self._why(rest, columns))

    def repairs(self, name: str, value: Answer, limit: int = 3,
                sure: Mapping[str, float] | None = None) -> list[Repair]:
        """The sets of choices to retract so that a value can be chosen, at most `limit`.

        Fewest choices first; of equally many those first that are least sure together (`sure`: 1 unless told),
        then those chosen first. All minimal ones are found if there are no more than that. Its own choice is in
        every repair if it is another one. Empty if nothing helps. Raises ValueError for a name or value that the
        model does not have.
        """
        columns = self._engine.columns.asked(name, value)
        own = {name} & self._choices.keys()
        rest = self._without(name)
        taken = self._taken(rest)
        with self._engine.act():
            known = list(self._engine.contradictions.among(columns, rest))
            found = fewest(corrections(list(rest), lambda kept: self._core(
                {other: taken[other] for other in kept}, columns), known), limit)
        order = {other: place for place, other in enumerate(self._choices)}
        ranked = sorted((sorted(retract | own, key=order.__getitem__) for retract in found), key=lambda retract: (
            len(retract), sum((sure or {}).get(other, 1) for other in retract), [order[other] for other in retract]))
        return [Repair(tuple(retract)) for retract in ranked[:limit]]

    def complete(self, weights: Weights | None = None) -> Configuration:
        """A whole valid configuration that keeps the choices, of the greatest sum of weights.

        What has no weight counts 0; a text without a weight and a choice is as short as can be. Raises ValueError
        for a name or value that the model does not have, and for a weight that is no finite number.
        """
        weights = weights or {}
        with self._engine.act():
            box, gap = self._engine.best(self._columns(self._choices), weights)
        return self._whole(box, weights, gap)

    # limits

    def limited(self, limits: Iterable[Rule]) -> Configuration:
        """These choices among the products that keep these limits, and no others; without any, among all products.

        Everything that can be asked of it is then exact under the limits, and explanations name them as rules.
        Raises OverLimit, with the explanation, if none is left.
        """
        engine = (self._engine.base or self._engine).limited(tuple(limits))
        found = Configuration(engine, self._choices)
        with engine.act():
            if not engine.propagation.possible(found._columns(found._choices)):
                raise OverLimit(found._explain(found._choices, ()))
        return found

    def least(self, measure: Measure, weights: Weights | None = None) -> Configuration:
        """A whole valid configuration that keeps the choices and has least of a number; of these the greatest weight.

        `gap` says how much less another could have at most. Raises Undecided if none was found within the budget.
        """
        with self._engine.act():
            truth, gap = self._engine.objective(measure).least(
                self._engine.propagation.assumptions(self._columns(self._choices)), weights or {})
            return self._whole(self._engine.witnesses.add(truth), weights or {}, gap)

    def ranges(self, measure: Measure, names: Iterable[str]) -> dict[str, dict[Answer, Range]]:
        """How far a number ranges among the products of each value (or member) that a name can still have or change to.

        Each end as far as it is found out within the budget of one act.
        """
        found: dict[str, dict[Answer, Range]] = {}
        with self._engine.act():
            until = thread_time() + SECONDS
            for name in names:
                rest, own = self._columns(self._without(name)), found.setdefault(name, {})
                for value in self.alternatives(name):
                    own[value] = self._engine.range(measure, [*rest, *self._engine.columns.asked(name, value)]
                                                    ) if thread_time() < until else Range(None, None)
        return found

    # inside

    def _whole(self, box: Bits, weights: Weights, gap: float) -> Configuration:
        texts = {(name, len(value)): value for (name, value), _ in sorted(weights.items(), key=lambda item: item[1])
                 if isinstance(self._engine.model[name], Text) and isinstance(value, str)}
        values = {c.name: self._engine.columns.taken(c, box, texts) for c in self._engine.model.characteristics}
        return Configuration(self._engine, values | self._choices, gap=gap)

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

    def _can(self, name: str, rest: Mapping[str, Answer], columns: tuple[int, ...]) -> bool:
        """Whether columns can stand with the choices of other names."""
        if len(columns) == 1 and name not in self._choices and self._seen and self._seen.possible[columns[0]]:
            return True
        with self._engine.act():
            return self._engine.propagation.possible([*self._columns(rest), *columns])

    def _ask(self, wanted: Bits | None) -> Left:
        chosen = tuple(sorted(self._columns(self._choices)))
        with self._engine.act():
            self._seen = seen = self._engine.propagation.open(chosen, wanted, self._within)
        return seen

    def _narrowed(self, names: Collection[str]) -> Bits | None:
        """The columns that are not known to be impossible once these have been chosen besides; None: any."""
        if not self._choices.keys().isdisjoint(names):
            return None
        return self._within if self._seen is None else self._seen.open | self._seen.unasked

    def _characteristic(self, name: str) -> Characteristic:
        if not isinstance(name, str) or name not in self._engine.model:
            raise ValueError(f"{self._engine.model.name} has no characteristic {name!r}")
        return self._engine.model[name]

    def _without(self, name: str) -> dict[str, Answer]:
        return {other: answer for other, answer in self._choices.items() if other != name}

    def _columns(self, choices: Mapping[str, Answer]) -> list[int]:
        return [column for name, answer in choices.items() for column in self._engine.columns.of_answer(name, answer)]

    def _taken(self, names: Iterable[str]) -> dict[str, tuple[int, ...]]:
        """The columns of some of the choices."""
        return {name: self._engine.columns.of_answer(name, self._choices[name]) for name in names}

    def _core(self, taken: Mapping[str, tuple[int, ...]], columns: tuple[int, ...]) -> list[str] | None:
        """Those of the choices, with their columns, that exclude other columns; None if they do not."""
        self._engine.effort.hurry()
        core = self._engine.propagation.core([*chain.from_iterable(taken.values()), *columns])
        if core is None:
            return None
        found = [name for name, own in taken.items() if not core.isdisjoint(own)]
        self._engine.contradictions.keep(columns, {name: self._choices[name] for name in found})
        return found

    def _why(self, rest: Mapping[str, Answer], columns: tuple[int, ...]) -> Explanation:
        if self._engine.propagation.possible([*self._columns(rest), *columns]):
            return Explanation((), ())
        return self._explain(rest, columns)

    def _explain(self, rest: Mapping[str, Answer], columns: tuple[int, ...]) -> Explanation:
        explainer = self._engine.explainer
        if known := explainer.known(rest, columns):
            return known
        taken = self._taken(rest)
        names, few = minimal(list(rest), lambda kept: self._core({name: taken[name] for name in kept}, columns))
        chosen = [column for name in names for column in taken[name]]
        rules, least = explainer.rules(self._engine.propagation.assumptions([*chosen, *columns]))
        found = Explanation(tuple(name for name in rest if name in names), rules, few and least)
        if found.minimal:
            explainer.keep(rest, columns, found)
        return found

    @lazy
    def _undecided(self) -> frozenset[str]:
        """What has more than one possibility left, or a text of one size that nobody has written yet."""
        slots = self._engine.columns.slots
        open_ = self._glance.open
        several = np.add.reduceat(open_, self._engine.columns.starts) > 1
        names = {slots[i].name for i in np.flatnonzero(several)}
        texts = {c.name for c in self._engine.texts
                 if c.least or not open_[self._engine.columns.of_answer(c.name, "")[0]]}
        return frozenset((names | texts) - self._choices.keys())

    def _domain(self, name: str, open_: Bits) -> Domain:
        match self._characteristic(name):
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
        return SeveralDomain(members, required, lambda answer: self._admits(several.name, answer))

    def _text(self, text: Text, open_: Bits) -> TextDomain:
        slot, = self._engine.columns.of[text.name]
        chosen = self._choices.get(text.name)
        sizes = (int(slot.values[i]) for i in np.flatnonzero(open_[slot.columns]).tolist())
        return TextDomain(text, sizes, chosen if isinstance(chosen, str) else None)

    def _admits(self, name: str, answer: frozenset[str]) -> bool:
        if name in self._choices:
            return self._choices[name] == answer
        if not self._engine.model[name].admits(answer):
            return False
        with self._engine.act():
            return self._engine.propagation.possible(
                [*self._columns(self._choices), *self._engine.columns.of_answer(name, answer)])


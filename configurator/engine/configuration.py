"""A configuration in progress: an immutable value, every act returns a new one."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Mapping
from time import thread_time
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from catalog.model import Rule, Text
from catalog.nodes import Answer
from configurator.engine.chosen import Chosen
from configurator.engine.columns import Bits
from configurator.engine.completion import Weights
from configurator.engine.consequences import Consequences
from configurator.engine.domains import Domain
from configurator.engine.effort import SECONDS
from configurator.engine.explanation import Explanation, Impossible, OverLimit, excluded, explained
from configurator.engine.objective import Measure, Range, Stepped
from configurator.engine.repair import Repair, repairs
from configurator.engine.settling import Settling

if TYPE_CHECKING:
    from configurator.engine.engine import Engine


class Configuration:
    """Choices, and what follows from them. Questions are answered when they are asked, and answers are kept."""

    def __init__(self, chosen: Chosen, within: Bits | None = None, gap: float = 0) -> None:
        self._engine: Engine = chosen.engine
        self._choices = chosen.choices
        self._chosen = chosen
        self._consequences = Consequences(self._chosen, within)
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
        rest = self._chosen.without(name)
        columns = self._engine.columns.of_answer(name, answer)
        known = len(columns) == 1 and name not in self._choices and self._consequences.includes(columns[0])
        if not (known or rest.allow(columns)):
            with self._engine.act():
                raise Impossible(name, answer, excluded(rest, columns))
        return self._with(rest, name, answer)

    def choose_first(self, name: str, values: Iterable[Answer]) -> Configuration:
        """As `choose` with the first of these values that is possible; raises ValueError if none is."""
        rest = self._chosen.without(name)
        for value in values:
            columns = self._engine.columns.of_answer(name, self._engine.columns.answer(name, value))
            with self._engine.act():
                known = next(rest.contradictions(columns), None)
                if known is None and rest.core(columns) is None:
                    return self._with(rest, name, value)
        raise ValueError(f"none of these values of {name} is possible")

    def _with(self, rest: Chosen, name: str, answer: Answer) -> Configuration:
        return Configuration(rest.more({name: answer}), self._consequences.narrowed([name]))

    def retract(self, name: str) -> Configuration:
        """This without the choice of this name; unchanged if there is none."""
        self._known(name)
        return Configuration(self._chosen.without(name)) if name in self._choices else self

    def restored(self, choices: Mapping[str, Answer]) -> Configuration:
        """This with all these choices; raises as `choose` does, for the first that is impossible."""
        answers = [(name, self._engine.columns.answer(name, value)) for name, value in choices.items()]
        within = self._consequences.narrowed(choices)

        def first(count: int) -> Configuration:
            return Configuration(self._chosen.more(dict(answers[:count])), within)

        def impossible(count: int) -> bool:
            return not first(count)._chosen.allow()

        if not impossible(len(answers)):
            return first(len(answers))
        count = bisect_left(range(len(answers)), True, key=impossible)  # with one more choice, it is impossible too
        return first(count - 1).choose(*answers[count - 1])

    # what follows

    def domain(self, name: str) -> Domain:
        """What it can still be under all choices: exact and complete; of a chosen one, its value."""
        return self._consequences.domain(self._known(name))

    def domains(self, names: Iterable[str] | None = None) -> dict[str, Domain]:
        """The domain of every characteristic, or of these: to decide a few takes less time."""
        return self._consequences.domains(None if names is None else [self._known(name) for name in names])

    def unchecked(self, names: Iterable[str] | None = None) -> dict[str, list[str | bool | int]]:
        """By name, of all or of these, what in its domain could not be checked within the budget of an act.

        It may be impossible. Of a several-of its members, of a text its sizes. What was too hard is tried again after
        a minute.
        """
        return self._consequences.unchecked(None if names is None else [self._known(name) for name in names])

    def alternatives(self, name: str) -> Domain:
        """The domain it would have without its own choice."""
        return self.retract(name).domain(name)

    def excluded(self, answers: Mapping[str, Answer]) -> dict[str, Domain]:
        """By name, which of these answers the choices exclude at first sight, each with what is left there instead.

        That takes a fraction of what `domain` takes: what is not excluded so may be impossible all the same, and so may
        what is left. Raises ValueError as `choose` does.
        """
        return self._consequences.excluded({self._known(name): answer for name, answer in answers.items()})

    def forced(self) -> dict[str, Answer]:
        """What is not chosen and has one possibility left."""
        return dict(self._consequences.forced)

    @property
    def is_complete(self) -> bool:
        """Whether everything is chosen or forced."""
        return not self._consequences.undecided

    def values(self) -> dict[str, Answer]:
        """What is chosen or forced, in the order of the catalogue: once complete, the whole product."""
        known = {**self._choices, **self.forced()}
        return {c.name: known[c.name] for c in self._engine.model.characteristics if c.name in known}

    def _known(self, name: str) -> str:
        """A name; raises ValueError if the model does not have it."""
        if not isinstance(name, str) or name not in self._engine.model:
            raise ValueError(f"{self._engine.model.name} has no characteristic {name!r}")
        return name

    # why not, and what then

    def explain(self, name: str, value: Answer) -> Explanation:
        """A minimal set of other choices and of rules that exclude a value (or one member of a several-of).

        Empty if it is possible. Raises ValueError for a name or value that the model does not have.
        """
        columns = self._engine.columns.asked(name, value)
        with self._engine.act():
            return explained(self._chosen.without(name), columns)

    def repairs(self, name: str, value: Answer, limit: int = 3,
                sure: Mapping[str, float] | None = None) -> list[Repair]:
        """The sets of choices to retract so that a value can be chosen, at most `limit`.

        Fewest choices first; of equally many those first that are least sure together (`sure`: 1 unless told),
        then those chosen first. All minimal ones are found if there are no more than that. Its own choice is in
        every repair if it is another one. Empty if nothing helps. Raises ValueError for a name or value that the
        model does not have.
        """
        columns = self._engine.columns.asked(name, value)
        with self._engine.act():
            return repairs(self._chosen, name, columns, limit, sure or {})

    def complete(self, weights: Weights | None = None) -> Configuration:
        """A whole valid configuration that keeps the choices, of the greatest sum of weights.

        What has no weight counts 0; a text without a weight and a choice is as short as can be. Raises ValueError
        for a name or value that the model does not have, and for a weight that is no finite number.
        """
        weights = weights or {}
        with self._engine.act():
            box, gap = self._engine.best(self._chosen.columns, weights)
        return self._whole(box, weights, gap)

    def settled(self, kept: Collection[str], wanted: Callable[[str], Iterable[Answer]], order: Iterable[str] = ()
                ) -> Configuration:
        """A whole configuration that keeps some choices of this whole one, and has what is wanted of the others.

        One after the other, first those named in an `order`, then as in the catalogue, each takes the first of the
        answers wanted of it that goes with those before it, a number what is nearest to the first; else what then is at
        hand, at first its own choice. Raises Undecided if that takes too long to find out.
        """
        columns, box = self._engine.columns, np.zeros(len(self._engine.columns.upper), dtype=np.bool_)
        box[self._chosen.columns] = True
        own = {name: answer for name, answer in self._choices.items() if name in kept}
        settling = Settling(self._engine, Chosen(self._engine, own).columns, box)
        texts = {(name, len(value)): value for name, value in self._choices.items() if isinstance(value, str)}
        for name in dict.fromkeys([*order, *(c.name for c in self._engine.model.characteristics)]):
            if name not in kept:
                characteristic, answers = self._engine.model[name], wanted(name)
                if isinstance(characteristic, Text):
                    answers = list(answers)
                    texts |= {(name, len(str(answer))): str(answer) for answer in reversed(answers)}
                settling.settle(name, answers)
                own[name] = columns.taken(characteristic, settling.product, texts)
        return Configuration(Chosen(self._engine, {name: own[name] for name in self._choices}))

    # limits

    def limited(self, limits: Iterable[Rule]) -> Configuration:
        """These choices among the products that keep these limits, and no others; without any, among all products.

        Everything that can be asked of it is then exact under the limits, and explanations name them as rules.
        Raises OverLimit, with the explanation, if none is left.
        """
        engine = self._engine.unlimited.limited(tuple(limits))
        found = Configuration(Chosen(engine, self._choices))
        with engine.act():
            if not found._chosen.allow():
                raise OverLimit(excluded(found._chosen, ()))
        return found

    def least(self, measure: Measure | Stepped, weights: Weights | None = None) -> Configuration:
        """A whole valid configuration that keeps the choices and has least of a number; of these the greatest weight.

        `gap` says how much less another could have at most. Raises Undecided if none was found within the budget.
        """
        with self._engine.act():
            truth, gap = self._engine.objective(measure).least(
                self._engine.propagation.assumptions(self._chosen.columns), weights or {})
            return self._whole(self._engine.witnesses.add(truth), weights or {}, gap)

    def _whole(self, box: Bits, weights: Weights, gap: float) -> Configuration:
        texts = {(name, len(value)): value for (name, value), _ in sorted(weights.items(), key=lambda item: item[1])
                 if isinstance(self._engine.model[name], Text) and isinstance(value, str)}
        values = {c.name: self._engine.columns.taken(c, box, texts) for c in self._engine.model.characteristics}
        return Configuration(Chosen(self._engine, {**values, **self._choices}), gap=gap)

    def ranges(self, measure: Measure, names: Iterable[str]) -> dict[str, dict[Answer, Range]]:
        """How far a number ranges among the products of each value (or member) that a name can still have or change to.

        Each end as far as it is found out within the budget of one act.
        """
        found: dict[str, dict[Answer, Range]] = {}
        with self._engine.act():
            until = thread_time() + SECONDS
            for name in names:
                rest, own = self._chosen.without(name).columns, found.setdefault(name, {})
                for value in self.alternatives(name):
                    own[value] = self._engine.range(measure, [*rest, *self._engine.columns.asked(name, value)]
                                                    ) if thread_time() < until else Range(None, None)
        return found

"""What the memory says to one customer, given what they chose."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial

from catalog.model import ProductModel
from catalog.nodes import Answer, Values
from configurator.engine import Domain
from configurator.memory.evidence import Evidence, Statement, alike
from configurator.memory.experience import Experience
from configurator.memory.habit import Habit
from configurator.memory.judged import Judged, Shift
from configurator.memory.neighbours import Neighbours
from configurator.memory.ranking import Ranking, is_private, ranking
from configurator.memory.reasons import Reason
from configurator.memory.relations import Relations


@dataclass(frozen=True)
class Known:
    """What everybody's orders and verdicts tell of a product."""

    model: ProductModel
    others: Experience
    relations: Relations
    judged: Judged
    habit: Habit


TELLING = 0.05
"""Nats that a choice must tell about a value for others to be quoted who share it."""


class View:
    """The customer's own evidence and the experience of others, each weighted by how much it is like what is given."""

    def __init__(self, known: Known, own: Evidence, customer: Hashable | None, today: date | None, given: Values,
                 seen: Values) -> None:
        """`seen`: what the customer was shown and left as it was: it tells what others they are like, and counts as
        said where they said nothing else.
        """
        self._model, self._others, self._judged = known.model, known.others, known.judged
        self._relations = known.relations
        self._own, self._habit, self._today, self._customer = own, known.habit, today, customer
        self._chosen, self._given, self._seen = given, dict(given), seen
        self._shifts: dict[str, dict[Answer, Shift]] = {}
        self._voted: dict[str, dict[Answer, float]] = {}
        self._neighbours = Neighbours(self._others, self._relations, {**given, **seen}, customer, today)
        self._differs = [0.0] * len(own.statements)
        self._sure = dict.fromkeys(given, 1.0)
        for name, answer in given.items():
            own.compare(self._differs, name, answer)

    def take(self, name: str, answer: Answer, sure: float) -> None:
        """Takes one more value for given: a guess, which is so probable."""
        self._given[name] = answer
        self._neighbours.take(name, answer, sure)
        self._sure[name] = sure
        self._own.compare(self._differs, name, answer, sure)

    def ranking(self, name: str, domain: Domain) -> Ranking:
        """The probabilities of what a characteristic can be."""
        characteristic = self._model[name]
        private = is_private(characteristic)
        others = {} if private else self._votes(name)
        habit = Habit() if private else self._habit
        own = self._own.votes(characteristic, self._alike(name, private), self._today, habit.step, habit.half_life)
        if not own and name in self._seen:
            own = {self._seen[name]: 1.0}
        return ranking(characteristic, domain, own, others, habit.worth, partial(self.refuted, name))

    def _alike(self, name: str, private: bool) -> list[float]:
        """What each statement of their own counts for a characteristic.

        Which of them is most like what is given is one question, what others are worth beside that one another: it
        loses what those of its values that are not so now tell about this one; of what is nobody else's business,
        nothing.
        """
        nearest = self._own.nearest(self._model[name], self._differs)
        if nearest is None:  # none has a say
            return alike(self._differs, 0.0)
        says, kept = self._own.statements[nearest].values, 1.0
        for mark, sure in () if private else self._sure.items():
            if mark != name and says.get(mark, self._given[mark]) != self._given[mark]:
                kept *= 1 - sure * self._relations.part(name, mark)
        return [kept * like for like in alike(self._differs, self._differs[nearest])]

    def _votes(self, name: str) -> dict[Answer, float]:
        """What others chose. Guesses do not change it where the customer spoke for themself: of a guess that is wrong,
        what goes with it is wrong, too.
        """
        if name not in self._voted or not self._own.told(name):
            votes = self._neighbours.votes(name)
            self._voted[name], self._shifts[name] = self._judged.moved(name, votes, self._given, self._customer)
        return self._voted[name]

    def refuted(self, name: str, answers: Iterable[Answer]) -> frozenset[Answer]:
        """Which of these answers they said were wrong for them."""
        return self._own.refuted(self._model[name], answers)

    def unsaid(self, name: str) -> bool:
        """Whether they only said that it was wrong, and not what it should be."""
        return self._own.only_refuted(self._model[name])

    def asked(self, name: str, answer: Answer) -> bool:
        """Whether they asked for it instead of what was made."""
        return any(statement.verdicts and statement.values[name] == answer != statement.made[name]
                   for statement in self._own.standing(self._model[name]))

    def said(self, name: str, answer: Answer) -> bool:
        """Whether they themself said so, and did not take it back."""
        return any(statement.values[name] == answer for statement in self._own.standing(self._model[name]))

    def knows(self, name: str) -> bool:
        """Whether anybody said anything about it that this customer may know."""
        characteristic = self._model[name]
        return (characteristic.standard is not None or self._own.told(name)
                or (not is_private(characteristic) and self._others.tells(name, self._customer)))

    def telling(self, name: str) -> float:
        """How much it tells about the rest, in nats."""
        return self._relations.telling(name) if self._others.tells(name, self._customer) else 0.0

    def same_again(self) -> Values:
        """The most likely whole thing that the customer ordered or saved before, but for what they said was wrong of
        it; empty if there is none.
        """
        like = alike(self._differs, min(self._differs, default=0.0))
        best = dict(self._own.most_likely(len(self._model.characteristics), like, self._today, self._habit.step,
                                           self._habit.half_life))
        for name in [name for name in best if self.refuted(name, [best[name]])]:
            del best[name]  # what it should have been is the most probable value
        return best

    def reason(self, name: str, answer: Answer) -> Reason:
        """Why this value is proposed."""
        told = list(self._own.standing(self._model[name]))
        same = [statement for statement in told if statement.values[name] == answer]
        if not same:
            return self._reason_elsewhere(name, answer)
        if same[0].verdicts:
            return Reason("feedback", source=same[0].source, made=same[0].made[name], on=same[0].when)
        if same[0].source:
            return Reason("fact", source=same[0].source)
        return _own(answer, name, [statement for statement in self._own.about(name) if statement.is_order])

    def _reason_elsewhere(self, name: str, answer: Answer) -> Reason:
        characteristic = self._model[name]
        votes = {} if is_private(characteristic) else self._others.tally(name, self._customer)
        if answer in (shifts := self._shifts.get(name, {})):
            return Reason("judged", shifts[answer].count, shifts[answer].total, made=shifts[answer].made)
        if answer in votes and self._others.behind(name, answer, self._customer):
            return self._together(name, answer) or Reason("others", votes[answer], sum(votes.values()))
        if characteristic.standard == answer:
            return Reason("standard")
        return Reason("fits")


    def _together(self, name: str, answer: Answer) -> Reason | None:
        """How many choose it with what is chosen here that tells most about it, if that is enough to tell."""
        told = {mark: self._relations.told[self._others.column[name], self._others.column[mark]]
                for mark in self._chosen if mark in self._others.column and mark != name}
        mark = max(told, key=told.__getitem__, default=None)
        if mark is None or told[mark] < TELLING:
            return None
        count, total = self._others.together(name, answer, mark, self._chosen[mark], self._customer)
        return Reason("others", count, total, made=self._chosen[mark], given=mark) if total else None


def _own(answer: Answer, name: str, orders: list[Statement]) -> Reason:
    same = [order for order in orders if order.values[name] == answer]
    return Reason("own", sum(order.count for order in same), sum(order.count for order in orders),
                  last=orders[0] is same[0])

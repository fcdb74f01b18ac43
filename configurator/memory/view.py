"""What the memory says to one customer, given what they chose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from datetime import date

from catalog.expressions import Answer, Values
from catalog.model import ProductModel
from configurator.engine import Domain
from configurator.memory.evidence import STEPS, WORTHS, Evidence
from configurator.memory.experience import Experience
from configurator.memory.neighbours import Neighbours
from configurator.memory.ranking import Ranking, is_private, ranking
from configurator.memory.reasons import Reason


class View:
    """The customer's own evidence and the experience of others, each weighted by how much it is like what is given."""

    def __init__(self, model: ProductModel, own: Evidence, others: Experience, customer: Hashable | None,
                 today: date | None, weights: tuple[float, float], given: Values) -> None:
        self._model, self._own, self._others = model, own, others
        self._customer, self._today, self._learnt = customer, today, weights
        mine: Counter[int] = Counter()
        for statement in own.statements:
            if statement.row is not None:
                mine[statement.row] += statement.count
        self._counts = others.counts(mine)
        self._neighbours = Neighbours(others, self._counts, given)
        self._alike = [1.0] * len(own.statements)
        for name, answer in given.items():
            own.compare(self._alike, name, answer)

    def take(self, name: str, answer: Answer, sure: float) -> None:
        """Takes one more value for given: a guess, which is so probable."""
        self._neighbours.take(name, answer)
        self._own.compare(self._alike, name, answer, sure)

    def ranking(self, name: str, domain: Domain) -> Ranking:
        """The probabilities of what a characteristic can be."""
        characteristic = self._model[name]
        private = is_private(characteristic)
        others = {} if private else self._neighbours.votes(name)
        step, worth = (STEPS[0], WORTHS[0]) if private else self._learnt
        own = self._own.votes(name, self._alike, self._today, step)
        return ranking(characteristic, domain, own, others, worth)

    def knows(self, name: str) -> bool:
        """Whether anybody said anything about it that this customer may know."""
        characteristic = self._model[name]
        return (characteristic.standard is not None or self._own.told(name)
                or (not is_private(characteristic) and self._others.heard(name)))

    def telling(self, name: str) -> float:
        """How much it tells about the rest, in nats."""
        return self._others.telling(name)

    def reason(self, name: str, answer: Answer) -> Reason:
        """Why this value is proposed."""
        told = list(self._own.about(name))
        same = [statement for statement in told if statement.values[name] == answer]
        if same and same[0].source:
            return Reason("fact", source=same[0].source)
        if same:
            orders = [statement for statement in told if not statement.source]
            return Reason("own", sum(order.count for order in orders if order in same),
                          sum(order.count for order in orders), last=orders[0] is same[0])
        return self._reason_elsewhere(name, answer)

    def _reason_elsewhere(self, name: str, answer: Answer) -> Reason:
        characteristic = self._model[name]
        votes = {} if is_private(characteristic) else self._others.tally(name, self._counts)
        if answer in votes and self._others.behind(name, answer, self._customer):
            return Reason("others", round(votes[answer]), round(sum(votes.values())))
        if characteristic.standard == answer:
            return Reason("standard")
        return Reason("others" if answer in votes else "fits")

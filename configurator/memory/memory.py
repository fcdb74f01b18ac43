"""The memory of one product."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from datetime import date, datetime
from threading import RLock

from catalog.expressions import Answer, Values
from configurator.engine import Configuration, Engine
from configurator.memory.evidence import Evidence, Habit, Statement, as_day
from configurator.memory.experience import Experience
from configurator.memory.proposal import Proposal, proposal
from configurator.memory.ranking import is_private, spread
from configurator.memory.view import View

Told = tuple[Values, date | datetime | None, str]
"""Values, when they were told, and where: the source in words."""


class Memory:
    """What was ordered of one product, by whom; may be shared by threads."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.left_out = 0  # names and values so far that the model does not have
        self._lock = RLock()
        self._others = Experience(engine.model.characteristics)
        self._own: dict[Hashable, Evidence] = defaultdict(Evidence)
        self._habit = Habit()

    def remember(self, values: Values, customer: Hashable | None = None, when: date | datetime | None = None,
                 count: int = 1) -> int:
        """Keeps an order, whole or in part; without a customer it is others' experience only.

        Returns how many names and values the model does not have: these are left out. Raises ValueError for a count
        below 1.
        """
        if count < 1:
            raise ValueError(f"an order counts at least once, not {count} times")
        known = self._known(values)
        with self._lock:
            if known:
                if customer is not None:
                    self._habit.learn(self._own[customer], self._public(known), self._others)
                row = self._others.add(known, customer, count)
                if customer is not None:
                    self._own[customer].add(Statement(known, as_day(when), count, row))
            self.left_out += len(values) - len(known)
        return len(values) - len(known)

    def know(self, customer: Hashable, told: Iterable[Told], hints: Iterable[Told] = ()) -> None:
        """What the customer told elsewhere: facts and specifications, and what they chose of other families (hints).

        Takes the place of all that was known so before; it is nobody's experience of this product.
        """
        statements = [Statement(known, as_day(when), source=source, hint=hint)
                      for hint, those in ((False, told), (True, hints)) for values, when, source in those
                      if (known := self._known(values))]
        with self._lock:
            self._own[customer].replace_told(statements)

    def _known(self, values: Values) -> dict[str, Answer]:
        model = self.engine.model
        return {name: answer for name, answer in values.items() if name in model and model[name].admits(answer)}

    def _public(self, values: Values) -> Values:
        return {name: answer for name, answer in values.items() if not is_private(self.engine.model[name])}

    def rank(self, c: Configuration, name: str, customer: Hashable | None = None, when: date | datetime | None = None
             ) -> list[tuple[Answer, float]]:
        """The values that the choices allow with their probabilities, the best first; they sum to 1.

        Of a text, and of numbers or sets beyond counting, only those are listed that somebody who may know stated or
        suggested. Raises ValueError for a name that the model does not have.
        """
        domain = c.domain(name)
        with self._lock:
            return list(spread(self._view(c, customer, when).ranking(name, domain), domain).items())

    def propose(self, c: Configuration, customer: Hashable | None = None, when: date | datetime | None = None
                ) -> Proposal:
        """The whole product that the customer most probably wants."""
        domains, forced = c.domains(), c.forced()
        with self._lock:
            return proposal(c, domains, forced, self._view(c, customer, when))

    def _view(self, c: Configuration, customer: Hashable | None, when: date | datetime | None) -> View:
        own = self._own.get(customer, Evidence()) if customer is not None else Evidence()
        return View(self.engine.model, own, self._others, customer, as_day(when), self._habit.weights,
                    c.choices)

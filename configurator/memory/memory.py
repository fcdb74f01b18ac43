"""The memory of one product."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable
from datetime import date, datetime
from itertools import takewhile
from threading import RLock
from typing import Literal, cast

from cachetools import LRUCache

from catalog.nodes import Answer, Values
from configurator.engine import Configuration, Domain, Engine, together
from configurator.memory.evidence import Evidence, Statement, age, as_day, clock
from configurator.memory.experience import Experience, voice
from configurator.memory.habit import Habit, habit
from configurator.memory.judged import Judged
from configurator.memory.proposal import NOTHING, Proposal, proposal
from configurator.memory.ranking import is_private, spread
from configurator.memory.relations import Relations
from configurator.memory.verdicts import wanted
from configurator.memory.view import Known, View
from orders.memory.verdict import Verdicts

Told = tuple[Values, date | datetime | None, str]
"""Values, when they were told, and where: the source in words."""
Start = Literal["again", "known", "most"]
"""The same again, as we know you, what most choose."""
FOLLOWED = 8
"""Whoever chose more than this does not go from question to question any more."""
GROWN = 1.3
"""So many times as many orders must be known for their habit to be learnt anew."""
KEPT = 100
"""Proposals that are kept while nothing is remembered; what was not asked for longest goes first."""
ASKING = 4
"""Views that are kept, for of the same choices several things are ranked; one weighs up to a megabyte."""


class Memory:
    """What was ordered of one product, by whom; may be shared by threads."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.left_out = 0  # names and values so far that the model does not have
        self._lock = RLock()
        self._proposed: LRUCache[Hashable, Proposal] = LRUCache(KEPT)  # since something was remembered last
        self._ranking: LRUCache[Hashable, View] = LRUCache(ASKING)  # the same
        self._others = Experience(engine.model.characteristics)
        self._relations = Relations(self._others)
        self._judged = Judged(engine.model)
        self._own: dict[Hashable, Evidence] = defaultdict(Evidence)
        self._habit = Habit()
        self._orders = self._learnt = 0  # of known customers: now, and when the habit was learnt

    def remember(self, values: Values, customer: Hashable | None = None, when: date | datetime | None = None,
                 count: int = 1, *, chosen: Collection[str] | None = None) -> int:
        """Keeps an order, whole or in part; without a customer it is others' experience only.

        Of a `customer` that is a tuple, the first element says who counts as one among others; the rest, for whom they
        order. `chosen` names what the customer set or corrected: the rest was only accepted, and counts less. None:
        unknown, all counts alike. Returns how many names and values the model does not have: these are left out.
        Raises ValueError for a count that is no whole number from 1 on, and for what is no date.
        """
        if count < 1 or count % 1:
            raise ValueError(f"an order counts once or more often, not {count} times")
        known, day = self._known(values), as_day(when)
        with self._lock:
            self._renew()
            if known:
                row = self._others.add(known, voice(customer), count, day)
                if customer is not None:
                    self._own[customer].add(Statement(known, day, count, row, clock=clock(when), chosen=(
                        None if chosen is None else frozenset(chosen))))
                    self._orders += 1
            self.left_out += len(values) - len(known)
        return len(values) - len(known)

    def judge(self, values: Values, verdicts: Verdicts, customer: Hashable | None = None,
              when: date | datetime | None = None, source: str = "", *, ordered: date | datetime | None = None) -> int:
        """Keeps what was said of a product that was made: whether its values were right, or what instead.

        It moves the next proposal for this customer at once, and what is proposed to others who are like them once
        enough people said the same. What was right, was so when it was `ordered` (None: when it was said): whoever
        ordered otherwise since then meant that. Returns how many verdicts are left out: about what the product does not
        have.
        """
        made = self._known(values)
        kept = {name: verdict for name, verdict in verdicts.items() if name in made}
        right = {name: verdict for name, verdict in kept.items() if verdict.said == "right"}
        wrong = {name: verdict for name, verdict in kept.items() if name not in right}
        stated = [self._stated(made, said, moment, source) for said, moment in ((right, ordered or when), (wrong, when))
                  if said]
        with self._lock:
            self._renew()
            if kept:
                self._judged.add(made, kept, customer, when)
            if customer is not None:
                for statement in stated:
                    self._own[customer].add(statement)
            self.left_out += len(verdicts) - len(kept)
        return len(verdicts) - len(kept)

    def _stated(self, made: Values, said: Verdicts, when: date | datetime | None, source: str) -> Statement:
        """Verdicts, with what should have been made."""
        model = self.engine.model
        better = {name: answer for name, verdict in said.items()
                  if (answer := wanted(model[name], made[name], verdict)) is not None}
        return Statement(better, as_day(when), source=source, made=made, verdicts=said, clock=clock(when))

    def know(self, customer: Hashable, told: Iterable[Told], hints: Iterable[Told] = ()) -> None:
        """What the customer told elsewhere: facts and specifications, and what they chose of other families (hints).

        Takes the place of all that was known so before; it is nobody's experience of this product.
        """
        statements = [Statement(known, as_day(when), source=source, hint=hint, clock=clock(when))
                      for hint, those in ((False, told), (True, hints)) for values, when, source in those
                      if (known := self._known(values))]
        with self._lock:
            if [one for one in self._own[customer].statements if one.is_told] != sorted(statements, key=age):
                self._renew()
            self._own[customer].replace_told(statements)

    def forget(self, customer: Hashable) -> None:
        """Takes back all that came from a customer: their evidence, and what their orders and verdicts told others."""
        with self._lock:
            self._renew()
            for statement in self._own.pop(customer, Evidence()).statements:
                if statement.row is not None:
                    self._others.withdraw(statement.row, voice(customer), statement.count, statement.when)
                    self._orders -= 1
            self._judged.withdraw(customer)
            self._habit, self._learnt = Habit(), 0

    def _renew(self) -> None:
        """What was worked out is not so any more."""
        self._proposed.clear()
        self._ranking.clear()

    def _known(self, values: Values) -> dict[str, Answer]:
        """What the model has of these."""
        model, answers = self.engine.model, {name: _frozen(answer) for name, answer in values.items()}
        return {name: answer for name, answer in answers.items() if name in model and model[name].admits(answer)}

    def rank(self, c: Configuration, name: str, customer: Hashable | None = None, when: date | datetime | None = None,
             among: Domain | None = None) -> list[tuple[Answer, float]]:
        """The values that the choices allow, or those `among` others, with their probabilities, the best first.

        The probabilities sum to 1. Of a text, and of numbers or sets beyond counting, only those are listed that
        somebody who may know stated or suggested. Raises ValueError for a name that the model does not have, and for
        a configuration of another product.
        """
        self._expect(c)
        domain = c.domain(name) if among is None else among
        with self._lock:
            key = tuple(c.choices.items()), customer, as_day(when)
            view = self._ranking.get(key)
            if view is None:
                view = self._ranking[key] = self._view(c, customer, when)
            return list(spread(view.ranking(name, domain), domain).items())

    @together()
    def propose(self, c: Configuration, customer: Hashable | None = None, when: date | datetime | None = None, *,
                in_order: bool = True) -> Proposal:
        """The whole product that the customer most probably wants.

        It takes them to go through the questions in the order in which they are proposed, one after the other: what was
        asked before the one they chose was right as it was shown. Say that they are not `in_order` where they answer as
        they like. Raises ValueError for a configuration of another product.
        """
        self._expect(c)
        with self._lock:
            key = (c.engine, tuple(c.choices.items()), customer, as_day(when), in_order)
            found = self._proposed.get(key)
            if found is None:
                found = self._proposed[key] = self._propose(c, customer, when, in_order)
            return found

    def _expect(self, c: Configuration) -> None:
        """Raises ValueError for a configuration of another product."""
        asked, known = c.engine.model, self.engine.model
        if asked.characteristics is not known.characteristics and asked.characteristics != known.characteristics:
            raise ValueError(f"expected a configuration of {known.name}, found one of {asked.name}")

    def _propose(self, c: Configuration, customer: Hashable | None, when: date | datetime | None, in_order: bool
                 ) -> Proposal:
        domains, forced = c.domains(), c.forced()
        passed = self._seen(c, customer, when) if in_order else NOTHING
        seen = {name: answer for name, answer in passed.items() if answer in domains[name]}
        return proposal(c, domains, forced, self._view(c, customer, when, seen))

    def _seen(self, c: Configuration, customer: Hashable | None, when: date | datetime | None) -> dict[str, Answer]:
        """What was shown before each of the first choices, and not chosen otherwise.

        Nothing private: measures are told before anything is looked at, and a text is no answer to another question.
        """
        seen: dict[str, Answer] = {}
        choices, model = list(c.choices.items())[:FOLLOWED], self.engine.model
        for count, (chosen, _) in enumerate(choices):
            if not is_private(model[chosen]):
                shown = self.propose(c.engine.start(dict(choices[:count])), customer, when)
                values = shown.configuration.values()
                seen |= {name: values[name] for name in takewhile(chosen.__ne__, shown.questions)}
        return {name: answer for name, answer in seen.items() if name not in c.choices and not is_private(model[name])}

    @together()
    def starts(self, c: Configuration, customer: Hashable | None = None, when: date | datetime | None = None
               ) -> dict[Start, Proposal]:
        """Whole products to start from; one that is the same as an earlier one is left out.

        `again`: the most likely whole thing that the customer ordered or saved before, as far as it can still be built
        (missing if there is none). `known`: what `propose` gives. `most`: what others choose, whoever asks. Raises
        ValueError as `propose` does.
        """
        self._expect(c)
        domains, forced = c.domains(), c.forced()
        with self._lock:
            again = self._view(c, customer, when).same_again()
            found: list[tuple[Start, Proposal]] = [
                ("known", self.propose(c, customer, when, in_order=False)),
                ("most", proposal(c, domains, forced, self._view(c, customer, when, others_only=True)))]
            if again:
                view = self._view(c, customer, when)
                found.insert(0, ("again", proposal(c, domains, forced, view, start=again)))
        starts: dict[Start, Proposal] = {}
        for kind, start in found:
            if all(start.configuration.values() != other.configuration.values() for other in starts.values()):
                starts[kind] = start
        return starts

    def _view(self, c: Configuration, customer: Hashable | None, when: date | datetime | None,
              seen: Values = NOTHING, others_only: bool = False) -> View:
        own = self._own.get(customer, Evidence()) if customer is not None else Evidence()
        if self._orders > GROWN * self._learnt:
            self._habit, self._learnt = habit(self._own, self._others, self.engine.model), self._orders
        known = Known(self.engine.model, self._others, self._relations, self._judged, self._habit)
        return View(known, Evidence() if others_only else own, voice(customer), as_day(when), c.choices, seen)


def _frozen(answer: Answer | Collection[str]) -> Answer:
    """An answer; the names of a several-of may come as any set or list, as `choose` takes them."""
    if isinstance(answer, set | list | tuple) and all(isinstance(member, str) for member in answer):
        return frozenset(answer)
    return cast(Answer, answer)

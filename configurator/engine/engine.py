"""A product model, compiled once and shared by all its configurations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from itertools import product
from threading import RLock

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from catalog.collecting import collecting_later
from catalog.model import Boolean, Characteristic, ProductModel, Rule, Text
from catalog.nodes import Answer
from configurator.engine.around import Numbers
from configurator.engine.chosen import Chosen, Contradictions
from configurator.engine.columns import Bits, Columns
from configurator.engine.completion import Optimizer, Weights, Wishes, wishes
from configurator.engine.conditions import Conditions
from configurator.engine.configuration import Configuration
from configurator.engine.domains import Domain, domain
from configurator.engine.effort import Effort, Undecided
from configurator.engine.exchanges import Exchanges
from configurator.engine.explanation import Explainer, Explanations, Unbuildable
from configurator.engine.formula import Formula
from configurator.engine.objective import Measure, Objective, Range, Stepped
from configurator.engine.propagation import Propagation
from configurator.engine.solver import Solver
from configurator.engine.sums import Limited
from configurator.engine.witnesses import Witnesses

DOMAINS = 50_000  # domains kept for reuse
KEPT = 4  # engines of limits, and objectives
WISHED = 32  # sets of weights: a page asks often with the same ones


class Engine:
    """Answers what can be built. May be shared by threads: one question at a time reaches the solvers.

    Raises Unbuildable, a ValueError with the rules that cause it, if nothing at all can be built. `patience`: the
    seconds that an act may spend on what is hard, for work that nobody waits for.
    """

    @collecting_later()
    def __init__(self, model: ProductModel, patience: float | None = None, base: Engine | None = None) -> None:
        """`base`: of the same model with fewer rules, the first of these; what was compiled there is taken over."""
        self.model = model
        self.base = base
        self.effort = Effort(patience)
        self._lock: RLock = base._lock if base else RLock()
        self._acts = 0  # under way, one in the other
        self.formula: Formula = Formula(base.formula if base else None)
        self.columns: Columns = base.columns if base else Columns(model, self.formula)
        self._domains: dict[tuple[str, bytes], Domain] = base._domains if base else {}
        self.conditions: Conditions = Conditions(model, self.formula, self.columns, base.conditions if base else None)
        for index, rule in enumerate(model.rules):
            if not base or index >= len(base.model.rules):
                self.conditions.require(rule.condition, self.formula.rule(index))
        self.theory = self.conditions.comparisons.theory
        self.witnesses = Witnesses(self.columns, self.formula, self.theory.literals)
        numbers = Numbers(self.columns, self.formula, self.theory)
        sums = self.conditions.comparisons.sums
        self._sums: list[Limited] = [*(base._sums if base else ()), *sums.limited]
        self._light: list[int] = [*(base._light if base else ()), *sums.light]
        exchanges = Exchanges(model, self.columns, self.formula, self.theory, self._sums, self._light)
        hard = (-light for light in sums.light) if base else ()
        self.propagation = Propagation(self.columns, self.witnesses, numbers, exchanges, self._solver(self.formula),
                                       [*self.conditions.guards, *hard])
        self._limited: LRUCache[tuple[Rule, ...], Engine] = LRUCache(KEPT)
        self.contradictions = Contradictions()
        self._objectives: LRUCache[Measure | Stepped, Objective] = LRUCache(KEPT)
        self._optimizer: Optimizer | None = None
        self._explainer: Explainer | None = None
        self.explanations = Explanations(self.effort)
        self._wishes: LRUCache[frozenset[tuple[tuple[str, Answer], float]], Wishes] = LRUCache(WISHED)
        if not base and not self.propagation.possible(()):
            raise Unbuildable(model.name, self.explainer.rules([])[0])

    @contextmanager
    def act(self) -> Iterator[None]:
        """One public act: alone with the solvers, and within a budget of its own."""
        with self._lock:
            if not self._acts:
                self.effort.renew()
            self._acts += 1
            try:
                yield
            finally:
                self._acts -= 1

    def _solver(self, formula: Formula) -> Solver:
        return Solver(formula, self.theory, (clause for _, clause in formula.rules), self.effort)

    def best(self, chosen: Sequence[int], weights: Weights) -> tuple[Bits, float]:
        """The columns of a product of the greatest weight that takes the chosen columns; there must be one.

        And how much greater another's weight could be at most, if time ran out; Undecided if none is known by then.
        """
        wished = frozenset(weights.items())
        if wished not in self._wishes:
            self._wishes[wished] = wishes(self.columns, self.formula, weights)
        if self._optimizer is None or self._optimizer.is_worn:
            self._optimizer = Optimizer(own := Formula(self.formula), self._solver(own))
        assumptions = self.propagation.assumptions(chosen)
        try:
            truth, gap = self._optimizer.best(assumptions, self._wishes[wished])
        except Undecided:  # the wishes led it astray before it met any product
            known = self.propagation.known(assumptions)
            if known is None:
                raise
            truth, gap = known, self._wishes[wished].lacking(known)
        return self.witnesses.add(truth), float(gap)

    @property
    def unlimited(self) -> Engine:
        """The engine of the product itself, whatever limits this one keeps."""
        return self.base or self

    def limited(self, limits: tuple[Rule, ...]) -> Engine:
        """The engine of the products that keep these rules as well; the last ones are kept.

        Nothing may be left that does: `Configuration.limited` asks.
        """
        if not limits:
            return self
        with self._lock:
            engine = self._limited.get(limits)
            if engine is None or engine.formula.is_worn:
                model = replace(self.model, rules=self.model.rules + limits)
                engine = self._limited[limits] = Engine(model, base=self)
        return engine

    def objective(self, measure: Measure | Stepped) -> Objective:
        """What finds the least of a measure; the last ones are kept."""
        found = self._objectives.get(measure)
        if found is None or found.is_worn:
            found = self._objectives[measure] = Objective(self, measure)
        return found

    def range(self, measure: Measure, chosen: Sequence[int]) -> Range:
        """How far a measure ranges among the products that take the chosen columns; there must be one."""
        assumptions = self.propagation.assumptions(chosen)
        least = self.objective(measure).exactly(assumptions)
        most = self.objective(measure.negative).exactly(assumptions)
        return Range(least, None if most is None else -most)

    def domain(self, characteristic: Characteristic, possible: Bits) -> Domain:
        """The domain that the columns of a characteristic mean; equal ones are one object."""
        key = ("" if isinstance(characteristic, Boolean) else characteristic.name, possible.tobytes())
        found = self._domains.get(key)
        if found is None:
            if len(self._domains) > DOMAINS:
                self._domains.clear()
            values = self.columns.of[characteristic.name][0].values
            found = domain(characteristic, [values[i] for i in np.flatnonzero(possible).tolist()])
            self._domains[key] = found
        return found

    def booleans(self, possible: Bits) -> dict[str, Domain]:
        """The domains of all yes/no characteristics at once, from the columns of the whole model."""
        names, starts = self._booleans
        if not names:
            return {}
        either = np.empty(4, dtype=object)
        either[:] = [self.domain(self.model[names[0]], np.array(pair)) for pair in product((False, True), repeat=2)]
        kinds = 2 * possible[starts] + possible[starts + 1]
        return dict(zip(names, either[kinds].tolist(), strict=True))

    @cached_property
    def _booleans(self) -> tuple[list[str], NDArray[np.int64]]:
        names = [c.name for c in self.model.characteristics if isinstance(c, Boolean)]
        return names, np.array([self.columns.of[name][0].start for name in names], dtype=np.int64)

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        """The texts of the model."""
        return tuple(c for c in self.model.characteristics if isinstance(c, Text))

    @property
    def explainer(self) -> Explainer:
        """Made when the first explanation is asked for."""
        if self._explainer is None or self._explainer.is_worn:
            self._explainer = Explainer(self)
        return self._explainer

    def start(self, choices: Mapping[str, Answer] | None = None) -> Configuration:
        """A configuration with nothing chosen, or with these choices.

        Raises Impossible for the first of them that cannot stand with those before it, ValueError as `choose` does.
        """
        return Configuration(Chosen(self, {})).restored(choices or {})

"""One incremental SAT solver over a growing formula, within a budget."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from struct import pack

import numpy as np
from numpy.typing import NDArray
from pysat.solvers import Glucose4

from configurator.engine.effort import Effort
from configurator.engine.formula import Clause, Formula
from configurator.engine.theory import Theory

QUICK, LONG = 500, 2_000
"""Conflicts of a first look and of each further one. Only in the further ones Glucose lets other threads run: to take
turns in each of a click's many small questions would cost more than they do."""


class Solver:
    """Glucose, chosen because it propagates under assumptions in a hundredth of CaDiCaL's time."""

    def __init__(self, formula: Formula, theory: Theory, clauses: Iterable[Clause], effort: Effort) -> None:
        self.effort = effort
        self._formula = formula
        self._theory = theory
        self._seen = len(formula.definitions)
        self._sat = Glucose4(bootstrap_with=formula.definitions)
        self._sat.append_formula(clauses)
        self._model: NDArray[np.bool_] | None = None
        self._consequences: dict[int, NDArray[np.int32]] = {}
        self._derived = 0

    def _catch_up(self) -> None:
        new = self._formula.definitions[self._seen:]
        self._seen += len(new)
        self._sat.append_formula(new)

    def solve(self, assumptions: Sequence[int], brief: bool = False) -> bool:
        """Whether everything can hold together with these literals; raises Undecided beyond the budget.

        A `brief` question has none: it is decided at a first look or not at all.
        """
        self.effort.ask(brief)
        while self._search(assumptions):
            if not self._theory:
                return True
            away = self._theory.refute(self.true(), self.effort.hard)
            if away is None:
                return True
            self.prefer(away)
        return False

    def _search(self, assumptions: Sequence[int]) -> bool:
        self._catch_up()
        self._model = None
        self._sat.conf_budget(QUICK)
        answer = self._sat.solve_limited(assumptions=assumptions)
        while answer is None:
            with self.effort.hard():
                self._sat.conf_budget(LONG)
                answer = self._sat.solve_limited(assumptions=assumptions, expect_interrupt=True)
        return bool(answer)

    def true(self) -> NDArray[np.bool_]:
        """Of the model found last: entry l says that literal l is true (negative literals count from the end)."""
        if self._model is None or len(self._model) <= 2 * self._formula.top:
            self._model = self._truth(self._sat.get_model())
        return self._model

    def core(self) -> list[int]:
        """Assumptions that cannot hold together, after a `solve` that failed."""
        return self._sat.get_core() or []

    def implied(self, assumptions: Sequence[int]) -> NDArray[np.bool_] | None:
        """The literals that unit propagation derives, as `true` gives them; None if it meets a contradiction."""
        self._catch_up()
        consistent, literals = self._sat.propagate(assumptions=assumptions)
        return self._truth(literals) if consistent else None

    def consequences(self, literal: int) -> NDArray[np.int32]:
        """What unit propagation derives from one literal, and itself; nothing if it meets a contradiction. Kept."""
        if literal not in self._consequences:
            consistent, derived = self._sat.propagate(assumptions=[literal])
            self._consequences[literal] = found = _array((derived or [literal]) if consistent else [])
            self._derived += len(found)
        return self._consequences[literal]

    @property
    def spread(self) -> float:
        """How many literals follow from one, as far as that was asked."""
        return self._derived / max(1, len(self._consequences))

    def prefer(self, literals: Sequence[int]) -> None:
        """Tries these literals first from now on."""
        self._sat.set_phases(literals)

    def learn(self, clause: Clause) -> None:
        """Adds a clause that this solver's clauses imply."""
        self._sat.add_clause(clause)

    def any_of(self, literals: Sequence[int]) -> int:
        """A literal that implies, in this solver alone, that one of these is true. Learn its negation to end it."""
        one = self._formula.fresh()
        self.learn([-one, *literals])
        return one

    def _truth(self, literals: Sequence[int]) -> NDArray[np.bool_]:
        truth = np.zeros(2 * self._formula.top + 1, dtype=np.bool_)
        truth[_array(literals)] = True
        truth[1] = True
        return truth


def _array(literals: Sequence[int]) -> NDArray[np.int32]:
    """Literals as an array, in half of the time that numpy takes for it."""
    return np.frombuffer(pack(f"{len(literals)}i", *literals), dtype=np.int32)

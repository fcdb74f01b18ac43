"""Rules that say nothing new: whatever breaks one of them breaks another as well."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import isqrt

from catalog.model import ProductModel
from catalog.nodes import Not
from configurator.engine.columns import Columns
from configurator.engine.conditions import Conditions
from configurator.engine.effort import Effort
from configurator.engine.explanation import minimal
from configurator.engine.formula import Formula
from configurator.engine.solver import Solver


class Redundancy:
    """Asks of a rule whether it can be broken while all others hold.

    Every rule has a switch, and every block of rules has one for all of its rules: so thousands of rules are assumed
    by few literals, and a question takes about a millisecond.
    """

    def __init__(self, model: ProductModel, patience: float) -> None:
        formula = Formula()
        conditions = Conditions(model, formula, Columns(model, formula))
        self._switches = [formula.fresh() for _ in model.rules]
        self._index = {switch: index for index, switch in enumerate(self._switches)}
        for switch, rule in zip(self._switches, model.rules, strict=True):
            conditions.require(rule.condition, formula.guarded(switch))
        self._broken = [conditions.literal(Not(rule.condition)) for rule in model.rules]
        self._size = isqrt(len(model.rules)) + 1
        self._blocks = {formula.all_of(block): block for block in
                        (self._switches[start:start + self._size] for start in range(0, len(model.rules), self._size))}
        self._solver = Solver(formula, conditions.comparisons.theory, (), Effort(patience))

    def follows(self, index: int) -> list[int] | None:
        """Other rules from which the rule of this index follows, none if it always holds; None if it can be broken.

        Rules are told by their indices. Raises Undecided beyond the patience given.
        """
        blocks = list(self._blocks)
        home = blocks.pop(index // self._size)
        others = [switch for switch in self._blocks[home] if switch != self._switches[index]]
        core = self._core(index, blocks + others)
        if core is None:
            return None
        return [self._index[switch] for literal in core for switch in self._blocks.get(literal, [literal])]

    def fewest(self, index: int, others: Sequence[int]) -> list[int]:
        """As few of the other rules as can be, from which it still follows; raises as `follows` does."""
        core = partial(self._core, index)
        least, _ = minimal(core([self._switches[other] for other in others]) or [], core)
        return sorted(self._index[switch] for switch in least)

    def _core(self, index: int, switches: Sequence[int]) -> list[int] | None:
        """Those of the switches that keep a rule from being broken; None if they do not."""
        if self._solver.solve([self._broken[index], *switches]):
            return None
        found = set(self._solver.core())
        return [switch for switch in switches if switch in found]

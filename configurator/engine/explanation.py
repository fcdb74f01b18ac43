"""Why a value is impossible: a minimal set of choices and rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from configurator.engine.effort import Undecided
from configurator.engine.solver import Solver

if TYPE_CHECKING:
    from configurator.engine.engine import Engine

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Explanation:
    """The earlier choices and the rules that together exclude a value; without any one of them it would be possible.

    Empty if the value is possible. Not `minimal` if the budget ended before some of them could be left out.
    """

    choices: tuple[str, ...]
    rules: tuple[str, ...]
    minimal: bool = True


class Explainer:
    """A second solver in which every rule can be switched off."""

    def __init__(self, engine: Engine) -> None:
        self._names = [rule.name for rule in engine.model.rules]
        formula = engine.formula
        self._switches = {index: formula.fresh() for index, _ in formula.rules}
        self._rules = {switch: index for index, switch in self._switches.items()}
        clauses = ([-self._switches[index], *clause] for index, clause in formula.rules)
        self._solver = Solver(formula, engine.theory, clauses, engine.effort)

    def rules(self, assumptions: Sequence[int]) -> tuple[tuple[str, ...], bool]:
        """A set of rules that cannot hold together with these literals, and whether it is minimal."""
        def core(switches: Sequence[int]) -> list[int] | None:
            if self._solver.solve([*assumptions, *switches]):
                return None
            found = set(self._solver.core())
            return [switch for switch in switches if switch in found]

        found, least = minimal(list(self._rules), core)
        return tuple(self._names[index] for index in sorted(self._rules[switch] for switch in found)), least


def minimal(items: Sequence[T], core: Callable[[Sequence[T]], Sequence[T] | None]) -> tuple[list[T], bool]:
    """A minimal subset that still contradicts, by deletion (Chinneck and Dravnieks 1991).

    `core` returns None for items that do not contradict, else those of them that were needed. If the budget ends
    before, what is left then and False; raises Undecided if it ends before the first answer.
    """
    rest = list(core(items) or [])
    needed: list[T] = []
    while rest:
        item = rest.pop()
        try:
            smaller = core([*needed, *rest])
        except Undecided:
            return [*needed, item, *rest], False
        if smaller is None:
            needed.append(item)
        else:
            rest = [other for other in smaller if other not in needed]
    return needed, True

"""Why a value is impossible: a minimal set of choices and rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from configurator.engine.solver import Solver

if TYPE_CHECKING:
    from configurator.engine.engine import Engine

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Explanation:
    """The earlier choices and the rules that together exclude a value; without any one of them it would be possible.

    Empty if the value is possible.
    """

    choices: tuple[str, ...]
    rules: tuple[str, ...]


class Explainer:
    """A second solver in which every rule can be switched off."""

    def __init__(self, engine: Engine) -> None:
        self._names = [rule.name for rule in engine.model.rules]
        formula = engine.formula
        self._switches = {index: formula.fresh() for index, _ in formula.rules}
        self._rules = {switch: index for index, switch in self._switches.items()}
        clauses = ([-self._switches[index], *clause] for index, clause in formula.rules)
        self._solver = Solver(formula, engine.theory, clauses)

    def rules(self, assumptions: Sequence[int]) -> tuple[str, ...]:
        """A minimal set of rules that cannot hold together with these literals."""
        def core(switches: Sequence[int]) -> list[int] | None:
            if self._solver.solve([*assumptions, *switches]):
                return None
            found = set(self._solver.core())
            return [switch for switch in switches if switch in found]

        found = minimal(list(self._rules), core)
        return tuple(self._names[index] for index in sorted(self._rules[switch] for switch in found))


def minimal(items: Sequence[T], core: Callable[[Sequence[T]], Sequence[T] | None]) -> list[T]:
    """A minimal subset that still contradicts, by deletion (Chinneck and Dravnieks 1991).

    `core` returns None for items that do not contradict, else those of them that were needed.
    """
    rest = list(core(items) or [])
    needed: list[T] = []
    while rest:
        item = rest.pop()
        smaller = core([*needed, *rest])
        if smaller is None:
            needed.append(item)
        else:
            rest = [other for other in smaller if other not in needed]
    return needed

"""Why a value is impossible: a minimal set of choices and rules."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from cachetools import TTLCache

from catalog.nodes import Answer
from configurator.engine.chosen import Chosen
from configurator.engine.effort import AWHILE, Effort, Undecided
from configurator.engine.formula import Formula
from configurator.engine.solver import Solver

if TYPE_CHECKING:
    from configurator.engine.engine import Engine

T = TypeVar("T")
KEPT = 5_000
"""Values whose explanations are kept."""
DEARER = 6
"""To write a clause into a solver takes so many times as long as to have it decide a switch that does not matter."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The earlier choices and the rules that together exclude a value; without any one of them it would be possible.

    Empty if the value is possible. Not `minimal` if the budget ended before some of them could be left out.
    """

    choices: tuple[str, ...]
    rules: tuple[str, ...]
    minimal: bool = True


class Unbuildable(ValueError):
    """No product fulfils all rules: `rules` are as few of them as can be that contradict each other."""

    def __init__(self, name: str, rules: tuple[str, ...]) -> None:
        super().__init__(f"{name}: nothing can be built, because of {', '.join(rules)}")
        self.rules = rules


class Impossible(Exception):
    """The value cannot stand with the choices made: `explanation` says why."""

    def __init__(self, name: str, value: Answer, explanation: Explanation) -> None:
        causes = ", ".join(explanation.choices + explanation.rules)
        super().__init__(f"{name} = {value!r} is impossible because of {causes}")
        self.name = name
        self.value = value
        self.explanation = explanation


class OverLimit(Exception):
    """No product with these choices keeps the limits: `explanation` says which of the choices, and why."""

    def __init__(self, explanation: Explanation) -> None:
        super().__init__(f"impossible because of {', '.join(explanation.choices + explanation.rules)}")
        self.explanation = explanation


def explained(chosen: Chosen, columns: tuple[int, ...]) -> Explanation:
    """What excludes columns from the products with these choices; empty if nothing does."""
    def find() -> Explanation:
        return Explanation((), ()) if chosen.allow(columns) else excluded(chosen, columns)

    return chosen.engine.explanations.recalled(chosen.choices, columns, find)


def excluded(chosen: Chosen, columns: tuple[int, ...]) -> Explanation:
    """As `explained`, of columns that are known to be excluded."""
    explanations = chosen.engine.explanations
    if known := explanations.known(chosen.choices, columns):
        return known
    names, few = minimal(chosen.core(columns) or [], lambda kept: chosen.core(columns, kept))
    rules, least = chosen.engine.explainer.rules(chosen.assumptions(names, columns))
    found = Explanation(tuple(name for name in chosen.choices if name in names), rules, few and least)
    if found.minimal:
        explanations.keep(chosen.choices, columns, found)
    return found


class Explanations:
    """Those that were found of one model, by the columns that are excluded."""

    def __init__(self, effort: Effort) -> None:
        self._effort = effort
        self._known: dict[tuple[int, ...], list[tuple[dict[str, Answer], tuple[str, ...]]]] = {}
        self._kept = 0
        self._late: TTLCache[Hashable, Explanation | Undecided] = TTLCache(KEPT, AWHILE)

    def recalled(self, choices: Mapping[str, Answer], columns: tuple[int, ...],
                 find: Callable[[], Explanation]) -> Explanation:
        """What is known to exclude columns, else what `find` tells; raises Undecided as it does.

        What it could not tell, or not as the smallest, is not tried again for a while.
        """
        if known := self.known(choices, columns):
            return known
        key = columns, frozenset(choices.items())
        found = self._late.get(key)
        if found is None:
            fair = self._effort.is_fair
            found = _tried(find)
            if fair and (isinstance(found, Undecided) or not found.minimal):
                self._late[key] = found
        if isinstance(found, Undecided):
            raise Undecided(*found.args)
        return found

    def known(self, choices: Mapping[str, Answer], columns: tuple[int, ...]) -> Explanation | None:
        """One that was found for these columns and speaks of no other choices: it is minimal here as well."""
        for needed, rules in self._known.get(columns, ()):
            if needed.items() <= choices.items():
                return Explanation(tuple(name for name in choices if name in needed), rules)
        return None

    def keep(self, choices: Mapping[str, Answer], columns: tuple[int, ...], found: Explanation) -> None:
        """Keeps a minimal explanation."""
        self._kept += 1
        if self._kept > KEPT:
            self._known.clear()
            self._kept = 1
        needed = {name: choices[name] for name in found.choices}
        self._known.setdefault(columns, []).append((needed, found.rules))


class Explainer:
    """A solver of its own in which each rule, or each of some, can be switched off."""

    def __init__(self, engine: Engine, rules: Iterable[int] | None = None) -> None:
        self._engine = engine
        self._formula = formula = Formula(engine.formula)
        clauses = formula.rules if rules is None else list(formula.of(rules))
        self._switches = {rule: formula.fresh() for rule in dict(clauses)}
        switched = ([-self._switches[rule], *clause] for rule, clause in clauses)
        self._solver = Solver(formula, engine.theory, switched, engine.effort)

    @property
    def is_worn(self) -> bool:
        """Whether a fresh one serves better."""
        return self._formula.is_worn

    def rules(self, assumptions: Sequence[int]) -> tuple[tuple[str, ...], bool]:
        """A set of rules that cannot hold together with these literals, and whether it is minimal."""
        some = self._core(assumptions, self._switches) or []
        spared, written = len(some) * len(self._switches), len(self._formula.definitions)
        among = Explainer(self._engine, some) if spared > DEARER * written else self
        found, least = minimal(some, partial(among._core, assumptions))
        return tuple(self._engine.model.rules[rule].name for rule in sorted(found)), least

    def _core(self, assumptions: Sequence[int], rules: Collection[int]) -> list[int] | None:
        """Those of the rules that cannot hold together with these literals; None if they can."""
        self._solver.effort.hurry()
        if self._solver.solve([*assumptions, *(self._switches[rule] for rule in rules)]):
            return None
        core = set(self._solver.core())
        return [rule for rule in rules if self._switches[rule] in core]


def _tried(find: Callable[[], Explanation]) -> Explanation | Undecided:
    try:
        return find()
    except Undecided as undecided:
        return undecided


def minimal(items: Sequence[T], core: Callable[[Sequence[T]], Sequence[T] | None]) -> tuple[list[T], bool]:
    """A minimal subset of contradicting items that still contradicts, by deletion (Chinneck and Dravnieks 1991).

    `core` returns None for items that do not contradict, else those of them that were needed. If the budget ends
    before, what is left then and False.
    """
    rest, needed = list(items), list[T]()
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

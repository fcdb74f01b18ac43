"""A real model at growing sizes: a feature model cut to fewer of its branches, as clauses."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import chain, combinations, product

from catalog.model import ProductModel
from catalog.nodes import And, Compare, Condition, Const, Count, Implies, Is, Not, Or

Clause = tuple[int, ...]

SHARE = 8
"""No branch that is cut off is larger than this part of what stays."""


def cut(model: ProductModel, features: int) -> str:
    """DIMACS of the model with about so many of its features: without branches drawn by chance, and what they are in.

    Of features that exclude each other each pair is a clause, as in the largest models that are published.
    """
    kept, branches = {one.name for one in model.characteristics}, _branches(model)
    for branch in random.Random(features).sample(branches, len(branches)):
        if len(branch) <= features / SHARE and len(kept - branch) >= features:
            kept -= branch
    names = [one.name for one in model.characteristics]
    numbers = {name: number for number, name in enumerate((name for name in names if name in kept), 1)}
    every = {name: numbers.get(name, 0) for name in names}
    clauses = [clause for rule in model.rules for clause in _clauses(rule.condition, True, every) if 0 not in clause]
    lines = [*(f"c {number} {name}" for name, number in numbers.items()), f"p cnf {len(numbers)} {len(clauses)}"]
    return "\n".join([*lines, *(" ".join(map(str, (*clause, 0))) for clause in clauses), ""])


def _branches(model: ProductModel) -> list[set[str]]:
    """Of each feature: itself and all below it."""
    parents = {rule.condition.when.name: rule.condition.then.name for rule in model.rules
               if isinstance(rule.condition, Implies) and rule.name.endswith(".parent")
               and isinstance(rule.condition.when, Is) and isinstance(rule.condition.then, Is)}
    branches = {one.name: {one.name} for one in model.characteristics}
    for name in branches:
        above = name
        while above in parents:
            above = parents[above]
            branches[above].add(name)
    return list(branches.values())


def _clauses(condition: Condition, holds: bool, numbers: dict[str, int]) -> list[Clause]:
    """What it says, or its opposite, without further variables; clauses that always hold are left out."""
    match condition:
        case Is(name, (bool(value),)):
            return [(numbers[name] if value is holds else -numbers[name],)]
        case Not(operand):
            return _clauses(operand, not holds, numbers)
        case Implies(when, then):
            return _clauses(Or((Not(when), then)), holds, numbers)
        case And(operands) | Or(operands):
            parts = [_clauses(operand, holds, numbers) for operand in operands]
            return [*(_any(parts) if isinstance(condition, Or) is holds else chain.from_iterable(parts))]
        case Compare("=", Count(conditions), Const(1)) if holds:
            none = [clause for one in conditions for clause in _clauses(one, False, numbers)]
            pairs = ((one, other) for (one,), (other,) in combinations(none, 2))
            return [*_clauses(Or(conditions), True, numbers), *pairs]
    raise ValueError(f"no clauses are known for {condition}")


def _any(parts: list[list[Clause]]) -> Iterator[Clause]:
    for chosen in product(*parts):
        clause = {literal for part in chosen for literal in part}
        if not any(literal and -literal in clause for literal in clause):
            yield tuple(clause)

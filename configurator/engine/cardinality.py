"""At most so many of some literals, as clauses."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import isqrt

from pysat.card import CardEnc, EncType

from configurator.engine.formula import Emit, Formula

PAIRWISE = 8  # up to so many literals "at most one" is written pair by pair


def at_most(literals: Sequence[int], bound: int, formula: Formula, emit: Emit) -> None:
    """Emits that at most so many of the literals are true: one of them, or by a sequential counter (Sinz 2005)."""
    if bound < 0:
        emit([])
    elif bound == 0:
        for literal in literals:
            emit([-literal])
    elif bound == 1:
        at_most_one(literals, formula, emit)
    elif bound < len(literals):
        encoded = CardEnc.atmost(lits=list(literals), bound=bound, top_id=formula.top, encoding=EncType.seqcounter)
        formula.top = max(formula.top, encoded.nv)
        for clause in encoded.clauses:
            emit(clause)


def at_most_one(literals: Sequence[int], formula: Formula, emit: Emit) -> None:
    """Emits that at most one literal is true: in pairs, or as places of a grid, of one row and column (Chen 2010)."""
    if len(literals) <= PAIRWISE:
        for pair in combinations(literals, 2):
            emit([-literal for literal in pair])
        return
    width = isqrt(len(literals) - 1) + 1
    for at in ([place // width for place in range(len(literals))], [place % width for place in range(len(literals))]):
        lines = [formula.fresh() for _ in range(max(at) + 1)]
        for literal, line in zip(literals, at, strict=True):
            formula.define([-literal, lines[line]])
        at_most_one(lines, formula, emit)

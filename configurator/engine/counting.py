"""How many products there are: the models of the formula, each combination of columns counted once.

Counted by Ganak (Sharma, Roy, Soos and Meel 2019; Soos and Meel 2025), projected on the literals of the columns: what
conditions need besides is not counted again. It knows parts that it met before by their hashes, so a count can be
wrong, with a chance that is negligible.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from math import ceil, prod
from pathlib import Path
from time import monotonic

from catalog.model import ProductModel, Text
from configurator.engine.conditions import opposite
from configurator.engine.effort import Undecided
from configurator.engine.engine import Engine
from configurator.engine.formula import TRUE
from configurator.engine.slots import Slot
from configurator.engine.solver import Solver

MEMORY = 2 << 30
"""Bytes that counting may take."""


def count(model: ProductModel, seconds: float) -> int:
    """How many products a model has, whatever their texts say.

    Raises Undecided if that is not known after so many seconds, or takes more than MEMORY; ValueError as Engine does.
    """
    ends = monotonic() + seconds
    engine = Engine(model, patience=seconds)
    with engine.act():
        _write_out(engine)
    owners = _owners(engine)
    texts = {slot for slot in engine.columns.slots if isinstance(model[slot.name], Text)}
    free = _free(engine, owners)
    bound = {"variables": engine.formula.top,
             "clauses": [clause for clause in engine.formula.clauses() if owners.get(abs(clause[0])) not in free],
             "counted": [variable for variable, slot in owners.items() if slot not in free | texts]}
    return _counter(bound, max(ends - monotonic(), 1)) * prod(len(slot.values) for slot in free - texts)


def _write_out(engine: Engine) -> None:
    """Learns every comparison until clauses alone say it: until it cannot hold together with its opposite."""
    solver = Solver(engine.formula, engine.theory, (clause for _, clause in engine.formula.rules), engine.effort)
    for literal, condition in engine.theory.comparisons:
        solver.solve([literal, engine.theory.literal(opposite(condition))])


def _owners(engine: Engine) -> dict[int, Slot]:
    """The variables that say which column a slot takes, each with its slot."""
    columns = engine.columns
    return {abs(int(literal)): slot for slot in columns.slots for side in (columns.upper, columns.lower)
            for literal in side[slot.columns] if abs(literal) != TRUE}


def _free(engine: Engine, owners: Mapping[int, Slot]) -> set[Slot]:
    """The slots of which no clause speaks but those that say what their own columns mean."""
    bound = {owners.get(abs(literal)) for _, clause in engine.formula.rules for literal in clause}
    for clause in engine.formula.definitions:
        speaks = {owners.get(abs(literal)) for literal in clause}
        bound |= speaks if len(speaks) > 1 else set()
    return set(engine.columns.slots) - bound


def _counter(asked: dict[str, object], seconds: float) -> int:
    """Has it counted by a process of its own, for Ganak cannot be interrupted."""
    command = [sys.executable, "-I", str(Path(__file__).with_name("counter.py")), str(ceil(seconds)), str(MEMORY)]
    try:
        counted = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True,  # noqa: S603 - ours
                                 timeout=seconds)
    except subprocess.TimeoutExpired as late:
        raise Undecided("there are too many ways to combine what the rules leave open") from late
    if counted.returncode:
        raise Undecided(f"counting ended early: {counted.stderr.strip()[-200:] or f'signal {-counted.returncode}'}")
    return int(counted.stdout.split()[-1], 16)  # after what Ganak may say itself

"""Other ways to know what can still be chosen, asked the same questions.

Those that work on clauses get the engine's own: of models whose numbers it handles outside of the clauses there is no
comparison. What is large is sampled and extrapolated.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any, NamedTuple

from pysat.solvers import Glucose4

from bench.models import ROOT
from catalog.model import Boolean, Choice, Number
from catalog.nodes import Answer
from configurator.engine import Configuration, Engine

OUTSIDE = ROOT / ".venv-bench/bin/python"
"""Peers that ask for other libraries than ours have an environment of their own: `make bench-peers`."""
SAMPLE, FEW = 200, 4
"""Values asked one by one in each configuration: by a SAT solver, and by CP-SAT in two configurations."""
LOOKED_AT = 6
"""Configurations compared of a session, the empty one among them."""
PATIENCE = 20


class Value(NamedTuple):
    """The literals of a value, and what the engine says of it."""

    literals: list[int]
    possible: bool
    forced: bool


@dataclass
class Position:
    """A configuration as clauses know it."""

    choices: dict[str, Answer]
    assumptions: list[int]
    values: list[Value]


def compared(engine: Engine, path: Path, session: Sequence[Configuration]) -> dict[str, Any]:
    """Milliseconds for all domains of the empty configuration and of later ones, peer by peer; and what they miss."""
    found: dict[str, Any] = {}
    step = max(1, len(session) // LOOKED_AT)
    chosen = list(session[::step])[:LOOKED_AT]
    if not engine.theory:
        positions = [_position(engine, c) for c in chosen]
        clauses = list(engine.formula.clauses())
        found["solves"] = _solves(clauses, positions)
        found["propagation"] = _propagation(clauses, positions)
        found["cp_sat"] = _cp_sat(clauses, positions)
    if path.suffix == ".uvl":
        found["flamapy"] = _outside("flamapy", path=str(path), configurations=[
            {"choices": dict(c.choices), "forced": dict(c.forced())} for c in chosen])
    return found


def _position(engine: Engine, c: Configuration) -> Position:
    columns, domains = engine.columns, c.domains()
    values = [Value(columns.literals(slot.start + place), value in domains[slot.name], domains[slot.name] == {value})
              for slot in columns.slots if isinstance(engine.model[slot.name], Boolean | Choice | Number)
              for place, value in enumerate(slot.values)]
    assumptions = [literal for name, answer in c.choices.items()
                   for column in columns.of_answer(name, answer) for literal in columns.literals(column)]
    return Position(dict(c.choices), assumptions, values)


def _solves(clauses: list[list[int]], positions: list[Position]) -> dict[str, Any]:
    """Two solves for each value, with fresh assumptions: whether it can be chosen, and whether anything else can."""
    times, wrong = [], 0
    with Glucose4(bootstrap_with=clauses) as solver:
        for position in positions:
            sample = _sampled(position.values, SAMPLE)
            start = process_time()
            answers = [(solver.solve([*position.assumptions, *value.literals]),
                        not any(solver.solve([*position.assumptions, -literal]) for literal in value.literals))
                       for value in sample]
            times.append(1000 * (process_time() - start) * len(position.values) / len(sample))
            wrong += sum(answer != (value.possible, value.forced)
                         for answer, value in zip(answers, sample, strict=True))
    return {"first": times[0], "click": median(times[1:] or times), "different": wrong}


def _propagation(clauses: list[list[int]], positions: list[Position]) -> dict[str, Any]:
    """Unit propagation alone; and how many values it leaves that cannot be chosen."""
    times, missed = [], []
    with Glucose4(bootstrap_with=clauses) as solver:
        for position in positions:
            start = process_time()
            derived = set(solver.propagate(assumptions=position.assumptions)[1])
            times.append(1000 * (process_time() - start))
            missed.append(sum(not value.possible and not any(-literal in derived for literal in value.literals)
                              for value in position.values))
    return {"first": times[0], "click": median(times[1:] or times), "missed": median(missed), "most": max(missed)}


def _cp_sat(clauses: list[list[int]], positions: list[Position]) -> dict[str, Any] | None:
    """CP-SAT once for each of a few values, in the first configuration and the middle one."""
    few = [replace(position, values=_sampled(position.values, FEW))
           for position in (positions[0], positions[len(positions) // 2])]
    told = _outside("cp_sat", clauses=clauses, positions=[asdict(position) for position in few])
    return told and {"first": told["first"] * len(positions[0].values),
                     "click": told["click"] * len(positions[0].values), "different": told["different"]}


def _sampled(values: list[Any], count: int) -> list[Any]:
    return random.Random(1).sample(values, min(count, len(values)))


def _outside(peer: str, **request: Any) -> dict[str, Any] | None:
    """What a peer of the other environment answers; None if it is not installed or takes too long."""
    if not OUTSIDE.exists():
        return None
    try:
        answer = subprocess.run([OUTSIDE, "-m", "bench.outside", peer], cwd=ROOT, input=json.dumps(request), text=True,
                                capture_output=True, timeout=PATIENCE, env={**os.environ, "PYTHONPATH": ""})
    except subprocess.TimeoutExpired:
        return None
    return json.loads(answer.stdout) if answer.returncode == 0 else None

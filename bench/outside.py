"""Peers in an environment of their own.

`python -m bench.outside PEER` reads a request and prints figures, both as JSON.
"""

from __future__ import annotations

import json
import sys
from statistics import median
from time import process_time
from typing import Any


def cp_sat(request: dict[str, Any]) -> dict[str, Any]:
    """OR-tools' CP-SAT: milliseconds of one solve, in the first position and in the others."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    top = max(abs(number) for clause in request["clauses"] for number in clause)
    variables = [model.new_bool_var("") for _ in range(top)]

    def literal(number: int) -> Any:
        return variables[number - 1] if number > 0 else ~variables[-number - 1]

    for clause in request["clauses"]:
        model.add_bool_or([literal(number) for number in clause])
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    times: list[list[float]] = []
    different = 0
    for position in request["positions"]:
        times.append([])
        for literals, possible, _ in position["values"]:
            model.clear_assumptions()
            model.add_assumptions([literal(number) for number in [*position["assumptions"], *literals]])
            start = process_time()
            status = solver.solve(model)
            times[-1].append(1000 * (process_time() - start))
            different += (status in (cp_model.OPTIMAL, cp_model.FEASIBLE)) != possible
    return {"first": median(times[0]), "click": median(times[1]), "different": different}


def flamapy(request: dict[str, Any]) -> dict[str, Any]:
    """Flamapy's configurator: milliseconds of a click, and the forced features it does not tell."""
    from flamapy.metamodels.configurator_metamodel.models import OptionStatus
    from flamapy.metamodels.configurator_metamodel.transformation.fm_to_configurator import FmToConfigurator
    from flamapy.metamodels.fm_metamodel.transformations import UVLReader

    start = process_time()
    model = FmToConfigurator(UVLReader(request["path"]).transform()).transform()
    always = {option.feature.name: True for question in model.questions for option in question.options
              if option.status == OptionStatus.SELECTED}
    ready = 1000 * (process_time() - start)
    times, missed = [], []
    for configuration in request["configurations"]:
        start = process_time()
        told = model.solver_backend.propagate(always | configuration["choices"]) or {}
        times.append(1000 * (process_time() - start))
        missed.append(sum(told.get(name) != value for name, value in configuration["forced"].items()))
    return {"compile": ready, "first": times[0], "click": median(times[1:] or times), "missed": median(missed),
            "most": max(missed)}


if __name__ == "__main__":
    print(json.dumps({"cp_sat": cp_sat, "flamapy": flamapy}[sys.argv[1]](json.load(sys.stdin))))

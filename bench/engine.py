"""What the engine costs: compiling a model, its first domains, clicks, explanations and completions; beside peers."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any

from bench import models
from bench.measure import BLOCKED, CHOICES, CLICKS, SESSIONS, WISHES
from bench.peers import FEW, OUTSIDE, PATIENCE, SAMPLE
from bench.tables import Cell, Table

Figures = dict[str, dict[str, Any]]
"""What was measured, by the name of the model."""
NONE = "–"
FAMILIES = ("automotive02 cut", "grown")


def tables() -> Iterator[Table]:
    """What it costs, what is explained, how it grows, and what others need."""
    with TemporaryDirectory() as folder:
        found = {_name(path): _measured(path) for path in [*models.FILES, *models.made(Path(folder))] if path.exists()}
    yield _clicks(found)
    yield _answers(found)
    yield _growth(found)
    yield _peers({name: figures for name, figures in found.items() if figures["peers"]})


def _name(path: Path) -> str:
    return path.parent.name if path.name == "constraints.xml" else path.stem if path.suffix == ".yaml" else path.name


def _measured(path: Path) -> dict[str, Any]:
    print(f"{path.name} ...", file=sys.stderr)
    answer = subprocess.run([sys.executable, "-m", "bench.measure", str(path)], cwd=models.ROOT, check=True, text=True,
                            stdout=subprocess.PIPE)
    return dict(json.loads(answer.stdout))


def _clicks(found: Figures) -> Table:
    return Table("The engine", f"""\
Milliseconds of processor time on one core, each model in a process of its own. A click is one choice with the domains
of everything after it: up to {SESSIONS} sessions of {CLICKS} random clicks on one engine. Megabytes are the most that
the process ever took, libraries and reading the file among them.""",
                 ["model", "characteristics", "rules", "read", "compile", "first domains", "click", "95 %", "MB"],
                 [[name, f["characteristics"], f["rules"], f["read"], f["compile"], f["first"], *_spread(f["clicks"]),
                   f["memory"]] for name, f in found.items()])


def _answers(found: Figures) -> Table:
    return Table("Explanations, repairs, completions", f"""\
Milliseconds, with {CHOICES} random choices made: up to {BLOCKED} values that they block in each session, the three best
repairs of each, and the best completion by {WISHES} weighted wishes. Median and 95th percentile.""",
                 ["model", "explain", "95 %", "repairs", "95 %", "complete", "slowest"],
                 [[name, *_spread(f["explain"]), *_spread(f["repairs"]),
                   *([median(f["complete"]), max(f["complete"])] if f["complete"] else [NONE, NONE])]
                  for name, f in found.items()])


def _growth(found: Figures) -> Table:
    families = [{name: found[name] for name in found if name.startswith(f"{family} to ")} for family in FAMILIES]
    return Table("Cost against size", """\
Everything as a multiple of the smallest model of its kind: cost that grows no faster than the model stays at or below
the third column. `Cut`: a car maker's model without some of its branches and what is said of them; features that
exclude each other are a clause a pair. `Grown`: made by one rule, where pairs of near features exclude each other if a
third one is chosen, which no known model does to such an extent.""",
                 ["model", "times the features", "times the clauses", "compile", "first domains", "click", "95 %",
                  "memory"],
                 [[name, *_times(figures, next(iter(family.values())))]
                  for family in families for name, figures in family.items()])


def _times(figures: dict[str, Any], base: dict[str, Any]) -> Iterator[str]:
    for key in ("characteristics", "rules", "compile", "first", "clicks", "slow", "memory"):
        one, other = (quantiles(each["clicks"], n=20)[-1] if key == "slow" else median(_list(each[key]))
                      for each in (figures, base))
        yield f"{one / other:.1f}"


def _list(figure: float | list[float]) -> list[float]:
    return figure if isinstance(figure, list) else [figure]


def _peers(found: Figures) -> Table:
    absent = "" if OUTSIDE.exists() else " CP-SAT and flamapy are not installed: run `make bench-peers` first."
    return Table("Beside others", f"""\
How many times as long others need for the domains of the empty configuration, and of later ones of a session against
our median click. Two solves per value (yes and no are two): whether it can be chosen, and whether anything else can; by
Glucose 4, the same clauses, fresh assumptions, {SAMPLE} values of each configuration extrapolated to all. CP-SAT: one
solve for {FEW} values in each of two configurations, extrapolated, if within {PATIENCE} seconds.
`Different` counts their answers that are not the engine's: 0 is right. Propagation and flamapy's configurator (of the
UVL files it can read) do less: `missed` are values that cannot be chosen any more though it says nothing of them, and
forced features that it does not tell; median and most of a session's configurations.{absent}""",
                 ["model", "two solves per value: first", "click", "CP-SAT: first", "click", "different",
                  "propagation: click", "missed", "most", "flamapy: click", "missed", "most"],
                 [_compared(name, figures) for name, figures in found.items()])


def _compared(name: str, figures: dict[str, Any]) -> list[Cell]:
    first, click = figures["first"], median(figures["clicks"])
    peers = {peer: told or {} for peer, told in figures["peers"].items()}
    solves, cp_sat, weak, flamapy = (peers.get(peer, {}) for peer in ("solves", "cp_sat", "propagation", "flamapy"))
    return [name, _ratio(solves.get("first"), first), _ratio(solves.get("click"), click),
            _ratio(cp_sat.get("first"), first), _ratio(cp_sat.get("click"), click),
            solves["different"] + cp_sat.get("different", 0) if solves else NONE,
            _ratio(weak.get("click"), click), weak.get("missed", NONE), weak.get("most", NONE),
            _ratio(flamapy.get("click"), click), flamapy.get("missed", NONE), flamapy.get("most", NONE)]


def _ratio(theirs: float | None, ours: float) -> Cell:
    return NONE if theirs is None else theirs / ours


def _spread(times: list[float]) -> list[Cell]:
    """Median and 95th percentile."""
    return [median(times), quantiles(times, n=20)[-1]] if len(times) > 1 else [NONE, NONE]

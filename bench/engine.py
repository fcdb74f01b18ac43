"""What the engine costs: compiling a model, its first domains, clicks, explanations and completions."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from time import process_time
from typing import TypeVar

from bench.tables import DATA, Table
from catalog.expressions import Answer
from catalog.formats import load
from configurator.engine import Configuration, Engine, SeveralDomain, TextDomain

SAMPLES = Path(__file__).parents[1] / "catalog/samples"
MODELS = [*(SAMPLES / f"{name}.yaml" for name in ("shirt", "touring_bicycle", "bookcase")),
          DATA / "renault-small/constraints.xml", DATA / "renault-medium/constraints.xml",
          *(DATA / "feature-models" / name for name in (
              "eshop.uvl", "pc-richmond.uvl", "berkeleydb.dimacs", "busybox-1.18.dimacs",
              "financial-services-2017-05.dimacs", "automotive01.dimacs", "automotive02-v1.uvl"))]
SESSIONS, CLICKS, BLOCKED = 10, 15, 20

T = TypeVar("T")


def tables() -> Iterator[Table]:
    """A row for each model that is there."""
    yield Table("The engine", f"""\
Milliseconds of processor time on one core. A click is one choice with the domains of everything after it: {SESSIONS}
sessions of {CLICKS} random clicks; median and 95th percentile. Explained are values that a session's choices block.""",
                ["model", "characteristics", "rules", "compile", "first domains", "click", "95 %", "explain", "95 %",
                 "complete"],
                [_row(path) for path in MODELS if path.exists()])


def _row(path: Path) -> list[str | float]:
    model = load(path)
    engine, compiled = timed(partial(Engine, model))
    _, first = timed(engine.start().domains)
    clicks = [step for seed in range(SESSIONS) for step in session(engine, seed)]
    *_, (last, _) = session(engine, 0)
    name = model.title or f"{path.parent.name}/{path.name}"
    return [name, len(model.characteristics), len(model.rules), compiled, first,
            *spread([time for _, time in clicks]), *spread(explanations(engine, last)), timed(last.complete)[1]]


def timed(act: Callable[[], T]) -> tuple[T, float]:
    """The result of an act, and the milliseconds it took."""
    start = process_time()
    result = act()
    return result, 1000 * (process_time() - start)


def session(engine: Engine, seed: int) -> Iterator[tuple[Configuration, float]]:
    """Random clicks, each with the time of the choice and all domains."""
    chance, c = random.Random(seed), engine.start()
    for _ in range(CLICKS):
        wanted = click(c, chance)
        if wanted is None:
            return
        c, milliseconds = timed(partial(_clicked, c, *wanted))
        yield c, milliseconds


def _clicked(c: Configuration, name: str, value: Answer) -> Configuration:
    chosen = c.choose(name, value)
    chosen.domains()
    return chosen


def click(c: Configuration, chance: random.Random) -> tuple[str, Answer] | None:
    """An open name and one of its values; None if nothing is open."""
    names = [name for name, domain in c.domains().items()
             if len(domain) > 1 and name not in c.choices and not isinstance(domain, TextDomain)]
    for name in chance.sample(names, len(names)):
        domain = c.domain(name)
        value = chance.choice(list(domain))
        answer = domain.required | {str(value)} if isinstance(domain, SeveralDomain) else value
        if answer in domain:
            return name, answer
    return None


def explanations(engine: Engine, c: Configuration) -> list[float]:
    """Times of explaining values that the choices have blocked."""
    free = engine.start().domains()
    blocked = [(name, value) for name, domain in c.domains().items() if name not in c.choices and len(free[name]) < 500
               for value in free[name] if value not in domain]
    asked = random.Random(1).sample(blocked, min(BLOCKED, len(blocked)))
    return [timed(partial(c.explain, name, value))[1] for name, value in asked]


def spread(times: list[float]) -> list[str | float]:
    """Median and 95th percentile."""
    return [median(times), quantiles(times, n=20)[-1]] if len(times) > 1 else ["-", "-"]

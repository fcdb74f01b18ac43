"""Measures one model in a process of its own, so that its memory can be told: `python -m bench.measure FILE`.

Prints the figures as JSON: milliseconds of processor time on one core, and megabytes.
"""

from __future__ import annotations

import json
import random
import re
import resource
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from time import process_time
from typing import Any, TypeVar

from bench import peers
from catalog.formats import load
from catalog.nodes import Answer
from configurator.engine import Configuration, Engine, SeveralDomain, TextDomain, Undecided

SESSIONS, CLICKS, CHOICES = 4, 30, 15
BLOCKED, WISHES = 12, 20
"""Values explained, and wishes to fulfil, when so many choices are made in each session."""
ENOUGH = 4_000.0
"""Milliseconds of clicks after which no further session begins."""

T = TypeVar("T")


def main() -> None:
    print(json.dumps(figures(Path(sys.argv[1]))))


def figures(path: Path) -> dict[str, Any]:
    """All figures of one model."""
    model, read = timed(partial(load, path))
    engine, compiled = timed(partial(Engine, model))
    _, first = timed(engine.start().domains)
    sessions, clicks = _sessions(engine)
    halfway = [session[min(CHOICES, len(session)) - 1] for session in sessions if session]
    explain, repairs = zip(*(pair for c in halfway for pair in _explained(c)), strict=True) or ((), ())
    complete = [timed(partial(c.complete, _wishes(c)))[1] for c in halfway]
    return {"characteristics": len(model.characteristics), "rules": len(model.rules), "read": read,
            "compile": compiled, "first": first, "clicks": clicks, "explain": explain, "repairs": repairs,
            "complete": complete, "memory": _memory(),
            "peers": peers.compared(engine, path, [engine.start(), *sessions[0]])}


def timed(act: Callable[[], T]) -> tuple[T, float]:
    """The result of an act, and the milliseconds it took."""
    start = process_time()
    result = act()
    return result, 1000 * (process_time() - start)


def _memory() -> float:
    """The most megabytes this process ever took; Linux counts elsewhere those of whoever started it."""
    told = Path("/proc/self/status")
    if told.exists():
        return int(re.findall(r"VmHWM:\s*(\d+)", told.read_text())[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _sessions(engine: Engine) -> tuple[list[list[Configuration]], list[float]]:
    """Sessions of random clicks, and what each click took with the domains of everything after it."""
    sessions: list[list[Configuration]] = []
    times: list[float] = []
    while len(sessions) < SESSIONS and sum(times) < ENOUGH:
        sessions.append([])
        for c, milliseconds in _session(engine, len(sessions)):
            sessions[-1].append(c)
            times.append(milliseconds)
    return sessions, times


def _session(engine: Engine, seed: int) -> Iterator[tuple[Configuration, float]]:
    chance, c = random.Random(seed), engine.start()
    for _ in range(CLICKS):
        wanted = _click(c, chance)
        if wanted is None:
            return
        c, milliseconds = timed(partial(clicked, c, *wanted))
        yield c, milliseconds


def clicked(c: Configuration, name: str, value: Answer) -> Configuration:
    chosen = c.choose(name, value)
    chosen.domains()
    return chosen


def _click(c: Configuration, chance: random.Random) -> tuple[str, Answer] | None:
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


def _explained(c: Configuration) -> list[tuple[float, float]]:
    """What it took to explain values that the choices block, and to find what would free them."""
    free = c.engine.start().domains()
    blocked = [(name, value) for name, domain in c.domains().items() if name not in c.choices and len(free[name]) < 500
               for value in free[name] if value not in domain]
    asked = random.Random(1).sample(blocked, min(BLOCKED, len(blocked)))
    return [(_within(partial(c.explain, name, value)), _within(partial(c.repairs, name, value, limit=3)))
            for name, value in asked]


def _within(act: Callable[[], object]) -> float:
    """The milliseconds of an act that may give up when its budget is spent."""
    start = process_time()
    with suppress(Undecided):
        act()
    return 1000 * (process_time() - start)


def _wishes(c: Configuration) -> dict[tuple[str, Answer], float]:
    """Weights of values that are possible one by one."""
    chance = random.Random(1)
    wanted = [wish for wish in (_click(c, chance) for _ in range(WISHES)) if wish]
    return {wish: chance.random() for wish in wanted}


if __name__ == "__main__":
    main()

"""How many inputs an order takes.

A customer wants a car out of a real history. The memory, which knows the orders of the other folds, proposes a whole
valid one; the customer corrects the first wrong field in the order in which it is shown, and so on until all is right.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import mean, quantiles

from bench.tables import DATA, Table
from catalog.expressions import Values
from catalog.formats import load
from configurator.commands.history import conflicts
from configurator.engine import Engine
from configurator.memory import Memory
from orders.history import Layout, read

ORDERS = 40
"""Orders tried of each of the ten folds."""


def tables() -> Iterator[Table]:
    """A row for each car."""
    folders = [folder for folder in (DATA / "renault-small", DATA / "renault-medium") if folder.exists()]
    yield Table("Inputs per order", f"""\
Cars that were sold, the buildable ones of ten folds: up to {ORDERS} orders of each fold by customers unknown to a
memory that learnt from the other nine. All that it proposes is shown, the questions first; the customer corrects the
first wrong field, again until all is right. Baselines: the most frequent value of each field 3.97 and 2.50 inputs, a
Chow-Liu tree 2.98 and 2.21, the order before that matches 2.84 and 2.48.""",
                ["car", "orders", "inputs", "proposal, ms", "slowest 5 %, ms"], [_row(folder) for folder in folders])


def _row(folder: Path) -> list[str | float]:
    engine = Engine(load(folder / "constraints.xml"))
    history = read(folder / "history.csv.gz", engine.model, conflicts(engine), Layout(customer="fold")).orders
    chance = random.Random(1)
    counts: list[int] = []
    times: list[float] = []
    for fold in sorted({row.customer for row in history if row.customer}):
        memory = Memory(engine)
        for row, count in history.items():
            if row.customer != fold:
                memory.remember(dict(row.values), count=count)
        tried = [dict(row.values) for row, count in history.items() if row.customer == fold for _ in range(count)]
        counts += [_inputs(memory, wanted, times) for wanted in chance.sample(tried, min(ORDERS, len(tried)))]
    return [folder.name, len(counts), mean(counts), mean(times) * 1000, quantiles(times, n=20)[-1] * 1000]


def _inputs(memory: Memory, wanted: Values, times: list[float]) -> int:
    """How many values the customer sets until the proposal is what they want; adds how long each proposal took."""
    c = memory.engine.start()
    for done in range(len(wanted) + 1):
        start = time.perf_counter()
        proposal = memory.propose(c)
        times.append(time.perf_counter() - start)
        proposed = proposal.configuration.values()
        shown = [*proposal.questions, *wanted]
        wrong = next((name for name in shown if name in wanted and proposed[name] != wanted[name]), None)
        if wrong is None:
            return done
        c = c.choose(wrong, wanted[wrong])
    raise AssertionError("a proposal keeps what was chosen")

"""How many inputs an order takes: python bench/memory.py [--orders N] [FOLDER ...]

A customer wants a car out of a real history. The memory, which knows the orders of the other folds, proposes a whole
valid one; the customer corrects the first wrong field in the order in which it is shown, and so on until all is right.
"""

from __future__ import annotations

import argparse
import random
import time
from pathlib import Path
from statistics import mean, quantiles

from catalog.expressions import Values
from catalog.formats import load
from configurator.commands.history import conflicts
from configurator.engine import Engine
from configurator.memory import Memory
from orders.history import Layout, read

DATA = Path(__file__).parents[2] / "shared/data"


def inputs(memory: Memory, wanted: Values, times: list[float]) -> int:
    """How many values the customer sets until the proposal is what they want."""
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


def measure(folder: Path, orders: int) -> None:
    """Prints a line for one car: up to `orders` orders of each fold."""
    model = load(folder / "constraints.xml")
    engine = Engine(model)
    history = read(folder / "history.csv.gz", model, conflicts(engine), Layout(customer="fold")).orders
    chance = random.Random(1)
    counts: list[int] = []
    times: list[float] = []
    for fold in sorted({row.customer for row in history}):
        memory = Memory(engine)
        for row, count in history.items():
            if row.customer != fold:
                memory.remember(dict(row.values), count=count)
        tried = [dict(row.values) for row, count in history.items() if row.customer == fold for _ in range(count)]
        counts += [inputs(memory, wanted, times) for wanted in chance.sample(tried, min(orders, len(tried)))]
    slow = quantiles(times, n=20)[-1]
    print(f"{folder.name:<16}{len(counts):>8}{mean(counts):>9.2f}{mean(times) * 1000:>13.1f}{slow * 1000:>10.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, default=[DATA / "renault-small", DATA / "renault-medium"])
    parser.add_argument("--orders", type=int, default=40, help="orders tried of each fold")
    options = parser.parse_args()
    print(f"{'car':<16}{'orders':>8}{'inputs':>9}{'ms a proposal':>13}{'slowest 5%':>10}")
    for folder in options.folders:
        if folder.exists():
            measure(folder, options.orders)
        else:
            print(f"{folder.name}: not at {folder}")


if __name__ == "__main__":
    main()

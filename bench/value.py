"""What customers will do, foretold and found: the sample of CDNOW, halved in time; and what it takes to work out."""

from __future__ import annotations

import resource
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from statistics import median
from time import process_time

import numpy as np

from bench import million
from bench.tables import DATA, Cell, Table
from orders.value import BetaGeometric, Floats, GammaGamma

UNTIL, END, WEEK = date(1997, 9, 30), date(1998, 6, 30), 7
RUNS, MANY, BATCH, PAGE = 9, 1_000_000, 10_000, 50
COLUMNS = ["Foretold by", "MAE", "Correlation", "Bought by the best tenth", "All purchases (came: {})"]


def tables() -> Iterator[Table]:
    """How well, and how fast."""
    path = DATA / "cdnow/CDNOW_sample.txt"
    if not path.exists():
        yield Table("Purchases foretold", f"`{path.name}` is not there: left out.", ["Foretold by"], [])
        return
    bought = defaultdict[str, defaultdict[date, float]](lambda: defaultdict(float))
    for line in path.read_text().splitlines():
        _, customer, day, _, dollars = line.split()
        bought[customer][date.fromisoformat(f"{day[:4]}-{day[4:6]}-{day[6:]}")] += float(dollars)
    days = [sorted(one) for one in bought.values()]
    came = np.array([sum(UNTIL < day <= END for day in one) for one in days], float)
    known = [[day for day in one if day <= UNTIL] for one in days]
    history = (np.array([len(one) - 1 for one in known], float),
               np.array([(one[-1] - one[0]).days / WEEK for one in known]),
               np.array([(UNTIL - one[0]).days / WEEK for one in known]))
    mean = np.array([sum(one[day] for day in one if day <= UNTIL) / sum(day <= UNTIL for day in one)
                     for one in bought.values()])
    yield Table("Purchases foretold", f"""\
{len(days):,} customers of CDNOW who first bought early in 1997: their next 39 weeks, foretold on 30 September from what
they had bought by then. `As before` takes each for as busy as until then, `nobody` foretells none.""",
                [column.format(f"{came.sum():,.0f}") for column in COLUMNS], list(_foretold(history, came)))
    yield Table("What worth takes to work out", f"""\
Processor time, median of {RUNS}; scoring: chance of being active, purchases within a year and value of a purchase, in
batches of {BATCH:,} customers drawn from those above. Memory: how much more the process held at its height.""",
                ["Act", "Milliseconds", "MB more"], list(_takes(history, mean)))
    yield from million.tables(bought, UNTIL)


def _foretold(history: tuple[Floats, Floats, Floats], came: Floats) -> Iterator[list[Cell]]:
    ahead = (END - UNTIL).days / WEEK
    for name, told in {"BG/NBD": BetaGeometric.fit(*history).expected_purchases(ahead, *history),
                       "as before": (history[0] + 1) / np.maximum(history[2], 1) * ahead,
                       "nobody": np.zeros(len(came))}.items():
        best = np.argsort(-told, kind="stable")[:len(came) // 10]
        related = float(np.corrcoef(told, came)[0, 1]) if told.any() else 0.0
        yield [name, float(np.abs(told - came).mean()), related, f"{came[best].sum() / came.sum():.0%}",
               float(round(told.sum()))]


def _takes(history: tuple[Floats, Floats, Floats], mean: Floats) -> Iterator[list[Cell]]:
    spent = mean > 0
    returning, spending = BetaGeometric.fit(*history), GammaGamma.fit(history[0][spent] + 1, mean[spent])
    yield ["fit of returning", _median(partial(BetaGeometric.fit, *history)), "-"]
    yield ["fit of spending", _median(partial(GammaGamma.fit, history[0][spent] + 1, mean[spent])), "-"]
    drawn = np.random.default_rng(1).integers(0, len(mean), BATCH)
    some, means = tuple(column[drawn] for column in history), mean[drawn]
    few = tuple(column[:PAGE] for column in some)
    yield [f"ranges of {PAGE} customers", _median(lambda: (
        returning.range_of_alive(*few), returning.range_of_purchases(52.0, *few),
        spending.range_of_value(few[0] + 1, means[:PAGE]))), "-"]

    def score(customers: int) -> None:
        for _ in range(customers // BATCH):
            returning.alive(*some)
            returning.expected_purchases(52.0, *some)
            spending.expected_value(some[0] + 1, means)
    for customers in MANY // 10, MANY:
        before = _held()
        taken = _median(partial(score, customers), 3)
        yield [f"{customers:,} customers scored", taken, round(_held() - before)]


def _median(act: Callable[[], object], runs: int = RUNS) -> float:
    times = []
    for _ in range(runs):
        begun = process_time()
        act()
        times.append(1000 * (process_time() - begun))
    return median(times)


def _held() -> float:
    """Megabytes that the process held at its height."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

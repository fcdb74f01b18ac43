"""What limits cost: to set one, a click under it, the cheapest, the quickest, and how far prices range."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from datetime import date
from functools import partial
from statistics import median, quantiles

from bench import models
from bench.measure import clicked, timed
from bench.tables import Cell, Table
from catalog.formats import load
from catalog.model import Number
from catalog.pricing import price
from configurator.engine import Configuration, Engine, Impossible, Undecided
from configurator.limits import Limits, cost, lead
from orders.promises import promise
from orders.supplies.supply import Supply

SAMPLES = {"shirt": 8, "touring_bicycle": 0, "bookcase": 7}
"""Products, and how many of their measures are given first: whoever asks for a price knows them."""
SESSIONS, CLICKS = 3, 12
SHARE = 0.9
"""Of the price that is proposed to somebody unknown: the limit."""
SUPPLY = Supply.on(date(2026, 11, 23))
NONE = "–"


def tables() -> Iterator[Table]:
    """What limits cost on the samples."""
    yield Table("Limits", f"""\
Milliseconds of processor time. A limit of {SHARE:.0%} of the price of a product is set, where so many measures are
given; then a click is one choice with the domains of everything after it, in {SESSIONS} sessions of {CLICKS}. `Not yet
checked`: clicks after which something was left so. Cheapest and quickest: of all; a day is that of the quickest.""",
                ["model", "measures", "set", "first domains", "click", "95 %", "not yet checked", "cheapest",
                 "off by at most", "quickest", "by a day", "ranges of a value"],
                [_measured(name, count) for name, count in SAMPLES.items()])


def _measured(name: str, count: int) -> list[Cell]:
    print(f"limits of {name} ...", file=sys.stderr)
    model = load(models.SAMPLES / f"{name}.yaml")
    start = Engine(model).start()
    given = [(c.name, c.standard) for c in model.characteristics if isinstance(c, Number) and c.standard is not None]
    for measure, size in given[:count]:
        start = start.choose(measure, size)
    proposed = start.complete({(c.name, c.standard): 1.0 for c in model.characteristics if c.standard is not None})
    most = int(price(model, proposed.values()).total * SHARE)
    within, setting = timed(lambda: start.limited(Limits(most).rules(model, SUPPLY)))
    _, first = timed(within.domains)
    clicks = list(_clicks(within))
    cheapest, cheap = timed(lambda: start.least(cost(model)))
    quickest, quick = timed(lambda: start.least(lead(model, SUPPLY)))
    by = promise(model, quickest.values(), SUPPLY)
    _, day = timed(lambda: start.limited(Limits(None, by).rules(model, SUPPLY)).domains())
    valued = [c.name for c in model.characteristics if c.options][:4]
    ranges, ranging = timed(lambda: start.ranges(cost(model), valued))
    times = [milliseconds for milliseconds, _ in clicks]
    return [name, min(count, len(given)), setting, first, median(times), quantiles(times, n=20)[-1],
            f"{sum(left for _, left in clicks)} of {len(clicks)}", cheap, f"{cheapest.gap / most:.1%}", quick, day,
            ranging / sum(map(len, ranges.values()))]


def _clicks(start: Configuration) -> Iterator[tuple[float, bool]]:
    """What each click of random sessions takes, and whether it leaves something unchecked."""
    chance = random.Random(1)
    for _ in range(SESSIONS):
        c = start
        for _ in range(CLICKS):
            open_ = [name for name, domain in c.domains().items() if len(domain) > 1 and name not in c.choices
                     and c.engine.model[name].options and not hasattr(domain, "required")]
            if not open_:
                break
            name = chance.choice(open_)
            try:
                c, milliseconds = timed(partial(clicked, c, name, chance.choice(list(c.domain(name)))))
            except (Impossible, Undecided):  # it had not been checked
                continue
            yield milliseconds, bool(c.unchecked())

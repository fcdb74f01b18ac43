"""What a memory saves: inputs per order, values guessed right, and what a repeat customer need not say again.

Groceries: households are halved by a checksum of their number; one half is for choosing constants and the form of the
model, the other is reported. Of that, single orders are drawn: households differ so much in how they repeat that a
sixteenth of them says otherwise than all, of memory and of plain ways alike. What orders themselves can tell is learnt
from those that are past when one is foretold: how fast they fade, what others are worth (`habit`), how much alike
orders differ (`noise`).

Cars: the orders of each of ten folds are foretold from the other nine. The form of the model, and three constants
(`neighbours`: WHOLE, PARENTS, WORTH), were compared on other orders of these folds than those that are reported, but on
the same cars: another car is needed to judge them.
"""

from __future__ import annotations

import csv
import gzip
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from statistics import mean, median, quantiles
from zlib import crc32

from bench.baselines import ChowLiu, Majority, Nearest, Past, SameAsBefore, SmoothedBackOff
from bench.tables import DATA, Table
from catalog.formats import load
from catalog.model import Choice, ProductModel, Value
from catalog.nodes import Answer, Values
from configurator.commands.history import conflicts
from configurator.engine import Configuration, Domain, Engine, Impossible
from configurator.memory import Memory
from orders.memory.history import Layout, read

ORDERS = 8
"""Orders tried of each of the ten folds for inputs."""
GUESSED = 20
"""The same for single values."""
SEED = 1
EVERY = 16
"""Of the orders of the households in the reported half, so many parts are left out but one."""
OFTEN = 20
FADES = 0.9
"""What the plain posterior leaves of the weight of an order after each newer one."""
Orders = list[tuple[dict[str, Answer], int, int]]
"""Values, how many alike, and the fold."""
Propose = Callable[[Configuration], tuple[Values, Sequence[str]]]
"""A whole product, and the order in which it is shown."""


def tables() -> Iterator[Table]:
    """One for inputs, one for single values, one for repeat orders."""
    cars = [_car(folder) for folder in (DATA / "renault-small", DATA / "renault-medium") if folder.exists()]
    yield Table("Inputs per order", f"""\
Cars that were sold, the buildable ones: up to {ORDERS} orders of each fold by customers unknown to what learnt from the
other nine. A whole product is proposed; the customer corrects the first wrong field in the order shown, until all is
right. The plain ways pick one value at a time among what the engine still allows, what tells most about the rest first.
Seed {SEED}.""", ["car", "by", "orders", "inputs", "cannot be built", "processor ms, median", "slowest 5 %"],
                [row for car in cars for row in _inputs_rows(*car)])
    yield Table("Single values right first", f"""\
The same cars: {GUESSED} orders of each fold, their values in random order, each guessed among what those before allow,
if that is more than one value; per cent right. Apart: identical cars are kept in one fold. Seed {SEED}.""",
                ["car", "by", "values", "right, %", "values, apart", "right, apart, %"],
                [row for car in cars for row in _single_rows(*car)])
    path = DATA / "complete-journey/orders.csv.gz"
    if path.exists():
        yield Table("Wrong of 3 in repeat orders", f"""\
Purchases of households in every category, in their order; all are learnt, each when it is past. Judged: every
{EVERY}th order, drawn by a checksum, among those after the first in a category of the half of the households that
nothing was tuned on; `from the {OFTEN + 1}st` in a category. Groceries are not made to order: this is what remembering
is worth, not how well a product fits.""",
                    ["by", "orders", "wrong of 3", "untouched, %", f"orders from {OFTEN + 1}st", "wrong of 3 then",
                     "untouched then, %"], list(_repeat_rows(path)))


# cars


def _car(folder: Path) -> tuple[str, Engine, Orders]:
    engine = Engine(load(folder / "constraints.xml"))
    history = read(folder / "history.csv.gz", engine.model, conflicts(engine), Layout(customer="fold")).orders
    return folder.name, engine, [(dict(row.values), count, int(row.customer or 0)) for row, count in history.items()]


def _sample(orders: Orders, fold: int, size: int) -> list[dict[str, Answer]]:
    tried = [values for values, count, its in orders if its == fold for _ in range(count)]
    return random.Random(SEED + fold).sample(tried, min(size, len(tried)))


def _learnt(engine: Engine, orders: Orders, fold: int) -> tuple[Memory, Past]:
    past = [(values, count) for values, count, its in orders if its != fold]
    memory = Memory(engine)
    for values, count in past:
        memory.remember(values, count=count)
    return memory, Past(past)


def _inputs_rows(name: str, engine: Engine, orders: Orders) -> Iterator[list[str | float]]:
    counts, times, unbuildable = defaultdict[str, list[int]](list), defaultdict[str, list[float]](list), Counter[str]()
    for fold in sorted({fold for *_, fold in orders}):
        memory, past = _learnt(engine, orders, fold)
        ways = {"memory": _by_memory(memory), "most frequent values": _one_by_one(Majority(past)),
                "Chow-Liu tree": _one_by_one(ChowLiu(past)), "same order as before": _one_by_one(SameAsBefore(past))}
        for wanted in _sample(orders, fold, ORDERS):
            for by, propose in ways.items():
                done, unbuilt = _inputs(engine, propose, wanted, times[by])
                counts[by].append(done)
                unbuildable[by] += unbuilt
    for by, inputs in counts.items():
        yield [name, by, len(inputs), mean(inputs), unbuildable[by], median(times[by]) * 1000,
               quantiles(times[by], n=20)[-1] * 1000]


def _by_memory(memory: Memory) -> Propose:
    def propose(c: Configuration) -> tuple[Values, Sequence[str]]:
        proposal = memory.propose(c)
        return proposal.configuration.values(), proposal.questions
    return propose


def _one_by_one(way: Majority) -> Propose:
    order = way.past.most_telling()

    def propose(c: Configuration) -> tuple[Values, Sequence[str]]:
        for name in order:
            if name not in c.choices:
                c = c.choose(name, _best(way.weights(c.choices, name), c.domain(name)))
        return c.complete().values(), order
    return propose


def _inputs(engine: Engine, propose: Propose, wanted: Values, times: list[float]) -> tuple[int, int]:
    """How many values the customer sets until the proposal is what they want, and how many cannot be built."""
    c, unbuildable = engine.start(), 0
    for done in range(len(wanted) + 1):
        start = time.process_time()
        proposed, order = propose(c)
        times.append(time.process_time() - start)
        unbuildable += not _buildable(engine, proposed)
        wrong = next((name for name in [*order, *wanted] if name in wanted and proposed[name] != wanted[name]), None)
        if wrong is None:
            return done, unbuildable
        c = c.choose(wrong, wanted[wrong])
    raise AssertionError("a proposal keeps what was chosen")


def _buildable(engine: Engine, values: Values) -> bool:
    try:
        return engine.start(values).is_complete
    except Impossible:
        return False


def _single_rows(name: str, engine: Engine, orders: Orders) -> Iterator[list[str | float]]:
    apart = [(values, count, crc32(repr(values).encode()) % 10) for values, count, _ in orders]
    plain, grouped = _right(engine, orders), _right(engine, apart)
    for by in plain:
        yield [name, by, len(plain[by]), 100 * mean(plain[by]), len(grouped[by]), 100 * mean(grouped[by])]


def _right(engine: Engine, orders: Orders) -> dict[str, list[bool]]:
    right = defaultdict[str, list[bool]](list)
    for fold in sorted({fold for *_, fold in orders}):
        memory, past = _learnt(engine, orders, fold)
        ways = {"most frequent values": Majority(past), "k-nearest vote": Nearest(past),
                "smoothed back-off": SmoothedBackOff(past), "Chow-Liu tree": ChowLiu(past)}
        chance = random.Random(SEED + fold)
        for wanted in _sample(orders, fold, GUESSED):
            c = engine.start()
            for name in chance.sample(list(wanted), len(wanted)):
                domain = c.domain(name)
                if len(domain) > 1:
                    right["memory"].append(memory.rank(c, name)[0][0] == wanted[name])
                    for by, way in ways.items():
                        right[by].append(_best(way.weights(c.choices, name), domain) == wanted[name])
                c = c.choose(name, wanted[name])
    return right


def _best(weights: Mapping[Answer, float], domain: Domain) -> Answer:
    return max(domain, key=lambda value: weights.get(value, 0.0))


# groceries

FIELDS = ("product_type", "package_size", "manufacturer")


def _repeat_rows(path: Path) -> Iterator[list[str | float]]:
    with gzip.open(path, "rt") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["when"])
    wrong = defaultdict[str, list[tuple[int, bool]]](list)
    categories = defaultdict[str, list[dict[str, str]]](list)
    for row in rows:
        categories[row["product"]].append(row)
    for _, those in sorted(categories.items()):
        _foretell(those, wrong)
    for by, found in wrong.items():
        cells: list[str | float] = [by]
        for some in ([number for number, _ in found], [number for number, often in found if often]):
            cells += [len(some), mean(some), 100 * some.count(0) / len(some)]
        yield cells


def _is_judged(row: Mapping[str, str]) -> bool:
    order = f"{row['customer']} {row['product']} {row['when']}"
    return crc32(row["customer"].encode()) % 2 == 1 and crc32(order.encode()) % EVERY == 0


def _foretell(rows: Sequence[Mapping[str, str]], wrong: dict[str, list[tuple[int, bool]]]) -> None:
    """Adds how many fields each way gets wrong, and whether the household had ordered often before."""
    engine = Engine(ProductModel(name="category", characteristics=tuple(
        Choice(name=field, values=tuple(Value(name=text) for text in sorted({row[field] for row in rows})))
        for field in FIELDS)))
    memory, start = Memory(engine), engine.start()
    own, everybody = defaultdict[str, list[dict[str, str]]](list), {field: Counter[str]() for field in FIELDS}
    for row in rows:
        household, wanted = row["customer"], {field: row[field] for field in FIELDS}
        before, when = own[household], datetime.fromisoformat(row["when"])
        if before and _is_judged(row):
            ways: dict[str, Values] = {
                "memory": memory.propose(start, household, when).configuration.values(), "the last order": before[-1],
                "their most common": {field: Counter(order[field] for order in before).most_common(1)[0][0]
                                      for field in FIELDS},
                "everybody's most common": {field: everybody[field].most_common(1)[0][0] for field in FIELDS},
                "recency-weighted Dirichlet": {field: _posterior(field, before, everybody[field]) for field in FIELDS}}
            for by, guess in ways.items():
                wrong[by].append((sum(guess[field] != wanted[field] for field in FIELDS), len(before) >= OFTEN))
        memory.remember(wanted, household, when)
        before.append(wanted)
        for field in FIELDS:
            everybody[field][wanted[field]] += 1


def _posterior(field: str, before: Sequence[Mapping[str, str]], everybody: Counter[str]) -> str:
    """The most probable value: the newest orders count most, everybody's shares are worth one order."""
    weights = defaultdict[str, float](float)
    for age, order in enumerate(reversed(before)):
        weights[order[field]] += FADES ** age
    total = everybody.total()
    candidates = {*weights, everybody.most_common(1)[0][0]}
    return max(sorted(candidates), key=lambda value: weights[value] + everybody[value] / total)

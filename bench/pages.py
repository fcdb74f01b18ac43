"""The whole round trip of a click: page, session, engine, price, picture, database."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import chain
from math import isnan, nan
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import NamedTuple

from bench.served import PLAIN
from bench.tables import DATA, Table
from bench.visitor import Visitor
from catalog.database import connect
from catalog.formats import load
from catalog.store import publish
from configurator.demonstration.shop import SAMPLES
from configurator.schema import migrate
from configurator.settings import Settings
from configurator.transaction import transaction

USERS = 8
SECONDS = 8.0
CARS = [path for path in (DATA / "renault-medium/constraints.xml",) if path.exists()]


class Run(NamedTuple):
    """What was measured: the seconds of each act, of one visitor alone too, acts a second of all visitors together, and
    the processor seconds that the server took for an act of these.
    """

    times: list[float]
    alone: list[float]
    rate: float
    processor: float


def tables() -> Iterator[Table]:
    """A row for each product, and one for a page that only reads two rows."""
    with TemporaryDirectory() as folder, _served(Path(folder)) as (server, port, slugs):
        visitors = [Visitor(port, seed) for seed in range(USERS)]
        plain = _run(server, [partial(visitor.get, f"{PLAIN}/{slugs[0]}") for visitor in visitors])
        runs = {"a page that reads two rows": plain, **{slug: _clicks(server, port, slug) for slug in slugs}}
    yield Table("A click on the configuring page", f"""\
{USERS} visitors who act without a pause for {SECONDS:g} seconds: a random answer among those on the page, at times
with the next page of questions; posted with the whole form as the script of the page does it, answered with the new
page, whose form is found by its text alone: a click takes a visitor half a millisecond. The server is the one of
`lotone serve`, a worker for each core, with an embedded database; the visitors share its cores. The first click of
each, which compiles the engine, is left out. `Alone` is one visitor with nobody else there. `Processor` is what the
server computes for one act, which other programs on the machine disturb least. The last column compares with a page in
the same frame that only reads two rows, from the same server.""",
                ["page", "acts", "median, ms", "95 %, ms", "alone, ms", "processor, ms", "a second",
                 "of the plain page"],
                [_row(name, run, plain) for name, run in runs.items()])


@contextmanager
def _served(folder: Path) -> Iterator[tuple[int, int, list[str]]]:
    """A server: its process, its port and the products it sells."""
    slugs = published(Settings(instance=folder, secret_key="measured"))
    with subprocess.Popen([sys.executable, "-m", "bench.served", str(folder)], cwd=Path(__file__).parents[1], text=True,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        try:
            assert server.stdout
            yield server.pid, int(server.stdout.readline()), slugs
        finally:
            server.terminate()


def published(settings: Settings) -> list[str]:
    """What is clicked on, in a new database: the slugs of the products."""
    engine = connect(settings.url)
    migrate(engine)
    with transaction(engine) as session:
        slugs = [publish(session, load(path)).product.slug for path in [*SAMPLES, *CARS]]
    engine.dispose()
    return slugs


def _clicks(server: int, port: int, slug: str) -> Run:
    visitors = [Visitor(port, seed) for seed in range(USERS)]
    for visitor in visitors:
        visitor.open(slug)
        visitor.click()
    return _run(server, [visitor.click for visitor in visitors])


def _run(server: int, acts: list[Callable[[], object]]) -> Run:
    """Each act again and again: the first one alone for a while, then all at once."""
    acts[0]()  # the server may be starting still
    alone = _repeated(acts[0], time.monotonic() + SECONDS / USERS)
    start, before = time.monotonic(), _spent(server)
    with ThreadPoolExecutor(len(acts)) as pool:
        times = [*chain.from_iterable(pool.map(lambda act: _repeated(act, start + SECONDS), acts))]
    return Run(times, alone, len(times) / (time.monotonic() - start), (_spent(server) - before) / len(times))


def _spent(process: int) -> float:
    """The processor seconds of a process and its children so far, as Linux tells; not known elsewhere."""
    children = Path(f"/proc/{process}/task/{process}/children")
    if not children.exists():
        return nan
    stats = [Path(f"/proc/{number}/stat").read_text() for number in (process, *children.read_text().split())]
    ticks = [sum(map(int, stat.rpartition(")")[2].split()[11:13])) for stat in stats]
    return sum(ticks) / os.sysconf("SC_CLK_TCK")


def _repeated(act: Callable[[], object], end: float) -> list[float]:
    times: list[float] = []
    while not times or time.monotonic() < end:
        start = time.perf_counter()
        act()
        times.append(time.perf_counter() - start)
    return times


def _row(name: str, run: Run, plain: Run) -> list[str | float]:
    slow = quantiles(run.times, n=20)[-1]
    return [name, len(run.times), median(run.times) * 1000, slow * 1000, median(run.alone) * 1000,
            "–" if isnan(run.processor) else run.processor * 1000, run.rate,
            f"{run.rate / plain.rate:.0%}"]

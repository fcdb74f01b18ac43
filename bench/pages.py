"""The whole round trip of a click: page, session, engine, price, picture, database."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import chain
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
from configurator.demonstration import SAMPLES
from configurator.schema import migrate
from configurator.settings import Settings
from configurator.transaction import transaction

USERS = 8
SECONDS = 8.0
CARS = [path for path in (DATA / "renault-medium/constraints.xml",) if path.exists()]


class Run(NamedTuple):
    """What visitors measured: the seconds of each act, of one of them alone too, and acts a second of all together."""

    times: list[float]
    alone: list[float]
    rate: float


def tables() -> Iterator[Table]:
    """A row for each product, and one for a page that only reads two rows."""
    with TemporaryDirectory() as folder, _served(Path(folder)) as (port, slugs):
        visitors = [Visitor(port, seed) for seed in range(USERS)]
        plain = _run([partial(visitor.get, f"{PLAIN}/{slugs[0]}") for visitor in visitors])
        runs = {"a page that reads two rows": plain, **{slug: _clicks(port, slug) for slug in slugs}}
    yield Table("A click on the configuring page", f"""\
{USERS} visitors who act without a pause for {SECONDS:g} seconds: a random answer among those on the page, at times
with the next page of questions; posted with the whole form as a browser does it, answered with the new page. The server
is the one of `lotone serve`, in a process of its own, with an embedded database; the visitors share its two cores. The
first click of a product, which compiles its engine, is left out. `Alone` is one visitor with nobody else there. The
last column compares with a page in the same frame that only reads two rows.""",
                ["page", "acts", "median, ms", "95 %, ms", "alone, ms", "a second", "of the plain page"],
                [_row(name, run, plain) for name, run in runs.items()])


@contextmanager
def _served(folder: Path) -> Iterator[tuple[int, list[str]]]:
    """The port of a server and the products it sells."""
    slugs = _published(Settings(instance=folder, secret_key="measured"))
    with subprocess.Popen([sys.executable, "-m", "bench.served", str(folder)], cwd=Path(__file__).parents[1], text=True,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        try:
            assert server.stdout
            yield int(server.stdout.readline()), slugs
        finally:
            server.terminate()


def _published(settings: Settings) -> list[str]:
    engine = connect(settings.url)
    migrate(engine)
    with transaction(engine) as session:
        slugs = [publish(session, load(path)).product.slug for path in [*SAMPLES, *CARS]]
    engine.dispose()
    return slugs


def _clicks(port: int, slug: str) -> Run:
    visitors = [Visitor(port, seed) for seed in range(USERS)]
    for visitor in visitors:
        visitor.open(slug)
    visitors[0].click()
    return _run([visitor.click for visitor in visitors])


def _run(acts: list[Callable[[], object]]) -> Run:
    """Each act again and again: the first one alone for a while, then all at once."""
    alone = _repeated(acts[0], time.monotonic() + SECONDS / USERS)
    start = time.monotonic()
    with ThreadPoolExecutor(len(acts)) as pool:
        times = [*chain.from_iterable(pool.map(lambda act: _repeated(act, start + SECONDS), acts))]
    return Run(times, alone, len(times) / (time.monotonic() - start))


def _repeated(act: Callable[[], object], end: float) -> list[float]:
    times: list[float] = []
    while not times or time.monotonic() < end:
        start = time.perf_counter()
        act()
        times.append(time.perf_counter() - start)
    return times


def _row(name: str, run: Run, plain: Run) -> list[str | float]:
    slow = quantiles(run.times, n=20)[-1]
    return [name, len(run.times), median(run.times) * 1000, slow * 1000, median(run.alone) * 1000, run.rate,
            f"{run.rate / plain.rate:.0%}"]

"""The whole round trip of a click: page, session, engine, price, picture, database."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bench.tables import DATA, Table
from catalog.formats import load
from catalog.model import Choice
from catalog.store import publish
from configurator import sessions
from configurator.app import create_app
from configurator.demonstration import SAMPLES
from configurator.records import Draft
from configurator.schema import migrate
from configurator.settings import Settings
from configurator.transaction import transaction

CLICKS = 24


def tables() -> Iterator[Table]:
    """A row for each product, and one for a page that only asks the database whether it is there."""
    with TemporaryDirectory() as folder:
        app = create_app(Settings(instance=Path(folder), secret_key="measured"))
        app.config.update(WTF_CSRF_ENABLED=False)
        migrate(app.extensions["engine"])
        health = _timed(lambda: app.test_client().get("/health"), CLICKS)
        rows = [_row("health", 0, health, health), *(_row(*clicked, health) for clicked in _clicks(app))]
        app.extensions["engine"].dispose()
    yield Table("A click on the configuring page", f"""\
{CLICKS} random answers to a product, each posted as the page posts it and answered with the new page; one process, one
thread, embedded database, without a network. `first` is the first page of a product in a new process: its engine is
compiled then. The last column says how many pages that only touch the database could be served meanwhile.""",
                ["page", "first, ms", "median, ms", "slowest 5 %, ms", "in health pages"], rows)


def _row(name: str, first: float, times: list[float], health: list[float]) -> list[str | float]:
    slow = quantiles(times, n=20)[-1]
    return [name, first * 1000, median(times) * 1000, slow * 1000, median(times) / median(health)]


def _clicks(app: Flask) -> Iterator[tuple[str, float, list[float]]]:
    """The slug, the first page's seconds and the clicks' seconds of each product."""
    cars = [path for path in (DATA / "renault-medium/constraints.xml",) if path.exists()]
    for path in [*SAMPLES, *cars]:
        with transaction(app.extensions["engine"]) as session:
            slug = publish(session, load(path)).product.slug
        client = app.test_client()
        start = time.perf_counter()
        address = client.post(f"/products/{slug}").headers["Location"]
        client.get(address)
        yield slug, time.perf_counter() - start, _configure(app, client, address.rpartition("/")[2].partition("?")[0])


def _configure(app: Flask, client: FlaskClient, draft: str) -> list[float]:
    chance, times = random.Random(1), []
    for _ in range(CLICKS):
        name, value = _possible(app, draft, chance)
        form = {f"was.{name}": json.dumps(None), f"a.{name}": value}
        act = partial(client.post, f"/configure/{draft}", data=form, headers={"HX-Request": "true"})
        times += _timed(act, 1)
    return times


def _possible(app: Flask, draft: str, chance: random.Random) -> tuple[str, str]:
    """A characteristic that nobody has chosen yet, and a value that it can still take."""
    with transaction(app.extensions["engine"]) as session:
        progress = sessions.progress(session, session.get_one(Draft, draft))
        open_ = [c for c in progress.model.characteristics if isinstance(c, Choice)
                 and c.name not in progress.configuration.choices and c.name not in progress.forced]
        name = chance.choice(open_).name
        return name, str(chance.choice(list(progress.configuration.domain(name))))


def _timed(act: Callable[[], TestResponse], times: int) -> list[float]:
    found = []
    for _ in range(times):
        start = time.perf_counter()
        answer = act()
        found.append(time.perf_counter() - start)
        assert answer.status_code == 200, answer.text
    return found

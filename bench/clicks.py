"""Where the processor's time of a click goes: visitors in the server's own process, one at a time, timed part by part.

What is measured is time on the processor, which other programs on the machine disturb less than they do answers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import wraps
from pathlib import Path
from statistics import fmean, quantiles
from tempfile import TemporaryDirectory
from time import thread_time
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy.orm import Session

from bench.pages import USERS, published
from bench.served import PLAIN, shop
from bench.tables import Table
from bench.visitor import Visitor
from configurator.drafts import progress
from configurator.engine import Configuration
from configurator.settings import Settings
from configurator.web.shop import present, reasons, rendering

CLICKS = 15
"""Of each visitor."""
PARTS: dict[str, list[tuple[Any, str]]] = {
    "what fits": [(Configuration, name) for name in (
        "choose", "choose_first", "restored", "retract", "domain", "domains", "unchecked", "forced")],
    "why not": [(Configuration, "explain"), (Configuration, "repairs")],
    "what gives way": [(progress, "mended"), (Configuration, "complete")],
    "prices": [(reasons, "difference"), (reasons, "fits"), (present, "offered")],
    "picture": [(present, "picture"), (present, "caption")],
    "words": [(rendering, "render_template")],
    "database": [(Session, name) for name in ("execute", "scalar", "scalars", "get", "flush", "commit", "close")]}


class Spent:
    """Seconds by part; of parts inside others, only the inner one's clock runs."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._running = ["elsewhere"]
        self._since = thread_time()

    def switch(self) -> None:
        """Counts what went by since the last switch for the part that is running."""
        now = thread_time()
        self.seconds[self._running[-1]] += now - self._since
        self._since = now

    def timed(self, part: str, act: Callable[..., Any]) -> Callable[..., Any]:
        """The act, counted for a part."""
        @wraps(act)
        def run(*args: Any, **named: Any) -> Any:
            self.switch()
            self._running.append(part)
            try:
                return act(*args, **named)
            finally:
                self.switch()
                self._running.pop()
        return run


class Inside(Visitor):
    """A visitor without a network; notes the seconds of each answer."""

    def __init__(self, app: Flask, seed: int) -> None:
        super().__init__(0, seed)
        self._client = app.test_client()
        self.seconds: list[float] = []

    def _ask(self, method: str, path: str, form: list[tuple[str, str]] | None = None) -> tuple[int, str, str]:
        headers = {"HX-Request": "true"} if form is not None and path.partition("?")[0] == self._draft else {}
        start = thread_time()
        answer = self._client.open(path, method=method, data=urlencode(form or []), headers=headers,
                                   content_type="application/x-www-form-urlencoded")
        self.seconds.append(thread_time() - start)
        return answer.status_code, answer.get_data(as_text=True), answer.headers.get("Location", "")


def tables() -> Iterator[Table]:
    """A row for each product."""
    with TemporaryDirectory() as folder:
        settings = Settings(instance=Path(folder), secret_key="measured")
        slugs, app = published(settings), shop(settings)
        plain = _plain(app, slugs[0])
        rows = [[slug, *_clicked(app, slug, plain)] for slug in slugs]
    yield Table("Where the time of a click goes", f"""\
Milliseconds on the processor, in one process without a network: {USERS} visitors take turns, {CLICKS} clicks each,
after a first one that compiles the engine. The fourth column: how many pages that read two rows, of
{1000 * plain:.2f} ms each, could have been answered meanwhile. What is part of another part is counted once, where it
happens.""",
                ["product", "a click", "95 %", "in plain pages", *PARTS, "rest"], rows)


def _plain(app: Flask, slug: str) -> float:
    visitor = Inside(app, 0)
    for _ in range(100):
        visitor.get(f"{PLAIN}/{slug}")
    return fmean(visitor.seconds[10:])


def _clicked(app: Flask, slug: str, plain: float) -> list[str | float]:
    visitors = [Inside(app, seed) for seed in range(USERS)]
    for visitor in visitors:
        visitor.open(slug)
        visitor.click()
        visitor.seconds.clear()
    spent = Spent()
    with ExitStack() as timers:
        for part, places in PARTS.items():
            for owner, name in places:
                timers.enter_context(patch.object(owner, name, spent.timed(part, getattr(owner, name))))
        for visitor in visitors * CLICKS:
            visitor.click()
    seconds = [second for visitor in visitors for second in visitor.seconds]
    parts = [spent.seconds[part] / len(seconds) for part in PARTS]
    rest = fmean(seconds) - sum(parts)
    return [1000 * fmean(seconds), 1000 * quantiles(seconds, n=20)[-1], fmean(seconds) / plain,
            *(1000 * part for part in (*parts, rest))]

"""What tests in a browser share: Lot One as it is served, a browser, and visitors' pages."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from conftest import settings_for
from flask import Flask
from sqlalchemy import Engine

from configurator.app import create_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUM = "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"
"""The first one is the same browser without windows, which take a third of the time."""


class Server:
    """Lot One, served on `url` out of `database`."""

    def __init__(self, app: Flask) -> None:
        from waitress.server import create_server

        self.app = app
        self.database: Engine = app.extensions["engine"]
        self._server = create_server(app, host="127.0.0.1", port=0, threads=4)
        self.url = f"http://127.0.0.1:{self._server.effective_port}"
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        with suppress(OSError):  # its socket is closed under it: that is how it is stopped
            self._server.run()

    def stop(self) -> None:
        self._server.close()
        self._thread.join(5)


@pytest.fixture
def server(sqlite: Engine, tmp_path: Path) -> Iterator[Server]:
    """Lot One as it is served, CSRF and all, with the banner of a demonstration."""
    served = Server(create_app(replace(settings_for(sqlite, tmp_path), demo=True)))
    yield served
    served.stop()
    served.database.dispose()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="browser tests: make test installs playwright")
    executable = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if executable is None:
        pytest.skip("browser tests need chromium on the PATH: apt-get install chromium")
    arguments = ["--disable-quic", "--disable-background-networking", "--no-first-run", "--disable-dev-shm-usage"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--no-sandbox")  # chromium's sandbox refuses root
    with sync_api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=executable, args=arguments)
        yield launched
        launched.close()


@pytest.fixture
def visit(browser: Browser, server: Server) -> Iterator[Callable[..., Page]]:
    """Opens a new visitor's page: `visit(viewport=..., java_script_enabled=False, ...)`; errors in it fail the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def open_page(**options: Any) -> Page:
        contexts.append(browser.new_context(base_url=server.url, locale="en-GB", **options))
        page = contexts[-1].new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if "Content Security" in message.text else None)
        return page
    yield open_page
    for context in contexts:
        context.close()
    assert not errors, errors


@pytest.fixture
def page(visit: Callable[..., Page]) -> Page:
    """A page of a visitor with script, on a wide screen."""
    return visit(viewport={"width": 1280, "height": 900})

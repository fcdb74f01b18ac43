"""A server that has just begun gets ready for its first visitor."""

import pytest
from household import on_sale, pages_on_sqlite

from catalog.database import connect
from configurator import engines
from configurator.ready import prepare

pytestmark = [pages_on_sqlite, on_sale]


def test_what_is_on_sale_is_compiled_before_anybody_asks(client, database, monkeypatch):
    engines.compiled.cache.clear()
    prepare(database)
    monkeypatch.setattr(engines, "Engine", lambda model: pytest.fail(f"{model.name} is compiled while a visitor waits"))
    assert client.get("/").status_code == 200


def test_a_database_that_cannot_be_read_yet_keeps_nobody_from_serving(tmp_path):
    prepare(connect(f"sqlite:///{tmp_path}/none.sqlite"))

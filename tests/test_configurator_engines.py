"""Engines in a process: one for each version, as many as its memory has room for."""

import pytest
from factories import bench, published

from configurator import engines
from configurator.engines import engine_of


@pytest.fixture
def versions(session):
    return [published(session, bench(name=f"bench{number}")) for number in range(3)]


def test_an_engine_is_compiled_once_and_the_least_used_goes_when_the_memory_is_full(versions, monkeypatch):
    monkeypatch.setattr(engines, "weight", lambda _: engines.MEMORY // 2)
    engine_of.cache_clear()
    first, second = map(engine_of, versions[:2])
    assert engine_of(versions[0]) is first
    engine_of(versions[2])
    assert engine_of(versions[0]) is first
    assert engine_of(versions[1]) is not second


def test_an_engine_that_fills_the_memory_alone_is_kept(versions, monkeypatch):
    monkeypatch.setattr(engines, "MEMORY", 1000)
    assert engines.weight(engine_of(versions[0])) == 1000

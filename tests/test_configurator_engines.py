"""Engines in a process: one for each version, as many as its memory has room for."""

import gc
from weakref import ref

import pytest
from factories import bench, published

from catalog.collecting import set_apart
from configurator import engines
from configurator.engines import Compiled, compiled, engine_of


@pytest.fixture
def versions(session):
    return [published(session, bench(name=f"bench{number}")) for number in range(3)]


def test_an_engine_is_compiled_once_and_the_least_used_goes_when_the_memory_is_full(versions, monkeypatch):
    monkeypatch.setattr(Compiled, "weight", engines.MEMORY // 2)
    compiled.cache_clear()
    first, second = map(engine_of, versions[:2])
    assert engine_of(versions[0]) is first
    engine_of(versions[2])
    assert engine_of(versions[0]) is first
    assert engine_of(versions[1]) is not second


def test_an_engine_that_went_is_forgotten_with_the_next_one_though_it_was_set_apart(versions, monkeypatch):
    monkeypatch.setattr(Compiled, "weight", engines.MEMORY)
    compiled.cache_clear()
    set_apart()
    try:
        first = ref(engine_of(versions[0]))
        assert gc.get_freeze_count() > 0
        for version in versions[1:]:
            engine_of(version)
        assert first() is None
    finally:
        gc.unfreeze()


def test_an_engine_that_would_fill_the_memory_alone_is_kept(versions, monkeypatch):
    monkeypatch.setattr(engines, "MEMORY", 1000)
    assert compiled(versions[0]).weight == 1000


def test_what_is_kept_with_an_engine_is_found_until_there_is_no_room(versions, monkeypatch):
    monkeypatch.setattr(engines, "LATELY", 2)
    kept = Compiled(engine_of(versions[0]))
    for thing in "abc":
        kept.keep(thing, thing.upper())
    assert [kept.recall(thing) for thing in "abc"] == [None, "B", "C"]

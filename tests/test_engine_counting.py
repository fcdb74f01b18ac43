"""How many products a catalogue has is counted exactly, or said to be unknown within its limits."""

from pathlib import Path

import pytest
from brute_force import SMALL, BruteForce, models
from hypothesis import given
from pigeons import pigeonhole

from catalog.formats import load
from catalog.model import Boolean, ProductModel
from configurator.engine import Undecided, counting
from configurator.engine import comparisons as comparing
from configurator.engine import frontier as fronting
from configurator.engine.counting import count

SHARED = Path(__file__).parents[2] / "shared/data"
shared = pytest.mark.skipif(not SHARED.exists(), reason="the public data is not beside the project")


@pytest.mark.parametrize("written", ["enumerated", "frontiers", "learnt"])
def test_as_many_as_there_are_by_trying_every_combination(written, monkeypatch):
    if written != "enumerated":
        monkeypatch.setattr(comparing, "ENUMERATED", 0)
    if written == "learnt":
        monkeypatch.setattr(fronting, "POINTS", 0)

    @SMALL
    @given(models)
    def counted(model):
        products = BruteForce(model).products
        different = {tuple(product[c.name] for c in model.characteristics if c.name != "engraving")
                     for product in products}
        if products:
            assert count(model, 60) == len(different)

    counted()


def test_what_no_rule_speaks_of_is_counted_too():
    free = tuple(Boolean(name=f"b{i}") for i in range(100))
    assert count(ProductModel(name="free", characteristics=free), 10) == 2 ** 100


@shared
@pytest.mark.parametrize(("file", "products"), [  # counted by enumeration, or the same for both formats of the source
    ("feature-models/berkeleydb.dimacs", 32), ("feature-models/eshop.uvl", 247_496_437_923_840),
    ("feature-models/eshop.dimacs", 247_496_437_923_840), ("renault-small/constraints.xml", 172_056)])
def test_published_models_have_as_many_as_counted_otherwise(file, products):
    assert count(load(SHARED / file), 60) == products


def test_what_takes_too_long_is_not_counted(monkeypatch):
    with pytest.raises(Undecided):
        count(pigeonhole(12), 1)
    monkeypatch.setattr(counting, "MEMORY", 1 << 20)
    with pytest.raises(Undecided, match="ended early"):
        count(ProductModel(name="free", characteristics=tuple(Boolean(name=f"b{i}") for i in range(20_000))), 10)

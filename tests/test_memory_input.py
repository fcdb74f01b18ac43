"""What a memory is told or asked that the product does not have: left out and counted, or refused with nothing kept."""

import pytest
from factories import bench

from catalog.model import Number, ProductModel
from configurator.engine import Engine
from configurator.memory import Memory

BENCH = {"height": 1800, "width": 1300, "wood": "pine", "lamp": False, "hooks": frozenset({"left"}), "engraving": "Ada"}


def memory() -> Memory:
    return Memory(Engine(bench()))


def test_names_and_values_that_the_product_does_not_have_are_left_out_and_counted():
    remembered = memory()
    assert remembered.remember({"wood": "steel", "colour": "red", "width": 99999, "lamp": "yes", "hooks": "left"}) == 5
    assert remembered.remember({**BENCH, "fold": "3"}, customer=1) == 1
    assert remembered.left_out == 6
    assert remembered.propose(remembered.engine.start(), customer=1).configuration.values() == BENCH


@pytest.mark.parametrize("names", [{"left"}, ["left"], ("left",)])
def test_the_names_of_a_several_of_are_remembered_from_any_collection_as_they_are_chosen(names):
    remembered = memory()
    start = remembered.engine.start()
    assert start.choose("hooks", names).choices == {"hooks": frozenset({"left"})}
    assert remembered.remember({"hooks": names}, 1) == 0
    assert remembered.rank(start, "hooks", 1)[0][0] == frozenset({"left"})
    assert remembered.remember({"hooks": [3], "wood": ["oak"]}, 1) == 2


@pytest.mark.parametrize("wrong", [{"count": 0}, {"count": 1.5}, {"count": float("nan")}, {"count": float("inf")},
                                   {"when": "2026-05-04"}, {"when": 20260504}])
def test_an_order_with_a_wrong_count_or_date_is_refused_and_leaves_nothing_behind(wrong):
    remembered, nothing = memory(), memory()
    with pytest.raises(ValueError, match=r"expected a date|counts once"):
        remembered.remember(BENCH, 1, **wrong)
    start = remembered.engine.start()
    for customer in (1, 2, None):
        assert remembered.rank(start, "lamp", customer) == nothing.rank(nothing.engine.start(), "lamp", customer)
    assert remembered.starts(start, 1).keys() == nothing.starts(nothing.engine.start(), 1).keys()


def test_a_configuration_of_another_product_is_refused():
    remembered = memory()
    other = Engine(ProductModel(name="stairs", characteristics=(Number(name="steps", least=1, most=9),))).start()
    for ask in (lambda: remembered.rank(other, "steps"), lambda: remembered.propose(other),
                lambda: remembered.starts(other)):
        with pytest.raises(ValueError, match="expected a configuration of bench, found one of stairs"):
            ask()


def test_an_unknown_name_is_refused():
    with pytest.raises(ValueError, match="colour"):
        memory().rank(memory().engine.start(), "colour")

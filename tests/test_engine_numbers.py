"""Ranges by the millimetre are exact: both bounds, every value between, and the gaps."""

import pytest

from catalog.model import Choice, Number, ProductModel, Rule, Value
from catalog.nodes import Arithmetic, Attribute, Compare, Const, Implies, Is, Read
from configurator.engine import Engine, Impossible

BOARDS = {"thin": 16, "thick": 25}


def shelf(*rules):
    """A shelf of up to 3 m; its span is what is left between its sides."""
    boards = tuple(Value(name=name, attributes={"thickness": mm}) for name, mm in BOARDS.items())
    return ProductModel(name="shelf", characteristics=(
        Number(name="width", least=300, most=3000), Number(name="depth", least=150, most=600),
        Number(name="height", least=300, most=2700), Number(name="bays", least=1, most=6),
        Choice(name="board", values=boards)),
        rules=tuple(Rule(name=f"r{i}", condition=rule) for i, rule in enumerate(rules)))


def arithmetic(operator, *operands):
    return Arithmetic(operator, tuple(Const(o) if isinstance(o, int) else Read(o) if isinstance(o, str) else o
                                      for o in operands))


SIDES = arithmetic("*", arithmetic("+", "bays", 1), Attribute("board", "thickness"))
SPAN = arithmetic("/", arithmetic("-", "width", SIDES), "bays")
VOLUME = arithmetic("*", "width", "depth", "height")


def test_a_span_leaves_the_exact_widths():
    engine = Engine(shelf(Compare("<=", SPAN, Const(900)), Compare(">=", SPAN, Const(250))))
    c = engine.start({"bays": 3, "board": "thin"})
    assert c.domain("width").intervals == ((3 * 250 + 4 * 16, 3 * 900 + 4 * 16),)
    c = engine.start({"width": 2000})
    fitting = [bays for bays in range(1, 7)
               if any(250 <= (2000 - (bays + 1) * mm) / bays <= 900 for mm in BOARDS.values())]
    assert list(c.domain("bays")) == fitting


def test_a_product_of_three_measures_bounds_each_of_them():
    limit = 600 * 10**6
    engine = Engine(shelf(Compare("<=", VOLUME, Const(limit))))
    c = engine.start({"width": 1777, "depth": 333})
    assert c.domain("height").intervals == ((300, limit // (1777 * 333)),)
    assert engine.start({"height": 2700}).domain("width").intervals == ((300, limit // (2700 * 150)),)


def test_what_only_some_numbers_fulfil_leaves_gaps():
    sevenths = Compare("=", arithmetic("floor", arithmetic("/", "width", 7)), arithmetic("/", "width", 7))
    engine = Engine(shelf(Implies(Is("board", ("thick",)), sevenths)))
    assert list(engine.start({"board": "thick"}).domain("width")) == [w for w in range(300, 3001) if w % 7 == 0]
    assert len(engine.start().domain("width")) == 2701


def test_an_impossible_measure_says_which_choice_and_rule_exclude_it():
    engine = Engine(shelf(Compare("<=", SPAN, Const(900)), Compare(">=", Read("depth"), Const(200))))
    c = engine.start({"bays": 1, "board": "thin", "height": 1000})
    with pytest.raises(Impossible) as refused:
        c.choose("width", 1000)
    assert refused.value.explanation.choices == ("bays",)
    assert refused.value.explanation.rules == ("r0",)
    assert [repair.retract for repair in c.repairs("width", 1000)] == [("bays",)]


@pytest.mark.parametrize(("name", "value"), [
    ([], 1), (None, 1), ("nope", 1), ("board", []), ("board", None), ("board", "thinner"), ("width", True),
    ("width", "820"), ("width", 820.0), ("width", 299)])
def test_a_name_or_value_that_the_model_does_not_have_is_a_value_error(name, value):
    c = Engine(shelf()).start()
    for ask in (c.choose, c.explain, c.repairs):
        with pytest.raises(ValueError, match=r"has no characteristic|cannot be"):
            ask(name, value)


def test_of_equally_short_repairs_the_least_sure_is_given_up_first():
    c = Engine(shelf(Compare("<=", VOLUME, Const(600 * 10**6)))).start({"width": 1000, "depth": 300})
    assert [repair.retract for repair in c.repairs("height", 2500)] == [("width",), ("depth",)]
    assert [repair.retract for repair in c.repairs("height", 2500, limit=1, sure={"depth": 0.5})] == [("depth",)]
    assert c.repairs("height", 2500, limit=0) == []

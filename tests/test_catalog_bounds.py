"""Bounds and truth over a box are what expressions mean at its points: never less, and tight where it is promised."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, composite
from models import among, conditions, expressions

from catalog.bounds import Box, Members, bounds, narrowed, truth, whole
from catalog.expressions import holds, number
from catalog.language import Scope, read_condition, read_expression
from catalog.model import Boolean, Characteristic, Choice, NamedQuantity, Number, ProductModel, Several, Text, Value
from catalog.nodes import Answer, Arithmetic, Const, Read, Values


def shelf() -> ProductModel:
    model = ProductModel(name="shelf", characteristics=(
        Number(name="width", least=600, most=2400), Number(name="bays", least=0, most=4),
        Number(name="even", least=0, most=10, step=2),
        Boolean(name="back", yes=Value(name="yes", attributes={"kg": 3})),
        Choice(name="board", values=(
            Value(name="oak", attributes={"mm": 19}), Value(name="birch", attributes={"mm": 24}))),
        Several(name="extras", least=1, most=2, values=(
            Value(name="light", attributes={"kg": 1}), Value(name="ladder", attributes={"kg": 9}),
            Value(name="label"))),
        Text(name="plate", most=9)))
    span = read_expression("(width - (bays + 1) * board.mm) / max(1, bays)", Scope.of(model))
    return ProductModel(name="shelf", characteristics=model.characteristics,
                        quantities=(NamedQuantity(name="span", expression=span),))


SHELF = shelf()
SCOPE = Scope.of(SHELF)


def within(text: str, **known: object) -> tuple[object, object]:
    return bounds(read_expression(text, SCOPE), {**whole(SHELF), **known}, SHELF)


def decided(text: str, **known: object) -> bool | None:
    return truth(read_condition(text, SCOPE), {**whole(SHELF), **known}, SHELF)


# Against every point


@composite
def parts(draw: DrawFn, c: Characteristic) -> object:
    """A part of everything that a characteristic can be, perhaps empty."""
    match c:
        case Number():
            return draw(st.tuples(st.sampled_from(c.range), st.sampled_from(c.range)).map(sorted).map(tuple))
        case Text(least=least, most=most):
            return draw(st.tuples(st.integers(least, most), st.integers(least, most)).map(sorted).map(tuple))
        case Several(values=values):
            possible = draw(st.sets(st.sampled_from([value.name for value in values])))
            required = draw(st.sets(st.sampled_from(sorted(possible)))) if possible else set()
            least, most = sorted(draw(st.tuples(st.integers(c.least, c.limit), st.integers(c.least, c.limit))))
            return Members(frozenset(required), frozenset(possible), least, most)
    answers = [value.name for value in c.options] or [True, False]
    return frozenset(draw(st.sets(st.sampled_from(answers), min_size=1)))


def points(c: Characteristic, possible: object) -> list[Answer]:
    match possible:
        case Members(required, among, least, most):
            return [frozenset(some) for size in range(least, most + 1) for some in combinations(sorted(among), size)
                    if required <= frozenset(some)]
        case (low, high) if isinstance(c, Number):
            return [n for n in c.range if low <= n <= high]
        case (low, high):
            return ["x" * size for size in range(low, high + 1)]
    return list(possible)


def toy() -> ProductModel:
    """Every kind of characteristic, few enough answers to look at them all."""
    values = tuple(Value(name=name, attributes={"m": size - 1, "k": Fraction(size, 3)})
                   for size, name in enumerate(["p", "q", "r"]))
    return ProductModel(name="toy", characteristics=(
        Choice(name="choice", values=values), Boolean(name="yes or no", yes=Value(name="yes", attributes={"m": 5})),
        Several(name="several", values=values, least=1, most=2), Number(name="n", least=-3, most=6, step=3),
        Number(name="k", least=1, most=4), Text(name="text", most=2)),
        quantities=(NamedQuantity(name="q", expression=Arithmetic("/", (Const(7), Read("k")))),))


TOY = toy()
NUMBERS, CONDITIONS = expressions(Scope.of(TOY), 2), conditions(Scope.of(TOY), 2)


@composite
def situations(draw: DrawFn) -> tuple[Box, list[Values]]:
    """A box and some of its points."""
    box = {c.name: draw(parts(c)) for c in TOY.characteristics}
    found = [dict(zip(box, point, strict=True))
             for point in product(*(points(c, box[c.name]) for c in TOY.characteristics))]
    assume(found)
    return box, found[::max(1, len(found) // 25)]


@settings(max_examples=120)
@given(situations(), NUMBERS)
def test_bounds_contain_the_number_at_every_point(situation, node):
    box, values = situation
    try:
        low, high = bounds(node, box, TOY)
    except (ZeroDivisionError, OverflowError):
        return
    for point in values:
        assert low <= number(node, point, TOY) <= high


@settings(max_examples=120)
@given(situations(), CONDITIONS)
def test_truth_is_that_of_every_point(situation, node):
    box, values = situation
    try:
        known = truth(node, box, TOY)
    except (ZeroDivisionError, OverflowError):
        return
    for point in values:
        assert known is None or holds(node, point, TOY) is known


@settings(max_examples=120)
@given(situations(), CONDITIONS, st.booleans())
def test_narrowing_loses_no_point(situation, node, wanted):
    box, values = situation
    try:
        part = narrowed(node, box, TOY, wanted)
    except (ZeroDivisionError, OverflowError):
        return
    for point in values:
        try:
            meets = holds(node, point, TOY) is wanted
        except ZeroDivisionError:
            continue
        if meets:
            assert part is not None
            assert all(point[c.name] in points(c, part[c.name]) for c in TOY.characteristics)


@settings(max_examples=100)
@given(st.sampled_from([c for c in TOY.characteristics if not isinstance(c, Number)]).flatmap(
    lambda c: st.tuples(st.just(c), parts(c), among(c))))
def test_a_comparison_with_values_is_decided_exactly(case):
    c, possible, node = case
    found = {holds(node, {c.name: point}, TOY) for point in points(c, possible)}
    assume(found)
    assert truth(node, {c.name: possible}, TOY) is (found.pop() if len(found) == 1 else None)


# Tight


@pytest.mark.parametrize(("text", "low", "high"), [
    ("width - width", 0, 0),
    ("width - bays", 596, 2400),
    ("bays * bays", 0, 16),
    ("(width - (bays + 1) * 20) / (bays + 1)", 100, 2380),
    ("floor((width - (bays + 1) * 20) / (bays + 1))", 100, 2380),
    ("max(bays + 40, width) - bays", 596, 2400),
    ("if bays > 0 then 12 / bays else 0", 0, 12),
    ("12 / max(1, bays)", 3, 12),
    ("10 / (max(bays + 4, even) - bays)", 1, Fraction(5, 2)),
    ("board.mm + back.kg", 19, 27),
    ("extras.kg", 0, 10),
    ("size(extras) + size(plate)", 1, 11),
    ("abs(bays - 2)", 0, 2),
    ("-min(bays, 3)", -3, 0),
    ("count(bays > 0, width > 5000, width < 5000)", 1, 2),
])
def test_bounds_are_tight(text, low, high):
    assert within(text) == (low, high)


def test_bounds_follow_the_box():
    assert within("extras.kg", extras=Members(frozenset({"ladder"}), frozenset({"ladder", "label"}), 1, 2)) == (9, 9)
    assert within("span", bays=(2, 2), width=(600, 600)) == (264, Fraction(543, 2))
    assert within("board.mm", board=frozenset({"oak"})) == (19, 19)


@pytest.mark.parametrize(("text", "known"), [
    ("bays + 1 > bays", True), ("width = bays", False), ("bays <= 4 and width >= 600", True), ("bays = 2", None),
    ("extras has any of {light, ladder, label}", True), ('plate = ""', None), ("board in {oak, birch}", True),
    ("not (board = oak) implies board = birch", None), ("(even) in {(0), (2), (4), (6), (8), (10)}", True),
    ("(bays, back) in {(9, yes)}", False), ("(bays, back) not in {(9, yes)}", True),
    ("at most 2 of (back, back)", True),
])
def test_truth(text, known):
    assert decided(text) is known


@pytest.mark.parametrize("text", ["1 / bays", "1 / (bays - 2)", "10 / (width - 600)", "1 / (bays - even)"])
def test_a_divisor_that_can_be_0_is_refused(text):
    with pytest.raises(ZeroDivisionError):
        within(text)


def test_numbers_out_of_bounds_are_refused():
    with pytest.raises(OverflowError):
        within(" * ".join(["width"] * 6))
    with pytest.raises(OverflowError):
        within(" * ".join(["width"] * 9_000))


def test_nested_conditions_take_no_time():
    text = "bays"
    for _ in range(20):
        text = f"(if {text} > 2 then bays - 1 else bays + 1)"
    assert within(text) == (-1, 5)

"""A catalogue that cannot be relied on is refused: unknown or doubled names, cycles, divisors of 0, endless numbers."""

from __future__ import annotations

import time
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from models import products
from shelf import number, refused, shelf

from catalog.checking import check
from catalog.expressions import holds
from catalog.expressions import number as evaluate
from catalog.formats import FormatError, load
from catalog.language import LARGEST, Scope, read_condition
from catalog.model import (
    Boolean,
    Characteristic,
    Choice,
    Item,
    NamedQuantity,
    Number,
    Part,
    Price,
    ProductModel,
    Rule,
    Several,
    Shown,
    Text,
    Value,
)
from catalog.nodes import (
    And,
    Arithmetic,
    Attribute,
    Compare,
    Condition,
    Const,
    Expression,
    Is,
    Or,
    Quantity,
    Read,
    Size,
    Table,
)
from catalog.occurrences import occurrences
from catalog.picture import draw as draw_picture
from catalog.pricing import price
from catalog.problems import CatalogueError


def ruled(condition: Condition) -> ProductModel:
    return shelf(rules=(Rule(name="rule", condition=condition),))


def priced(amount: Expression, when: Condition | None = None) -> ProductModel:
    return shelf(prices=(Price(name="price", amount=amount, when=when),))


def condition(text: str) -> Condition:
    return read_condition(text, Scope.of(shelf()))


def test_a_sound_model_passes():
    check(shelf())
    check(priced(number("if bays > 0 then width / bays else 0")))
    check(priced(number("width / bays"), condition("bays > 0")))
    check(ruled(condition("(board, bays) in {(oak, 2)} or extras has light and plate = \"\"")))


@pytest.mark.parametrize("name", ["parts", "rules", "prices", "quantities"])
def test_a_name_is_used_once(name):
    things = {"parts": Part(number="a"), "rules": Rule(name="a", condition=And(())),
              "prices": Price(name="a", amount=Const(1)), "quantities": NamedQuantity(name="a", expression=Const(1))}
    assert f"{name}[1]" in refused(shelf(**{name: (things[name], things[name])}))


def test_a_quantity_is_no_characteristic():
    twice = shelf(quantities=(NamedQuantity(name="bays", expression=Const(1)),))
    assert "is a characteristic already" in refused(twice)


@pytest.mark.parametrize(("node", "message"), [
    (Is("boards", ("oak",)), "did you mean board?"), (Is("board", ("ok",)), "did you mean oak?"),
    (Is("bays", ("oak",)), "bays has no value"), (Is("plate", ("me",)), 'plate has no value "me"'),
    (Is("back", ("yes",)), "back has no value"),
    (Compare("=", Read("board"), Const(1)), "expected a number"), (Compare("=", Read("wdth"), Const(1)), "mean width?"),
    (Compare("=", Size("bays"), Const(1)), "a text or several-of"), (Compare("=", Read("plate"), Const(1)), "a number"),
    (Compare("=", Attribute("board", "kg"), Const(1)), "attribute"),
    (Compare("=", Quantity("q"), Const(1)), "a quantity"),
    (Table(("extras",), ()), "expected a choice"), (Table(("board", "bays"), (("oak",),)), "rows of 2"),
    (Table(("board", "bays"), (("oak", 7),)), 'no value "7"'), (Table((), ((),)), "rows of 0"),
])
def test_an_unknown_name_is_refused_wherever_the_model_comes_from(node, message):
    assert message in refused(ruled(node))


@pytest.mark.parametrize("text", ["1 / bays", "1 / (bays - 2)", "1 / (width - 2400)", "1 / floor(bays / 9 + 0.5)"])
def test_a_divisor_that_can_be_0_is_refused(text):
    assert "could divide by 0" in refused(priced(number(text)))
    assert "could divide by 0" in refused(ruled(Compare(">", number(text), Const(0))))


def test_the_part_that_is_wrong_is_named():
    told = refused(priced(number("width + 2 * max(3, width / (bays - 1))")))
    assert told == ('prices[0].amount: "width / (bays - 1)" could divide by 0: expected a divisor that cannot be 0, '
                    "or if bays - 1 > 0 then ... else ...")


@pytest.mark.parametrize("text", [
    "width * width * width * width * width", "1000000000000000 * bays", "width / 0.0000000000001"])
def test_a_number_that_could_be_out_of_bounds_is_refused(text):
    assert "could be out of bounds" in refused(priced(number(text)))


def test_a_guard_that_never_holds_lets_nothing_be_computed():
    check(priced(number("1 / bays"), condition("bays > 4")))


def chain(step: Expression, length: int) -> ProductModel:
    """Quantities that each use the one before in the same way."""
    first = NamedQuantity(name="q0", expression=Read("bays"))
    rest = tuple(NamedQuantity(name=f"q{n}", expression=renamed(step, f"q{n - 1}")) for n in range(1, length))
    return shelf(quantities=(first, *rest))


def renamed(node: Any, name: str) -> Any:
    if isinstance(node, Quantity):
        return Quantity(name)
    return Arithmetic(node.operator, tuple(renamed(operand, name) for operand in node.operands))


@pytest.mark.parametrize(("step", "length", "message"), [
    (Arithmetic("min", (Quantity(""), Quantity(""))), 60, "computes too much"),
    (Arithmetic("neg", (Quantity(""),)), 2_000, "computes too much"),
    (Arithmetic("+", (Quantity(""), Quantity(""))), 30, "computes too much"),
])
def test_quantities_that_multiply_their_work_are_refused_quickly(step, length, message):
    started = time.process_time()
    model = chain(step, length)
    assert message in refused(model)
    assert message in refused(replace(model, quantities=model.quantities[::-1]))
    assert time.process_time() - started < 5


def test_quantities_in_a_circle_are_refused():
    circle = tuple(NamedQuantity(name=name, expression=Arithmetic("+", (Const(1), Quantity(other))))
                   for name, other in (("a", "b"), ("b", "c"), ("c", "a")))
    assert "computed from itself" in refused(shelf(quantities=circle))


def test_fractions_of_endless_digits_are_refused():
    expression: Expression = Const(Fraction(1, 10**14 + 31))
    wide = Arithmetic("+", tuple(Arithmetic("/", (Const(n), expression)) for n in range(300)))
    assert refused(priced(wide))


def test_deep_expressions_are_refused_not_overflowed():
    node: Condition = Is("back", (True,))
    for _ in range(50_000):
        node = Or((node,))
    assert "levels of nesting" in refused(ruled(node))


@pytest.mark.parametrize(("characteristic", "message"), [
    (Choice(name="c", values=()), "at least one value"),
    (Choice(name="c", values=(Value(name="a"), Value(name="a"))), "is here already"),
    (Choice(name="c", values=(Value(name="steel"),), standard="stel"), "did you mean steel?"),
    (Choice(name="c", values=(Value(name="a", swatch="url(x)"),)), "expected a colour"),
    (Choice(name="c", values=(Value(name="a", attributes={"kg": 10**16}),)), "expected a number up to"),
    (Choice(name="c", values=(Value(name="a", part="P"),)), "there is no part"),
    (Choice(name="c", values=(Value(name="a", layer="L"),)), "there is no layer"),
    (Several(name="c", values=(Value(name="a"),), least=2), "least <= most <= 1"),
    (Several(name="c", values=(Value(name="a"),), most=2), "least <= most <= 1"),
    (Several(name="c", values=(Value(name="a"),), standard=frozenset({"b"})), "c cannot be b: expected 0 to 1 of a"),
    (Number(name="c", least=5, most=4), "least <= most"),
    (Number(name="c", least=0, most=4, step=0), "a step of 1"),
    (Number(name="c", least=0, most=10**9), "at most 100,000 numbers"),
    (Number(name="c", least=0, most=10**16, step=10**12), "both within"),
    (Number(name="c", least=0, most=10, step=5, standard=7), "7 is none of 0, 5 ... 10"),
    (Text(name="c", most=10**6), "most <= 1,000"),
    (Text(name="c", most=3, allowed="z-a"), "from the lower to the higher"),
    (Text(name="c", most=3, standard="long"), "c cannot be long: expected a text of 0 to 3 characters"),
    (Boolean(name="c", trait="t"), "there is no trait"),
    (Boolean(name="c", operation="o"), "there is no operation"),
    (Boolean(name="c" * 300), "1 to 250 characters"),
])
def test_a_characteristic_that_cannot_be_is_refused(characteristic, message):
    assert message in refused(ProductModel(name="m", characteristics=(characteristic,)))


@pytest.mark.parametrize(("changes", "message"), [
    ({"name": "../x"}, "a name of a to z"), ({"currency": "Euro"}, "did you mean EUR?"),
    ({"currency": "EUX"}, 'no currency "EUX"'), ({"vat": -1}, "per cent"),
    ({"characteristics": ()}, "at least one characteristic"),
    ({"items": (Item(part="P", quantity=Const(1)),)}, "there is no part"),
])
def test_a_product_that_cannot_be_is_refused(changes, message):
    assert message in refused(shelf(**changes))


def test_all_problems_are_told_up_to_a_number():
    rules = tuple(Rule(name=f"r{n}", condition=Is("bord", ("oak",))) for n in range(99))
    assert len(refused(shelf(rules=rules)).split("\n")) == 20


@st.composite
def answered(draw: DrawFn) -> tuple[ProductModel, dict[str, Any]]:
    """A model and answers to all of its questions, rules left aside."""
    model = draw(products())
    return model, {c.name: draw(answers(c)) for c in model.characteristics}


def answers(c: Characteristic) -> SearchStrategy[Any]:
    match c:
        case Number():
            return st.sampled_from(c.range)
        case Text():
            return st.text("ab", min_size=c.least, max_size=c.most)
        case Boolean():
            return st.booleans()
        case Several():
            names = st.sampled_from([value.name for value in c.values])
            return st.frozensets(names, min_size=c.least, max_size=c.limit)
    return st.sampled_from([value.name for value in c.options])


@settings(max_examples=30)
@given(answered())
def test_what_passes_can_be_evaluated_whatever_is_chosen(case):
    model, values = case
    try:
        check(model)
    except CatalogueError:
        return
    for _, node, guard in occurrences(model):
        if isinstance(node, Shown) or (guard is not None and not holds(guard, values, model)):
            continue
        found = holds(node, values, model) if isinstance(node, Condition) else evaluate(node, values, model)
        assert abs(found) <= LARGEST
    assert price(model, values).total == sum(line.amount for line in price(model, values).lines)
    assert draw_picture(model, values).startswith("<svg") or model.picture is None


def test_an_operator_has_its_operands():
    assert "cannot have 3 operands" in refused(priced(Arithmetic("-", (Const(1), Const(2), Const(3)))))
    assert "cannot have 0 operands" in refused(priced(Arithmetic("max", ())))


@pytest.mark.parametrize("step", [1, -1])
def test_quantities_that_use_each_other_nest_only_so_deep(step):
    chain = [f"- {{name: q{i}, is: {f'q{i - 1}' if i else 'n'}}}" for i in range(1000)]
    text = "lot_one: 1\nname: x\ncharacteristics:\n- {name: n, kind: number, least: 0, most: 5}\nquantities:\n"
    with pytest.raises(FormatError, match="levels"):
        load(text + "\n".join(chain[::step]))

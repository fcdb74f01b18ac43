"""Grids in the engine: domains, limits of the price and the cheapest are those of every product, to the millimetre."""

from dataclasses import replace

import pytest
from brute_force import SMALL, BruteForce
from hypothesis import given
from hypothesis import strategies as st

from catalog.model import Axis, Boolean, Choice, Grid, NamedQuantity, Number, Price, ProductModel, Rule, Value
from catalog.nodes import Arithmetic, Choose, Compare, Const, Implies, Is, Quantity, Read
from catalog.pricing import price, total
from configurator.engine import Engine, Measure, OverLimit, Unbuildable, comparisons, sums


def blinds(most, grids, step=1):
    """Blinds of a few fabrics, each with its grid by width and drop: where that has no amount they are not made."""
    quantities = [NamedQuantity(name=f"grid_{fabric}", expression=grid.expression, grid=grid)
                  for fabric, grid in grids.items()]
    return ProductModel(
        name="blind", quantities=tuple(quantities),
        characteristics=(Number(name="width", least=step, most=most, step=step),
                         Number(name="drop", least=step, most=most, step=step),
                         Choice(name="fabric", values=tuple(Value(name=fabric) for fabric in grids)),
                         Boolean(name="motor", yes=Value(name="yes", price=Const(95)))),
        rules=tuple(Rule(name=f"made_{fabric}", condition=Implies(Is("fabric", (fabric,)), grid.listed))
                    for fabric, grid in grids.items()),
        prices=tuple(Price(name=fabric, amount=Quantity(f"grid_{fabric}"), when=Is("fabric", (fabric,)))
                     for fabric in grids))


def grid(across, down, amounts):
    return Grid(across=Axis(of=Read("width"), up_to=tuple(across)), down=Axis(of=Read("drop"), up_to=tuple(down)),
                amounts=tuple(map(tuple, amounts)))


@st.composite
def small(draw):
    steps = st.lists(st.integers(1, 9), min_size=1, max_size=4, unique=True).map(sorted)
    across, down = draw(steps), draw(steps)
    cells = st.none() | st.integers(1, 99)
    return grid(across, down, [[draw(cells) for _ in across] for _ in down])


def limit(model, most):
    return Rule(name="limit", condition=Compare("<=", total(model), Const(most)))


# all is tabulated; numbers are reckoned and comparisons learnt, as of wide numbers
@pytest.mark.parametrize("way", [{}, {"ENUMERATED": 2, "WIDEST": 2}], ids=["tabulated", "learnt"])
@SMALL
@given(small(), small(), st.data())
def test_domains_and_the_cheapest_are_those_of_every_product(way, plain, dense, data):
    model = blinds(8, {"plain": plain, "dense": dense})
    with pytest.MonkeyPatch.context() as patch:
        for name, figure in way.items():
            patch.setattr(sums, name, figure)
            patch.setattr(comparisons, name, figure, raising=False)
        every = BruteForce(model)
        if not every.products:
            with pytest.raises(Unbuildable):
                Engine(model)
            return
        start = Engine(model).start()
        costs = [price(model, values).total for values in every.products]
        assert price(model, start.least(Measure(total(model))).values()).total == min(costs)
        most = data.draw(st.sampled_from(costs)) - data.draw(st.integers(0, 1))
        whole = data.draw(st.sampled_from(every.products))
        affordable = [values for values, cost in zip(every.products, costs, strict=True) if cost <= most]
        for c, products in ((start, every.products), (start.limited([limit(model, most)]), affordable)) if (
                affordable) else ((start, every.products),):
            for name in ("fabric", "width"):
                assert {n: set(d) for n, d in c.domains().items()} == {
                    n: {values[n] for values in products} for n in every.names}
                if whole[name] in c.domain(name):
                    c = c.choose(name, whole[name])
                    products = [values for values in products if values[name] == whole[name]]
        if not affordable:
            with pytest.raises(OverLimit):
                start.limited([limit(model, most)])


WIDE = {fabric: grid(
    range(600, 2401, 200), range(1000, 2801, 200),
    [[None if i + j > 15 else base + 6 * i + 7 * j + i * j // 2 for i in range(10)] for j in range(10)])
    for fabric, base in (("plain", 40), ("dense", 61))}
"""Ten by ten steps each, and nothing in the corner of what is both wide and long."""


@pytest.mark.parametrize("most", [None, 10_000, 6_150, 4_000])
def test_to_the_millimetre_everything_is_decided_and_right(most):
    c = Engine(model := blinds(3000, WIDE)).start()
    c = c if most is None else c.limited([limit(model, most)])
    cells = [(fabric, range(width - 199 if column else 1, width + 1), range(drop - 199 if row else 1, drop + 1))
             for fabric, own in WIDE.items() for column, width in enumerate(own.across.up_to)
             for row, drop in enumerate(own.down.up_to)
             if (amount := own.amounts[row][column]) is not None and (most is None or 100 * amount <= most)]
    domains = c.domains()
    assert not c.unchecked()
    assert set(domains["fabric"]) == {fabric for fabric, _, _ in cells}
    assert set(domains["width"]) == {width for _, widths, _ in cells for width in widths}
    assert set(domains["drop"]) == {drop for _, _, drops in cells for drop in drops}
    longest = max(domains["drop"])
    c = c.choose("drop", longest)
    assert set(c.domain("width")) == {width for _, widths, drops in cells if longest in drops for width in widths}
    assert not c.unchecked()


def test_why_a_size_is_not_made_is_the_rule_that_says_so():
    c = Engine(blinds(3000, WIDE)).start().choose("fabric", "plain").choose("width", 2300)
    assert 2200 in c.domain("drop")
    found = c.explain("drop", 2201)
    assert (found.choices, found.rules) == (("width",), ("made_plain", "made_dense"))


def test_a_limit_is_explained_without_the_sizes_that_are_not_made():
    """As if a size that is not made cost nothing."""
    c = Engine(model := blinds(3000, WIDE)).start()
    found = c.limited([limit(model, 10_000)]).explain("motor", True)
    assert (found.choices, found.rules) == ((), ("limit",))


def test_what_equals_its_bound_in_a_whole_corner_is_decided():
    """Not millimetre by millimetre."""
    smaller = Arithmetic("min", (Read("width"), Read("drop")))
    fee = Choose(Compare("<=", smaller, Const(900)), Const(0), Const(5))
    rule = Rule(name="fee", condition=Compare(">", fee, Const(0)))
    c = Engine(replace(blinds(3000, WIDE), rules=(rule,), prices=())).start()
    assert (min(c.domain("width")), c.unchecked()) == (901, {})

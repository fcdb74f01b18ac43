"""Limits on what a product costs, the cheapest, and price ranges: on small models as trying every product says."""

from dataclasses import replace
from fractions import Fraction

import pytest
from brute_force import CHARACTERISTICS, QUANTITIES, SMALL, BruteForce, conditions, leaves, numbers_of
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from catalog.expressions import number
from catalog.formats import load
from catalog.model import Boolean, Choice, Number, Price, ProductModel, Rule, Several, Text, Value
from catalog.nodes import Arithmetic, Attribute, Compare, Const, Read
from catalog.pricing import price, total
from configurator.engine import Engine, Impossible, Measure, OverLimit, sums

amounts = st.one_of(
    st.integers(-9, 40).map(Const), st.fractions(-9, 40, max_denominator=12).map(Const),
    st.sampled_from([Arithmetic("*", (Read("width"), Const(Fraction(1, 3)))), Attribute("extras", "mass"),
                     Arithmetic("*", (Read("height"), Attribute("frame", "mass")))]),
    numbers_of(leaves))


def priced(amount, whens):
    """The small family with prices on values, on a number and a text, with and without conditions."""
    def value(own):
        return replace(own, price=amount.get(own.name))

    characteristics = []
    for c in CHARACTERISTICS:
        match c:
            case Choice() | Several():
                characteristics.append(replace(c, values=tuple(map(value, c.values))))
            case Boolean():
                characteristics.append(replace(c, yes=value(c.yes)))
            case Number() | Text():
                characteristics.append(replace(c, price=amount.get(c.name)))
    return ProductModel(name="m", characteristics=tuple(characteristics), quantities=QUANTITIES, prices=tuple(
        Price(name=f"p{i}", amount=number, when=when) for i, (number, when) in enumerate(whens)))


NAMES = ["steel", "carbon", "yes", "bell", "lock", "height", "engraving"]
families = st.builds(priced, st.dictionaries(st.sampled_from(NAMES), amounts, max_size=5),
                     st.lists(st.tuples(amounts, st.none() | leaves), max_size=3))
rules = st.lists(conditions, max_size=2).map(lambda found: tuple(
    Rule(name=f"r{i}", condition=condition) for i, condition in enumerate(found)))


def limit(model, most):
    return Rule(name="limit", condition=Compare("<=", total(model), Const(most)))


class Priced(BruteForce):
    """All products of a model with what they cost."""

    def __init__(self, model):
        super().__init__(model)
        self.costs = [price(model, whole).total for whole in self.whole]

    def cost(self, choices):
        possible = self.having(choices)
        return [cost for i, cost in enumerate(self.costs) if possible >> i & 1]


def engine_of(model):
    try:
        return Engine(model)
    except ValueError:
        assume(False)


@settings(SMALL, max_examples=10)
@given(families)
def test_the_total_as_an_expression_is_what_the_price_says(model):
    priced = Priced(model)
    for whole, cost in zip(priced.whole, priced.costs, strict=True):
        assert number(total(model), whole, model) == cost


# each way of writing a limit: small tables and a chain; chains that are too long; all that is compared is learnt
WAYS = [{}, {"CLAUSES": 12}, {"ENUMERATED": 2, "WIDEST": 2}]


@pytest.mark.parametrize("way", WAYS, ids=["chain", "coarse chain", "learnt"])
@SMALL
@given(families, rules, st.data())
def test_under_a_limit_domains_are_those_of_the_products_that_keep_it(way, family, own, data):
    model = replace(family, rules=own)
    engine, every = engine_of(model), Priced(model)
    costs = sorted(set(every.cost({})))
    most = data.draw(st.sampled_from(costs)) + data.draw(st.sampled_from([-1, 0, 0, 1]))
    with pytest.MonkeyPatch.context() as patch:
        for name, figure in way.items():
            patch.setattr(sums, name, figure)
        limited = Priced(replace(model, rules=(*own, limit(model, most))))
        if not limited.products:
            with pytest.raises(OverLimit) as refused:
                engine.start().limited([limit(model, most)])
            assert "limit" in refused.value.explanation.rules
            return
        c = engine.start().limited([limit(model, most)])
        for _ in range(3):
            for name, domain in c.domains().items():
                if not isinstance(model[name], Several):
                    assert set(domain) == limited.domain(name, c.choices) or model[name].__class__ is Text, name
            whole = data.draw(st.sampled_from(limited.products))
            name = data.draw(st.sampled_from(sorted(whole)))
            try:
                c = c.choose(name, whole[name])
            except Impossible as impossible:
                found = impossible.explanation
                assert limited.excluded({n: c.choices[n] for n in found.choices}, found.rules, name, whole[name])
        assert price(model, c.complete().values()).total <= most
        assert engine.start().domains() == {name: engine.start().domain(name) for name in limited.names}


@pytest.mark.parametrize("way", WAYS[::2], ids=["wishes", "less and less"])
@SMALL
@given(families, rules, st.data())
def test_the_cheapest_is_the_cheapest_and_ranges_are_those_of_all_products(way, family, own, data):
    model = replace(family, rules=own)
    engine, every = engine_of(model), Priced(model)
    with pytest.MonkeyPatch.context() as patch:
        for name, figure in way.items():
            patch.setattr(sums, name, figure)
        whole = data.draw(st.sampled_from(every.products))
        names = data.draw(st.lists(st.sampled_from(sorted(whole)), max_size=2, unique=True))
        c = engine.start({name: whole[name] for name in names})
        cheapest = c.least(Measure(total(model)))
        assert cheapest.gap == 0
        assert price(model, cheapest.values()).total == min(every.cost(c.choices))
        assert c.choices.items() <= cheapest.choices.items()
        for value, found in c.ranges(Measure(total(model)), ["frame"])["frame"].items():
            costs = every.cost({**c.choices, "frame": value})
            assert (found.least, found.greatest) == (min(costs), max(costs))


@pytest.mark.parametrize("colour", ["olive", "orange"])
def test_of_equally_cheap_ones_the_best_liked_is_proposed(colour):
    engine = Engine(load("catalog/samples/touring_bicycle.yaml"))
    plain = engine.start().least(Measure(total(engine.model)))
    liked = engine.start().least(Measure(total(engine.model)), {("colour", colour): 1.0})
    assert liked.values()["colour"] == colour
    assert price(engine.model, plain.values()).total == price(engine.model, liked.values()).total


def test_a_limit_costs_configurations_without_one_nothing():
    engine = Engine(load("catalog/samples/touring_bicycle.yaml"))
    before = len(engine.formula.definitions)
    most = price(engine.model, engine.start().complete().values()).total
    c = engine.start().limited([limit(engine.model, most)])
    assert not c.unchecked()
    assert sum(map(len, c.domains().values())) < sum(map(len, engine.start().domains().values()))
    assert len(engine.formula.definitions) < before + 100
    assert c.limited([]) == engine.start()


def test_what_says_a_sum_of_many_amounts_grows_with_them_and_not_with_their_square():
    def size(count):
        parts = [Choice(name=f"p{i}", values=tuple(
            Value(name=f"v{j}", attributes={"mass": 7 * j + i}) for j in range(count))) for i in range(2)]
        limit = Compare("<=", Arithmetic("+", (Attribute("p0", "mass"), Attribute("p1", "mass"))), Const(5 * count))
        engine = Engine(ProductModel(name="m", characteristics=tuple(parts), rules=(Rule(name="r", condition=limit),)))
        assert engine.start().choose("p0", f"v{count // 2}").domain("p1") == {f"v{j}" for j in range(count) if (
            7 * (count // 2 + j) + 1 <= 5 * count)}
        return sum(map(len, engine.formula.clauses()))

    assert size(400) < 3 * size(200)

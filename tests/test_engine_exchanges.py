"""What single values of a product could be instead: never what changing each by itself would not be a product."""

from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.expressions import holds
from catalog.model import Boolean, Choice, Number, ProductModel, Rule, Several, Value
from catalog.nodes import And, Arithmetic, Attribute, Compare, Const, Is, Not, Read
from configurator.engine import Engine, OverLimit, Unbuildable, Undecided, comparisons, frontier, propagation, sums
from configurator.engine.exchanges import Exchanges

PARTS = 4
masses = st.one_of(st.integers(-3, 20), st.fractions(0, 9, max_denominator=4))
taken = st.tuples(st.integers(0, PARTS - 1), st.integers(0, 2))
ADDED = {
    "product of two": Arithmetic("*", (Attribute("p0", "mass"), Attribute("p1", "mass"))),
    "several": Attribute("extras", "mass"),
    "number": Arithmetic("-", (Const(8), Arithmetic("max", (Const(5), Read("width"))))),
    "rest": Arithmetic("*", (Read("width"), Read("height"), Attribute("p0", "mass")))}
"""What may add to a sum besides the parts."""


def value(name, mass):
    return Value(name=name, attributes={"mass": mass})


def family(own, yes, excluded, required):
    """Parts, a yes/no and extras that weigh something, two measures; some parts exclude others."""
    parts = [Choice(name=f"p{index}", values=tuple(value(f"v{i}", mass) for i, mass in enumerate(masses)))
             for index, masses in enumerate(own)]
    rules = [Not(And((Is(f"p{a}", (f"v{i}",)), Is(f"p{b}", (f"v{j}",))))) for (a, i), (b, j) in excluded]
    rules += [Is(f"p{index}", (f"v{value}",)) for index, value in required]
    return ProductModel(
        name="m", rules=tuple(Rule(name=f"r{i}", condition=rule) for i, rule in enumerate(rules)), characteristics=(
            *parts, Boolean(name="rack", yes=value("yes", yes)), Number(name="width", least=0, most=9),
            Number(name="height", least=1, most=3), Several(name="extras", values=(value("bell", 2), value("box", 7)))))


def limit(index, operator, most, added):
    """That what the parts and more weigh keeps a limit."""
    mass = [*(Attribute(f"p{i}", "mass") for i in range(PARTS)), Attribute("rack", "mass"), *map(ADDED.get, added)]
    return Rule(name=f"limit{index}", condition=Compare(operator, Arithmetic("+", tuple(mass)), Const(most)))


families = st.builds(family, st.lists(st.lists(masses, min_size=3, max_size=5), min_size=PARTS, max_size=PARTS), masses,
                     st.lists(st.tuples(taken, taken), max_size=4), st.lists(taken, max_size=1))
compared = st.tuples(st.sampled_from(["<", "<=", ">", ">="]), st.integers(0, 60))
added = st.lists(st.sampled_from(sorted(ADDED)), unique=True)
limits = st.lists(st.tuples(compared, added), min_size=1, max_size=2).map(
    lambda found: [limit(i, *said, more) for i, (said, more) in enumerate(found)])
plain = st.lists(compared, min_size=1, max_size=2).map(
    lambda found: [limit(i, *said, ()) for i, said in enumerate(found)])


def exchanged(start, choices, **constants):
    """Of every exchange that was tried while choices were made: whether it was found, and whether it is a product."""
    shown = []

    def told(self, truth, asked, of=Exchanges.of):
        shown.append((self, truth, asked, found := of(self, truth, asked)))
        return found

    with pytest.MonkeyPatch.context() as patch, mock.patch.object(Exchanges, "of", told):
        patch.setattr(comparisons, "ENUMERATED", 0)
        patch.setattr(frontier, "POINTS", 0)
        patch.setattr(propagation, "EXCHANGED", 1)
        for name, figure in constants.items():
            patch.setattr(sums, name, figure)
        try:
            c = start()
        except (Unbuildable, OverLimit, Undecided):  # with so little written as clauses it can be too hard
            return
        c.domains()
        for index, number in choices:
            if f"v{number}" in c.domain(f"p{index}"):
                c = c.choose(f"p{index}", f"v{number}")
                c.domains()
    for exchanges, truth, asked, found in shown:
        columns, model = c.engine.columns, c.engine.model
        box = columns.box(truth)
        assert not (found & ~asked).any()
        for column in np.flatnonzero(asked & exchanges.columns & ~box).tolist():
            changed = box.copy()
            changed[columns.slot(column).columns] = False
            changed[column] = True
            values = {each.name: columns.taken(each, changed) for each in model.characteristics}
            yield found[column], all(holds(rule.condition, values, model) for rule in model.rules)


@pytest.mark.parametrize("way", [{}, {"CLAUSES": 12}, {"ENUMERATED": 2, "WIDEST": 2}],
                         ids=["chain", "coarse chain", "learnt"])
@settings(max_examples=60, deadline=None)
@given(families, limits, st.lists(taken, max_size=3))
def test_under_any_limit_what_is_exchanged_is_a_product(way, model, limits, choices):
    """Clauses may hide an exchange by what they say of other literals; they never make one."""
    for found, is_product in exchanged(lambda: Engine(model).start().limited(limits), choices, **way):
        assert is_product or not found


@settings(max_examples=40, deadline=None)
@given(families, plain, st.lists(taken, max_size=3))
def test_where_only_values_add_all_products_that_differ_in_one_are_found(model, limits, choices):
    model = ProductModel(name="m", characteristics=model.characteristics, rules=(*model.rules, *limits))
    for found, is_product in exchanged(lambda: Engine(model).start(), choices):
        assert found == is_product


PLAIN = {"p0", "p1", "p2", "p3", "rack"}


@pytest.mark.parametrize(("added", "names"), [
    ((), PLAIN), (("product of two",), PLAIN - {"p0", "p1"}), (("rest",), PLAIN - {"p0"}),
    (("several",), PLAIN | {"extras"}), (("number",), PLAIN)])
def test_what_adds_in_another_way_as_well_is_left_alone(added, names):
    """What it adds together with others is told by literals that may be true without need; places have several."""
    model, made = family([[0, 5, 9]] * PARTS, 4, (), ()), []

    def init(self, *given, of=Exchanges.__init__):
        made.append(self)
        of(self, *given)

    with (mock.patch.object(Exchanges, "__init__", init), mock.patch.object(comparisons, "ENUMERATED", 0),
          mock.patch.object(frontier, "POINTS", 0)):
        columns = Engine(model).start().limited([limit(0, "<=", 40, added)]).engine.columns
    assert {columns.slot(column).name for column in np.flatnonzero(made[-1].columns).tolist()} == names

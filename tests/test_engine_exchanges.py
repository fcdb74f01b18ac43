"""What single values of a product could be instead is what changing each of them by itself says."""

from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.expressions import holds
from catalog.model import Boolean, Choice, Number, ProductModel, Rule, Value
from catalog.nodes import And, Arithmetic, Attribute, Compare, Const, Is, Not, Read
from configurator.engine import Engine, Unbuildable, comparisons, propagation, sums
from configurator.engine.exchanges import Exchanges

PARTS = 4
masses = st.one_of(st.integers(-3, 20), st.fractions(0, 9, max_denominator=4))
taken = st.tuples(st.integers(0, PARTS - 1), st.integers(0, 2))
pairs = st.tuples(st.integers(0, PARTS - 1), st.integers(0, 2), st.integers(0, PARTS - 1), st.integers(0, 2))


def part(index, own):
    values = (Value(name=f"v{i}", attributes={"mass": mass}) for i, mass in enumerate(own))
    return Choice(name=f"p{index}", values=tuple(values))


def family(own, yes, limits, excluded, required, width):
    """Parts and a yes/no that weigh something, limits of that, perhaps with a width; some exclude others or must be."""
    parts = [part(index, masses) for index, masses in enumerate(own)]
    mass = Arithmetic("+", (*(Attribute(p.name, "mass") for p in parts), Attribute("rack", "mass")))
    wide = Arithmetic("+", (mass, Arithmetic("*", (Read("width"), Read("width"), Attribute("p0", "mass")))))
    rules = [Compare(operator, wide if width and i == 0 else mass, Const(most))
             for i, (operator, most) in enumerate(limits)]
    rules += [Not(And((Is(f"p{a}", (f"v{i}",)), Is(f"p{b}", (f"v{j}",))))) for a, i, b, j in excluded]
    rules += [Is(f"p{index}", (f"v{value}",)) for index, value in required]
    return ProductModel(
        name="m", characteristics=(*parts, Boolean(name="rack", yes=Value(name="yes", attributes={"mass": yes})),
                                   Number(name="width", least=0, most=9)),
        rules=tuple(Rule(name=f"r{i}", condition=rule) for i, rule in enumerate(rules)))


families = st.builds(
    family, st.lists(st.lists(masses, min_size=3, max_size=3), min_size=PARTS, max_size=PARTS), masses,
    st.lists(st.tuples(st.sampled_from(["<", "<=", ">", ">="]), st.integers(0, 50)), min_size=1, max_size=2),
    st.lists(pairs, max_size=4), st.lists(taken, max_size=1), st.booleans())


@pytest.mark.parametrize("clauses", [80_000, 20], ids=["chain", "long chain"])
@settings(max_examples=40, deadline=None)
@given(families, st.lists(taken, max_size=3))
def test_exchanges_are_the_products_that_differ_in_one_value(clauses, model, choices):
    """Where clauses know nothing but values: what they say by other literals may hide an exchange, never make one."""
    shown = []

    def told(self, truth, asked, of=Exchanges.of):
        shown.append((self, truth, asked, found := of(self, truth, asked)))
        return found

    with (pytest.MonkeyPatch.context() as patch, mock.patch.object(Exchanges, "of", told)):
        patch.setattr(comparisons, "ENUMERATED", 0)
        patch.setattr(propagation, "EXCHANGED", 1)
        patch.setattr(sums, "CLAUSES", clauses)
        try:
            c = Engine(model).start()
        except Unbuildable:
            return
        c.domains()
        for index, value in choices:
            if f"v{value}" in c.domain(f"p{index}"):
                c = c.choose(f"p{index}", f"v{value}")
                c.domains()
    for exchanges, truth, asked, found in shown:
        columns = c.engine.columns
        box = columns.box(truth)
        values = {each.name: columns.taken(each, box) for each in model.characteristics}
        for column in np.flatnonzero(asked & exchanges.columns & ~box).tolist():
            slot = columns.slot(column)
            changed = {**values, slot.name: slot.values[column - slot.start]}
            assert found[column] == all(holds(rule.condition, changed, model) for rule in model.rules)
        assert not (found & ~(asked & exchanges.columns)).any()

"""Whatever the product and whatever was told: proposals are valid and keep the choices, rankings are distributions."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from catalog.expressions import holds
from catalog.model import Boolean, Choice, Number, ProductModel, Rule, Several, Text, Value
from catalog.nodes import Implies, Is, Not, Or, Table
from configurator.engine import Engine, Impossible
from configurator.memory import Memory


@st.composite
def products(draw) -> ProductModel:
    """Small products of every kind with random rules."""
    values = tuple(Value(name=name) for name in "xyz")
    kinds = {
        "a": Choice(name="a", values=values, standard=draw(st.sampled_from([None, "y"]))),
        "b": Boolean(name="b", standard=draw(st.sampled_from([None, True]))),
        "c": Number(name="c", least=0, most=draw(st.sampled_from([3, 5000])), about="person", standard=2),
        "d": Several(name="d", values=values, most=2),
        "e": Text(name="e", most=3, least=draw(st.integers(0, 1)), allowed="A-C")}
    literal = st.sampled_from([Is("a", ("x",)), Is("a", ("y", "z")), Is("b", (True,)), Is("d", ("x",)),
                               Is("d", ("z",))])
    condition = st.one_of(st.builds(Implies, literal, literal), st.builds(Or, st.tuples(literal, literal)),
                          literal.map(Not), st.just(Table(("a", "b"), (("x", True), ("y", False), ("z", True)))))
    rules = draw(st.lists(condition, max_size=4))
    return ProductModel(name="any", characteristics=tuple(kinds.values()), rules=tuple(
        Rule(name=f"r{number}", condition=rule) for number, rule in enumerate(rules)))


ANSWERS = st.fixed_dictionaries({}, optional={
    "a": st.sampled_from("xyz"), "b": st.booleans(), "c": st.integers(0, 3),
    "d": st.sampled_from([frozenset(), frozenset("x"), frozenset("xz")]), "e": st.sampled_from(["A", "AB", "CCC"])})


@settings(max_examples=30, deadline=None)
@given(products(), st.lists(st.tuples(ANSWERS, st.sampled_from([None, 1, 2]), st.integers(1, 9)), max_size=12), ANSWERS)
def test_every_proposal_is_valid_and_keeps_the_choices_and_every_ranking_is_a_distribution(model, told, choices):
    try:
        engine = Engine(model)
    except ValueError:
        assume(False)
    c = engine.start()
    for name, answer in choices.items():
        try:
            c = c.choose(name, answer)
        except Impossible:
            continue
    remembered = Memory(engine)
    for values, customer, count in told:
        remembered.remember(values, customer=customer, count=count)
    for customer in None, 1, 3:
        proposal = remembered.propose(c, customer)
        values = proposal.configuration.values()
        assert proposal.configuration.is_complete
        assert all(values[name] == answer for name, answer in c.choices.items())
        assert all(model[name].admits(answer) for name, answer in values.items())
        assert all(holds(rule.condition, values, model) for rule in model.rules)
        assert set(proposal.questions) <= set(values) - set(c.choices) - set(c.forced())
        assert proposal.reasons.keys() == proposal.confidence.keys() == values.keys() - c.choices.keys()
        assert all(0 <= p <= 1.000001 for p in proposal.confidence.values())
        for name in values:
            ranked = remembered.rank(c, name, customer)
            domain = c.domain(name)
            assert all(value in domain for value, _ in ranked)
            assert [p for _, p in ranked] == sorted((p for _, p in ranked), reverse=True)
            assert not ranked or sum(p for _, p in ranked) == pytest.approx(1)
            if name in "abc":
                assert {value for value, _ in ranked} == set(domain)

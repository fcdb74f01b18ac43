"""Numbers that pull at each other, over ranges that are too wide to list: the engine says what trying them all says."""

import operator

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from catalog.model import Choice, Number, ProductModel, Rule, Value
from catalog.nodes import Arithmetic, Compare, Const, Implies, Is, Read
from configurator.engine import Engine, around, solver, theory

RANGES = {"width": range(0, 61), "alcove": range(0, 61), "depth": range(5, 26)}
PLACINGS = ("free", "fill", "corner")
GRID = dict(zip([*RANGES, "placing"], np.meshgrid(*RANGES.values(), range(len(PLACINGS)), indexing="ij"), strict=True))
HOLDS = {"<=": operator.le, ">=": operator.ge, "=": operator.eq, "!=": operator.ne}

sums = st.fixed_dictionaries({name: st.integers(-2, 2) for name in RANGES})
rules = st.tuples(sums, st.sampled_from(list(HOLDS)), st.integers(-40, 80), st.none() | st.sampled_from(PLACINGS))


def condition(shares, comparison, limit, placing):
    total = Arithmetic("+", tuple(Arithmetic("*", (Const(share), Read(name))) for name, share in shares.items()))
    compared = Compare(comparison, total, Const(limit))
    return Implies(Is("placing", (placing,)), compared) if placing else compared


def fulfilled(shares, comparison, limit, placing):
    held = HOLDS[comparison](sum(share * GRID[name] for name, share in shares.items()), limit)
    return held | (GRID["placing"] != PLACINGS.index(placing)) if placing else held


def possible(products):
    """What is left of each characteristic."""
    left = {name: set(np.unique(GRID[name][products]).tolist()) for name in RANGES}
    return left | {"placing": {PLACINGS[i] for i in np.unique(GRID["placing"][products])}}


def room(asked):
    return ProductModel(name="room", characteristics=(
        *(Number(name=name, least=values[0], most=values[-1]) for name, values in RANGES.items()),
        Choice(name="placing", values=tuple(Value(name=name) for name in PLACINGS))),
        rules=tuple(Rule(name=f"r{i}", condition=condition(*rule)) for i, rule in enumerate(asked)))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(rules, min_size=1, max_size=4), st.data())
def test_domains_of_coupled_numbers_are_exact_when_choices_come_first(asked, data):
    products = np.logical_and.reduce([fulfilled(*rule) for rule in asked])
    assume(products.any())
    choices = {}
    for name in data.draw(st.lists(st.sampled_from([*RANGES, "placing"]), min_size=1, max_size=3, unique=True)):
        choices[name] = value = data.draw(st.sampled_from(sorted(possible(products)[name])))
        products &= GRID[name] == (PLACINGS.index(value) if name == "placing" else value)
    c = Engine(room(asked)).start(choices)
    assert {name: set(domain) for name, domain in c.domains().items()} == possible(products)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(rules, min_size=1, max_size=4), st.sampled_from([1, 1000, around.ROOM]), st.data())
def test_domains_of_coupled_numbers_are_exact_along_a_session(asked, room_for, data):
    products = np.logical_and.reduce([fulfilled(*rule) for rule in asked])
    assume(products.any())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(around, "ROOM", room_for)  # where there is less, numbers move along less
        patch.setattr(theory, "MACHINE", 0)
        c = Engine(room(asked)).start()
        for name in data.draw(st.permutations([*RANGES, "placing"])):
            left = possible(products)
            assert {name: set(domain) for name, domain in c.domains().items()} == left
            value = data.draw(st.sampled_from(sorted(left[name])))
            products &= GRID[name] == (PLACINGS.index(value) if name == "placing" else value)
            c = c.choose(name, value)
        assert c.is_complete


def test_a_staircase_to_the_millimetre_takes_few_questions(monkeypatch):
    """A height, a number of steps and a depth bind each other: the widest of the three moves, the narrowest stays."""
    asked = []
    solve = solver.Solver.solve
    monkeypatch.setattr(solver.Solver, "solve", lambda *given, **how: asked.append(given) or solve(*given, **how))
    rises = Arithmetic("/", (Arithmetic("*", (Const(2), Read("height"))), Read("risers")))
    step = Arithmetic("+", (rises, Read("going")))
    stairs = ProductModel(name="stairs", characteristics=(
        Number(name="height", least=1800, most=4200), Number(name="risers", least=9, most=24),
        Number(name="going", least=210, most=320)), rules=(
        Rule(name="least", condition=Compare(">=", step, Const(590))),
        Rule(name="most", condition=Compare("<=", step, Const(650)))))
    left = Engine(stairs).start().domains()
    assert [len(domain) for domain in left.values()] == [2401, 16, 111]
    assert len(asked) < 200

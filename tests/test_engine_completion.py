"""Completions are optimal: as good as what a MaxSAT solver of others finds, and they say how far they may be off."""

import random

import pytest
from brute_force import SMALL, BruteForce, answers, models
from hypothesis import assume, given
from hypothesis import strategies as st
from pysat.examples.rc2 import RC2
from pysat.formula import WCNF

from catalog.formats import load
from catalog.model import Number
from configurator.engine import Engine, effort

FEATURES = 30


def feature_model(seed):
    """Random clauses over yes/no features, as DIMACS."""
    chance = random.Random(seed)
    clauses = [[chance.choice((-1, 1)) * feature for feature in chance.sample(range(1, FEATURES + 1), 3)]
               for _ in range(90)]
    names = [f"c {i} f{i}" for i in range(1, FEATURES + 1)]
    return clauses, "\n".join([*names, f"p cnf {FEATURES} {len(clauses)}",
                               *(" ".join(map(str, [*clause, 0])) for clause in clauses)])


@pytest.fixture(params=range(2))
def hard(request, tmp_path):
    """An engine, its clauses, and weights of which not all can be had."""
    clauses, text = feature_model(request.param)
    (tmp_path / "features.dimacs").write_text(text)
    chance = random.Random(request.param)
    weights = {(f"f{i}", chance.random() < 0.5): chance.randint(1, 40) / 4 for i in range(1, FEATURES + 1)}
    return Engine(load(tmp_path / "features.dimacs")), clauses, weights


def weight(values, weights):
    return sum(gain for (name, value), gain in weights.items() if values[name] == value)


def test_a_completion_weighs_what_rc2_finds(hard):
    engine, clauses, weights = hard
    wcnf = WCNF()
    wcnf.extend(clauses)
    for (name, value), gain in weights.items():
        number = int(name[1:])
        wcnf.append([number if value else -number], weight=int(4 * gain))
    with RC2(wcnf) as rc2:
        rc2.compute()
        best = sum(weights.values()) - rc2.cost / 4
    whole = engine.start().complete(weights)
    assert weight(whole.values(), weights) == best
    assert whole.gap == 0


def test_a_completion_out_of_time_says_how_much_better_another_could_be(hard, monkeypatch):
    engine, _, weights = hard
    best = weight(engine.start().complete(weights).values(), weights)
    monkeypatch.setattr(effort, "SECONDS", 0.0)
    hasty = engine.start().complete(weights)
    assert hasty.gap > 0
    assert weight(hasty.values(), weights) <= best <= weight(hasty.values(), weights) + hasty.gap


def test_many_completions_do_not_make_the_engine_grow(hard):
    engine, _, weights = hard
    engine.start().complete(weights)
    top = engine.formula.top
    for i in range(5):
        engine.start().complete({key: gain + i for key, gain in weights.items()})
    assert engine.formula.top == top


@SMALL
@given(models, st.data())
def test_each_takes_the_first_that_is_wanted_and_goes_with_those_before_it(model, data):
    brute = BruteForce(model)
    assume(brute.valid)
    c = Engine(model).start()
    order = data.draw(st.permutations(brute.names))
    wanted = {name: data.draw(st.permutations(answers(model[name]))) for name in order}
    settled = c.complete().settled((), wanted.__getitem__, order)
    for name in order:
        domain = c.domain(name)
        c = c.choose(name, domain.nearest(wanted[name][0]) if isinstance(model[name], Number)
                     else next(answer for answer in wanted[name] if answer in domain))
    assert settled.values() == c.values()

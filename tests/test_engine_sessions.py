"""Along random sessions on real models every domain is what two plain solves per value say."""

import random
from pathlib import Path

import pytest

from catalog.formats import load
from configurator.engine import Engine
from configurator.engine.solver import Solver

DATA = Path(__file__).parents[2] / "shared" / "data"
MODELS = ["renault-small/constraints.xml", "renault-medium/constraints.xml", *(f"feature-models/{name}" for name in (
    "eshop.uvl", "eshop.dimacs", "pc-richmond.uvl", "berkeleydb.uvl", "berkeleydb.dimacs", "busybox-1.18.dimacs",
    "financial-services-2017-05.dimacs", "automotive01.uvl", "automotive01.dimacs", "automotive02-v1.uvl"))]
LOOKED_AT = 600
"""Characteristics of a large model that are solved for value by value."""


@pytest.fixture(scope="module", params=MODELS)
def engine(request):
    path = DATA / request.param
    if not path.exists():
        pytest.skip(f"the public data set {request.param} is not here")
    return Engine(load(path))


def plain(engine, choices, names):
    """Domains by asking a solver that has learnt nothing about each single value."""
    columns, formula = engine.columns, engine.formula
    solver = Solver(formula, engine.theory, [clause for _, clause in formula.rules], engine.effort)
    chosen = [literal for name, value in choices.items() for column in columns.of_answer(name, value)
              for literal in columns.literals(column)]
    return {name: [value for value in columns.of[name][0].values
                   if solver.solve([*chosen, *columns.literals(columns.column(name, value))])]
            for name in names}


@pytest.mark.parametrize("seed", [1, 2])
def test_domains_along_a_session_are_what_plain_solving_says(engine, seed):
    chance = random.Random(seed)
    c = engine.start()
    for step in range(10):
        open_names = [name for name, domain in c.domains().items() if len(domain) > 1]
        if c.choices and step % 4 == 3:
            c = c.retract(chance.choice(list(c.choices)))
        elif c.choices and step % 4 == 2:
            name = chance.choice(list(c.choices))
            c = c.choose(name, chance.choice(list(c.alternatives(name))))
        elif open_names:
            name = chance.choice(open_names)
            c = c.choose(name, chance.choice(list(c.domain(name))))
        if step % 3 == 0:
            domains = c.domains()
            names = chance.sample(list(domains), min(len(domains), LOOKED_AT))
            assert {name: list(domains[name]) for name in names} == plain(engine, c.choices, names)
    assert engine.start(c.choices).domains() == c.domains()
    whole = c.complete({})
    assert whole.is_complete
    assert whole.choices.items() >= c.choices.items()


def test_explanations_exclude_and_repairs_free(engine):
    chance = random.Random(3)
    c = engine.start()
    for _ in range(8):
        open_names = [name for name, domain in c.domains().items() if len(domain) > 1]
        if open_names:
            name = chance.choice(open_names)
            c = c.choose(name, chance.choice(list(c.domain(name))))
    possible = engine.start().domains()
    blocked = [(name, value) for name, domain in c.domains().items() if name not in c.choices
               for value in possible[name] if value not in domain]
    for name, value in chance.sample(blocked, min(10, len(blocked))):
        why = c.explain(name, value)
        for dropped in why.choices:
            kept = {other: c.choices[other] for other in why.choices if other != dropped}
            assert value in engine.start(kept).domain(name)
        assert value not in engine.start({other: c.choices[other] for other in why.choices}).domain(name)
        for repair in c.repairs(name, value):
            freed = engine.start({other: v for other, v in c.choices.items() if other not in repair.retract})
            assert value in freed.domain(name)

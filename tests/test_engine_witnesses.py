"""What the engine keeps as products are products: one that is not would let what cannot be built be chosen."""

import random
from pathlib import Path

import numpy as np
import pytest

import catalog
from catalog.expressions import holds
from catalog.formats import load
from configurator.engine import Engine, SeveralDomain, TextDomain, comparisons, frontier, harvest
from configurator.engine.clauses import WORD, Clauses

SAMPLES = Path(catalog.__file__).parent / "samples"


def clicked(engine, seed):
    """Chooses at random until little is left."""
    chance, c = random.Random(seed), engine.start()
    for _ in range(12):
        open_names = [name for name, domain in c.domains().items() if name not in c.choices and len(domain) > 1
                      and not isinstance(domain, SeveralDomain | TextDomain)]
        if open_names:
            name = chance.choice(open_names)
            c = c.choose(name, chance.choice(list(c.domain(name))))


@pytest.fixture(autouse=True)
def _laid(monkeypatch):
    """Whatever is asked for is laid over models, even if these would be quicker."""
    monkeypatch.setattr(harvest, "DRAWING", 0)
    monkeypatch.setattr(harvest, "DEAR", -1_000_000)


def products(engine):
    """What is kept as one product each, as answers."""
    kept = engine.witnesses
    boxes = np.unpackbits(kept._boxes[kept._whole], axis=1, bitorder="little")[:, :kept._width].astype(bool)
    return [{one.name: engine.columns.taken(one, box) for one in engine.model.characteristics}
            for box in boxes if box.any()]


def weighed():
    """A product of two comparisons that are neither enumerated nor written as frontiers, but learnt."""
    values = [[f"{{name: v{k}, attributes: {{x: {1 + k * (i + 3) % 11}}}}}" for k in range(10)] for i in range(5)]
    return load("\n".join([
        "lot_one: 1", "name: p", "currency: EUR", "characteristics:",
        *(f"  - {{name: c{i}, kind: choice, values: [{', '.join(own)}]}}" for i, own in enumerate(values)), "rules:",
        "  - {id: heavy, says: Too heavy., require: c0.x * c1.x * c2.x + c3.x * c4.x <= 90}",
        "  - {id: light, says: Too light., require: c1.x * c2.x * c3.x - c0.x >= 20}"]))


def test_what_is_laid_keeps_what_is_learnt_of_comparisons_beside_the_clauses(monkeypatch):
    monkeypatch.setattr(comparisons, "ENUMERATED", 0)
    monkeypatch.setattr(frontier, "POINTS", 0)
    engine = Engine(weighed())
    assert engine.theory
    for seed in range(3):
        clicked(engine, seed)
    kept = products(engine)
    assert len(kept) > 100
    assert all(holds(rule.condition, values, engine.model) for values in kept for rule in engine.model.rules)


@pytest.mark.parametrize("sample", ["touring_bicycle", "shirt"])
def test_every_kept_product_keeps_every_clause_and_what_is_none_holds_nothing(sample):
    engine = Engine(load(SAMPLES / f"{sample}.yaml"))
    kept, top = engine.witnesses, engine.witnesses._top
    clauses = [clause for clause in engine.formula.clauses() if all(abs(literal) <= top for literal in clause)]
    literals, starts = np.concatenate(clauses), np.cumsum([0, *map(len, clauses[:-1])])
    for seed in range(3):
        clicked(engine, seed)
    for row in range(min(kept._added, len(kept._boxes))):
        held = (kept._holders[row // WORD] >> np.uint64(row % WORD) & np.uint64(1)).astype(bool)
        if kept._whole[row]:
            assert np.logical_or.reduceat(held[literals], starts).all()
        elif not kept._boxes[row].any():
            assert not held.any()
    kept = products(engine)
    assert len(kept) > 100
    assert all(holds(rule.condition, values, engine.model) for values in kept for rule in engine.model.rules)


def test_what_is_mended_in_time_is_kept_though_others_take_too_long():
    last = 60  # each variable needs the next one, and mending goes back one in a round
    chain = Clauses([[-at, at + 1] for at in range(1, last)], last)
    truth = np.zeros((WORD, 2 * last + 1), dtype=bool)
    truth[:, 1:last] = True
    truth[1, 1:last - 1] = False
    truth[:, :last:-1] = ~truth[:, 1:last + 1]
    held = np.packbits(truth, axis=0, bitorder="little").T.copy().view(np.uint64).T
    whole, none = np.array([[0b11]], dtype=np.uint64), np.zeros(2 * last + 1, dtype=bool)
    none[last + 1:] = True
    chain.mend(held, whole, chain.having(np.array([last])), none)
    assert whole == 0b10
    assert not (held[0, 1:last + 1] & whole[0]).any()

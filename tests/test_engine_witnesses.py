"""What the engine keeps as products are products: one that is not would let what cannot be built be chosen."""

import random
from pathlib import Path

import numpy as np
import pytest

import catalog
from catalog.formats import load
from configurator.engine import Engine, SeveralDomain, TextDomain, harvest
from configurator.engine.clauses import WORD

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


@pytest.mark.parametrize("sample", ["touring_bicycle", "shirt"])
def test_every_kept_product_keeps_every_clause_and_what_is_none_holds_nothing(sample, monkeypatch):
    monkeypatch.setattr(harvest, "DRAWING", 0)
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

"""What gives way to choices: as little as can be, and the next best takes its place."""

from random import Random

import pytest

from catalog.formats import load
from catalog.nodes import Answer
from configurator.demonstration.shop import SAMPLES
from configurator.drafts import mending
from configurator.drafts.mending import mended
from configurator.engine import Configuration, Engine, NumberDomain

CLICKS = 4


def chosen(engine: Engine, chance: Random) -> Configuration:
    """A few choices at random."""
    c = engine.start()
    for characteristic in chance.sample(engine.model.characteristics, CLICKS):
        c = c.choose(characteristic.name, any_of(c, characteristic.name, chance))
    return c


def any_of(c: Configuration, name: str, chance: Random) -> Answer:
    domain = c.domain(name)
    if isinstance(domain, NumberDomain):
        return chance.choice(domain.intervals)[0]
    return next(answer for value in chance.sample([*domain], len(domain)) for answer in (value, frozenset({value}))
                if c.engine.model[name].admits(answer))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_what_gives_way_is_the_same_whether_it_follows_at_first_sight_or_is_searched_for(path, monkeypatch):
    chance, engine = Random(path.stem), Engine(load(path))
    ranked = {c.name: [value.name for value in chance.sample(c.options, len(c.options))]
              for c in engine.model.characteristics}
    shown = engine.start().complete().choices
    for _ in range(40):
        c = chosen(engine, chance)
        product = mended(c, shown, ranked.__getitem__)
        assert engine.start(product).values() == product
        with monkeypatch.context() as searched:
            searched.setattr(mending, "_near", lambda *_: None)
            assert mended(c, shown, ranked.__getitem__) == product

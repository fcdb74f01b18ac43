"""What an order would have taken without memory: the measure that inputs per order are held against."""

from __future__ import annotations

from catalog.nodes import Values
from catalog.records import Version
from configurator.engines import compiled
from configurator.memory import Memory

_KEY = "proposed to somebody unknown, with nothing remembered"


def unaided(version: Version, values: Values) -> int:
    """The inputs that a whole product would have taken somebody to whom only the maker's standards are proposed.

    These are the values that differ from that proposal, texts included. Now and then one of them would have followed
    from the others: in one of four orders of the samples there was one, in none more. To find out which would cost more
    than to place the order.
    """
    kept = compiled(version)
    plain: Values | None = kept.recall(_KEY)
    if plain is None:
        plain = Memory(kept.engine).propose(kept.engine.start()).configuration.values()
        kept.keep(_KEY, plain)
    return sum(value != plain[name] for name, value in values.items())

"""How much orders that are alike differ: learnt for each characteristic, from the orders themselves.

Every order is taken for a copy of an earlier one, of which each value was drawn anew with a probability of its own, out
of what everybody chose (a kernel estimate of categorical data: Aitchison and Aitken 1976). The probabilities are those
under which each of some orders follows best from all the others (leaving one out; by expectation and maximization:
Dempster, Laird and Rubin 1977). What tells nothing gets a great one: it then counts for nothing.
"""

from __future__ import annotations

import numpy as np

from configurator.memory.information import Floats

ASKED = 150
"""Orders that are foretold from the others."""
COMPARED = 3_000
"""Different orders that they are foretold from."""
LIKELY = 64
"""Of these, so many that are most like the one foretold are looked at again and again."""
ROUNDS = 15
FIRST = 0.05
"""What the probabilities begin with."""
BELIEVED, GIVEN = 0.1, 10.0
"""Before there are any orders: the probability, and how many orders that belief is worth."""


def weigh(same: Floats, chance: Floats, noise: Floats | float) -> Floats:
    """How probable what one order has would be as a copy of another, as a logarithm.

    `same`: how like it is what they have, 0 to 1; `chance`: how often what the one has is drawn; `noise`: how probable
    that is. By column at last; NaN where an order says nothing.
    """
    return np.asarray(np.nansum(np.log(np.maximum((1 - noise) * same + noise * chance, 1e-12)), axis=-1))


def learnt(same: Floats, chance: Floats, others: Floats) -> Floats:
    """The probability of each column to be drawn anew.

    Of orders asked by orders compared by columns: as in `weigh`; `others`: how many orders but itself a compared one
    stands for.
    """
    found = np.full(same.shape[2], FIRST)
    chance = chance[:, None, :]
    said = ~np.isnan(same)
    for _ in range(ROUNDS):
        weights = weigh(same, chance, found)
        weights = others * np.exp(weights - weights.max(1, keepdims=True, initial=-np.inf))
        weights /= np.maximum(weights.sum(1, keepdims=True), 1e-300)  # an order may have no others
        drawn = np.nan_to_num(found * chance / np.maximum((1 - found) * same + found * chance, 1e-12))
        anew = np.einsum("ac,acv->v", weights, drawn)
        found = (anew + BELIEVED * GIVEN) / (np.einsum("ac,acv->v", weights, said) + GIVEN)
    return np.asarray(found, np.float64)

"""How money is rounded, everywhere: halves away from zero, once; and what is divided adds up to what was divided."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from catalog.nodes import Exact
from catalog.wording import rounded


def nearest(amount: Exact) -> int:
    """The minor units nearest to an exact amount; halves go away from zero."""
    return rounded(amount, 0)


def spread(total: int, weights: Sequence[int]) -> list[int]:
    """Divides minor units in proportion to weights, by the largest remainder: each share is its exact one rounded down
    or up, and together they are the total. Of equal remainders the first ones get more.

    Raises ValueError for weights or a total below 0, and for a total that nothing can bear.
    """
    whole = sum(weights)
    if total < 0 or any(weight < 0 for weight in weights) or (total and not whole):
        raise ValueError(f"{total} cannot be spread over {list(weights)}")
    exact = [Fraction(total * weight, whole or 1) for weight in weights]
    shares = [int(share) for share in exact]
    by_remainder = sorted(range(len(shares)), key=lambda index: shares[index] - exact[index])
    for index in by_remainder[:total - sum(shares)]:
        shares[index] += 1
    return shares

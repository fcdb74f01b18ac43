"""What characteristics tell about each other, and how open a question is, in nats."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

UNKNOWN = -1
"""The code of what an order does not say."""


def mutual_information(cells: Ints, counts: Floats) -> Floats:
    """Of each two columns, in nats, less what independent ones would show by chance (Miller 1955)."""
    told = np.zeros((cells.shape[1], cells.shape[1]))
    total = counts.sum()
    columns = {column: np.unique(cells[:, column], return_inverse=True)[1]
               for column in np.flatnonzero((cells != UNKNOWN).any(0)).tolist()}
    entropies = {column: _entropy(codes, counts) for column, codes in columns.items()}
    for one, other in combinations([column for column, (spread, _) in entropies.items() if spread > 0], 2):
        (a, sizes_a), (b, sizes_b) = entropies[one], entropies[other]
        joint, _ = _entropy(columns[one] * sizes_b + columns[other], counts)
        chance = (sizes_a - 1) * (sizes_b - 1) / (2 * total)
        told[one, other] = told[other, one] = max(0.0, a + b - joint - chance)
    return told


def _entropy(codes: NDArray[np.int64], counts: Floats) -> tuple[float, int]:
    """The entropy of what is coded, in nats, and the number of codes."""
    if codes.max(initial=0) > 10 * len(codes):
        codes = np.unique(codes, return_inverse=True)[1]
    sums = np.bincount(codes, counts)
    return entropy(sums / sums.sum()), len(sums)


def entropy(probabilities: Floats) -> float:
    """The entropy of probabilities that sum to 1, in nats: 0 if one is sure."""
    some = probabilities[probabilities > 0]
    return float(-(some * np.log(some)).sum())

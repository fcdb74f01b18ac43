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
    varied = _varied(cells, counts)
    for one, other in combinations(varied, 2):
        told[one, other] = told[other, one] = _shared(varied[one], varied[other], counts)
    return told


def information_about(target: Ints, cells: Ints, counts: Floats) -> Floats:
    """Of each column about the target, in nats, as in `mutual_information`."""
    told = np.zeros(cells.shape[1])
    for about in _varied(target[:, None], counts).values():
        for column, varied in _varied(cells, counts).items():
            told[column] = _shared(varied, about, counts)
    return told


def entropies(cells: Ints, counts: Floats) -> Floats:
    """Of each column, in nats."""
    found = np.zeros(cells.shape[1])
    for column, (_, nats, _) in _varied(cells, counts).items():
        found[column] = nats
    return found


_Column = tuple[NDArray[np.int64], float, int]
"""The codes of a column from 0, their entropy and their number."""


def _varied(cells: Ints, counts: Floats) -> dict[int, _Column]:
    """The columns that say something, and not always the same."""
    codes = {column: np.unique(cells[:, column], return_inverse=True)[1]
             for column in np.flatnonzero((cells != UNKNOWN).any(0)).tolist()}
    found = {column: (coded, *_entropy(coded, counts)) for column, coded in codes.items()}
    return {column: varied for column, varied in found.items() if varied[1] > 0}


def _shared(one: _Column, other: _Column, counts: Floats) -> float:
    (codes_a, a, sizes_a), (codes_b, b, sizes_b) = one, other
    joint, _ = _entropy(codes_a * sizes_b + codes_b, counts)
    chance = (sizes_a - 1) * (sizes_b - 1) / (2 * counts.sum())
    return max(0.0, float(a + b - joint - chance))


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

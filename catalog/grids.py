"""Grids: an amount for each step of one measure or of two, as price lists of blinds and windows have them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from catalog.nodes import And, Choose, Compare, Condition, Const, Exact, Expression, Not

MOST_AMOUNTS = 10_000
"""Of one grid: a hundred steps each way."""


@dataclass(frozen=True, kw_only=True)
class Axis:
    """A side of a grid: a number falls into the first step that it does not exceed."""

    of: Expression
    up_to: tuple[Exact, ...]

    def within(self, first: int, last: int) -> tuple[Condition, ...]:
        """What holds of the number from the first to the last of some steps."""
        above = [Compare(">", self.of, Const(self.up_to[first - 1]))] if first else []
        return (*above, Compare("<=", self.of, Const(self.up_to[last])))


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A row of amounts for each step down, or a single one; in it an amount for each step across, None for none."""

    across: Axis
    amounts: tuple[tuple[Exact | None, ...], ...]
    down: Axis | None = None

    @property
    def sides(self) -> tuple[Axis, ...]:
        """What is looked up."""
        return (self.across, self.down) if self.down else (self.across,)

    @property
    def expression(self) -> Expression:
        """The amount; where there is none, that of a step before."""
        rows: list[list[Exact]] = []
        for row in self.amounts:
            above, filled = rows[-1] if rows else [0] * len(row), list[Exact]()
            for amount, over in zip(row, above, strict=True):
                filled.append(amount if amount is not None else filled[-1] if filled else over)
            rows.append(filled)
        numbers = [_halved(self.across, [*map(Const, row)]) for row in rows]
        return _halved(self.down, numbers) if self.down else numbers[0]

    @cached_property
    def listed(self) -> Condition:
        """Whether there is an amount: not beyond a last step, nor where none is given."""
        empty = [(*self.across.within(columns[0], columns[-1]), *(self.down.within(row, row) if self.down else ()))
                 for row, amounts in enumerate(self.amounts) for columns in _empty(amounts)]
        return And((*(Compare("<=", side.of, Const(side.up_to[-1])) for side in self.sides),
                    *(Not(And(cells)) for cells in empty)))


def _empty(row: Sequence[Exact | None]) -> Iterator[list[int]]:
    """The columns without an amount; those that follow one another together."""
    for is_empty, columns in groupby(range(len(row)), key=lambda column: row[column] is None):
        if is_empty:
            yield [*columns]


def _halved(axis: Axis, numbers: Sequence[Expression], first: int = 0) -> Expression:
    """The number of the step that something falls into, the last one beyond all steps.

    Each comparison halves the steps from the `first` on: a hundred of them nest no deeper than seven.
    """
    if len(numbers) == 1:
        return numbers[0]
    half = len(numbers) // 2
    low, high = _halved(axis, numbers[:half], first), _halved(axis, numbers[half:], first + half)
    return low if low == high else Choose(Compare("<=", axis.of, Const(axis.up_to[first + half - 1])), low, high)

"""Grids: an amount for each step of one measure or of two, as price lists of blinds and windows have them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from catalog.nodes import Choose, Compare, Condition, Const, Exact, Expression

_NOTHING = Const(0)


@dataclass(frozen=True, kw_only=True)
class Axis:
    """A side of a grid: a number falls into the first step that it does not exceed."""

    of: Expression
    up_to: tuple[Exact, ...]


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
        """The amount; 0 where there is none."""
        return self._looked_up(lambda amount: _NOTHING if amount is None else Const(amount))

    @property
    def missing(self) -> Condition:
        """Whether there is no amount: beyond a last step, or where none is given."""
        return Compare("=", self._looked_up(lambda amount: Const(int(amount is not None))), _NOTHING)

    def _looked_up(self, of: Callable[[Exact | None], Const]) -> Expression:
        rows = [_halved(self.across.of, self.across.up_to, [*map(of, row), _NOTHING]) for row in self.amounts]
        return _halved(self.down.of, self.down.up_to, [*rows, _NOTHING]) if self.down else rows[0]


def _halved(of: Expression, up_to: Sequence[Exact], numbers: Sequence[Expression]) -> Expression:
    """The number of the step that something falls into, the last one beyond all steps.

    Each comparison halves the steps, so that a grid of a thousand nests no deeper than a list of thirty.
    """
    if not up_to:
        return numbers[0]
    half = len(up_to) // 2
    low, high = _halved(of, up_to[:half], numbers[:half + 1]), _halved(of, up_to[half + 1:], numbers[half + 1:])
    return low if low == high else Choose(Compare("<=", of, Const(up_to[half])), low, high)

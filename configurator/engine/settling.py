"""A whole product made better, one characteristic after the other: each gets the best that goes with those before it.

A product that goes with what is settled is always at hand: what it has needs no question.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from typing import TYPE_CHECKING

import numpy as np

from catalog.model import Number
from catalog.nodes import Answer
from configurator.engine.columns import Bits

if TYPE_CHECKING:
    from configurator.engine.engine import Engine


class Settling:
    """What is settled so far, as columns, and a product that takes them."""

    def __init__(self, engine: Engine, settled: Iterable[int], product: Bits) -> None:
        self._engine = engine
        self._columns = engine.columns
        self._settled = list(settled)
        with engine.act():
            self._open = engine.propagation.left(self._settled)
        self.product = product

    def settle(self, name: str, wanted: Iterable[Answer]) -> None:
        """The first of the answers that is possible, of a number what is nearest to the first; else as it is.

        Raises Undecided if that takes too long to find out.
        """
        for turn, answer in enumerate(wanted):
            if turn == 1:  # mostly the first goes with what is settled; here it did not
                self._open = self._engine.propagation.left(self._settled)
            if isinstance(self._engine.model[name], Number):
                self._approach(*self._columns.of_answer(name, answer))
                break
            columns = list(self._columns.of_answer(name, answer))
            if self.product[columns].all() or (
                    self._open[columns].all() and self._found(self._engine.propagation.assumptions(columns))):
                break
        span = self._columns.span(name)
        self._settled += (span.start + np.flatnonzero(self.product[span])).tolist()

    def _approach(self, wanted: int) -> None:
        """Moves a number as near to a column as it can be, to the lower of two.

        It is asked for next to the nearest known place, which is often the answer, in turn with half of the way there.
        """
        slot, nearer = self._columns.slot(wanted), -1  # so near it cannot be
        with self._engine.act():
            self._engine.propagation.prefer(self._columns.order(slot, wanted - slot.start))
        for turn in count():
            at = slot.start + self._columns.place(slot, self.product)
            far = abs(at - wanted)
            if far - nearer <= 1:
                break
            reach = (nearer + far) // 2 if turn % 2 else far - 1
            near = slice(max(wanted - reach, slot.start), min(wanted + reach + 1, slot.columns.stop))
            nearer = nearer if self._found(self._columns.within(near)) else reach
        if at > wanted and 2 * wanted - at >= slot.start:
            self._found(self._columns.literals(2 * wanted - at))

    def _found(self, literals: list[int]) -> bool:
        """Whether a product takes what is settled with these literals true; if so, that is the one from now on."""
        propagation = self._engine.propagation
        with self._engine.act():
            found = propagation.product([*propagation.assumptions(self._settled), *literals])
        self.product = self.product if found is None else found
        return found is not None

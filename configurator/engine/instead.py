"""What a choice of many values could be instead of what it is in a product, while all else stays as it is.

A product shows one value of each characteristic: where a hundred are asked for, a hundred products would have to be
found. Whether another value can stand in the place of one is told by the meaning of the rules that read it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property

import numpy as np

from catalog.expressions import Meaning, meaning, names
from catalog.model import Choice, ProductModel
from catalog.nodes import Answer, Node, Quantity, children
from configurator.engine.columns import Bits, Columns
from configurator.engine.slots import Slot

MANY = 16  # values that are asked for of one choice: fewer are shown by the products that are found for others
MOST = 50_000  # nodes that are computed for one product: no budget stops it
MUCH = 16  # characteristics that a rule reads: what it means of more is as dear as to find a product


class Instead:
    """The choices of one model that have many values, and the rules that read them."""

    def __init__(self, model: ProductModel, columns: Columns) -> None:
        self._model = model
        self._columns = columns
        self._slots = [slot for slot in columns.slots
                       if len(slot.values) > MANY and isinstance(model[slot.name], Choice)]

    def of(self, box: Bits, asked: Bits) -> Bits:
        """The asked columns of the products that differ from one in the value of such a choice alone."""
        found, left = np.zeros_like(asked), MOST
        for slot in self._slots:
            columns = np.flatnonzero(asked[slot.columns]) + slot.start
            if len(columns) <= MANY or slot.name not in self._rules:
                continue
            if (work := len(columns) * self._work[slot.name]) <= left:
                left -= work
                found[[*self._fitting(slot, columns.tolist(), box)]] = True
        return found

    def _fitting(self, slot: Slot, columns: list[int], box: Bits) -> Iterator[int]:
        read = frozenset().union(*self._rules[slot.name].values()) - {slot.name}
        values: dict[str, Answer] = {name: self._columns.taken(self._model[name], box) for name in read}
        for column in columns:
            values[slot.name] = slot.values[column - slot.start]
            with suppress(ZeroDivisionError):  # such a rule has no meaning there; the solver knows what becomes of it
                if all(rule(values) for rule in self._rules[slot.name]):
                    yield column

    @cached_property
    def _rules(self) -> dict[str, dict[Meaning, frozenset[str]]]:
        """By choice, unless one of them reads too much: the meaning of each rule that reads it, and what that reads."""
        found: dict[str, dict[Meaning, frozenset[str]]] = {slot.name: {} for slot in self._slots}
        for rule in self._model.rules:
            read = names(rule.condition, self._model)
            for name in read & found.keys():
                if len(read) > MUCH:
                    del found[name]
                else:
                    found[name][meaning(rule.condition, self._model)] = read
        return found

    @cached_property
    def _work(self) -> dict[str, int]:
        """By choice, how many nodes the rules have that read it."""
        found = dict.fromkeys(self._rules, 0)
        for rule in self._model.rules:
            if read := names(rule.condition, self._model) & found.keys():
                size = _size(rule.condition, self._model)
                for name in read:
                    found[name] += size
        return found


def _size(node: Node, model: ProductModel) -> int:
    """How many nodes are computed, through the quantities that it uses."""
    below = [model.quantity(node.name).expression] if isinstance(node, Quantity) else children(node)
    return 1 + sum(_size(child, model) for child in below)

"""Boxes: what each characteristic may still be."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from catalog.intervals import Interval, Truth
from catalog.model import Boolean, Number, ProductModel, Several, Text


@dataclass(frozen=True, slots=True)
class Members:
    """What a several-of may be: all of the required, some of the possible, least to most together."""

    required: frozenset[str]
    possible: frozenset[str]
    least: int
    most: int

    @property
    def sizes(self) -> tuple[int, int]:
        """The fewest and the most values that it can hold."""
        return max(self.least, len(self.required)), min(self.most, len(self.possible))


Possible = frozenset[str] | frozenset[bool] | tuple[int, int] | Members
"""The values of a choice or yes/no; least and most of a number or of the size of a text; `Members` of a several-of."""
Box = Mapping[str, Possible]


def whole(model: ProductModel) -> dict[str, Possible]:
    """The box of everything that each characteristic can be, rules left aside."""
    box: dict[str, Possible] = {}
    for characteristic in model.characteristics:
        match characteristic:
            case Number():
                box[characteristic.name] = characteristic.range[0], characteristic.range[-1]
            case Text(least=least, most=most):
                box[characteristic.name] = least, most
            case Several(values=values, least=least):
                names = frozenset(value.name for value in values)
                box[characteristic.name] = Members(frozenset(), names, least, characteristic.limit)
            case Boolean():
                box[characteristic.name] = frozenset([True, False])
            case _:
                box[characteristic.name] = frozenset(value.name for value in characteristic.options)
    return box


def interval(possible: Possible) -> tuple[int, int]:
    """The least and the greatest of a number or a size."""
    if isinstance(possible, Members):
        return possible.sizes
    assert isinstance(possible, tuple)
    return possible


def among(possible: Possible, values: tuple[str | bool, ...]) -> Truth:
    """Whether what is chosen is among the values, as `Is` means it."""
    if isinstance(possible, tuple):  # a text: empty or not
        return False if not values or possible[0] > 0 else True if possible[1] == 0 else None
    if isinstance(possible, Members):
        fewest, most = possible.sizes
        if possible.required.intersection(values) or len(possible.possible.difference(values)) < fewest:
            return True
        return None if most > len(possible.required) and possible.possible.intersection(values) else False
    if possible.isdisjoint(values):
        return False
    return True if possible.issubset(values) else None


def admitted(name: str, box: Box, model: ProductModel) -> range | frozenset[str] | frozenset[bool]:
    """The answers that a choice, yes/no or number can still have."""
    possible, characteristic = box[name], model[name]
    if isinstance(characteristic, Number):
        low, high = interval(possible)
        first = low + (characteristic.least - low) % characteristic.step
        return range(first, high + 1, characteristic.step)
    assert isinstance(possible, frozenset)
    return possible


def kept(possible: Possible, values: tuple[str | bool, ...], holds: bool) -> Possible | None:
    """What is still possible where the choice is among the values (or is not); None if nothing is."""
    if among(possible, values) is (not holds):
        return None
    if isinstance(possible, tuple):
        empty = (0, 0) if holds else (max(possible[0], 1), possible[1])
        return empty if values else possible
    if isinstance(possible, Members):
        if not holds:
            return replace(possible, possible=possible.possible.difference(values))
        certain = [value for value in values if isinstance(value, str)] if len(values) == 1 else []
        return replace(possible, required=possible.required.union(certain))
    return possible.intersection(values) if holds else possible.difference(values)


def limited(possible: Possible, operator: str, by: Interval) -> Possible | None:
    """What is still possible where a number or size compares so with one between two bounds; None if nothing is."""
    low, high = interval(possible)
    match operator:
        case "=":
            low, high = max(low, math.ceil(by[0])), min(high, math.floor(by[1]))
        case "<" | "<=":
            most = math.floor(by[1]) if operator == "<=" else math.ceil(by[1]) - 1
            high = min(high, most)
        case ">" | ">=":
            least = math.ceil(by[0]) if operator == ">=" else math.floor(by[0]) + 1
            low = max(low, least)
        case "!=" if by[0] == by[1]:
            low, high = low + (low == by[0]), high - (high == by[0])
    if low > high:
        return None
    return replace(possible, least=low, most=high) if isinstance(possible, Members) else (low, high)

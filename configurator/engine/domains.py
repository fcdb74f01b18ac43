"""What a characteristic can still be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from fractions import Fraction
from typing import TypeVar

from catalog.model import Characteristic, Number, Text
from catalog.nodes import Answer

T = TypeVar("T")


class Domain(Set[Answer]):
    """The values that are still possible, in the order of the catalogue; equal to any set of the same values."""

    def __init__(self, values: Iterable[Answer]) -> None:
        self._values = tuple(values)

    def __contains__(self, value: object) -> bool:
        # True == 1 in Python; a yes is no number
        return any(value == own and type(value) is type(own) for own in self._values)

    def __iter__(self) -> Iterator[Answer]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    @classmethod
    def _from_iterable(cls, values: Iterable[T]) -> frozenset[T]:
        return frozenset(values)

    __hash__ = Set._hash

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self))})"


class NumberDomain(Domain):
    """The numbers that are still possible. 

    `intervals` are its runs without a gap as (first, last), in steps of `step`.
    """

    def __init__(self, intervals: Iterable[tuple[int, int]], step: int) -> None:
        self.intervals = tuple(intervals)
        self.step = step

    def nearest(self, wanted: int) -> int:
        """The number nearest to one wanted, the smaller of two."""
        inside = (min(max(first + round(Fraction(wanted - first, self.step)) * self.step, first), last)
                  for first, last in self.intervals)
        return min(inside, key=lambda value: (abs(value - wanted), value))

    def __contains__(self, value: object) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and any(
            first <= value <= last and (value - first) % self.step == 0 for first, last in self.intervals)

    def __iter__(self) -> Iterator[int]:
        for first, last in self.intervals:
            yield from range(first, last + 1, self.step)

    def __len__(self) -> int:
        return sum((last - first) // self.step + 1 for first, last in self.intervals)

    def __repr__(self) -> str:
        return f"NumberDomain({self.intervals}, step={self.step})"


class SeveralDomain(Domain):
    """The members that can be among the chosen; `required` are those that must be.

    A member is in it if some answer contains it, a frozenset if it can be the whole answer.
    """

    def __init__(self, members: Iterable[str], required: Iterable[str],
                 possible: Callable[[frozenset[str]], bool]) -> None:
        super().__init__(members)
        self.required = frozenset(required)
        self._possible = possible

    def __contains__(self, value: object) -> bool:
        return self._possible(value) if isinstance(value, frozenset) else value in self._values


class TextDomain(Domain):
    """The texts that are still possible: too many to list, so it iterates over the chosen or the empty one only."""

    def __init__(self, text: Text, sizes: Iterable[int], chosen: str | None) -> None:
        self.sizes = frozenset(sizes)
        self._text = text
        self._chosen = chosen
        super().__init__([chosen] if chosen is not None else [""] if 0 in self.sizes else [])

    def __contains__(self, value: object) -> bool:
        if self._chosen is not None:
            return value == self._chosen
        return isinstance(value, str) and len(value) in self.sizes and self._text.admits(value)


def domain(characteristic: Characteristic, values: Sequence[str | bool | int]) -> Domain:
    """The domain of these values of a choice, a yes/no or a number."""
    if isinstance(characteristic, Number):
        return NumberDomain(intervals([int(value) for value in values], characteristic.step), characteristic.step)
    return Domain(values)


def intervals(numbers: Sequence[int], step: int) -> list[tuple[int, int]]:
    """The runs of rising numbers that are `step` apart, each as (first, last)."""
    starts = [i for i, number in enumerate(numbers) if i == 0 or number - numbers[i - 1] != step]
    return [(numbers[start], numbers[end - 1]) for start, end in zip(starts, [*starts[1:], len(numbers)], strict=True)]

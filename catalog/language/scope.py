"""What names mean where an expression stands, and what is said about those that mean nothing."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING

from catalog.model import Boolean, Characteristic, Value

if TYPE_CHECKING:
    from catalog.model import ProductModel


class LanguageError(ValueError):
    """Text that is not the rule language; `str()` says why, where and what was expected."""

    def __init__(self, message: str, line: int, column: int, expected: Sequence[str] = (), nearest: str | None = None
                 ) -> None:
        self.message = message + (f"; did you mean {nearest}?" if nearest else "")
        self.line, self.column = line, column  # 1-based, within the text
        self.expected, self.nearest = tuple(expected), nearest
        super().__init__(f"{self.message} (line {line}, column {column})")


@dataclass(frozen=True)
class Scope:
    """The names that an expression may use."""

    characteristics: Mapping[str, Characteristic]
    quantities: Collection[str] = frozenset()
    counters: frozenset[str] = frozenset()  # of the picture layer that is repeated

    @classmethod
    def of(cls, model: ProductModel) -> Scope:
        """Everything that the expressions of a model may use."""
        return cls({c.name: c for c in model.characteristics}, frozenset(q.name for q in model.quantities))

    def within(self, counter: str) -> Scope:
        """The scope inside a layer that is repeated by this counter."""
        return replace(self, counters=self.counters | {counter})

    @cached_property
    def attributes(self) -> dict[str, frozenset[str]]:
        """By characteristic, the attributes that at least one of its values has."""
        return {name: frozenset(attribute for value in valued(characteristic) for attribute in value.attributes)
                for name, characteristic in self.characteristics.items()}

    @cached_property
    def values(self) -> dict[str, frozenset[str]]:
        """By characteristic, the names of its values."""
        return {name: frozenset(value.name for value in characteristic.options)
                for name, characteristic in self.characteristics.items()}

    def nearest(self, name: str) -> str | None:
        """The name in scope that is most like this one."""
        return nearest(name, [*self.characteristics, *self.quantities, *self.counters])


def valued(characteristic: Characteristic) -> tuple[Value, ...]:
    """Everything of a characteristic that can carry attributes: its values, or the yes of a yes/no."""
    return (characteristic.yes,) if isinstance(characteristic, Boolean) else characteristic.options


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that is most like this one, if any is."""
    lowered = {candidate.lower(): candidate for candidate in known}
    found = get_close_matches(name.lower(), lowered, n=1)
    return lowered[found[0]] if found else None


def quoted(text: str) -> str:
    """The text as it may stand in a message: quoted and not too long."""
    return json.dumps(text if len(text) <= 60 else text[:57] + "...", ensure_ascii=False)


def listed(names: Iterable[str], most: int = 8) -> str:
    """Names for a message: a, b or c."""
    shown = sorted(names)
    if len(shown) > most:
        shown = [*shown[:most], f"{len(shown) - most} more"]
    return " or ".join(filter(None, [", ".join(shown[:-1]), *shown[-1:]])) or "nothing"

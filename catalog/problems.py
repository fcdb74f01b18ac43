"""What is wrong with a catalogue, and where: it is told all at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from catalog.occurrences import Path

MOST_PROBLEMS = 20
"""So many are told at once."""


@dataclass(frozen=True)
class Problem:
    """Something wrong at a place of a catalogue.

    `path` leads there through its document, ("rules", 3, "when"); `line` and `column` (1-based) are those within the
    text that stands there. With `key`, the key itself is wrong, rather than what stands under it.
    """

    path: Path
    message: str
    line: int = 1
    column: int = 1
    key: bool = False

    def __str__(self) -> str:
        place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path).lstrip(".")
        return f"{place}: {self.message}" if place else self.message


class CatalogueError(ValueError):
    """Everything that is wrong with a catalogue; it is refused whole."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def refuse(problems: Iterable[Problem]) -> None:
    """Raises CatalogueError with the first problems, if there are any."""
    found = list(islice(problems, MOST_PROBLEMS))
    if found:
        raise CatalogueError(found)

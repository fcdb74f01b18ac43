"""What is wrong with a product model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """Something wrong at a place of a catalogue.

    `path` leads there through its document, ("rules", 3, "when"); `line` and `column` (1-based) are those within the
    text that stands there. With `key`, the key itself is wrong, rather than what stands under it.
    """

    path: tuple[str | int, ...]
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

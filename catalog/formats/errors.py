"""What is wrong with a file, and where."""

from __future__ import annotations

from collections.abc import Sequence


class FormatError(ValueError):
    """A file that does not say what its format allows; `str()` says where and what was expected.

    The reader of a format knows line and column (1-based), `catalog.formats.load` adds the file. Where several things
    are wrong, this is the first and `also` has the others.
    """

    def __init__(self, message: str, line: int | None = None, column: int | None = None, file: str = "",
                 also: Sequence[FormatError] = ()) -> None:
        self.message, self.line, self.column, self.file, self.also = message, line, column, file, tuple(also)
        super().__init__(message)

    def __str__(self) -> str:
        place = [self.file] if self.file else []
        place += [f"line {self.line}"] if self.line else []
        place += [f"column {self.column}"] if self.column else []
        told = f"{', '.join(place)}: {self.message}" if place else self.message
        return "\n".join([told, *map(str, self.also)])


def together(errors: Sequence[FormatError]) -> FormatError:
    """One error for several, in the order of the file."""
    first, *rest = sorted(errors, key=lambda error: (error.file, error.line or 0, error.column or 0))
    return FormatError(first.message, first.line, first.column, first.file, rest)

"""What is wrong with a file, and where."""

from __future__ import annotations


class FormatError(ValueError):
    """A file that does not say what its format allows; `str()` says where and what was expected.

    The reader of a format knows line and column (1-based), `catalog.formats.load` adds the file.
    """

    def __init__(self, message: str, line: int | None = None, column: int | None = None, file: str = "") -> None:
        self.message, self.line, self.column, self.file = message, line, column, file
        super().__init__(message)

    def __str__(self) -> str:
        place = [self.file] if self.file else []
        place += [f"line {self.line}"] if self.line else []
        place += [f"column {self.column}"] if self.column else []
        return f"{', '.join(place)}: {self.message}" if place else self.message

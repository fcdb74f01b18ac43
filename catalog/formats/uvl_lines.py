"""The lines of a UVL text: comments blanked, those within brackets joined, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from catalog.formats.errors import FormatError
from catalog.formats.source import place

IDENTIFIER = re.compile(r"[^\W\d][\w#§%?\\';]*")
"""A name that needs no quotes."""
_COMMENT = re.compile(rf"{IDENTIFIER.pattern}|\"[^\"\n]*\"|'[^'\n]*'|(//[^\n]*|/\*.*?(\*/|\Z))", re.DOTALL)
_BRACKET = re.compile(rf"{IDENTIFIER.pattern}|\"[^\"\n]*\"|'[^'\n]*'|([{{(\[])|([}})\]])")


@dataclass(frozen=True)
class Line:
    """A line with those that continue it, comments blanked; `number` is that of the first."""

    text: str
    number: int

    @property
    def body(self) -> str:
        """What stands on it."""
        return self.text.strip()

    @property
    def indent(self) -> str:
        """The blanks that it starts with."""
        return self.text[:len(self.text) - len(self.text.lstrip(" \t"))]

    @property
    def place(self) -> tuple[int, int]:
        """Line and column of what stands on it."""
        return self.number, len(self.indent) + 1

    def error(self, message: str) -> FormatError:
        """What to raise if it is wrong."""
        return FormatError(message, *self.place)


def lines(text: str) -> Iterator[Line]:
    """The lines of a text that say something; raises FormatError for a comment or bracket that is not closed."""
    blanked = _COMMENT.sub(_blanked, text)
    parts: list[str] = []
    depth = start = 0
    for number, line in enumerate(blanked.split("\n"), 1):
        if not parts:
            start = number
        parts.append(line)
        depth += sum(bool(opens) - bool(closes) for opens, closes in _BRACKET.findall(line))
        if depth <= 0:
            if any(part.strip() for part in parts):
                yield Line("\n".join(parts).rstrip(), start)
            parts, depth = [], 0
    if parts:
        raise FormatError("expected a closing bracket for the one opened here", start)


def _blanked(found: re.Match[str]) -> str:
    """A comment as blanks; anything else as it is."""
    if not found[1]:
        return found[0]
    if found[2] == "":
        raise FormatError("expected */ for the comment that starts here", *place(found.string, found.start()))
    return re.sub(r"[^\n]", " ", found[0])

"""The text of a file: UTF-8, of bounded size, with nothing in it that people cannot see."""

from __future__ import annotations

from pathlib import Path

from catalog.characters import described, hidden
from catalog.formats.errors import FormatError

LARGEST_FILE = 64 * 2**20
"""Bytes."""


def read(path: Path) -> str:
    """The text of a file, its size checked first; raises FormatError, or OSError if it cannot be read."""
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise FormatError(f"expected at most {LARGEST_FILE:,} bytes, found {size:,}", file=path.name)
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[:error.start].decode("utf-8-sig")
        message = f"expected UTF-8 text, found the byte {content[error.start]:02X}"
        raise FormatError(message, *place(before, len(before)), path.name) from None
    return visible(text, path.name)


def visible(text: str, name: str = "") -> str:
    """The text without its byte order mark; raises FormatError for the first character that people cannot see."""
    text = text.removeprefix("\ufeff")
    index = hidden(text)
    if index is not None:
        raise FormatError(f"expected visible characters, found {described(text[index])}", *place(text, index), name)
    return text


def place(text: str, index: int) -> tuple[int, int]:
    """Line and column (1-based) of an index."""
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)

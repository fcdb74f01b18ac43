"""Names that people give: to themselves, their rooms, what they keep."""

from __future__ import annotations

from catalog.characters import hidden


def clean(name: str, most: int) -> str:
    """A name as one line of 1 to `most` characters; raises ValueError for anything else, hidden characters too."""
    name = " ".join(name.split())
    if not 0 < len(name) <= most or hidden(name) is not None:
        raise ValueError(f"a name has 1 to {most} characters, all of which can be seen")
    return name


def remark(text: str, most: int) -> str:
    """What somebody says beside something, as one line of at most `most` characters, or none; raises ValueError."""
    text = " ".join(text.split())
    if len(text) > most or hidden(text) is not None:
        raise ValueError(f"say it in at most {most} characters, all of which can be seen")
    return text


def lines(text: str, most: int) -> str:
    """What somebody writes, in their lines, of at most `most` characters, or nothing; raises ValueError."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(text) > most or hidden(text) is not None:
        raise ValueError(f"write at most {most} characters, all of which can be seen")
    return text

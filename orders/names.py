"""Names that people give: to themselves, their rooms, what they keep."""

from __future__ import annotations

import unicodedata


def clean(name: str, most: int) -> str:
    """A name as one line of 1 to `most` characters; raises ValueError for anything else, control characters too."""
    name = " ".join(name.split())
    if not 0 < len(name) <= most or any(unicodedata.category(sign) == "Cc" for sign in name):
        raise ValueError(f"a name has 1 to {most} characters, none of them a control character")
    return name

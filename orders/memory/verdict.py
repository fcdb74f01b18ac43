"""Was it right? What is said of one value of what was made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from catalog.nodes import Answer
from orders.names import lines

Said = Literal["right", "small", "large", "other"]
LONGEST_WHY = 300
"""Characters of what is said about one value."""


class TooLong(ValueError):
    """Something that was said is longer than can be kept, or has signs that nobody can read."""

    def __init__(self, most: int) -> None:
        super().__init__(f"say it in at most {most} characters, all of which can be seen")


@dataclass(frozen=True)
class Verdict:
    """What was said of one value: right, too small, too large, or otherwise; what they would rather have, and why.

    Raises ValueError for anything else that is said and for what was right and should have been something else, and
    TooLong.
    """

    said: Said
    rather: Answer | None = None
    why: str = ""

    def __post_init__(self) -> None:
        if self.said not in get_args(Said):
            raise ValueError(f"expected one of {', '.join(get_args(Said))}, found {self.said!r}")
        if self.said == "right" and self.rather is not None:
            raise ValueError("what was right cannot have been better otherwise")
        object.__setattr__(self, "why", said_in(self.why, LONGEST_WHY))


Verdicts = Mapping[str, Verdict]
"""By the name of a characteristic."""


def said_in(text: str, most: int) -> str:
    """What somebody says, in their lines; raises TooLong."""
    try:
        return lines(text, most)
    except ValueError as error:
        raise TooLong(most) from error

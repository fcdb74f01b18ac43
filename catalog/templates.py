"""Text with computed places: what a worker does, the value to reach, what stands in a drawing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from catalog.nodes import Expression


@dataclass(frozen=True, kw_only=True)
class Template:
    """Text with computed places: literal texts and, between them, what they show.

    A place is a number, or `Shown`: the title, swatch or part of what a characteristic is set to. Texts that follow
    each other are one, and none is empty: equal templates say the same.
    """

    pieces: tuple[str | Expression | Shown, ...]

    def __post_init__(self) -> None:
        joined: list[str | Expression | Shown] = []
        for piece in self.pieces:
            if isinstance(piece, str) and joined and isinstance(joined[-1], str):
                joined[-1] += piece
            elif piece != "":
                joined.append(piece)
        object.__setattr__(self, "pieces", tuple(joined))


@dataclass(frozen=True, kw_only=True)
class Shown:
    """`{name}` for a characteristic that is no number: the titles chosen, the text; `{name.swatch}`, `{name.part}`:
    the colour, the part's number of what is chosen.
    """

    name: str
    aspect: Literal["title", "swatch", "part"] = "title"

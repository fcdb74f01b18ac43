"""Texts with computed places: `Cut {shelves} shelves to {span} mm`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from lark import Tree

from catalog.language.literals import write_name
from catalog.language.names import Names, unquoted
from catalog.language.reader import Reader, shallow
from catalog.language.scope import LanguageError, Scope
from catalog.language.syntax import bounded, end, is_word, parse
from catalog.language.writer import write
from catalog.model import Number, Shown, Template
from catalog.nodes import Expression


def read_template(text: str, scope: Scope) -> Template:
    """Text with places, `Cut {shelves} shelves`; `{{` and `}}` are braces. Raises LanguageError."""
    bounded(text)
    pieces: list[str | Expression | Shown] = []
    for literal, start, place in _places(text):
        if literal:
            pieces.append(literal)
        if place is not None:
            try:
                pieces.append(_place(place, scope))
            except LanguageError as error:
                raise _moved(error, text, start) from None
    return Template(pieces=tuple(pieces))


def write_template(template: Template, scope: Scope) -> str:
    """The text that `read_template` reads as this template."""
    return "".join(_write_piece(piece, scope) for piece in template.pieces)


def _write_piece(piece: str | Expression | Shown, scope: Scope) -> str:
    if isinstance(piece, str):
        return piece.replace("{", "{{").replace("}", "}}")
    if isinstance(piece, Shown):
        return "{" + write_name(piece.name) + ("" if piece.aspect == "title" else f".{piece.aspect}") + "}"
    return "{" + write(piece, scope) + "}"


def _places(text: str) -> Iterator[tuple[str, int, str | None]]:
    """The literal texts of a template and the place after each (its start and its text; None after the last)."""
    literal, index = "", 0
    while (piece := _PIECE.match(text, index)) is not None:
        match piece[0]:
            case "{":
                end = _closing(text, index)
                yield literal, index + 1, text[index + 1:end]
                literal, index = "", end + 1
            case "}":
                raise _moved(LanguageError("expected }} for a brace, or { before it", 1, 1, ["}}"]), text, index)
            case "{{" | "}}" as braces:
                literal, index = literal + braces[0], piece.end()
            case words:
                literal, index = literal + words, piece.end()
    yield literal, index, None


_PIECE = re.compile(r"\{\{|\}\}|[{}]|[^{}]+")
# a quote that is not closed takes all that follows: it is looked at once
_IN_PLACE = re.compile(r'"(?:\\.|[^"\\])*(?:"|\\?\Z)|[{}]|[^"{}]+', re.DOTALL)


def _closing(text: str, start: int) -> int:
    """The index of the brace that closes the one at `start`; braces in quotes do not count."""
    depth = 0
    for piece in _IN_PLACE.finditer(text, start):
        depth += {"{": 1, "}": -1}.get(piece[0], 0)
        if depth == 0:
            return piece.start()
    raise _moved(LanguageError("this { is not closed: expected }, or {{ for a brace", 1, 1, ["}", "{{"]), text, start)


def _place(text: str, scope: Scope) -> Expression | Shown:
    part = parse(text)
    if is_word(part):
        shown = scope.characteristics.get(unquoted(part))
        if shown is not None and not isinstance(shown, Number):
            return Shown(name=shown.name)
    elif isinstance(part, Tree) and part.data == "attribute" and part.children[1] in ("swatch", "part"):
        aspect: Literal["swatch", "part"] = "swatch" if part.children[1] == "swatch" else "part"
        return Shown(name=Names(scope).characteristic(part.children[0]).name, aspect=aspect)
    return shallow(Reader(scope).number(part))


def _moved(error: LanguageError, text: str, start: int) -> LanguageError:
    """The error of a part of a text that starts at an index, placed in the whole text."""
    line, column = end(text[:start])
    column = column + error.column - 1 if error.line == 1 else error.column
    moved = LanguageError(error.message, line + error.line - 1, column, error.expected)
    moved.nearest = error.nearest
    return moved

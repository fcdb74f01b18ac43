"""Text -> tree, by the grammar beside this file. Text is untrusted: its length and nesting are bounded."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from lark import Lark, Token, Tree, UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from catalog.language.scope import LanguageError, listed, quoted

LONGEST = 100_000
"""Characters in one expression."""
DEEPEST = 64
"""Levels of nesting in one expression."""

Part = Token | Tree[Token]
"""What a text was parsed into: an operand, or a tree of them."""
_T = TypeVar("_T")
_PARSER = Lark(Path(__file__).with_name("grammar.lark").read_text("utf-8"), parser="lalr", propagate_positions=True)


def bounded(text: str) -> None:
    """Raises LanguageError for a text that is too long to be read in time."""
    if len(text) > LONGEST:
        raise LanguageError(f"expected at most {LONGEST:,} characters, found {len(text):,}", 1, 1)


def parse(text: str) -> Part:
    """The tree of a text; raises LanguageError."""
    bounded(text)
    try:
        tree: Part = _PARSER.parse(text)
    except UnexpectedInput as error:
        raise _syntax_error(error, text) from None
    deep = deeper(tree, parts, 2 * DEEPEST)
    if deep is not None:
        raise LanguageError(f"expected at most {DEEPEST} levels of nesting", *place(deep))
    return tree


def parts(part: Part) -> list[Part]:
    """What a tree consists of."""
    return part.children if isinstance(part, Tree) else []


def is_word(part: Part) -> bool:
    """Whether it is a name, quoted or not."""
    return isinstance(part, Token) and part.type in ("NAME", "STRING")


def is_number(part: Part) -> bool:
    """Whether it is a number as written."""
    return isinstance(part, Token) and part.type == "NUMBER"


def deeper(root: _T, below: Callable[[_T], Iterable[_T]], limit: int) -> _T | None:
    """Something more than `limit` levels below the root; walks without recursion, for the tree may be hostile."""
    level = [root]
    for _ in range(limit):
        level = [child for parent in level for child in below(parent)]
        if not level:
            return None
    return level[0]


_WORDS = {
    "NAME": "a name", "STRING": 'a "quoted name"', "NUMBER": "a number", "LPAR": "(", "RPAR": ")", "LBRACE": "{",
    "RBRACE": "}", "COMMA": "a comma", "DOT": ".", "PLUS": "+", "MINUS": "-", "TIMES": "*", "OVER": "/",
    "COMPARISON": "a comparison", "QUANTIFIER": "at least", "_NOT_IN": "not in", "_HAS_ANY_OF": "has any of",
    "$END": "the end",
}


def _syntax_error(error: UnexpectedInput, text: str) -> LanguageError:
    if isinstance(error, UnexpectedCharacters):
        found, names = quoted(text[error.pos_in_stream or 0]), error.allowed or set()
        if found == '"\\""':
            return LanguageError("this quote is not closed", error.line, error.column, ['"'])
    else:
        assert isinstance(error, UnexpectedToken)
        ended = error.token.type == "$END"
        found, names = "the end" if ended else quoted(error.token), error.accepts or error.expected
        if ended:
            return LanguageError(f"expected {_expected(names)}, found {found}", *end(text), sorted(map(_word, names)))
    expected = sorted(map(_word, names))
    return LanguageError(f"expected {_expected(names)}, found {found}", error.line, error.column, expected)


def _word(terminal: str) -> str:
    return _WORDS.get(terminal, terminal.lower())


def _expected(terminals: Iterable[str]) -> str:
    """What may stand here; where an operand may start, that alone is said."""
    terminals = set(terminals)
    return "a name, a number or (" if {"NAME", "NUMBER", "LPAR"} <= terminals else listed(map(_word, terminals), 12)


def end(text: str) -> tuple[int, int]:
    """Line and column after a text."""
    lines = text.split("\n")
    return len(lines), len(lines[-1]) + 1


def place(part: Part) -> tuple[int, int]:
    """Line and column."""
    line, column = (part.line, part.column) if isinstance(part, Token) else (part.meta.line, part.meta.column)
    return line or 1, column or 1

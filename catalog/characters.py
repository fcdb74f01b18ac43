"""Characters that people cannot see, or that change how others are read: a catalogue is read before it is sold."""

from __future__ import annotations

import re
import unicodedata

_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # control characters but tab and line breaks
    "\u202a-\u202e\u2066-\u2069"  # embeddings, overrides and isolates: they show text in another order
    "\ud800-\udfff\ue000-\uf8ff\ufff9-\ufffb\ufffe\uffff"  # surrogates, private use, annotations, no characters
    "\U000e0000-\U000e007f\U000f0000-\U0010ffff]")  # tags, private use
_LETTERS = str.maketrans(
    "авекмнорстухіјѕһԁԛԝӏαβεικνορτυχ01", "abekmhopctyxijshdqwlabeikvoptuxol")
"""Small letters and digits by a Latin letter that looks like them or like their capital."""


def hidden(text: str) -> int | None:
    """Where the first character stands that no text may contain (Boucher and Anderson, Trojan Source, 2021)."""
    found = _HIDDEN.search(text)
    return found.start() if found else None


def unprintable(name: str) -> int | None:
    """Where the first character stands that no name may contain: formatting and any space but the plain one as well."""
    return next((index for index, character in enumerate(name) if not character.isprintable()), None)


def described(character: str) -> str:
    """A character for a message: its number and, if it has one, its name in Unicode."""
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".strip()


def skeleton(name: str) -> str:
    """What a name looks like: names with the same skeleton are easily taken for each other (after Unicode TS #39)."""
    letters = unicodedata.normalize("NFKC", name).casefold().translate(_LETTERS)
    return " ".join(re.split(r"[\s_]+", letters)).strip()

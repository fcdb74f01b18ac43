"""The words that a client is found by, and what makes a misspelt one like them: nothing of the database."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import combinations
from zlib import crc32

from rapidfuzz.distance import OSA

from orders.records import folded

LONGEST = 40
"""Signs of a word that count; of longer ones nobody types more on the telephone."""
MOST = 200
"""Words of one client and their people."""
SIGHT = 7
"""Signs at the beginning of a word that its spellings are made of: those after them are compared, not looked up."""
SHORTEST_NUMBER = 4
"""Digits that a telephone is found by."""
DIALLED, ADDRESSED = "+", "@"
"""Begin what is a telephone's or an e-mail address's, and no name's."""
UNFOLDED = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i",
                          "'": "", "\N{RIGHT SINGLE QUOTATION MARK}": "", "\N{MODIFIER LETTER APOSTROPHE}": ""})
"""Letters that Unicode does not take apart, and signs within a word."""
SOUNDS = tuple((re.compile(pattern), sound) for pattern, sound in (
    ("t?sch|sh|cz|ch(?=[aou]?r)", "s"), ("ph|pf", "f"), ("th|dt|d", "t"), ("qu", "kv"), ("ck|c(?=[aoulrkh])|q|g", "k"),
    ("x", "ks"), ("tz|c|z", "s"), ("w", "v"), ("b", "p"), ("e[iy]|a[iy]", "1"), ("ae", "e"), ("oe", "o"), ("ue", "u"),
    ("ie|ee|y|j", "i"), ("ou", "u"), ("h", ""), (r"(.)\1+", r"\1")))
"""What sounds alike on the telephone: Maier and Meyer, Schmidt and Schmitt, Philipp and Filip."""


def kept(names: Iterable[str], email: str = "", phone: str = "") -> tuple[str, ...]:
    """The words of names, an address, and every end of a telephone's number; a compound name is kept whole, too."""
    found = [word for name in names for token in name.split() for word in _of_token(token)]
    number = dialled(phone)
    ends = [DIALLED + number[start:] for start in range(len(number) - SHORTEST_NUMBER + 1)]
    return tuple(sorted(dict.fromkeys([*found[:MOST], *filter(None, [_address(email)]), *ends])))


def asked(text: str) -> tuple[tuple[str, ...], ...]:
    """What somebody types: for each word how it may begin. A telephone's number is one word, however it is written."""
    number, tokens = dialled(text), text.split()
    if len(number) >= SHORTEST_NUMBER and not any(map(str.isalpha, text)):
        return (_dialled_from_elsewhere(text, number),)
    parts = tuple(dict.fromkeys(part[:LONGEST] for token in tokens for part in _parts(token)))
    if len(tokens) == 1 and parts and ("@" in text or len(parts) == 1):
        return ((_address(text),) if "@" in text else (*parts, _address(text)),)
    return tuple((part,) for part in parts)


def dialled(phone: str) -> str:
    """The digits of a telephone's number in any script, without the (0) that is not dialled from abroad."""
    return "".join(str(unicodedata.decimal(sign)) for sign in phone.replace("(0)", "") if sign.isdecimal())[:LONGEST]


def spellings(word: str) -> frozenset[int]:
    """What two words share if one is the other misspelt: their beginnings without a sign or two, and how they sound.

    As in SymSpell: two words that are one edit apart are alike when each may lack a sign. Numbers have none.
    """
    if word.startswith((DIALLED, ADDRESSED)) or word.isdecimal():
        return frozenset()
    seen = word[:SIGHT]
    lacking = ("".join(left) for gone in range(_slips(len(seen)) + 1) for left in combinations(seen, len(seen) - gone))
    return frozenset(crc32(text.encode()) >> 1 for text in (*lacking, f"~{sound(word)}"))


def sound(word: str) -> str:
    """How a word sounds, roughly; another script's stays as it is."""
    for pattern, sounding in SOUNDS:
        word = pattern.sub(sounding, word)
    return word


def unlikeness(typed: str, word: str) -> int | None:
    """How many slips of the fingers or the ear are between what was typed and the beginning of a word; None: too many.

    A slip: a sign too many, too few or another, or two that changed places (optimal string alignment).
    """
    most = _slips(max(len(typed), min(len(word), SIGHT)))
    ends = range(max(0, len(typed) - most), min(len(word), len(typed) + most) + 1)
    slips = min((OSA.distance(typed, word[:end], score_cutoff=most) for end in ends), default=most + 1)
    if slips > 1 and most and sound(typed) == sound(word):
        return 1
    return slips if slips <= most else None


def _slips(length: int) -> int:
    return 0 if length < 3 else 1 if length < SIGHT else 2


def _address(text: str) -> str:
    address = "".join(_parts(text))
    return ADDRESSED + address[:LONGEST - 1] if address else ""


def _of_token(token: str) -> Iterator[str]:
    parts = _parts(token)
    for word in (*parts, "".join(parts)) if len(parts) > 1 else parts:
        yield word[:LONGEST]
        if any(unicodedata.east_asian_width(sign) == "W" for sign in word):  # written without spaces between words
            yield from (word[start:][:LONGEST] for start in range(1, len(word)))


def _parts(token: str) -> list[str]:
    """A token folded, in parts between signs that are no letters, marks or digits."""
    plain = unicodedata.normalize("NFC", folded(token)).translate(UNFOLDED)
    return "".join(" " if unicodedata.category(sign)[0] in "PSZC" else sign for sign in plain).split()


def _dialled_from_elsewhere(text: str, number: str) -> tuple[str, ...]:
    """The beginnings of a number without what is dialled before it: zeros, or a country of one to three digits.

    It may also be a name's.
    """
    national = number.lstrip("0")
    abroad = text.strip().startswith("+") or number.startswith("00")
    found = [national[start:] for start in range(4 if abroad else 1)]
    return (number, *(DIALLED + one for one in found if len(one) >= SHORTEST_NUMBER))

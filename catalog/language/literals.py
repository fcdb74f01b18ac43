"""Names and numbers as a catalogue writes them."""

from __future__ import annotations

import json
import re
from fractions import Fraction

from catalog.intervals import LARGEST
from catalog.language.scope import quoted
from catalog.nodes import Exact

RESERVED = frozenset({"and", "or", "not", "implies", "in", "has", "if", "then", "else", "exactly", "true", "false"})
"""Words that are names only in quotes."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+|/[0-9]*[1-9][0-9]*)?")


def read_number(text: str) -> Exact:
    """A number as written in a catalogue, "2.5" or "1/3", exactly; raises ValueError."""
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"expected a number, found {quoted(text)}")
    if len(text) > 64 or abs(value := Fraction(text)) > LARGEST:
        raise ValueError(f"expected a number up to {LARGEST:,} of at most 64 digits")
    return exact(value)


def exact(value: Exact) -> Exact:
    """The same number, as an int if it is whole."""
    return value.numerator if value.denominator == 1 else value


def write_name(name: str) -> str:
    """A name as the rule language writes it: in quotes unless it is an identifier."""
    return name if _NAME.fullmatch(name) and name not in RESERVED else json.dumps(name, ensure_ascii=False)


def write_number(value: Exact) -> str:
    """A number as `read_number` reads it: a decimal if it has one, else a fraction."""
    for digits in range(20):
        scaled = abs(value) * 10**digits
        if scaled.denominator == 1:
            whole = str(scaled.numerator).rjust(digits + 1, "0")
            text = f"{whole[:-digits]}.{whole[-digits:]}" if digits else whole
            return "-" + text if value < 0 else text
    return str(value)

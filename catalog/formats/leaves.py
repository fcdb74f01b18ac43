"""What stands alone in a catalogue file: texts, numbers, flags. Readers raise ValueError."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from catalog.language import LARGEST, quoted, read_number
from catalog.nodes import Exact

FLAGS: dict[object, bool] = {True: True, False: False, "true": True, "false": False, "yes": True, "no": False}
"""What may be written for true and false."""
NO_AMOUNT = "none"
"""What is written where a grid has no amount."""


def text(data: Any) -> str:
    """A text."""
    if not isinstance(data, str):
        raise ValueError(f"expected a text, found {described(data)}")
    return data


def name(data: Any) -> str:
    """A text that is not empty."""
    if text(data) == "":
        raise ValueError("expected a name, found an empty text")
    return text(data)


def integer(data: Any) -> int:
    """A whole number, or its text."""
    whole = int(data) if isinstance(data, str) and re.fullmatch(r"-?[0-9]{1,16}", data) else data
    if not isinstance(whole, int) or isinstance(whole, bool) or not -LARGEST <= whole <= LARGEST:
        raise ValueError(f"expected a whole number, found {described(data)}")
    return whole


def number(data: Any) -> Exact:
    """A number, or its text: "2.5"."""
    if isinstance(data, int) and not isinstance(data, bool):
        return data
    if not isinstance(data, str):
        raise ValueError(f"expected a number, found {described(data)}")
    return read_number(data)


def amount(data: Any) -> Exact | None:
    """A number, or none."""
    if data == NO_AMOUNT:
        return None
    try:
        return number(data)
    except ValueError as error:
        raise ValueError(f"{error}; {NO_AMOUNT} stands where there is no amount") from None


def flag(data: Any) -> bool:
    """True or false, or a word for it."""
    if not isinstance(data, str | bool) or data not in FLAGS:
        raise ValueError(f"expected yes or no, found {described(data)}")
    return FLAGS[data]


LEAVES: dict[str, Callable[[Any], Any]] = {
    "text": text, "name": name, "integer": integer, "number": number, "amount": amount, "flag": flag,
    "answer": lambda data: data}


def described(data: object) -> str:
    """What was found instead, for a message."""
    if isinstance(data, list):
        return "a list"
    if isinstance(data, Mapping):
        return "keys and values"
    return quoted(str(data)) if data != "" else "nothing"

"""Countries by their two letters and by their names in the reader's language."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale
from flask_babel import get_locale

UNREAL = {"EU", "EZ", "UN", "XA", "XB", "QO", "ZZ"}
"""Codes of two letters that are no country's."""


def countries() -> tuple[tuple[str, str], ...]:
    """All of them, by name."""
    return _countries(get_locale() or Locale("en"))


@lru_cache
def _countries(locale: Locale) -> tuple[tuple[str, str], ...]:
    names = {code: name for code, name in locale.territories.items() if len(code) == 2 and code.isalpha()}
    return tuple(sorted(((code, name) for code, name in names.items() if code not in UNREAL), key=lambda one: one[1]))

"""The language that paper is written in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Language:
    """The locale of numbers and dates, and the templates' own words, by what they are in English."""

    locale: str = "en"
    words: Mapping[str, str] = field(default_factory=dict)

    def for_template(self) -> dict[str, Any]:
        """As every template takes it."""
        return {"lang": self.locale[:2], "words": dict(self.words)}


ENGLISH = Language()

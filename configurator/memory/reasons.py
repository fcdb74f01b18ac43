"""Why a value is proposed, as data; a page words it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from catalog.nodes import Answer

Kind = Literal["own", "fact", "feedback", "others", "judged", "standard", "follows", "fits", "succeeds", "cheapest",
               "quickest"]


@dataclass(frozen=True)
class Reason:
    """Why a value is proposed.

    own: the customer ordered it `count` times of the `total` they ordered the product (`last`: the last time, too).
    fact: the customer told it elsewhere, at `source`. feedback: on the day `on` (None: unknown) they said of `made`
    what makes it this value; if that is `made` itself, it was right. others: `count` of `total` orders of others have
    it, among those that share the choice `made` of `given`, if that names something; 0 of 0 where it would tell about
    few of them. judged: `count` of `total` others who ordered `made` said that it was too small or too large.
    standard: the maker suggests it. follows: the choices leave nothing else. fits: it fits the rest, and no more is
    known, or what was known (`made`) had to give way. succeeds: it stands in for what was saved and is not made any
    more. cheapest, quickest: so the whole costs least, or is ready first.
    """

    kind: Kind
    count: int = 0
    total: int = 0
    last: bool = False
    source: str = ""
    made: Answer | None = None
    on: date | None = None
    given: str = ""

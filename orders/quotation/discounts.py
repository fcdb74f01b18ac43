"""What is taken off a price, and how much of it a rep may grant alone."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from orders.quotation.rounding import nearest
from orders.records import Account

WHOLE = 10_000
"""Hundredths of a per cent: all of it."""
APPROVERS = ("manager", "admin")
"""Who may grant any discount, and approve what others want to grant."""


@dataclass(frozen=True)
class Discount:
    """So many hundredths of a per cent, or so many minor units."""

    value: int = 0
    kind: Literal["percent", "amount"] = "percent"

    def __post_init__(self) -> None:
        if self.value < 0 or (self.kind == "percent" and self.value > WHOLE):
            raise ValueError("a discount is of 0 to 100 per cent, or an amount that is not below 0")

    def off(self, amount: int) -> int:
        """The minor units that it takes off an amount: no more than there are."""
        return nearest(Fraction(amount * self.value, WHOLE)) if self.kind == "percent" else min(self.value, amount)

    def part(self, amount: int) -> Fraction:
        """The exact part of an amount that it takes off, 0 to 1."""
        if self.kind == "percent":
            return Fraction(self.value, WHOLE)
        return Fraction(min(self.value, amount), amount) if amount else Fraction(0)


def together(line: Fraction, whole: Fraction) -> Fraction:
    """The part that a line loses by its own discount and then by that of the whole quote; as entered, not rounded."""
    return 1 - (1 - line) * (1 - whole)


def within(account: Account, part: Fraction) -> bool:
    """Whether somebody may grant such a part alone."""
    return account.role in APPROVERS or part * WHOLE <= account.discount_limit

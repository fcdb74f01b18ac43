"""What lines, discounts and tax add up to: to the minor unit, in every direction.

Everything is reckoned in the amounts that the customer pays, tax included. A line is pieces times the price of one,
less its own discount; the discount of the whole is taken off the sum and spread over the lines. The tax is worked out
once for each rate, from the sum of what is left, and spread over its lines. So lines add up to the totals, and in each
line as in the totals net and tax are what is paid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from orders.quotation.discounts import Discount, together
from orders.quotation.rounding import nearest, spread
from orders.quotation.vat import Vat, included


@dataclass(frozen=True)
class Priced:
    """A line to be reckoned: the price of one piece in minor units, tax included as `vat` says."""

    piece: int
    quantity: int
    discount: Discount
    vat: Vat


@dataclass(frozen=True)
class Sum:
    """A line, or all: `listed` - `discount` - `share` = `gross` = `net` + `tax`, in minor units.

    `share` is what the line bears of the discount of the whole; `part` is the exact part that both discounts take.
    """

    listed: int
    discount: int
    share: int
    gross: int
    net: int
    tax: int
    part: Fraction


@dataclass(frozen=True)
class Taxed:
    """What is taxed alike: `gross` = `net` + `tax`."""

    vat: Vat
    gross: int
    net: int
    tax: int


@dataclass(frozen=True)
class Totals:
    """The lines in their order, what they add up to, and the same by rates of tax."""

    lines: tuple[Sum, ...]
    whole: Sum
    taxes: tuple[Taxed, ...]


def reckon(lines: Sequence[Priced], discount: Discount) -> Totals:
    """Adds up; `discount` is taken off all lines together."""
    listed = [line.piece * line.quantity for line in lines]
    own = [line.discount.off(amount) for line, amount in zip(lines, listed, strict=True)]
    left = [amount - off for amount, off in zip(listed, own, strict=True)]
    shares = spread(discount.off(sum(left)), left)
    gross = [amount - share for amount, share in zip(left, shares, strict=True)]
    tax, taxes = _taxed([line.vat for line in lines], gross)
    whole = discount.part(sum(left))
    sums = tuple(
        Sum(amount, off, share, paid, paid - owed, owed, together(line.discount.part(amount), whole))
        for line, amount, off, share, paid, owed in zip(lines, listed, own, shares, gross, tax, strict=True))
    return Totals(sums, _sum(sums), taxes)


def _taxed(vats: Sequence[Vat], gross: Sequence[int]) -> tuple[list[int], tuple[Taxed, ...]]:
    """The tax of each line, and of each rate."""
    tax, taxes = [0] * len(gross), []
    for vat in dict.fromkeys(vats):
        alike = [index for index, one in enumerate(vats) if one == vat]
        paid = [gross[index] for index in alike]
        owed = nearest(included(sum(paid), vat.rate))
        for index, share in zip(alike, spread(owed, paid), strict=True):
            tax[index] = share
        taxes.append(Taxed(vat, sum(paid), sum(paid) - owed, owed))
    return tax, tuple(taxes)


def _sum(lines: Sequence[Sum]) -> Sum:
    listed, gross = sum(line.listed for line in lines), sum(line.gross for line in lines)
    return Sum(listed, sum(line.discount for line in lines), sum(line.share for line in lines), gross,
               sum(line.net for line in lines), sum(line.tax for line in lines),
               Fraction(listed - gross, listed) if listed else Fraction(0))

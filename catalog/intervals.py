"""Arithmetic of intervals and logic of three values: exact numbers that are known to lie between two others.

R. E. Moore, R. B. Kearfott and M. J. Cloud, Introduction to Interval Analysis (SIAM 2009), chapter 2; S. C. Kleene,
Introduction to Metamathematics (1952), section 64.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from catalog.expressions import calculate
from catalog.nodes import Exact

LARGEST = 10**15
"""No number in a catalogue, and none that it can compute, is larger."""
Interval = tuple[Exact, Exact]
"""Low and high, both included."""
Truth = bool | None
"""None: it depends, or is not known."""


def enclose(operator: str, operands: list[Interval]) -> Interval:
    """What one step of arithmetic can give.

    Raises ZeroDivisionError where a divisor can be 0, OverflowError for more than twice the largest number: so far a
    comparison, which subtracts, goes beyond it.
    """
    low, high = _enclose(operator, operands)
    if high > 2 * LARGEST or low < -2 * LARGEST:
        raise OverflowError("the number can be too large")
    return low, high


def _enclose(operator: str, operands: list[Interval]) -> Interval:
    match operator:
        case "neg":
            return -operands[0][1], -operands[0][0]
        case "-":
            (low, high), (least, most) = operands
            return low - most, high - least
        case "abs":
            low, high = operands[0]
            if low <= 0 <= high:
                return 0, max(-low, high)
            return (low, high) if low > 0 else (-high, -low)
        case "*":
            product = operands[0]
            for operand in operands[1:]:
                product = enclose("*", [product, operand]) if len(operands) > 2 else _corners("*", product, operand)
            return product
        case "/":
            if operands[1][0] <= 0 <= operands[1][1]:
                raise ZeroDivisionError("the divisor can be 0")
            return _corners("/", *operands)
    # + min max floor ceil rise with each operand
    return calculate(operator, [low for low, _ in operands]), calculate(operator, [high for _, high in operands])


def _corners(operator: str, first: Interval, second: Interval) -> Interval:
    if operator == "*" and first[0] >= 0 <= second[0]:
        return first[0] * second[0], first[1] * second[1]
    corners = [calculate(operator, [a, b]) for a in first for b in second]
    return min(corners), max(corners)


def hull(intervals: Sequence[Interval]) -> Interval:
    """The least interval that contains some."""
    return min(low for low, _ in intervals), max(high for _, high in intervals)


def compare(operator: str, difference: Interval) -> Truth:
    """Whether left compares so with right, from left - right; raises ValueError for an operator that there is not."""
    low, high = difference
    match operator:
        case "=":
            return True if low == high == 0 else False if low > 0 or high < 0 else None
        case "!=":
            return negate(compare("=", difference))
        case "<":
            return True if high < 0 else False if low >= 0 else None
        case "<=":
            return True if high <= 0 else False if low > 0 else None
        case ">":
            return negate(compare("<=", difference))
        case ">=":
            return negate(compare("<", difference))
    raise ValueError(f"unknown comparison {operator!r}")


def negate(value: Truth) -> Truth:
    """Not."""
    return None if value is None else not value


def every(truths: Iterable[Truth]) -> Truth:
    """And; looks no further than the first False."""
    result: Truth = True
    for value in truths:
        if value is False:
            return False
        if value is None:
            result = None
    return result

"""Sums in which every characteristic adds its own share: a power budget, a weight, a count of parts.

Written as a chain of partial sums (after Abío and others 2012, with order literals): a literal says that the first
shares come to at least so much. Only sums from which the limit can be both kept and broken get one.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import lcm

from catalog.expressions import Arithmetic, Attribute, Compare, Const, Exact, Expression, Quantity, names, number
from catalog.model import ProductModel, Several, Text
from configurator.engine.columns import Columns, Slot
from configurator.engine.formula import TRUE, Emit, Formula

CLAUSES = 40_000  # longer chains are not written
WIDEST = 64  # places of a number that adds a share

Shares = dict[Slot, list[Exact]]
"""What each place of a slot adds."""


class Sums:
    """Writes the sums of one model."""

    def __init__(self, model: ProductModel, formula: Formula, columns: Columns) -> None:
        self._model = model
        self._formula = formula
        self._columns = columns

    def require(self, condition: Compare, emit: Emit) -> bool:
        """Emits a comparison with <, <=, > or >= whose difference is such a sum; False if it is not, or is too long."""
        if condition.operator in ("=", "!="):
            return False
        shares: Shares = {}
        constant = self._add(Arithmetic("-", (condition.left, condition.right)), Fraction(1), shares)
        if constant is None:
            return False
        sign = 1 if condition.operator in ("<", "<=") else -1
        unit = lcm(constant.denominator, *(amount.denominator for share in shares.values() for amount in share))
        whole = {slot: [int(sign * amount * unit) for amount in share] for slot, share in shares.items()}
        limit = -int(sign * constant * unit) - (condition.operator in ("<", ">"))
        return self._chain(dict(sorted(whole.items(), key=lambda item: min(item[1]) - max(item[1]))), limit, emit)

    def _add(self, expression: Expression, factor: Exact, shares: Shares) -> Exact | None:
        """Adds an expression to the shares and returns what is the same for all; None if it is no sum of shares."""
        read = names(expression, self._model)
        match expression:
            case Quantity(name):
                return self._add(self._model.quantity(name).expression, factor, shares)
            case Arithmetic("+" | "-" as operator, operands) if len(read) > 1:
                total: Exact = 0
                for i, operand in enumerate(operands):
                    part = self._add(operand, -factor if operator == "-" and i else factor, shares)
                    if part is None:
                        return None
                    total += part
                return total
            case Arithmetic("*", (Const(value), other)) | Arithmetic("*", (other, Const(value))) if len(read) > 1:
                return self._add(other, factor * value, shares)
            case Arithmetic("/", (other, Const(value))) if len(read) > 1:
                return self._add(other, factor / Fraction(value), shares)
        if not read:
            return factor * number(expression, {}, self._model)
        return self._share(expression, next(iter(read)), factor, shares) if len(read) == 1 else None

    def _share(self, expression: Expression, name: str, factor: Exact, shares: Shares) -> Exact | None:
        characteristic, slots = self._model[name], self._columns.of[name]
        if isinstance(characteristic, Several) and not isinstance(expression, Attribute):
            return None
        if any(len(slot.values) > WIDEST for slot in slots):
            return None
        for slot in slots:
            own = shares.setdefault(slot, [0] * len(slot.values))
            for place, answer in enumerate(slot.answers):
                if isinstance(characteristic, Text):
                    answer = "x" * int(slot.values[place])
                own[place] += factor * number(expression, {name: answer}, self._model)
        return 0

    def _chain(self, shares: dict[Slot, list[int]], limit: int, emit: Emit) -> bool:
        most, least = sum(map(max, shares.values())), sum(map(min, shares.values()))
        clauses: list[tuple[bool, list[int]]] = []  # whether it is a definition
        reached = {0: TRUE}  # partial sums and the literals that they are reached
        for slot, amounts in shares.items():
            most, least = most - max(amounts), least - min(amounts)
            beyond: dict[int, int] = {}
            for total, literal in reached.items():
                for amount in sorted(set(amounts)):
                    lower = [self._columns.equal(slot.start + i) for i, other in enumerate(amounts) if other < amount]
                    together = total + amount
                    if together + least > limit:
                        clauses.append((False, [-literal, *lower]))
                        break
                    if together + most > limit:
                        if together not in beyond:
                            beyond[together] = self._formula.fresh()
                        clauses.append((True, [-literal, *lower, beyond[together]]))
            clauses += [(True, [-beyond[high], beyond[low]]) for low, high in pairwise(sorted(beyond))]
            reached = beyond
            if len(clauses) > CLAUSES:
                return False
        for definition, clause in clauses:
            (self._formula.define if definition else emit)(clause)
        return True

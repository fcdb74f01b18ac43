"""Sums in which much adds its own share: a power budget, a weight, a count of parts, a price.

What depends on little adds by tables, and a chain of partial sums keeps it within the limit. What depends on too much
to be enumerated is compared with what the chain leaves of the limit, by comparisons that are learnt. Where a chain
would be too long, a coarser one keeps the search near the limit, and the sum itself is learnt.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise, product
from math import ceil, floor, lcm, prod
from typing import TypeVar

from catalog.bounds import bounds, whole
from catalog.expressions import names, number
from catalog.model import ProductModel
from catalog.nodes import Answer, Arithmetic, Attribute, Compare, Const, Exact, Expression, Is, Node, Quantity, children
from configurator.engine.chain import Chain
from configurator.engine.columns import Columns
from configurator.engine.formula import TRUE, Clause, Emit, Formula
from configurator.engine.slots import Slot

CLAUSES = 80_000  # longer chains are not written
PARTS = (500, 50)  # of the limit that shares are rounded down to then
WIDEST = 64  # places of a number that adds a share
ENUMERATED = 512  # combinations of what adds a share together

Amount = TypeVar("Amount", bound=Exact)
Valued = Callable[[Sequence[Slot], Sequence[int]], Mapping[str, Answer]]
"""The answers that stand at these places of slots."""


@dataclass
class Shares:
    """A sum taken apart: what is the same for all, what slots add together by their places, and the rest."""

    constant: Exact = 0
    tables: dict[tuple[Slot, ...], list[Exact]] = field(default_factory=dict)  # in the order of `itertools.product`
    rest: list[Expression] = field(default_factory=list)

    def alone(self, read: Collection[Slot]) -> Iterator[tuple[Slot, list[Exact]]]:
        """What slots add by themselves that add nothing else: not together with others, nor to the rest, which reads
        some. Places of numbers are not exchanged: many literals say them.
        """
        together = {slot for slots in self.tables if len(slots) > 1 for slot in slots}.union(read)
        for slots, table in self.tables.items():
            if len(slots) == 1 and slots[0] not in together and not slots[0].ordered:
                yield slots[0], table


@dataclass(frozen=True)
class Limited:
    """A sum that a chain keeps within a limit, and the amounts of the slots that add to it by themselves alone.

    `sign`: of what is limited from above in the difference of both sides. Amounts are counted in shares of `unit`.
    """

    condition: Compare
    difference: Expression
    """Of its sides."""
    read: frozenset[str]
    """The characteristics that it depends on."""
    sign: int
    unit: int
    shares: Mapping[Slot, Sequence[int]]
    chain: Collection[int]  # its variables

    def room(self, difference: Exact) -> int:
        """How much can be added where both sides differ so."""
        found = -self.sign * difference * self.unit
        return ceil(found) - 1 if self.condition.operator in ("<", ">") else floor(found)


class Sums:
    """Takes the sums of one model apart and writes them."""

    def __init__(self, model: ProductModel, formula: Formula, columns: Columns, valued: Valued,
                 learnt: Callable[[Compare], int], mixed: bool) -> None:
        """`learnt` gives a literal that implies a comparison.

        `mixed`: whether sums are written in which not every slot adds a share of its own; whoever asks for others
        learns them otherwise.
        """
        self._model = model
        self._formula = formula
        self._columns = columns
        self._valued = valued
        self._learnt = learnt
        self._mixed = mixed
        self.light: list[int] = []  # literals of what adds least to sums that are limited
        self.limited: list[Limited] = []

    def require(self, condition: Compare, emit: Emit) -> bool:
        """Emits a comparison with <, <=, > or >= of a sum; False if it is none, or if its chain is too long."""
        if condition.operator in ("=", "!="):
            return False
        sign = 1 if condition.operator in ("<", "<=") else -1
        difference = Arithmetic("-", (condition.left, condition.right))
        shares = self.shares(difference, sign)
        tables = shares.tables.values()
        if len(tables) + len(shares.rest) < 2:
            return False
        if not self._mixed and (shares.rest or any(len(slots) > 1 for slots in shares.tables)):
            return False
        strict = condition.operator in ("<", ">")
        rest = Arithmetic("+", (Const(0), *shares.rest))
        low, high = bounds(rest, whole(self._model), self._model)
        unit = lcm(shares.constant.denominator, *(amount.denominator for table in tables for amount in table))
        limit = int(-shares.constant * unit) - strict
        first = self._formula.top + 1
        steps = [self.steps(slots, [int(amount * unit) for amount in table]) for slots, table in shares.tables.items()]
        self.light += [literal for own in steps for _, less in own[1:2] for literal in less]
        for grain in (1, *(abs(limit) // parts + 1 for parts in PARTS if self._mixed)):
            chain = Chain(steps, limit, (floor(low * unit), ceil(high * unit)), grain)
            if chain.fits(CLAUSES):
                chain.write(self._formula, emit, lambda left: self._learnt(
                    Compare("<" if strict else "<=", rest, Const(Fraction(left + strict, unit)))))
                if grain > 1:
                    emit([self._learnt(condition)])
                alone = {slot: [int(amount * unit) for amount in own] for slot, own in shares.alone(self._slots(rest))}
                self.limited.append(Limited(condition, difference, names(condition, self._model), sign, unit, alone,
                                            self._made(first)))
                return True
        return False

    def shares(self, expression: Expression, sign: int = 1) -> Shares:
        """A sum taken apart, each share times the sign."""
        found = Shares()
        self._add(expression, sign, found)
        return found

    def _add(self, expression: Expression, factor: Exact, shares: Shares) -> None:
        slots = self._slots(expression)
        match expression:
            case _ if not slots:
                shares.constant += factor * number(expression, {}, self._model)
            case Quantity(name):
                self._add(self._model.quantity(name).expression, factor, shares)
            case Arithmetic("+" | "-" as operator, operands) if len(slots) > 1:
                for i, operand in enumerate(operands):
                    self._add(operand, -factor if operator == "-" and i else factor, shares)
            case Arithmetic("neg", (other,)) if len(slots) > 1:
                self._add(other, -factor, shares)
            case Arithmetic("*", (Const(value), other)) | Arithmetic("*", (other, Const(value))) if len(slots) > 1:
                self._add(other, factor * value, shares)
            case Arithmetic("/", (other, Const(value))) if len(slots) > 1:
                self._add(other, factor / Fraction(value), shares)
            case Attribute():  # of a several-of it is a sum itself
                for slot in slots:
                    self._tabulate(expression, (slot,), factor, shares)
            case _ if prod(len(slot.values) for slot in slots) <= (WIDEST if len(slots) == 1 else ENUMERATED):
                self._tabulate(expression, slots, factor, shares)
            case _:
                shares.rest.append(Arithmetic("*", (Const(factor), expression)) if factor != 1 else expression)

    def _tabulate(self, expression: Expression, slots: tuple[Slot, ...], factor: Exact, shares: Shares) -> None:
        places = product(*(range(len(slot.values)) for slot in slots))
        table = [factor * number(expression, self._valued(slots, at), self._model) for at in places]
        known = shares.tables.get(slots)
        shares.tables[slots] = table if known is None else [a + b for a, b in zip(known, table, strict=True)]

    def _slots(self, node: Node) -> tuple[Slot, ...]:
        """What an expression depends on: of a several-of perhaps only some members."""
        return tuple(slot for name in sorted(names(node, self._model)) for slot in self._columns.of[name]
                     if slot.member is None or slot.member in self._members(node, name))

    def _members(self, node: Node, name: str) -> frozenset[str]:
        """The members of a several-of that a node looks at."""
        match node:
            case Is(other, values):
                return frozenset(str(value) for value in values) if other == name else frozenset()
            case Quantity(other):
                return self._members(self._model.quantity(other).expression, name)
        if getattr(node, "name", None) == name:
            return frozenset(value.name for value in self._model[name].options)
        return frozenset().union(*(self._members(child, name) for child in children(node)))

    def steps(self, slots: Sequence[Slot], table: Sequence[Amount]) -> list[tuple[Amount, Clause]]:
        """The amounts that slots add together, least first, and literals one of which is true where it is less."""
        at: dict[Amount, list[tuple[int, ...]]] = defaultdict(list)
        for columns, amount in zip(product(*(range(slot.start, slot.columns.stop) for slot in slots)), table,
                                   strict=True):
            at[amount].append(columns)
        amounts = sorted(at)
        if len(slots) == 1:
            own = [[column for column, in at[amount]] for amount in amounts]
            less = self._ends if slots[0].ordered else self._less
            return list(zip(amounts, less(slots[0], own), strict=True))
        reached = [TRUE, *(self._formula.fresh() for _ in amounts[1:])]
        for below, above in pairwise(reached):
            self._formula.define([below, -above])
        for amount, literal in zip(amounts, reached, strict=True):
            for columns in at[amount]:
                self._formula.define([literal, *(-self._columns.equal(column) for column in columns)])
        return [(amount, [-literal]) for amount, literal in zip(amounts, reached, strict=True)]

    def _less(self, slot: Slot, own: Sequence[Sequence[int]]) -> Iterator[Clause]:
        """For the columns of each amount, least first: a literal that is true where a slot takes one before them.

        What must be true alone excludes by itself what would be more, so that propagation keeps the limit: where one of
        several has to be true, it takes a question for each value to find out that it exceeds the limit. Each leans on
        the one before: clauses that name all that is less would grow with the square of the amounts.
        """
        less: Clause = []
        yield less
        left = len(slot.values)
        for columns, more in pairwise(own):
            left -= len(columns)
            if not less and len(columns) == 1:
                found = self._columns.equal(columns[0])
            elif left == 1:
                found = -self._columns.equal(more[0])
            else:
                found = self._formula.fresh()
                self._formula.define([-found, *less, *map(self._columns.equal, columns)])
                for column in more:
                    self._formula.define([-found, -self._columns.equal(column)])
            for before in less:
                self._formula.define([-before, found])
            less = [found]
            yield less

    def _ends(self, slot: Slot, own: Sequence[Sequence[int]]) -> Iterator[Clause]:
        """The same of a number: a literal where those before are all at one end of it, else one for each of them."""
        below: list[int] = []
        yield below
        for columns, _ in pairwise(own):
            below = [*below, *columns]
            others = {*range(slot.start, slot.columns.stop)}.difference(below)
            if max(below) < min(others):
                yield [self._columns.at_most(slot, max(below) - slot.start)]
            elif max(others) < min(below):
                yield [-self._columns.at_most(slot, max(others) - slot.start)]
            else:
                yield [self._columns.equal(column) for column in below]

    def _made(self, first: int) -> frozenset[int]:
        """The variables since the first one, but those that say what a number is: they say so elsewhere as well."""
        said = (meaning.literal for slot in self._columns.numbers for meaning in self._columns.meanings(slot))
        return frozenset(range(first, self._formula.top + 1)).difference(said)

"""Conditions as clauses.

Negation is pushed down to what is atomic, so every literal made here implies its condition and nothing needs the
converse (Plaisted and Greenbaum 1986); conditions that are equal share their literal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import ceil, floor

from catalog.model import ProductModel
from catalog.nodes import And, Compare, Comparison, Condition, Const, Count, Exact, Implies, Is, Not, Or, Table
from configurator.engine.cardinality import at_most
from configurator.engine.columns import Columns
from configurator.engine.comparisons import Comparisons
from configurator.engine.formula import Clause, Emit, Formula
from configurator.engine.slots import Slot
from configurator.engine.tables import require_row

TURNED = {"=": "=", "!=": "!=", "<": ">", ">=": "<=", ">": "<", "<=": ">="}
OPPOSITE: Mapping[Comparison, Comparison] = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


class Conditions:
    """Turns the conditions of one model into clauses over its columns."""

    def __init__(self, model: ProductModel, formula: Formula, columns: Columns,
                 base: Conditions | None = None) -> None:
        """`base`: those of the formula's base."""
        self._formula = formula
        self._columns = columns
        self._literals: dict[Condition, int] = {} if base is None else dict(base._literals)
        self._atoms: dict[tuple[str, tuple[str | bool, ...]], Clause] = {}  # what large models say again and again
        self.guards: list[int] = [] if base is None else list(base.guards)  # they bind nothing while they are false
        self.comparisons: Comparisons = Comparisons(
            model, formula, columns, base.comparisons.theory if base else None)
        self.comparisons.theory.reckoning.implying = self.literal

    def require(self, condition: Condition, emit: Emit) -> None:
        """Emits the clauses that make a condition true."""
        match condition:
            case And(operands):
                for operand in operands:
                    self.require(operand, emit)
            case Or(operands):
                emit(self._clause(condition))
            case Implies(when, then):
                self.require(Or((Not(when), then)), emit)
            case Not(Is(name, values)):
                for column in self._taken(name, values):
                    emit([-self._columns.equal(column)])
            case Not(operand):
                self.require(negated(operand), emit)
            case Is(name, values):
                emit([self._columns.equal(column) for column in self._taken(name, values)])
            case Table():
                self._table(condition, emit)
            case Compare(operator, Count(conditions), Const(value)):
                self._count(operator, value, conditions, emit)
            case Compare(operator, Const(value), Count(conditions)):
                self._count(TURNED[operator], value, conditions, emit)
            case Compare():
                self.comparisons.require(condition, emit)

    def _count(self, operator: str, value: Exact, conditions: tuple[Condition, ...], emit: Emit) -> None:
        """Emits that so many of the conditions hold."""
        below, above = ceil(value) - 1, floor(value) + 1
        match operator:
            case ">":
                self._at_least(above, conditions, emit)
            case ">=":
                self._at_least(ceil(value), conditions, emit)
            case "<" | "<=":
                most = below if operator == "<" else floor(value)
                self._at_least(len(conditions) - most, tuple(map(Not, conditions)), emit)
            case "=":
                for comparison in ("<=", ">="):
                    self._count(comparison, value, conditions, emit)
            case "!=" if below + 1 == above - 1:
                count = Count(conditions)
                emit([self.literal(Compare("<", count, Const(value))), self.literal(Compare(">", count, Const(value)))])

    def _at_least(self, least: int, conditions: tuple[Condition, ...], emit: Emit) -> None:
        if least == 1:
            self.require(Or(conditions), emit)
        elif least == len(conditions):
            self.require(And(conditions), emit)
        elif least > 0:
            others = [-self.literal(condition) for condition in conditions]
            at_most(others, len(conditions) - least, self._formula, emit)

    def literal(self, condition: Condition) -> int:
        """A literal that implies the condition."""
        if condition not in self._literals:
            clause = self._clause(condition) if isinstance(condition, Is | Not) else []
            self._literals[condition] = clause[0] if len(clause) == 1 else self._defined(condition)
        return self._literals[condition]

    def _defined(self, condition: Condition) -> int:
        found = self._formula.fresh()
        self.guards.append(found)
        self.require(condition, self._formula.guarded(found))
        return found

    def _clause(self, condition: Condition) -> Clause:
        """Literals one of which is true if, and for atoms only if, the condition is."""
        match condition:
            case Or(operands):
                said = self._atoms
                return [literal for operand in operands for literal in (
                    (isinstance(operand, Is) and said.get((operand.name, operand.values))) or self._clause(operand))]
            case Implies(when, then):
                return self._clause(Not(when)) + self._clause(then)
            case And((operand,)):
                return self._clause(operand)
            case Is(name, values):
                self._atoms[name, values] = [self._columns.equal(column) for column in self._taken(name, values)]
                return self._atoms[name, values]
            case Not(Is(name, values)) if len(taken := self._taken(name, values)) == 1:
                return [-self._columns.equal(taken[0])]
            case Not(operand) if not isinstance(operand, Is):
                return self._clause(negated(operand))
            case Not():
                return [self._defined(condition)]
            case _:
                return [self.literal(condition)]

    def _taken(self, name: str, values: tuple[str | bool, ...]) -> list[int]:
        """The columns one of which is taken when the characteristic is one of the values."""
        slot = self._columns.of[name][0]
        if slot.ordered:  # a text, which is only compared with the empty one
            return [slot.start] if "" in values and 0 in slot.values else []
        return [self._columns.column(name, value) for value in values]

    def _table(self, table: Table, emit: Emit) -> None:
        slots = [self._columns.of[name][0] for name in table.names]
        rows = self._rows(slots, table)
        if table.allowed:
            require_row(slots, rows, self._columns, self._formula, emit)
        else:
            for row in rows:
                emit([-literal for column in row for literal in self._columns.literals(column)])

    def _rows(self, slots: list[Slot], table: Table) -> set[tuple[int, ...]]:
        """The rows as columns, without those that hold what a characteristic cannot be."""
        by_slot = zip(*table.rows, strict=True)
        read = [self._columns.places(slot.name, taken) for slot, taken in zip(slots, by_slot, strict=bool(table.rows))]
        return {row for row in zip(*read, strict=True) if -1 not in row}


def negated(condition: Condition) -> Condition:
    """The opposite of a condition other than Is, with the negation one step further down."""
    match condition:
        case And(operands):
            return Or(tuple(Not(operand) for operand in operands))
        case Or(operands):
            return And(tuple(Not(operand) for operand in operands))
        case Implies(when, then):
            return And((when, Not(then)))
        case Not(operand):
            return operand
        case Compare():
            return opposite(condition)
        case Table(names, rows, allowed):
            return Table(names, rows, not allowed)
        case _:
            return Not(condition)


def opposite(comparison: Compare) -> Compare:
    """The comparison that holds exactly where this one does not."""
    return replace(comparison, operator=OPPOSITE[comparison.operator])

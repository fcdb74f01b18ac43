"""Whether an expression can be evaluated whatever is chosen.

Every name is known, no divisor can be 0, no number grows out of bounds, and neither does the computation itself: what
reads the same quantity twice, which reads another twice, would double its work with each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from catalog.bounds import Box, bounds, narrowed, whole
from catalog.intervals import LARGEST
from catalog.language import DEEPEST, Scope, deeper, nearest, quoted, valued, write
from catalog.model import Boolean, Characteristic, Number, ProductModel, Several, Shown, Text
from catalog.nodes import (
    Arithmetic,
    Attribute,
    Choose,
    Compare,
    Condition,
    Const,
    Count,
    Exact,
    Expression,
    Is,
    Node,
    Or,
    Quantity,
    Read,
    Size,
    Table,
    children,
)

MOST_NODES = 50_000
"""What one expression may read and compute, the quantities that it uses counted each time."""
MOST_NODES_TOGETHER = 10_000_000
"""The same of all expressions of one model."""
MOST_LEVELS = 150
"""How deep one expression may nest, through the quantities that it uses: evaluation recurs as deep."""
MOST_DIGITS = 2_000
"""Digits of the greatest denominator that an expression can have."""

_DIGITS_OF_LARGEST = len(str(LARGEST))
_TOO_MUCH = (f"this computes too much: expected at most {MOST_NODES:,} steps and {MOST_LEVELS} levels, those of the "
             "quantities that it uses included")
_Cost = tuple[int, int, int]  # nodes, digits of the denominator, levels


class Unsound(ValueError):
    """What is wrong with an expression, as a sentence."""


class Soundness:
    """Looks at the expressions of one model; at its quantities once, in whatever order they use each other."""

    def __init__(self, model: ProductModel) -> None:
        self.model = model
        self.scope = Scope.of(model)
        self._nodes = 0
        self._costs: dict[str, _Cost | None] = {}  # of quantities; None while one is being looked at

    @cached_property
    def box(self) -> Box:
        """Everything that can be chosen."""
        return whole(self.model)

    @cached_property
    def _answers(self) -> dict[str, frozenset[str | bool]]:
        return {c.name: _answers(c) for c in self.model.characteristics}

    def check(self, node: Node | Shown, box: Box | None = None, guard: Condition | None = None) -> None:
        """Raises Unsound if an expression cannot be evaluated all over a box (everything, if none is given).

        With a guard, it is evaluated only where that holds.
        """
        if isinstance(node, Shown):
            if node.name not in self.scope.characteristics:
                raise self._unknown(node.name, "a characteristic")
            return
        clause = _literals(node)
        if clause is None and deeper(node, children, DEEPEST) is not None:
            raise Unsound(f"expected at most {DEEPEST} levels of nesting")
        box = self.box if box is None else box
        self._nodes += self._cost(node, box)[0] if clause is None else self._clause(clause)
        if self._nodes > MOST_NODES_TOGETHER:
            raise Unsound(f"this catalogue computes too much: expected at most {MOST_NODES_TOGETHER:,} steps together")
        if clause is not None:
            return
        within = narrowed(guard, box, self.model) if guard is not None else box
        if within is not None:
            self._bound(node, within)

    def _bound(self, node: Node, box: Box) -> None:
        for part in _numbers(node):
            try:
                _limit(*bounds(part, box, self.model))
            except (ZeroDivisionError, OverflowError):
                raise self._culprit(part, box) from None

    # names and work

    def _clause(self, literals: Sequence[Is]) -> int:
        """The cost of a choice between values, as most rules of large models are: no numbers, and no levels."""
        for literal in literals:
            if literal.name not in self._answers or not self._answers[literal.name].issuperset(literal.values):
                raise self._no_answer(literal.name, literal.values)
        if len(literals) >= MOST_NODES:
            raise Unsound(_TOO_MUCH)
        return 1 + len(literals)

    def _cost(self, node: Node, box: Box, level: int = 1) -> _Cost:
        if level > MOST_LEVELS:
            raise Unsound(_TOO_MUCH)
        match node:
            case Is():
                return self._clause([node]) - 1, 0, 1
            case Const(value):
                return 1, _digits(value), 1
            case Read(name):
                if not isinstance(box.get(name), tuple) or isinstance(self.scope.characteristics.get(name), Text):
                    raise self._unknown(name, "a number")
                return 1, 0, 1
            case Size(name):
                if not isinstance(self.scope.characteristics.get(name), Text | Several):
                    raise self._unknown(name, "a text or several-of")
                return 1, 0, 1
            case Attribute(name, attribute):
                return 1, self._attribute_digits(name, attribute), 1
            case Quantity(name):
                return self._quantity(name, level)
            case Table(names):
                self._table(node)
                return len(names), 0, 1
        return _limited(node, [self._cost(child, box, level + 1) for child in children(node)])

    def _quantity(self, name: str, level: int) -> _Cost:
        if name not in self.scope.quantities:
            raise self._unknown(name, "a quantity")
        if name not in self._costs:
            self._costs[name] = None
            try:
                self._costs[name] = self._cost(self.model.quantity(name).expression, self.box, level + 1)
            finally:
                if self._costs[name] is None:
                    del self._costs[name]
        cost = self._costs[name]
        if cost is None:
            raise Unsound(f"{name} is computed from itself")
        nodes, digits, levels = cost
        if levels >= MOST_LEVELS:
            raise Unsound(_TOO_MUCH)
        return nodes, digits, levels + 1

    def _attribute_digits(self, name: str, attribute: str) -> int:
        if attribute not in self.scope.attributes.get(name, frozenset()):
            raise Unsound(f"no value of {name} has the attribute {quoted(attribute)}")
        return sum(_digits(value.attributes.get(attribute, 0)) for value in valued(self.model[name]))

    def _table(self, table: Table) -> None:
        for name in table.names:
            if isinstance(self.scope.characteristics.get(name), Several | Text | None):
                raise self._unknown(name, "a choice, a yes or no or a number")
        width = len(table.names)
        if not width or any(len(row) != width for row in table.rows):
            raise Unsound(f"expected rows of {width} values, one for each column")
        for name, column in zip(table.names, zip(*table.rows, strict=True), strict=False):
            characteristic = self.model[name]
            cells = characteristic.range if isinstance(characteristic, Number) else self._answers[name]
            for cell in set(column):
                if cell not in cells:
                    raise self._no_answer(name, (str(cell),))

    def _unknown(self, name: str, expected: str) -> Unsound:
        near = self.scope.nearest(name) if name not in self.scope.characteristics else None
        return Unsound(f"expected {expected}, found {quoted(name)}" + (f"; did you mean {near}?" if near else ""))

    def _no_answer(self, name: str, values: tuple[str | bool, ...]) -> Unsound:
        if name not in self.scope.characteristics:
            return self._unknown(name, "a characteristic")
        known = self._answers[name]
        odd = next(str(value) for value in values if value not in known)
        near = nearest(odd, map(str, known))
        return Unsound(f"{name} has no value {quoted(odd)}" + (f"; did you mean {near}?" if near else ""))

    # numbers

    def _culprit(self, node: Expression, box: Box) -> Unsound:
        """What is wrong with the smallest part of a number that cannot be bounded."""
        for part, within in self._below(node, box):
            try:
                _limit(*bounds(part, within, self.model))
            except (ZeroDivisionError, OverflowError):
                return self._culprit(part, within)
        text = write(node, self.scope)
        if isinstance(node, Arithmetic) and node.operator == "/":
            low, high = bounds(node.operands[1], box, self.model)
            if low <= 0 <= high:
                divisor = write(node.operands[1], self.scope)
                return Unsound(f"{quoted(text)} could divide by 0: expected a divisor that cannot be 0, or "
                               f"if {divisor} > 0 then ... else ...")
        return Unsound(f"{quoted(text)} could be out of bounds: expected at most {LARGEST:,}")

    def _below(self, node: Expression, box: Box) -> Iterator[tuple[Expression, Box]]:
        """The numbers directly below a number, each with the box in which it is computed."""
        match node:
            case Quantity(name):
                yield self.model.quantity(name).expression, box
            case Choose(condition, then, otherwise):
                yield from ((part, box) for part in _numbers(condition))
                for branch, holds in ((then, True), (otherwise, False)):
                    within = narrowed(condition, box, self.model, holds)
                    if within is not None:
                        yield branch, within
            case Count(conditions):
                yield from ((part, box) for condition in conditions for part in _numbers(condition))
            case Arithmetic(_, operands):
                yield from ((operand, box) for operand in operands)


_OPERANDS = {**dict.fromkeys(("neg", "abs", "floor", "ceil"), range(1, 2)), **dict.fromkeys("-/", range(2, 3)),
             **dict.fromkeys("+*", range(2, MOST_NODES)), **dict.fromkeys(("min", "max"), range(1, MOST_NODES))}
"""How many operands each operator can have."""


def _literals(node: Node) -> list[Is] | None:
    """The values one of which a condition asks for; None if it says more."""
    if not isinstance(node, Or):
        return None
    found = [operand for operand in node.operands if isinstance(operand, Is)]
    return found if len(found) == len(node.operands) else None


def _limit(low: Exact, high: Exact) -> None:
    if low < -LARGEST or high > LARGEST:
        raise OverflowError


def _limited(node: Node, costs: list[_Cost]) -> _Cost:
    """The cost of a node from those of the nodes below."""
    if isinstance(node, Arithmetic) and len(costs) not in _OPERANDS[node.operator]:
        raise Unsound(f"{node.operator} cannot have {len(costs)} operands")
    nodes = 1 + sum(cost[0] for cost in costs)
    digits = max((cost[1] for cost in costs), default=0)
    levels = 1 + max((cost[2] for cost in costs), default=0)
    match node:
        case Arithmetic("floor" | "ceil") | Count():
            digits = 0
        case Arithmetic("/"):  # a/b over c/d: b times c, and c is at most the largest number times d
            digits = sum(cost[1] for cost in costs) + _DIGITS_OF_LARGEST
        case Arithmetic("+" | "-" | "*") | Compare():
            digits = sum(cost[1] for cost in costs)
    if nodes > MOST_NODES or levels > MOST_LEVELS:
        raise Unsound(_TOO_MUCH)
    if digits > MOST_DIGITS:
        raise Unsound("this could become a fraction of too many digits: expected fewer divisions and decimals")
    return nodes, digits, levels


def _digits(value: Exact) -> int:
    return len(str(value.denominator)) - 1


def _answers(characteristic: Characteristic) -> frozenset[str | bool]:
    """What `Is` may compare a characteristic with."""
    if isinstance(characteristic, Boolean):
        return frozenset([True, False])
    if isinstance(characteristic, Text):
        return frozenset([""])
    return frozenset(value.name for value in characteristic.options)


def _numbers(node: Node) -> Iterator[Expression]:
    """The numbers that a condition compares, or a number itself."""
    pending: list[Node] = [node]
    while pending:
        match pending.pop():
            case Is() | Table():
                pass
            case Compare(_, left, right):
                yield left
                yield right
            case Const() | Read() | Attribute() | Size() | Quantity() | Arithmetic() | Choose() | Count() as number:
                yield number
            case condition:
                pending.extend(children(condition))

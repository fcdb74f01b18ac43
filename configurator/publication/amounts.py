"""Amounts that no product may have: less than no part, less than no time, and what is in no cell of a grid."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from catalog.bounds import bounds, narrowed, truth, whole
from catalog.expressions import names, number
from catalog.model import ProductModel, Shown
from catalog.nodes import TRUE, And, Arithmetic, Choose, Compare, Condition, Const, Expression, Node, Not, Or, Quantity
from catalog.occurrences import occurrences
from catalog.wording import say, title
from configurator.engine import Configuration, Undecided
from configurator.publication.findings import probed


class _Doubt(NamedTuple):
    """What could be wrong about an amount and when it would be, and what to write then."""

    about: str
    amount: Expression
    read: Node  # what an example tells
    when: Condition
    wrong: str
    unknown: str
    advice: str


def negative(model: ProductModel, seconds: float) -> Iterator[str]:
    """A sentence for each amount that is negative in some product, with an example, or may be for all that is known.

    Only those are asked about whose bounds reach below zero, rules aside.
    """
    return _told(model, seconds, [
        _Doubt(about, amount, amount, And((when, Compare("<", amount, Const(0)))), "can be {:g}", "can be negative",
               "write max(0, ...)")
        for about, amount, when in _amounts(model) if _may(amount, when, model)])


def missing(model: ProductModel, seconds: float) -> Iterator[str]:
    """A sentence for each grid without an amount for some product that needs one, with an example, as above.

    Only those are asked about that do not reach as far as their characteristics do, rules aside.
    """
    return _told(model, seconds, [
        _Doubt(f"the grid of {quantity.name}", quantity.expression, quantity.grid.listed,
               And((Not(quantity.grid.listed), _needed(quantity.name, model))), "has no amount", "always has an amount",
               f"write a rule with within: {quantity.name}")
        for quantity in model.quantities if quantity.grid and not truth(quantity.grid.listed, whole(model), model)])


def _told(model: ProductModel, seconds: float, doubts: Sequence[_Doubt]) -> Iterator[str]:
    if not doubts:
        return
    start = probed(model, {f"\0{doubt.about}": doubt.when for doubt in doubts}, seconds)
    for doubt in doubts:
        try:
            if True in start.domain(f"\0{doubt.about}"):
                wrong = _example(doubt, start.choose(f"\0{doubt.about}", True), model)
                yield f"{doubt.about} {wrong}; {doubt.advice}"
        except Undecided:
            yield f"{doubt.about}: whether it {doubt.unknown} is too hard to tell; {doubt.advice}"


def _example(doubt: _Doubt, configuration: Configuration, model: ProductModel) -> str:
    """What is wrong in one product, and what it was computed from."""
    values = configuration.complete().values()
    read = (f"{title(model[name])}: {say(model[name], values[name])}" for name in sorted(names(doubt.read, model)))
    return f"{doubt.wrong.format(float(number(doubt.amount, values, model)))} ({', '.join(read)})"


def _amounts(model: ProductModel) -> Iterator[tuple[str, Expression, Condition]]:
    """What is computed, and when it counts."""
    for index, item in enumerate(model.items, 1):
        yield f"the quantity of item {index}, part {item.part}", item.quantity, item.when or TRUE
    for operation in model.operations:
        yield f"the minutes of operation {operation.name}", operation.minutes, operation.when or TRUE
        for index, step in enumerate(operation.steps, 1):
            when = And(tuple(condition for condition in (operation.when, step.when) if condition is not None))
            for side in ("minus", "plus") if step.check else ():
                about = f"{side} of the check in step {index} of operation {operation.name}"
                yield about, getattr(step.check, side), when


def _may(amount: Expression, when: Condition, model: ProductModel) -> bool:
    box = narrowed(when, whole(model), model, True)
    return box is not None and bounds(amount, box, model)[0] < 0


def _needed(quantity: str, model: ProductModel) -> Condition:
    """When something in a product is computed from a quantity; to look at it, as a rule does, is none of that."""
    known: dict[str, Collection[Condition]] = {quantity: (TRUE,)}
    return Or(tuple(dict.fromkeys(
        And((guard or TRUE, when)) for path, node, guard in occurrences(model) if path[0] != "quantities"
        for when in _taken(known, node, model))))


def _taken(known: dict[str, Collection[Condition]], node: Node | Shown, model: ProductModel) -> Iterator[Condition]:
    """The conditions under which a number is computed from the quantity that is `known` first, as others will be."""
    match node:
        case Quantity(name):
            if name not in known:
                grid = model.quantity(name).grid
                parts = [side.of for side in grid.sides] if grid else [model.quantity(name).expression]
                known[name] = dict.fromkeys(when for part in parts for when in _taken(known, part, model))
            yield from known[name]
        case Arithmetic(_, operands):
            for operand in operands:
                yield from _taken(known, operand, model)
        case Choose(condition, then, otherwise):
            for branch, holds in (then, condition), (otherwise, Not(condition)):
                for when in _taken(known, branch, model):
                    yield And((holds, when))

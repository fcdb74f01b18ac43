"""Amounts that fall below zero: there is no less than no part, and no work that takes less than no time."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.bounds import bounds, narrowed, whole
from catalog.expressions import names, number
from catalog.model import ProductModel
from catalog.nodes import TRUE, And, Compare, Condition, Const, Expression
from catalog.wording import say, title
from configurator.engine import Configuration, Undecided
from configurator.publication.findings import probed


def negative(model: ProductModel, seconds: float) -> Iterator[str]:
    """A sentence for each amount that is negative in some product, with an example, or may be for all that is known.

    Only those are asked about whose bounds reach below zero, rules aside.
    """
    asked = {f"\0{about}": (about, amount, when) for about, amount, when in _amounts(model)
             if _may(amount, when, model)}
    if not asked:
        return
    probes = {name: And((when, Compare("<", amount, Const(0)))) for name, (_, amount, when) in asked.items()}
    start = probed(model, probes, seconds)
    for name, (about, amount, _) in asked.items():
        try:
            if True in start.domain(name):
                yield f"{about} can be {_example(amount, start.choose(name, True), model)}; write max(0, ...)"
        except Undecided:
            yield f"{about}: whether it can be negative is too hard to tell; write max(0, ...)"


def _example(amount: Expression, configuration: Configuration, model: ProductModel) -> str:
    """The amount of one product, and what it was computed from."""
    values = configuration.complete().values()
    read = (f"{title(model[name])}: {say(model[name], values[name])}" for name in sorted(names(amount, model)))
    return f"{float(number(amount, values, model)):g} ({', '.join(read)})"


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

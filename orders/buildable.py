"""Whether values are a whole product of a model: every question answered within its bounds, and every rule kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from catalog.expressions import holds
from catalog.model import ProductModel
from catalog.nodes import Values
from catalog.wording import title


@dataclass(frozen=True)
class Problem:
    """Why values cannot be ordered: what is wrong with which characteristic (or rule)."""

    kind: str  # unknown, missing, answer or rule
    name: str
    message: str


class Unbuildable(ValueError):
    """The values are no product of the model."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(" ".join(problem.message for problem in problems))
        self.problems = problems


def check(model: ProductModel, values: Values) -> None:
    """Raises Unbuildable unless every characteristic is answered within its bounds and every rule holds."""
    if problems := tuple(_answers(model, values)) or tuple(_rules(model, values)):
        raise Unbuildable(problems)


def _answers(model: ProductModel, values: Values) -> Iterator[Problem]:
    for name in values:
        if name not in model:
            yield Problem("unknown", name, f"{name} is no characteristic of this product.")
    for characteristic in model.characteristics:
        if characteristic.name not in values:
            yield Problem("missing", characteristic.name, f"{title(characteristic)} has no answer.")
        elif not characteristic.admits(values[characteristic.name]):
            yield Problem("answer", characteristic.name, f"{title(characteristic)} cannot be what it is set to.")


def _rules(model: ProductModel, values: Values) -> Iterator[Problem]:
    for rule in model.rules:
        if not holds(rule.condition, values, model):
            yield Problem("rule", rule.name, rule.sentence or f"The rule {rule.name} does not hold.")


def still(model: ProductModel, values: Values) -> ProductModel | None:
    """The newer model, if the values are a product of it."""
    try:
        check(model, values)
    except Unbuildable:
        return None
    return model

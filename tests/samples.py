"""The catalogues that Lot One comes with, and what tests ask of each."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import catalog.samples
from catalog.expressions import holds, number
from catalog.formats import load
from catalog.model import Number, ProductModel
from catalog.nodes import Answer, Values
from catalog.parts import Stage, routing
from configurator.engine import Engine


class Sample:
    """One of them, by the name of its file."""

    def __init__(self, name: str) -> None:
        self.model: ProductModel = load(Path(catalog.samples.__file__).with_name(f"{name}.yaml"))

    @cached_property
    def engine(self) -> Engine:
        return Engine(self.model)

    @cached_property
    def standard(self) -> dict[str, Answer]:
        """What is proposed to somebody unknown."""
        return {c.name: c.standard for c in self.model.characteristics if c.standard is not None}

    def broken(self, values: Values) -> list[str]:
        """The rules that a product breaks."""
        return [rule.name for rule in self.model.rules if not holds(rule.condition, values, self.model)]

    def quantity(self, name: str, values: Values) -> float:
        return float(number(self.model.quantity(name).expression, values, self.model))

    def stages(self, values: Values) -> dict[str, Stage]:
        return {stage.name: stage for stage in routing(self.model, values)}

    def dead(self) -> list[str]:
        """The characteristics of which something cannot be chosen, though nothing else is."""
        domains = self.engine.start().domains()
        return [c.name for c in self.model.characteristics
                if not {value.name for value in c.options} <= set(domains[c.name])
                or (isinstance(c, Number) and list(domains[c.name]) != list(c.range))]

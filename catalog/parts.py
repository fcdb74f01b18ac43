"""From a configuration to the workshop: its bill of materials and its routing, every quantity computed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from catalog.expressions import Whole, holds, number
from catalog.model import Check, Operation, Part, ProductModel, Template
from catalog.nodes import Condition, Exact, Values
from catalog.wording import fill, title


@dataclass(frozen=True)
class BillLine:
    """A part to take: `measures` are a cut list's, in mm; `operation` names the stage that uses it."""

    part: Part
    quantity: Exact
    measures: Mapping[str, Exact] = field(default_factory=dict)
    operation: str | None = None
    note: str = ""

    @property
    def cost(self) -> Exact | None:
        """What it costs the firm, in major units; None if the catalogue does not say."""
        return None if self.part.cost is None else self.part.cost * self.quantity


@dataclass(frozen=True)
class Measurement:
    """What is measured, and from where to where it is right."""

    name: str
    unit: str
    nominal: Exact
    least: Exact
    most: Exact


@dataclass(frozen=True)
class Task:
    """A step as the worker reads it: the part in hand by its number, the layers of the picture it is about."""

    text: str
    value: str
    station: str
    tool: str
    part: str
    layers: tuple[str, ...]
    check: Measurement | None


@dataclass(frozen=True)
class Stage:
    """An operation as the worker reads it, with the parts it uses and what its place is set up for."""

    name: str
    title: str
    work_centre: str
    minutes: Exact
    setup: str
    tasks: tuple[Task, ...]
    lines: tuple[BillLine, ...]


def bill(model: ProductModel, values: Values) -> tuple[BillLine, ...]:
    """The parts of whole values: those of the values chosen, then the items that apply; none of quantity 0.

    Raises ValueError for a negative quantity: what is published has none.
    """
    values = Whole.of(values)
    lines = (*_of_values(model, values), *_of_items(model, values))
    for line in lines:
        if line.quantity < 0:
            raise ValueError(f"part {line.part.number}: its quantity is {line.quantity}, expected 0 or more")
    return tuple(line for line in lines if line.quantity)


def routing(model: ProductModel, values: Values) -> tuple[Stage, ...]:
    """The operations of whole values, in order."""
    values = Whole.of(values)
    lines = bill(model, values)
    centres = {centre.name: title(centre) for centre in model.work_centres}
    return tuple(
        Stage(operation.name, title(operation), centres.get(operation.work_centre, operation.work_centre),
              number(operation.minutes, values, model), _text(operation.setup, values, model),
              tuple(_tasks(operation, model, values)),
              tuple(line for line in lines if line.operation == operation.name))
        for operation in model.operations if _applies(operation.when, values, model))


def work(model: ProductModel, values: Values) -> Exact:
    """The minutes of the routing."""
    values = Whole.of(values)
    return sum(number(operation.minutes, values, model) for operation in model.operations
               if _applies(operation.when, values, model))


def _of_values(model: ProductModel, values: Values) -> Iterator[BillLine]:
    for characteristic in model.characteristics:
        for value in characteristic.chosen(values[characteristic.name]):
            if value.part is not None:
                yield BillLine(model.part(value.part), 1, operation=characteristic.operation)


def _of_items(model: ProductModel, values: Values) -> Iterator[BillLine]:
    for item in model.items:
        if _applies(item.when, values, model):
            yield BillLine(model.part(item.part), number(item.quantity, values, model),
                           {name: number(measure, values, model) for name, measure in item.measures.items()},
                           item.operation, _text(item.note, values, model))


def _tasks(operation: Operation, model: ProductModel, values: Values) -> Iterator[Task]:
    for step in operation.steps:
        if _applies(step.when, values, model):
            yield Task(fill(step.text, values, model), _text(step.value, values, model), step.station, step.tool,
                       _text(step.part, values, model), step.picture, _measured(step.check, values, model))


def _measured(check: Check | None, values: Values, model: ProductModel) -> Measurement | None:
    if check is None:
        return None
    nominal = number(check.nominal, values, model)
    return Measurement(check.name, check.unit, nominal, nominal - number(check.minus, values, model),
                       nominal + number(check.plus, values, model))


def _applies(condition: Condition | None, values: Values, model: ProductModel) -> bool:
    return condition is None or holds(condition, values, model)


def _text(template: Template | None, values: Values, model: ProductModel) -> str:
    return fill(template, values, model) if template else ""

"""A product model -> plain data (dicts, lists, texts, numbers): the inverse of `catalog.formats.reading`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

from catalog import model as models
from catalog.formats.leaves import NO_AMOUNT
from catalog.formats.schema import FIELDS, KEYS, OF_YES, VERSION
from catalog.language import Scope, write, write_number, write_template
from catalog.model import Boolean, Characteristic, Choice, Number, ProductModel, Rule, Several, Shape, Text, Value
from catalog.nodes import And, Condition, Const, Implies, Is, Not, Or, Table

_KINDS = {Choice: "choice", Several: "several", Boolean: "boolean", Number: "number", Text: "text"}


def to_document(model: ProductModel) -> dict[str, Any]:
    """The document of a model: `from_document(to_document(model)) == model`."""
    return {"lot_one": VERSION, **_Writer(Scope.of(model)).table("product", model)}


class _Writer:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.conditions: dict[Condition, str] = {}
        self.fields: dict[type, dict[str, Any]] = {}
        self.special: dict[str, Callable[[Any], Any]] = {
            "number": lambda value: value if isinstance(value, int) else write_number(value),
            "expression": lambda node: node.value if isinstance(node, Const) and isinstance(node.value, int)
            else write(node, scope),
            "condition": self.condition,
            "template": lambda template: write_template(template, scope),
            "characteristic": self.characteristic, "value": self.value, "rule": self.rule,
            "layer": self.layer, "shape": self.shape,
            "quantity": self.quantity,
            "amount": lambda amount: NO_AMOUNT if amount is None else self.special["number"](amount),
            "answer": lambda answer: sorted(answer) if isinstance(answer, frozenset) else answer,
        }

    def write(self, kind: str, value: Any) -> Any:
        special = self.special.get(kind)
        if special is not None:
            return special(value)
        if kind[0] == "[":
            return [self.write(kind[1:-1], entry) for entry in value]
        if kind[0] == "{":
            return {name: self.write(kind[1:-1], entry) for name, entry in value.items()}
        return self.table(kind, value) if kind in KEYS and kind != "text" else value

    def table(self, kind: str, value: Any) -> dict[str, Any]:
        """The keys of a class's fields that are not left at their defaults."""
        defaults, found = self.defaults(type(value)), {}
        for key, entry in KEYS[kind].items():
            field = FIELDS.get(key, key)
            if field in defaults and getattr(value, field) != defaults[field]:
                found[key] = self.write(entry.kind, getattr(value, field))
        return found

    def defaults(self, of: type) -> dict[str, Any]:
        """The fields of a class with their defaults, MISSING where there is none."""
        if of not in self.fields:
            self.fields[of] = {field.name: field.default_factory() if callable(field.default_factory) else field.default
                               for field in fields(of)}
        return self.fields[of]

    def condition(self, condition: Condition) -> str:
        """Its text; the short ones of large models are the same again and again."""
        if not isinstance(condition, Is | Not):
            return write(condition, self.scope)
        if condition not in self.conditions:
            self.conditions[condition] = write(condition, self.scope)
        return self.conditions[condition]

    def characteristic(self, characteristic: Characteristic) -> dict[str, Any]:
        kind = _KINDS[type(characteristic)]
        found = {"name": characteristic.name, "kind": kind, **self.table(kind, characteristic)}
        if isinstance(characteristic, Boolean):
            yes = self.table("value", characteristic.yes)
            found.pop("yes_value", None)
            found |= {key: yes[key] for key in OF_YES if key in yes}
            named = {key: yes[key] for key in KEYS["yes"] if key in yes}
            if named != {"name": "yes"}:
                found["yes_value"] = named
        return found

    def value(self, value: Value) -> str | dict[str, Any]:
        found = self.table("value", value)
        return value.name if len(found) == 1 else found

    def quantity(self, quantity: models.NamedQuantity) -> dict[str, Any]:
        found = self.table("quantity", quantity)
        return {key: entry for key, entry in found.items() if key != "is"} if quantity.grid else found

    def rule(self, rule: Rule) -> dict[str, Any]:
        said = {"says": rule.sentence} if rule.sentence else {}
        return {"id": rule.name, **said, **(self.within(rule) if rule.within else self.form(rule.condition))}

    def within(self, rule: Rule) -> dict[str, Any]:
        when = {"when": self.condition(rule.condition.when)} if isinstance(rule.condition, Implies) else {}
        return {**when, "within": rule.within}

    def form(self, condition: Condition) -> dict[str, Any]:
        match condition:
            case Implies(when, then):
                return {"when": self.condition(when), "then": self.condition(then)}
            case Not(And(operands)):
                return {"exclude": [self.condition(operand) for operand in operands]}
            case Or(operands):
                return {"any": [self.condition(operand) for operand in operands]}
            case Table(names, rows, allowed):
                table = {"columns": list(names), "rows": [list(row) for row in rows]}
                return {"table": table if allowed else {**table, "allowed": False}}
        return {"require": self.condition(condition)}

    def layer(self, layer: models.Layer) -> dict[str, Any]:
        found = self.table("layer", replace(layer, repeat=None))
        if layer.repeat is None:
            return found
        counter, count = layer.repeat
        return {"name": layer.name, "repeat": {counter: self.write("expression", count)}, **found}

    def shape(self, shape: Shape) -> dict[str, Any]:
        said = {"says": self.write("template", shape.text)} if shape.text is not None else {}
        return {shape.element: self.write("{template}", shape.attributes), **said}

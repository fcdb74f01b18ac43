"""Plain data (dicts, lists, texts, numbers) -> a product model: the structure of a catalogue file.

Published versions are such data as JSON; `catalog.formats.yaml_file` reads it from YAML. Every key is in
`catalog.formats.schema`. Numbers and flags may be texts ("18", "yes"), as YAML has them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from catalog import model as models
from catalog.expressions import FALSE, TRUE, And, Condition, Const, Expression, Implies, Not, Or, Table
from catalog.formats.leaves import LEAVES, described
from catalog.formats.rows import Column, read_rows
from catalog.formats.schema import FIELDS, FORM_KEYS, KEYS, KINDS, OF_YES, REQUIRED, RULES, VERSION, Key
from catalog.language import (
    LanguageError,
    Scope,
    listed,
    nearest,
    quoted,
    read_condition,
    read_expression,
    read_template,
)
from catalog.model import Boolean, Characteristic, Choice, Number, ProductModel, Rule, Several, Shape, Text, Value
from catalog.occurrences import Path
from catalog.problems import MOST_PROBLEMS, CatalogueError, Problem

_TYPES: dict[str, Callable[..., Any]] = {
    "group": models.Group, "trait": models.Trait, "part": models.Part, "work_centre": models.WorkCentre,
    "choice": Choice, "several": Several, "boolean": Boolean, "number": Number, "text": Text, "value": Value,
    "quantity": models.NamedQuantity, "price": models.Price, "item": models.Item,
    "operation": models.Operation, "step": models.Step, "picture": models.Picture,
    "footprint": models.Footprint, "layer": models.Layer,
    "table": Table, "product": ProductModel,
}
_T = TypeVar("_T")


def from_document(document: Mapping[str, Any]) -> ProductModel:
    """The model of a document; raises CatalogueError with everything that is wrong. It is not checked as a whole."""
    return _Reader().product(document)


class _Refused(Exception):
    """Something was wrong and is in the reader's problems."""


_Read = Callable[[Any, Path], Any]


class _Reader:
    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.scope: Scope | None = None  # None until the characteristics are known: expressions are left out then
        self.conditions: dict[str, Condition] = {}  # large models say the same short conditions again and again
        self.readers: dict[str, _Read] = {
            **{name: self.leaf(read) for name, read in LEAVES.items()},
            "expression": self.expression, "condition": self.condition, "template": self.template,
            "[condition]": self.several_conditions,
            "characteristic": self.characteristic, "value": self.value, "yes": self.yes, "rule": self.rule,
            "table": self.rows, "picture": self.picture, "layer": self.layer, "shape": self.shape,
            "case": self.case,
        }

    def product(self, document: object) -> ProductModel:
        try:
            data = self.mapping(document, ())
            if str(data.get("lot_one")) != str(VERSION):
                raise self.wrong(("lot_one",) if "lot_one" in data else (),
                                 f"expected lot_one: {VERSION}, the version of this format")
            if "include" in data:
                raise self.wrong(("include",), "only a file can include others", key=True)
            characteristics = self.read("[characteristic]", data.get("characteristics", []), ("characteristics",))
            self.refuse_problems()
            self.scope = Scope({c.name: c for c in characteristics}, _names(data.get("quantities")))
            made = self.table("product", data, ())
            del made["lot_one"]
            return ProductModel(**made)
        except _Refused:
            raise CatalogueError(self.problems) from None

    # structure

    def read(self, kind: str, data: Any, path: Path) -> Any:
        return self.reader(kind)(data, path)

    def reader(self, kind: str) -> _Read:
        """What reads data of a kind."""
        if kind not in self.readers:
            if kind[0] == "[":
                self.readers[kind] = partial(self.several, self.reader(kind[1:-1]))
            elif kind[0] == "{":
                self.readers[kind] = partial(self.named, self.reader(kind[1:-1]))
            else:
                self.readers[kind] = lambda data, path: _TYPES[kind](**self.table(kind, data, path))
        return self.readers[kind]

    def several(self, read: _Read, data: Any, path: Path) -> tuple[Any, ...]:
        if not isinstance(data, list):
            raise self.wrong(path, f"expected a list, found {described(data)}")
        found, refused = [], False
        for index, entry in enumerate(data):
            try:
                found.append(read(entry, (*path, index)))
            except _Refused:
                refused = self.go_on()
        if refused:
            raise _Refused
        return tuple(found)

    def several_conditions(self, data: Any, path: Path) -> tuple[Condition, ...]:
        try:
            if isinstance(data, list):
                return tuple([self.conditions[text] for text in data])
        except (KeyError, TypeError):  # one is new, or no text at all
            pass
        return self.several(self.condition, data, path)

    def named(self, read: _Read, data: Any, path: Path) -> dict[str, Any]:
        return {name: read(entry, (*path, name)) for name, entry in self.mapping(data, path).items()}

    def table(self, kind: str, data: Any, path: Path) -> dict[str, Any]:
        """The entries of a mapping by the fields of the class that stands for it."""
        keys, found, refused = KEYS[kind], {}, False
        for key, entry in self.mapping(data, path).items():
            try:
                if key not in keys:
                    raise self.unknown(key, keys, path)
                found[FIELDS.get(key, key)] = self.reader(keys[key].kind)(entry, (*path, key))
            except _Refused:
                refused = self.go_on()
        misspelt = not keys.keys() >= data.keys()
        for key in REQUIRED[kind].difference(data) if not misspelt else ():
            refused = True
            self.wrong(path, f"expected the key {key} ({keys[key].about.rstrip('.')})")
        if refused:
            raise _Refused
        return found

    def go_on(self) -> bool:
        """True, to say that something was refused; raises instead where enough has been told."""
        if len(self.problems) >= MOST_PROBLEMS:
            raise _Refused
        return True

    def mapping(self, data: Any, path: Path) -> Mapping[str, Any]:
        if not isinstance(data, Mapping):
            raise self.wrong(path, f"expected keys and values, found {described(data)}")
        return data

    def unknown(self, key: object, known: Mapping[str, Key], path: Path) -> _Refused:
        near = nearest(str(key), known)
        hint = f"; did you mean {near}?" if near else f"; expected {listed(known, 30)}"
        return self.wrong((*path, str(key)), f"unknown key {quoted(str(key))}{hint}", key=True)

    def wrong(self, path: Path, message: str, line: int = 1, column: int = 1, key: bool = False) -> _Refused:
        problem = Problem(path, message, line, column, key)
        if problem not in self.problems:
            self.problems.append(problem)
        return _Refused()

    def refuse_problems(self) -> None:
        if self.problems:
            raise _Refused

    # leaves

    def leaf(self, read: Callable[[Any], _T]) -> Callable[[Any, Path], _T]:
        """A reader of something that is alone."""
        def reader(data: Any, path: Path) -> _T:
            try:
                return read(data)
            except ValueError as error:
                raise self.wrong(path, str(error)) from None
        return reader

    def expression(self, data: Any, path: Path) -> Any:
        if isinstance(data, int) and not isinstance(data, bool):
            return Const(data)
        return self.language(read_expression, data, path)

    def condition(self, data: Any, path: Path) -> Any:
        if isinstance(data, bool):
            return TRUE if data else FALSE
        condition = self.conditions.get(data) if isinstance(data, str) else None
        if condition is None:
            condition = self.language(read_condition, data, path)
            if condition is not None:
                self.conditions[data] = condition
        return condition

    def template(self, data: Any, path: Path) -> Any:
        return self.language(read_template, str(data) if isinstance(data, int) else data, path)

    def language(self, reader: Callable[[str, Scope], Any], data: Any, path: Path) -> Any:
        text = self.readers["text"](data, path)
        if self.scope is None:
            return None
        try:
            return reader(text, self.scope)
        except LanguageError as error:
            raise self.wrong(path, error.message, error.line, error.column) from None

    # tables that are more than their keys

    def characteristic(self, data: Any, path: Path) -> Characteristic:
        kind = self.mapping(data, path).get("kind")
        if kind not in KINDS:
            raise self.no_kind(kind, data, path)
        made = self.table(kind, data, path)
        del made["kind"]
        if kind == "boolean":
            own = {key: made.pop(key) for key in OF_YES if key in made}
            made["yes"] = replace(made.get("yes", Value(name="yes")), **own)
        found: Characteristic = _TYPES[kind](**made)
        if "standard" in made:
            found = replace(found, standard=self.answer(found, made["standard"], (*path, "standard")))
        return found

    def no_kind(self, kind: Any, data: Mapping[str, Any], path: Path) -> _Refused:
        if "kind" in data:
            near = nearest(str(kind), KINDS)
            return self.wrong((*path, "kind"), f"expected {listed(KINDS)}, found {described(kind)}"
                              + (f"; did you mean {near}?" if near else ""))
        known = {key: entry for each in KINDS for key, entry in KEYS[each].items()}
        for key in data.keys() - known.keys():
            return self.unknown(key, known, path)
        return self.wrong(path, f"expected the key kind: {listed(KINDS)}")

    def answer(self, characteristic: Characteristic, data: Any, path: Path) -> Any:
        match characteristic:
            case Several():
                return frozenset(self.several(self.readers["text"], data, path))
            case Boolean():
                return self.readers["flag"](data, path)
            case Number():
                return self.readers["integer"](data, path)
        return self.readers["text"](data, path)

    def value(self, data: Any, path: Path) -> Value:
        if isinstance(data, str):
            return Value(name=self.readers["name"](data, path))
        return Value(**self.table("value", data, path))

    def yes(self, data: Any, path: Path) -> Value:
        return Value(**{"name": "yes", **self.table("yes", data, path)})

    def rule(self, data: Any, path: Path) -> Rule:
        made = self.table("rule", data, path)
        form = tuple(key for key in data if key in FORM_KEYS)
        if form not in RULES and form[::-1] not in RULES:
            raise self.wrong(path, f"expected one of {'; '.join(' and '.join(form) for form in RULES)}")
        condition: Condition
        if "when" in made:
            condition = Implies(made["when"], made["then"])
        elif "exclude" in made:
            condition = Not(And(made["exclude"]))
        elif "any" in made:
            condition = Or(made["any"])
        else:
            condition = made["require"] if "require" in made else made["table"]
        return Rule(name=made["name"], condition=condition, sentence=made.get("sentence", ""))

    def rows(self, data: Any, path: Path) -> Table:
        """A table rule; its columns are known first, for they say what the cells may be."""
        columns = self.read("[name]", self.mapping(data, path).get("columns", []), (*path, "columns"))
        known = [self.column(name, (*path, "columns", index)) for index, name in enumerate(columns)]
        made = self.table("table", {**data, "rows": []}, path)
        rows = data.get("rows", [])
        if not isinstance(rows, list):
            raise self.wrong((*path, "rows"), f"expected a list, found {described(rows)}")
        found, wrong = read_rows(known, rows)
        for at, message in wrong:
            self.wrong((*path, "rows", *at), message)
        self.refuse_problems()
        return Table(made["names"], found, made.get("allowed", True))

    def column(self, name: str, path: Path) -> Column:
        assert self.scope is not None
        characteristic = self.scope.characteristics.get(name)
        if characteristic is None:
            raise self.unknown_name(name, path)
        if not isinstance(characteristic, Column):
            raise self.wrong(path, f"expected a choice, a yes or no or a number as a column, {name} is none")
        return characteristic

    def unknown_name(self, name: str, path: Path, key: bool = False) -> _Refused:
        assert self.scope is not None
        near = self.scope.nearest(name)
        return self.wrong(path, f"unknown name {quoted(name)}" + (f"; did you mean {near}?" if near else ""), key=key)

    def picture(self, data: Any, path: Path) -> models.Picture:
        made = self.table("picture", data, path)
        if len(made["view"]) != 4:
            raise self.wrong((*path, "view"), "expected [x, y, width, height]")
        return models.Picture(**made)

    def layer(self, data: Any, path: Path) -> models.Layer:
        outside, counter = self.scope, None
        if "repeat" in self.mapping(data, path):
            counter, count = self.repeat(data["repeat"], (*path, "repeat"))
        if counter is not None and outside is not None:
            self.scope = outside.within(counter)
        try:
            made = self.table("layer", {**data, "repeat": {}} if counter else data, path)
        finally:
            self.scope = outside
        return models.Layer(**{**made, "repeat": (counter, count)} if counter is not None else made)

    def repeat(self, data: Any, path: Path) -> tuple[str, Expression]:
        entries = self.read("{expression}", data, path)
        if len(entries) != 1:
            raise self.wrong(path, "expected one name and how often, as in {i: shelves}")
        entry: tuple[str, Expression] = next(iter(entries.items()))
        return entry

    def shape(self, data: Any, path: Path) -> Shape:
        elements = [key for key in self.mapping(data, path) if key != "says"]
        if len(elements) != 1:
            raise self.wrong(path, "expected one element with its attributes, as in rect: {x: 0, y: 0}")
        attributes = self.read("{template}", data[elements[0]], (*path, elements[0]))
        text = self.template(data["says"], (*path, "says")) if "says" in data else None
        return Shape(element=elements[0], attributes=attributes, text=text)


    def case(self, data: Any, path: Path) -> models.Case:
        made = self.table("case", data, path)
        assert self.scope is not None
        choices = {}
        for name, answer in made["choices"].items():
            characteristic = self.scope.characteristics.get(name)
            if characteristic is None:
                raise self.unknown_name(name, (*path, "choose", name), key=True)
            choices[name] = self.answer(characteristic, answer, (*path, "choose", name))
        return models.Case(**{**made, "choices": choices})


def _names(data: object) -> frozenset[str]:
    """The names in a list of mappings that was not read yet."""
    entries = data if isinstance(data, list) else []
    return frozenset(str(entry["name"]) for entry in entries if isinstance(entry, Mapping) and "name" in entry)

"""Plain data (dicts, lists, texts, numbers) -> a product model: the structure of a catalogue file.

Published versions are such data as JSON; `catalog.formats.yaml_file` reads it from YAML. Every key is in
`catalog.formats.schema`. Numbers and flags may be texts ("18", "yes"), as YAML has them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from typing import Any

from catalog import model as models
from catalog.formats.leaves import described
from catalog.formats.rows import Column, read_rows
from catalog.formats.schema import FORM_KEYS, KEYS, KINDS, OF_YES, QUANTITIES, RULES, VERSION
from catalog.formats.structure import Reader, Refused
from catalog.grids import MOST_AMOUNTS
from catalog.language import Scope, listed, nearest, quoted, write_number
from catalog.model import Boolean, Characteristic, Choice, Number, ProductModel, Rule, Several, Shape, Text, Value
from catalog.nodes import And, Condition, Expression, Implies, Not, Or, Table
from catalog.occurrences import Path
from catalog.problems import CatalogueError

_TYPES: dict[str, Callable[..., Characteristic]] = {
    "choice": Choice, "several": Several, "boolean": Boolean, "number": Number, "text": Text}


def from_document(document: Mapping[str, Any]) -> ProductModel:
    """The model of a document; raises CatalogueError with everything that is wrong. It is not checked as a whole."""
    reader = Reader(_SPECIAL)
    try:
        return _product(reader, document)
    except Refused:
        raise CatalogueError(reader.problems) from None


def _product(reader: Reader, document: object) -> ProductModel:
    data = reader.mapping(document, ())
    if str(data.get("lot_one")) != str(VERSION):
        raise reader.wrong(("lot_one",) if "lot_one" in data else (),
                           f"expected lot_one: {VERSION}, the version of this format")
    if "include" in data:
        raise reader.wrong(("include",), "only a file can include others", key=True)
    characteristics = reader.read("[characteristic]", data.get("characteristics", []), ("characteristics",))
    reader.refuse_problems()
    reader.scope = Scope({c.name: c for c in characteristics}, _names(data.get("quantities")))
    with suppress(Refused):  # all quantities are read again with the rest, and what is wrong is told then
        quantities = reader.read("[quantity]", data.get("quantities", []), ("quantities",))
        reader.grids = {quantity.name: quantity.grid for quantity in quantities if quantity.grid}
    made = reader.table("product", data, ())
    del made["lot_one"]
    return ProductModel(**made)


def _characteristic(reader: Reader, data: Any, path: Path) -> Characteristic:
    kind = reader.mapping(data, path).get("kind")
    if kind not in KINDS:
        raise _no_kind(reader, kind, data, path)
    made = reader.table(kind, data, path)
    del made["kind"]
    if kind == "boolean":
        own = {key: made.pop(key) for key in OF_YES if key in made}
        made["yes"] = replace(made.get("yes", Value(name="yes")), **own)
    found: Characteristic = _TYPES[kind](**made)
    if "standard" in made:
        found = replace(found, standard=_answer(reader, found, made["standard"], (*path, "standard")))
    return found


def _no_kind(reader: Reader, kind: Any, data: Mapping[str, Any], path: Path) -> Refused:
    if "kind" in data:
        near = nearest(str(kind), KINDS)
        return reader.wrong((*path, "kind"), f"expected {listed(KINDS)}, found {described(kind)}"
                            + (f"; did you mean {near}?" if near else ""))
    known = {key: entry for each in KINDS for key, entry in KEYS[each].items()}
    for key in data.keys() - known.keys():
        return reader.unknown(key, known, path)
    return reader.wrong(path, f"expected the key kind: {listed(KINDS)}")


def _answer(reader: Reader, characteristic: Characteristic, data: Any, path: Path) -> Any:
    match characteristic:
        case Several():
            return frozenset(reader.read("[text]", data, path))
        case Boolean():
            return reader.read("flag", data, path)
        case Number():
            return reader.read("integer", data, path)
    return reader.read("text", data, path)


def _value(reader: Reader, data: Any, path: Path) -> Value:
    if isinstance(data, str):
        return Value(name=reader.read("name", data, path))
    return Value(**reader.table("value", data, path))


def _yes(reader: Reader, data: Any, path: Path) -> Value:
    return Value(**{"name": "yes", **reader.table("yes", data, path)})


def _quantity(reader: Reader, data: Any, path: Path) -> models.NamedQuantity:
    made = reader.table("quantity", data, path)
    if tuple(key for key in data if key in ("is", "grid")) not in QUANTITIES:
        raise reader.wrong(path, "expected one of is; grid")
    return models.NamedQuantity(**({"expression": made["grid"].expression} if "grid" in made else {}), **made)


def _grid(reader: Reader, data: Any, path: Path) -> models.Grid:
    """A grid whose amounts fit its steps."""
    grid = models.Grid(**reader.table("grid", data, path))
    at = (*path, "amounts")
    if (found := sum(map(len, grid.amounts))) > MOST_AMOUNTS:
        raise reader.wrong(at, f"expected at most {MOST_AMOUNTS:,} amounts, found {found:,}")
    if grid.down:
        _steps(reader, grid.down, (*path, "down", "up_to"))
        _fit(reader, grid.amounts, grid.down, "rows, one for each step down", at)
    elif len(grid.amounts) != 1:
        reader.wrong(at, f"expected a single row where no key says what goes down, found {len(grid.amounts)}")
    _steps(reader, grid.across, (*path, "across", "up_to"))
    for index, row in enumerate(grid.amounts):
        _fit(reader, row, grid.across, "amounts, one for each step across", (*at, index))
    reader.refuse_problems()
    return grid


def _steps(reader: Reader, axis: models.Axis, path: Path) -> None:
    if not axis.up_to:
        reader.wrong(path, "expected at least one step")
    for index, (less, more) in enumerate(pairwise(axis.up_to), 1):
        if less >= more:
            reader.wrong((*path, index), f"expected steps that rise: more than {write_number(less)}")


def _fit(reader: Reader, found: Sequence[object], axis: models.Axis, expected: str, path: Path) -> None:
    if len(found) != len(axis.up_to):
        reader.wrong(path, f"expected {len(axis.up_to)} {expected}, found {len(found)}")


def _rule(reader: Reader, data: Any, path: Path) -> Rule:
    made = reader.table("rule", data, path)
    form = tuple(key for key in data if key in FORM_KEYS and not (key == "when" and "within" in data))
    if form not in RULES and form[::-1] not in RULES:
        raise reader.wrong(path, f"expected one of {'; '.join(' and '.join(form) for form in RULES)}")
    if "within" in made:
        made["then"] = _listed(reader, made["within"], (*path, "within"))
    condition: Condition
    if "when" in made:
        condition = Implies(made["when"], made["then"])
    elif "exclude" in made:
        condition = Not(And(made["exclude"]))
    elif "any" in made:
        condition = Or(made["any"])
    else:
        condition = next(made[key] for key in ("require", "table", "then") if key in made)
    return Rule(name=made["name"], condition=condition, sentence=made.get("sentence", ""),
                within=made.get("within", ""))


def _listed(reader: Reader, name: str, path: Path) -> Condition:
    """That a grid has an amount."""
    assert reader.scope is not None
    if name not in reader.grids:
        if reader.problems and name in reader.scope.quantities:
            raise Refused  # its grid is wrong, as was told
        near = nearest(name, reader.grids)
        raise reader.wrong(path, f"expected a quantity with a grid, found {quoted(name)}"
                           + (f"; did you mean {near}?" if near else ""))
    return reader.grids[name].listed


def _rows(reader: Reader, data: Any, path: Path) -> Table:
    """A table rule; its columns are known first, for they say what the cells may be."""
    columns = reader.read("[name]", reader.mapping(data, path).get("columns", []), (*path, "columns"))
    known = [_column(reader, name, (*path, "columns", index)) for index, name in enumerate(columns)]
    made = reader.table("table", {**data, "rows": []}, path)
    rows = data.get("rows", [])
    if not isinstance(rows, list):
        raise reader.wrong((*path, "rows"), f"expected a list, found {described(rows)}")
    found, wrong = read_rows(known, rows)
    for at, message in wrong:
        reader.wrong((*path, "rows", *at), message)
    reader.refuse_problems()
    return Table(made["names"], found, made.get("allowed", True))


def _column(reader: Reader, name: str, path: Path) -> Column:
    assert reader.scope is not None
    characteristic = reader.scope.characteristics.get(name)
    if characteristic is None:
        raise _unknown_name(reader, name, path)
    if not isinstance(characteristic, Column):
        raise reader.wrong(path, f"expected a choice, a yes or no or a number as a column, {name} is none")
    return characteristic


def _unknown_name(reader: Reader, name: str, path: Path, key: bool = False) -> Refused:
    assert reader.scope is not None
    near = reader.scope.nearest(name)
    return reader.wrong(path, f"unknown name {quoted(name)}" + (f"; did you mean {near}?" if near else ""), key=key)


def _picture(reader: Reader, data: Any, path: Path) -> models.Picture:
    made = reader.table("picture", data, path)
    if len(made["view"]) != 4:
        raise reader.wrong((*path, "view"), "expected [x, y, width, height]")
    return models.Picture(**made)


def _layer(reader: Reader, data: Any, path: Path) -> models.Layer:
    outside, counter = reader.scope, None
    if "repeat" in reader.mapping(data, path):
        counter, count = _repeat(reader, data["repeat"], (*path, "repeat"))
    if counter is not None and outside is not None:
        reader.scope = outside.within(counter)
    try:
        made = reader.table("layer", {**data, "repeat": {}} if counter else data, path)
    finally:
        reader.scope = outside
    return models.Layer(**{**made, "repeat": (counter, count)} if counter is not None else made)


def _repeat(reader: Reader, data: Any, path: Path) -> tuple[str, Expression]:
    entries = reader.read("{expression}", data, path)
    if len(entries) != 1:
        raise reader.wrong(path, "expected one name and how often, as in {i: shelves}")
    entry: tuple[str, Expression] = next(iter(entries.items()))
    return entry


def _shape(reader: Reader, data: Any, path: Path) -> Shape:
    elements = [key for key in reader.mapping(data, path) if key != "says"]
    if len(elements) != 1:
        raise reader.wrong(path, "expected one element with its attributes, as in rect: {x: 0, y: 0}")
    attributes = reader.read("{template}", data[elements[0]], (*path, elements[0]))
    text = reader.read("template", data["says"], (*path, "says")) if "says" in data else None
    return Shape(element=elements[0], attributes=attributes, text=text)


def _case(reader: Reader, data: Any, path: Path) -> models.Case:
    made = reader.table("case", data, path)
    assert reader.scope is not None
    choices = {}
    for name, answer in made["choices"].items():
        characteristic = reader.scope.characteristics.get(name)
        if characteristic is None:
            raise _unknown_name(reader, name, (*path, "choose", name), key=True)
        choices[name] = _answer(reader, characteristic, answer, (*path, "choose", name))
    return models.Case(**{**made, "choices": choices})


_SPECIAL: dict[str, Callable[[Reader, Any, Path], Any]] = {
    "characteristic": _characteristic, "value": _value, "yes": _yes, "quantity": _quantity, "grid": _grid,
    "rule": _rule, "table": _rows, "picture": _picture, "layer": _layer, "shape": _shape, "case": _case,
}


def _names(data: object) -> frozenset[str]:
    """The names in a list of mappings that was not read yet."""
    entries = data if isinstance(data, list) else []
    return frozenset(str(entry["name"]) for entry in entries if isinstance(entry, Mapping) and "name" in entry)

"""Mappings, lists and texts by the schema: every key known, every entry of its kind, every problem told with its place.

What has a table of keys becomes the class of `catalog.model` that has these; readers of what is more come from outside.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from catalog import model as models
from catalog.formats.leaves import LEAVES, described
from catalog.formats.schema import FIELDS, KEYS, REQUIRED, Key
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
from catalog.nodes import FALSE, TRUE, Condition, Const
from catalog.occurrences import Path
from catalog.problems import MOST_PROBLEMS, Problem

_TYPES: dict[str, Callable[..., Any]] = {
    "group": models.Group, "trait": models.Trait, "part": models.Part, "work_centre": models.WorkCentre,
    "axis": models.Axis, "price": models.Price, "item": models.Item,
    "operation": models.Operation, "step": models.Step, "check": models.Check, "footprint": models.Footprint,
    "pattern": models.Pattern,
}
_T = TypeVar("_T")


class Refused(Exception):
    """Something was wrong and is in the reader's problems."""


Read = Callable[[Any, Path], Any]
"""What reads data at a path; raises Refused."""


class Reader:
    """Reads data of any kind of the schema; `special` has what reads the kinds that are more than their keys."""

    def __init__(self, special: Mapping[str, Callable[[Reader, Any, Path], Any]]) -> None:
        self.problems: list[Problem] = []
        self.scope: Scope | None = None  # None until the characteristics are known: expressions are left out then
        self.grids: dict[str, models.Grid] = {}  # by their quantity, once these are known
        self._conditions: dict[str, Condition] = {}  # large models say the same short conditions again and again
        self._readers: dict[str, Read] = {
            **{name: self._leaf(read) for name, read in LEAVES.items()},
            "expression": self._expression, "condition": self._condition, "template": self._template,
            "[condition]": self._several_conditions,
            **{kind: partial(read, self) for kind, read in special.items()},
        }

    # structure

    def read(self, kind: str, data: Any, path: Path) -> Any:
        """What data of a kind stands for, as `catalog.formats.schema` names kinds."""
        return self._reader(kind)(data, path)

    def _reader(self, kind: str) -> Read:
        """What reads data of a kind."""
        if kind not in self._readers:
            if kind[0] == "[":
                self._readers[kind] = partial(self._several, self._reader(kind[1:-1]))
            elif kind[0] == "{":
                self._readers[kind] = partial(self._named, self._reader(kind[1:-1]))
            else:
                self._readers[kind] = lambda data, path: _TYPES[kind](**self.table(kind, data, path))
        return self._readers[kind]

    def _several(self, read: Read, data: Any, path: Path) -> tuple[Any, ...]:
        if not isinstance(data, list):
            raise self.wrong(path, f"expected a list, found {described(data)}")
        found, refused = [], False
        for index, entry in enumerate(data):
            try:
                found.append(read(entry, (*path, index)))
            except Refused:
                refused = self._go_on()
        if refused:
            raise Refused
        return tuple(found)

    def _several_conditions(self, data: Any, path: Path) -> tuple[Condition, ...]:
        try:
            if isinstance(data, list):
                return tuple([self._conditions[text] for text in data])
        except (KeyError, TypeError):  # one is new, or no text at all
            pass
        return self._several(self._condition, data, path)

    def _named(self, read: Read, data: Any, path: Path) -> dict[str, Any]:
        return {name: read(entry, (*path, name)) for name, entry in self.mapping(data, path).items()}

    def table(self, kind: str, data: Any, path: Path) -> dict[str, Any]:
        """The entries of a mapping by the fields of the class that stands for it."""
        keys, found, refused = KEYS[kind], {}, False
        for key, entry in self.mapping(data, path).items():
            try:
                if key not in keys:
                    raise self.unknown(key, keys, path, cut=path != () and entry in ("", None))
                found[FIELDS.get(key, key)] = self._reader(keys[key].kind)(entry, (*path, key))
            except Refused:
                refused = self._go_on()
        misspelt = not keys.keys() >= data.keys()
        for key in REQUIRED[kind].difference(data) if not misspelt else ():
            refused = True
            self.wrong(path, f"expected the key {key} ({keys[key].about.rstrip('.')})")
        if refused:
            raise Refused
        return found

    def _go_on(self) -> bool:
        """True, to say that something was refused; raises instead where enough has been told."""
        if len(self.problems) >= MOST_PROBLEMS:
            raise Refused
        return True

    def mapping(self, data: Any, path: Path) -> Mapping[str, Any]:
        """The data, if it is keys and values."""
        if not isinstance(data, Mapping):
            raise self.wrong(path, f"expected keys and values, found {described(data)}")
        return data

    def unknown(self, key: object, known: Mapping[str, Key], path: Path, cut: bool = False) -> Refused:
        """Notes a key that is not known; maybe what a comma `cut` off, as between braces."""
        near = nearest(str(key), known)
        hint = f"; did you mean {near}?" if near else f"; expected {listed(known, 30)}"
        if cut and not near:
            hint += "; between braces a value with a comma stands in quotes"
        return self.wrong((*path, str(key)), f"unknown key {quoted(str(key))}{hint}", key=True)

    def wrong(self, path: Path, message: str, line: int = 1, column: int = 1, key: bool = False) -> Refused:
        """Notes a problem; what it returns is to be raised unless more can be found first."""
        problem = Problem(path, message, line, column, key)
        if problem not in self.problems:
            self.problems.append(problem)
        return Refused()

    def refuse_problems(self) -> None:
        """Raises Refused if there are problems."""
        if self.problems:
            raise Refused

    # leaves

    def _leaf(self, read: Callable[[Any], _T]) -> Callable[[Any, Path], _T]:
        """A reader of something that is alone."""
        def reader(data: Any, path: Path) -> _T:
            try:
                return read(data)
            except ValueError as error:
                raise self.wrong(path, str(error)) from None
        return reader

    def _expression(self, data: Any, path: Path) -> Any:
        if isinstance(data, int) and not isinstance(data, bool):
            return Const(data)
        return self._language(read_expression, data, path)

    def _condition(self, data: Any, path: Path) -> Any:
        if isinstance(data, bool):
            return TRUE if data else FALSE
        condition = self._conditions.get(data) if isinstance(data, str) else None
        if condition is None:
            condition = self._language(read_condition, data, path)
            if condition is not None:
                self._conditions[data] = condition
        return condition

    def _template(self, data: Any, path: Path) -> Any:
        return self._language(read_template, str(data) if isinstance(data, int) else data, path)

    def _language(self, reader: Callable[[str, Scope], Any], data: Any, path: Path) -> Any:
        text = self._readers["text"](data, path)
        if self.scope is None:
            return None
        try:
            return reader(text, self.scope)
        except LanguageError as error:
            raise self.wrong(path, error.message, error.line, error.column) from None

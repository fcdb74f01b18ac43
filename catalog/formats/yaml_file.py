"""Catalogue files in YAML.

Of YAML only what a catalogue needs: mappings, lists and scalars, read as plain text without guessing types; no aliases,
tags or second documents, so that a small file stays small. Every problem is told with file, line and column.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

import yaml

from catalog.characters import described, hidden
from catalog.checking import check
from catalog.formats.errors import FormatError, together
from catalog.formats.reading import from_document
from catalog.formats.schema import KEYS
from catalog.formats.source import place, read
from catalog.formats.writing import to_document
from catalog.language import listed, nearest, quoted
from catalog.model import ProductModel
from catalog.problems import CatalogueError, Problem

DEEPEST = 20
"""Levels of lists and mappings in each other."""
_SHARED = ("traits", "parts", "work_centres")

Data = str | list["Data"] | dict[str, "Data"]


@dataclass(frozen=True)
class _Source:
    name: str
    text: str
    data: dict[str, Any]

    @cached_property
    def tree(self) -> yaml.Node:
        """The text as nodes that know their places; only made to tell what is wrong."""
        node = yaml.compose(self.text, Loader=yaml.CSafeLoader)
        assert node is not None  # the text was read before
        return node


def load_text(text: str, name: str, folder: Path | None = None) -> ProductModel:
    """The model of a catalogue file; `include` finds files in `folder`. Raises FormatError for all that is wrong."""
    product = _source(text, name)
    sources = [*_included(product, folder), product]
    merged = {key: entry for key, entry in product.data.items() if key != "include"}
    for key in _SHARED:
        lists = [source.data[key] for source in sources if key in source.data]
        if len(lists) > 1 and all(isinstance(entries, list) for entries in lists):
            merged[key] = list(chain.from_iterable(lists))
        elif lists:
            merged[key] = lists[-1]
    try:
        model = from_document(merged)
        check(model)
        return model
    except CatalogueError as error:
        raise together([_located(problem, sources) for problem in error.problems]) from None


def dump_text(model: ProductModel) -> str:
    """The catalogue file of a model."""
    return yaml.dump(to_document(model), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120,
                     default_flow_style=None)


class _Dumper(yaml.CSafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


# Files


def _included(product: _Source, folder: Path | None) -> Iterator[_Source]:
    names = product.data.get("include", [])
    if not isinstance(names, list):
        raise _located(Problem(("include",), "expected a list of file names"), [product])
    for index, name in enumerate(names):
        def wrong(message: str, index: int = index) -> FormatError:
            return _located(Problem(("include", index), message), [product])

        if not isinstance(name, str) or Path(name).name != name or "\\" in name or not name.endswith((".yaml", ".yml")):
            raise wrong("expected the plain name of a .yaml file beside this one")
        if folder is None:
            raise wrong("only a file can include another, found text alone")
        beside = sorted(path.name for path in folder.glob("*.y*ml"))
        if name not in beside:
            near = nearest(name, beside)
            raise wrong(f"there is no file {quoted(name)} here"
                        + (f"; did you mean {near}?" if near else f"; expected {listed(beside)}"))
        source = _source(read(folder / name), name)
        for key in source.data:
            if key not in KEYS["shared"]:
                message = f"an included file has only {listed(KEYS['shared'])}, found {quoted(key)}"
                raise _located(Problem((key,), message, key=True), [source])
        yield source


def _source(text: str, name: str) -> _Source:
    try:
        data = _data(text, name)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        context = f" {error.context}" if error.context else ""
        if "flow" in context:
            context += "; close what is open, or put a text with one of , [ ] { } in quotes"
        raise FormatError(f"this is not YAML: {error.problem}{context}", mark.line + 1 if mark else None,
                          mark.column + 1 if mark else None, name) from None
    except yaml.YAMLError as error:
        raise FormatError(f"this is not YAML: {error}", file=name) from None
    if not isinstance(data, dict):
        raise FormatError("expected the keys of a catalogue, such as lot_one: 1", 1, 1, name)
    return _Source(name, text, data)


def _data(text: str, name: str) -> Data | None:
    """The text as dicts, lists and texts. Built from events: depth is bounded before anything recurs."""
    builder = _Builder(name)
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        builder.take(event)
    return builder.root[0] if builder.root else None


class _Builder:
    """Puts the events of one document together, and refuses what a catalogue does not need."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.root: list[Data] = []
        self.open: list[list[Data] | dict[str, Data]] = [self.root]
        self.keys: list[str | None] = [None]  # for each open mapping the key that waits for its value

    def take(self, event: yaml.Event) -> None:
        match event:
            case yaml.AliasEvent():
                raise _refused(event, "expected no aliases: write it out", self.name)
            case yaml.NodeEvent(anchor=str()):
                raise _refused(event, "expected no anchors", self.name)
            case yaml.ScalarEvent(tag=str(tag)) | yaml.CollectionStartEvent(tag=str(tag)):
                raise _refused(event, f"expected no tags, found {tag}", self.name)
            case yaml.DocumentStartEvent() if self.root:
                raise _refused(event, "expected one document", self.name)
            case yaml.ScalarEvent(value=value):
                if (index := hidden(value)) is not None:  # written with a backslash: the file itself was looked at
                    raise _refused(event, f"expected visible characters, found {described(value[index])}", self.name)
                self.add(event, value)
            case yaml.CollectionStartEvent():
                self.add(event, {} if isinstance(event, yaml.MappingStartEvent) else [])
            case yaml.CollectionEndEvent():
                self.open.pop()
                self.keys.pop()

    def add(self, event: yaml.Event, value: Data) -> None:
        parent = self.open[-1]
        if isinstance(parent, list):
            parent.append(value)
        elif (key := self.keys[-1]) is not None:
            parent[key], self.keys[-1] = value, None
        else:
            self.keys[-1] = self.key(event, value, parent)
        if not isinstance(value, str):
            self.open.append(value)
            self.keys.append(None)
            if len(self.open) > DEEPEST + 1:
                raise _refused(event, f"expected at most {DEEPEST} levels", self.name)

    def key(self, event: yaml.Event, value: Data, parent: dict[str, Data]) -> str:
        if not isinstance(value, str):
            raise _refused(event, "expected a key, a plain text", self.name)
        if value in parent:
            raise _refused(event, f"the key {quoted(value)} is here twice", self.name)
        return value


def _refused(event: yaml.Event, message: str, name: str) -> FormatError:
    assert event.start_mark is not None
    return FormatError(message, event.start_mark.line + 1, event.start_mark.column + 1, name)


# Places


def _located(problem: Problem, sources: Sequence[_Source]) -> FormatError:
    """The error of a problem, at its place in its file."""
    source, path = _origin(problem.path, sources)
    node = found = source.tree
    for step in path:
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            node = found = node.value[step]
        elif isinstance(node, yaml.MappingNode):
            entry = next(((key, value) for key, value in node.value if key.value == step), None)
            if entry is None:
                break
            node, found = entry[1], entry[0] if problem.key and step is path[-1] else entry[1]
    line, column = found.start_mark.line + 1, found.start_mark.column + 1
    if isinstance(found, yaml.ScalarNode) and not problem.key:
        line, column = _inside(source.text, found, problem.line, problem.column)
    return FormatError(problem.message, line, column, source.name)


def _origin(path: Sequence[str | int], sources: Sequence[_Source]) -> tuple[_Source, Sequence[str | int]]:
    """The file and the path in it of a path in the merged document: included lists stand first."""
    if len(path) > 1 and path[0] in _SHARED and isinstance(path[1], int):
        index = path[1]
        for source in sources:
            entries = source.data.get(str(path[0]), [])
            if index < len(entries):
                return source, (path[0], index, *path[2:])
            index -= len(entries)
    return sources[-1], path


def _inside(text: str, node: yaml.ScalarNode, line: int, column: int) -> tuple[int, int]:
    """The place in the file of a place in the text that a scalar stands for.

    Walks both side by side: what the scalar's text does not have (indentation, line breaks that are folded, the
    backslashes and doubled quotes of quoted scalars) is passed over in the file.
    """
    lines = node.value.split("\n")
    if node.style == "|":
        return _in_block(text, node, lines, line, column)
    wanted = sum(len(before) + 1 for before in lines[:line - 1]) + column - 1
    at, end = node.start_mark.index, node.end_mark.index
    if node.style == ">":
        at = text.find("\n", at) + 1
    elif node.style:
        at += 1
    for character in node.value[:wanted]:
        at = _after(character, text, at, node.style)
    at = _blank(text, at, end) if wanted < len(node.value) and not node.value[wanted].isspace() else at
    return place(text, at)


def _in_block(text: str, node: yaml.ScalarNode, lines: Sequence[str], line: int, column: int) -> tuple[int, int]:
    """The place in the file of a place in a literal block: line by line, but for the indentation."""
    first = next((index for index, content in enumerate(lines) if content.strip()), 0)
    below = node.start_mark.line + 1
    written = text.split("\n")[below + first]
    return below + line, len(written) - len(lines[first].rstrip("\r")) + column


_ESCAPES = {"x": 4, "u": 6, "U": 10}


def _after(character: str, text: str, at: int, style: str | None) -> int:
    """The place in the file after a character of the scalar's text; indentation is passed over by what follows it."""
    if character not in " \t\n":
        at = _blank(text, at, len(text))
    if style == '"' and text[at] == "\\":
        return at + _ESCAPES.get(text[at + 1], 2)
    if style == "'" and text[at] == "'":
        return at + 2
    return at + 1


def _blank(text: str, at: int, end: int) -> int:
    """The first place from `at` that is not blank; a backslash before a line break is blank too."""
    while at < end and (text[at] in " \t\n" or text.startswith("\\\n", at)):
        at += 2 if text[at] == "\\" else 1
    return at

"""Product models from files and into files: one module per format, `load` and `dump` in front."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import ModuleType

from catalog.checking import CatalogueError
from catalog.formats import yaml_file
from catalog.formats.document import from_document, to_document
from catalog.formats.errors import FormatError
from catalog.language import listed, quoted
from catalog.model import ProductModel

__all__ = ["CatalogueError", "Document", "FormatError", "SUFFIXES", "dump", "from_document", "load", "to_document"]

SUFFIXES = {".yaml": "yaml_file", ".yml": "yaml_file", ".xml": "xcsp", ".uvl": "uvl", ".dimacs": "dimacs"}
"""The module that reads and writes the files of each suffix."""


class Document(str):
    """The text of a file that remembers what kind of file it is."""

    suffix: str

    def __new__(cls, text: str, suffix: str) -> Document:
        document = super().__new__(cls, text)
        document.suffix = suffix
        return document


def load(source: str | Path) -> ProductModel:
    """The model of a file, by its suffix, or of text that `dump` returned.

    Raises FormatError with file, line and column of everything that is wrong: nothing is loaded then. Raises OSError
    if the file cannot be read.
    """
    if isinstance(source, Document):
        return _module(source.suffix).load_text(str(source), f"text{source.suffix}")
    if isinstance(source, str) and "\n" in source:
        return yaml_file.load_text(source, "text.yaml")
    path = Path(source)
    module = _module(path.suffix)
    text = yaml_file.read(path)
    if module is yaml_file:
        return yaml_file.load_text(text, path.name, path.parent)
    try:
        return module.load_text(text, path.stem)
    except FormatError as error:
        error.file = path.name
        raise


def dump(model: ProductModel, path: Path | None = None, suffix: str = ".yaml") -> Document:
    """The text of a model, in the format of the path's suffix; written there if a path is given.

    `load(dump(model)) == model`. Raises ValueError for what a format cannot express; the file is then left as it was.
    """
    suffix = path.suffix if path else suffix
    document = Document(_module(suffix).dump_text(model), suffix)
    if path:
        path.write_bytes(document.encode())
    return document


def _module(suffix: str) -> ModuleType:
    if suffix not in SUFFIXES:
        raise FormatError(f"expected a file that ends in {listed(SUFFIXES)}, found {quoted(suffix)}")
    return import_module(f"catalog.formats.{SUFFIXES[suffix]}")

"""Product models from files and into files: one module per format, `load` and `dump` in front."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from catalog.collecting import collecting_later
from catalog.formats import dimacs, uvl, xcsp, yaml_file
from catalog.formats.errors import FormatError
from catalog.formats.reading import from_document
from catalog.formats.source import read, visible
from catalog.formats.writing import to_document
from catalog.language import listed, quoted
from catalog.model import ProductModel
from catalog.problems import CatalogueError

__all__ = ["FORMATS", "CatalogueError", "Document", "FormatError", "dump", "from_document", "load", "to_document"]


@dataclass(frozen=True)
class Format:
    """How files of one kind are read, given their text and name, and written."""

    load: Callable[[str, str], ProductModel]
    dump: Callable[[ProductModel], str]


FORMATS = {
    ".yaml": Format(yaml_file.load_text, yaml_file.dump_text),
    ".xml": Format(xcsp.load_text, xcsp.dump_text),
    ".uvl": Format(uvl.load_text, uvl.dump_text),
    ".dimacs": Format(dimacs.load_text, dimacs.dump_text),
}
"""By suffix."""


class Document(str):
    """The text of a file that remembers what kind of file it is."""

    suffix: str

    def __new__(cls, text: str, suffix: str) -> Document:
        document = super().__new__(cls, text)
        document.suffix = suffix
        return document


@collecting_later()
def load(source: str | Path) -> ProductModel:
    """The model of a file, by its suffix, or of text that `dump` returned.

    Raises FormatError with file, line and column of everything that is wrong: nothing is loaded then. Raises OSError
    if the file cannot be read.
    """
    if isinstance(source, Document):
        return _format(source.suffix).load(visible(source), "")
    if isinstance(source, str) and "\n" in source:
        return yaml_file.load_text(visible(source), "")
    path = Path(source)
    found, text = _format(path.suffix), read(path)
    if path.suffix == ".yaml":
        return yaml_file.load_text(text, path.name, path.parent)
    try:
        return found.load(text, path.stem)
    except FormatError as error:
        for each in (error, *error.also):
            each.file = path.name
        raise


def dump(model: ProductModel, path: str | Path | None = None, suffix: str = ".yaml") -> Document:
    """The text of a model, in the format of the path's suffix; written there if a path is given.

    `load(dump(model)) == model`. Raises ValueError for what a format cannot express; the file is then left as it was.
    """
    suffix = Path(path).suffix if path else suffix
    document = Document(_format(suffix).dump(model), suffix)
    if path:
        Path(path).write_bytes(document.encode())
    return document


def _format(suffix: str) -> Format:
    if suffix not in FORMATS:
        raise FormatError(f"expected a file that ends in {listed(FORMATS)}, found {quoted(suffix)}")
    return FORMATS[suffix]

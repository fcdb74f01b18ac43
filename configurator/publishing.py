"""From a catalogue file to a published version: read whole, checked, shown to be buildable, stored."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.orm import Session

from catalog import store
from catalog.checking import check
from catalog.formats import FormatError, load
from catalog.model import ProductModel
from catalog.records import Version
from configurator.cases import failures
from configurator.engine import Engine, Undecided

SUFFIXES = (".yaml", ".uvl", ".dimacs", ".xml")


def read_uploads(files: Mapping[str, bytes]) -> ProductModel:
    """The model in uploaded files: the first is the catalogue, the others are what it includes.

    Raises FormatError with file, line and column for anything that is no whole catalogue.
    """
    with TemporaryDirectory() as folder:
        for name, content in files.items():
            if Path(name).name != name or Path(name).suffix not in SUFFIXES or "\0" in name:
                raise FormatError(f"expected a name like bicycle.yaml, ending in {', '.join(SUFFIXES)}", file=name)
            (Path(folder) / name).write_bytes(content)
        return load(Path(folder) / next(iter(files)))


def prove(model: ProductModel) -> Engine:
    """The engine of a model that can be sold.

    Raises CatalogueError if the model contradicts itself, ValueError with the rules that cause it if nothing at all
    can be built, ValueError if the engine's budget does not suffice for what the first page asks, and ValueError with
    every case that does not hold.
    """
    check(model)
    try:
        engine = Engine(model)
        engine.start().domains()
        engine.start().complete()
        failed = list(failures(engine))
    except Undecided as undecided:
        raise ValueError(f"{model.name}: these rules are too hard to decide while a customer waits ({undecided}); "
                         "write them more directly, or take apart those that compare many numbers") from undecided
    if failed:
        raise ValueError("\n".join(failed))
    return engine


def publish(session: Session, model: ProductModel, by: str = "") -> Version:
    """A new version, or the newest one if nothing changed; raises as `prove` does, and then stores nothing."""
    prove(model)
    return store.publish(session, model, by)

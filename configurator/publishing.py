"""From a catalogue file to a published version: read whole, checked, shown to be buildable, stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.orm import Session

from catalog import store
from catalog.checking import check
from catalog.formats import FormatError, load
from catalog.model import ProductModel, Rule
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
        engine = _decided(model)
        failed = list(failures(engine))
    except Undecided as undecided:
        raise ValueError(f"{model.name}: rules are too hard to decide while a customer waits ({undecided}): "
                         f"{', '.join(rule.name for rule in hard(model))}; write them more directly, or take apart "
                         "those that compare many numbers") from undecided
    if failed:
        raise ValueError("\n".join(failed))
    return engine


def _decided(model: ProductModel) -> Engine:
    """The engine of a model; raises Undecided if it does not know what the first page asks."""
    engine = Engine(model)
    start = engine.start()
    start.domains()
    if unchecked := start.unchecked():
        raise Undecided(f"whether {next(iter(unchecked))} can be {next(iter(unchecked.values()))[0]} is undecided")
    start.complete()
    return engine


def hard(model: ProductModel) -> tuple[Rule, ...]:
    """Rules that are too hard by themselves, halved for as long as one half is."""
    rules = model.rules
    while len(rules) > 1:
        halves = rules[:len(rules) // 2], rules[len(rules) // 2:]
        harder = next((half for half in halves if _is_hard(replace(model, rules=half))), None)
        if harder is None:
            return rules
        rules = harder
    return rules


def _is_hard(model: ProductModel) -> bool:
    try:
        _decided(model)
    except Undecided:
        return True
    except ValueError:  # nothing can be built, which is an answer
        return False
    return False


def publish(session: Session, model: ProductModel, by: str = "") -> Version:
    """A new version, or the newest one if nothing changed; raises as `prove` does, and then stores nothing."""
    prove(model)
    return store.publish(session, model, by)

"""From a catalogue file to a published version: read whole, checked, shown to be buildable, stored."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from sqlalchemy.orm import Session

from catalog import store
from catalog.checking import check
from catalog.formats import FormatError, load
from catalog.model import ProductModel, Rule
from catalog.records import Version
from configurator.engine import Engine, Unbuildable, Undecided, count
from configurator.publication.amounts import missing, negative
from configurator.publication.cases import failures
from configurator.publication.findings import MOST, Finding, findings

SUFFIXES = (".yaml", ".uvl", ".dimacs", ".xml")
NAMED = 10
"""Rules that a refusal names one by one."""
SECONDS = 10
"""Processor time for finding out whether an amount can be negative, or which rules are too hard,"""
GLANCE = 0.1
"""and for each attempt with fewer of them."""

WHOLE = re.compile(rb"^[^#\n]*\blot_one\b", re.MULTILINE)
"""What a catalogue file says, and none that is included."""


def read_uploads(files: Mapping[str, bytes]) -> ProductModel:
    """The model in uploaded files: the catalogue is the first that says `lot_one`, the others are what it includes.

    (Browsers send files in the order of their names.)
    Raises FormatError with file, line and column for anything that is no whole catalogue.
    """
    with TemporaryDirectory() as folder:
        for name, content in files.items():
            if Path(name).name != name or Path(name).suffix not in SUFFIXES or "\0" in name:
                raise FormatError(f"expected a name like bicycle.yaml, ending in {', '.join(SUFFIXES)}", file=name)
            (Path(folder) / name).write_bytes(content)
        return load(Path(folder) / next((name for name in files if WHOLE.search(files[name])), next(iter(files))))


class Refused(ValueError):
    """A catalogue cannot be sold: the message says why, `rules` are those that cause it."""

    def __init__(self, message: str, rules: Sequence[Rule] = ()) -> None:
        super().__init__(message)
        self.rules = tuple(rules)


@dataclass(frozen=True)
class Proof:
    """What is known of a catalogue that can be sold: how many products it has and what in it is probably not meant.

    `products` is None if they could not be counted in time.
    """

    products: int | None
    findings: tuple[Finding, ...]


def proof(engine: Engine, seconds: float, most: int | None = MOST) -> Proof:
    """What is known after so many seconds of counting, and of looking for each kind of finding.

    Of each kind the first findings are told, or all of them if `most` is None.
    """
    try:
        products = count(engine.model, seconds)
    except Undecided:
        products = None
    return Proof(products, tuple(findings(engine, most, seconds)))


def prove(model: ProductModel) -> Engine:
    """The engine of a model that can be sold.

    Raises CatalogueError if the model contradicts itself, and Refused if nothing at all can be built, if the engine's
    budget does not suffice for what the first page asks, or with every amount that is negative or missing, and every
    case that does not hold.
    """
    check(model)
    try:
        engine = _decided(model)
        failed = [*negative(model, SECONDS), *missing(model, SECONDS), *failures(engine)]
    except Unbuildable as nothing:
        raise Refused(str(nothing), [model.rule(name) for name in nothing.rules]) from nothing
    except Undecided as undecided:
        rules = hard(model, SECONDS)
        raise Refused(f"{model.name}: rules are too hard to decide while a customer waits ({undecided}): "
                      f"{_named(rules)}; write them more directly, or take apart those that compare many numbers",
                      rules) from undecided
    if failed:
        raise Refused("\n".join(failed))
    return engine


def _named(rules: Sequence[Rule]) -> str:
    named = ", ".join(rule.name for rule in rules[:NAMED])
    return f"{named} and {len(rules) - NAMED:,} more" if len(rules) > NAMED else named


def _decided(model: ProductModel, patience: float | None = None) -> Engine:
    """The engine of a model; raises Undecided if it does not know what the first page asks."""
    engine = Engine(model, patience)
    start = engine.start()
    start.domains()
    if unchecked := start.unchecked():
        raise Undecided(f"whether {next(iter(unchecked))} can be {next(iter(unchecked.values()))[0]} is undecided")
    start.complete()
    return engine


def hard(model: ProductModel, seconds: float) -> tuple[Rule, ...]:
    """Rules that are too hard together, as few as are found in so many seconds of processor time.

    Ever smaller parts are left out for as long as the rest stays too hard (Zeller and Hildebrandt 2002).
    """
    rules, ends = model.rules, process_time() + seconds
    size = (len(rules) + 1) // 2
    while size:
        start = 0
        while start < len(rules) and process_time() < ends:
            rest = rules[:start] + rules[start + size:]
            if _is_hard(replace(model, rules=rest), GLANCE):
                rules = rest
            else:
                start += size
        size //= 2
    return rules if _is_hard(replace(model, rules=rules)) else model.rules


def _is_hard(model: ProductModel, patience: float | None = None) -> bool:
    try:
        _decided(model, patience)
    except Undecided:
        return True
    except Unbuildable:  # which is an answer
        return False
    return False


def publish(session: Session, model: ProductModel, by: str = "") -> Version:
    """A new version, or the newest one if nothing changed; raises as `prove` does, and then stores nothing."""
    prove(model)
    return store.publish(session, model, by)

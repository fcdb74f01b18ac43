"""What proving a catalogue costs: counting its products, and comparing its rules with each other."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from time import perf_counter

from bench import models
from bench.tables import Cell, Table
from catalog.formats import load
from catalog.model import ProductModel
from configurator.engine import Redundancy, Undecided, count

PATIENCE = 300
"""Seconds for each figure."""
NONE = "–"


def tables() -> Iterator[Table]:
    """How many products there are, and how many rules say nothing new."""
    yield Table("Proof", f"""\
Seconds, each with {PATIENCE} at most. Products: every combination of values that can be built, texts aside.
Needless: rules that follow from the others; each is compared with all of them.""",
                ["model", "characteristics", "rules", "products", "counted in", "needless", "compared in"],
                [_measured(path) for path in models.FILES if path.exists()])


def _measured(path: Path) -> list[Cell]:
    print(f"{path.name} ...", file=sys.stderr)
    model = load(path)
    return [path.parent.name if path.name == "constraints.xml" else path.name, len(model.characteristics),
            len(model.rules), *_counted(model), *_compared(model)]


def _counted(model: ProductModel) -> tuple[Cell, Cell]:
    started = perf_counter()
    try:
        products = count(model, PATIENCE)
    except Undecided:
        return NONE, NONE
    said = f"{products:,}" if products < 10**12 else f"{Decimal(products):.3e}"
    return said, perf_counter() - started


def _compared(model: ProductModel) -> tuple[Cell, Cell]:
    """How many of the rules are needless; those that are too hard to compare are not."""
    started = perf_counter()
    redundancy, needless = Redundancy(model, PATIENCE), 0
    for index in range(len(model.rules)):
        try:
            needless += redundancy.follows(index) is not None
        except Undecided:
            continue
    return needless, perf_counter() - started

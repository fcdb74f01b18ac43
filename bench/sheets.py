"""What it takes to print: build sheets of different pieces in one PDF, and their labels."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import partial
from io import BytesIO
from multiprocessing import get_context
from time import perf_counter, process_time

from pypdf import PdfReader

from bench.tables import Table
from catalog.formats import load
from catalog.model import ProductModel
from catalog.pricing import price
from catalog.records import Version
from configurator.demonstration.shop import SAMPLES
from configurator.engine import Engine
from configurator.web.paper import picture_style
from orders.buildsheet import Issue, freeze
from orders.lots import Lot
from orders.promises import Offer
from orders.quotation.vat import Vat
from orders.records import Customer
from orders.sheets import labels, printing
from orders.sheets.printing import Paper
from orders.subjects import Whom

COUNTS = (1, 10, 100)
DAY = date(2026, 11, 23)
PRINTS = {"sheets": partial(printing.pdf, style=picture_style()), "labels": partial(labels.pdf)}


def tables() -> Iterator[Table]:
    """Each figure in a process of its own, for typst remembers what it has set."""
    rows = []
    for name in PRINTS:
        for count in COUNTS:
            with ProcessPoolExecutor(1, get_context("spawn")) as process:
                rows.append([name, count, *process.submit(_printed, name, count).result()])
    yield Table(
        "Paper", "Bookcases, shirts and bicycles in turn, each configured at random, one piece an order; one PDF of "
        "all of them, from the frozen orders to the last byte. Sheets with a summary and a page for each operation, QR "
        "codes, pictures of the steps; labels for every part and box.",
        ["what", "orders", "pages", "seconds", "processor seconds", "MB"], rows)


def _printed(name: str, count: int) -> tuple[int, float, float, float]:
    """Pages, seconds, processor seconds and megabytes."""
    papers = list(_papers(count))
    started, busy = perf_counter(), process_time()
    content = PRINTS[name](papers, link=_link)
    seconds, worked = perf_counter() - started, process_time() - busy
    return len(PdfReader(BytesIO(content)).pages), seconds, worked, len(content) / 1e6


def _papers(count: int) -> Iterator[Paper]:
    rng = random.Random(count)
    models = [load(path) for path in SAMPLES]
    engines = [Engine(model) for model in models]
    for number in range(count):
        yield Paper(str(2001 + number), _frozen(models[number % 3], engines[number % 3], rng))


def _frozen(model: ProductModel, engine: Engine, rng: random.Random) -> dict[str, object]:
    weights = {(c.name, value.name): rng.random() for c in model.characteristics for value in c.options}
    values = engine.start().complete(weights).values()
    offer = Offer.of(price(model, values), 1, DAY, Vat(model.vat))
    whom = Whom(Customer(number="1001", name="Ada Winter"))
    return freeze(whom, Lot(Version(number=1), model, values, 1), offer, Issue(DAY))


def _link(paper: Paper, page: int) -> str:
    return f"https://lotone.example.com/floor/orders/{paper.number}/operations/{page}?revision=1"

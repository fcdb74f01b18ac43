"""`lotone history`: what customers ordered before Lot One kept the orders."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.model import ProductModel
from catalog.nodes import Values
from catalog.records import Version
from catalog.store import current, model_of
from configurator.commands import opened
from configurator.engine import Engine, Impossible
from orders.memory import experience
from orders.memory.history import Conflict, HistoryError, Layout, Report, read
from orders.records import HistoryFile

SHOWN = 10
"""So many reasons of each kind are listed, the most frequent first."""


@click.group()
def history() -> None:
    """Past orders out of files: the memory learns from them."""


@history.command("import")
@click.argument("product")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--customer", metavar="COLUMN", help="The column with the customer's number.")
@click.option("--date", metavar="COLUMN", help="The column with the date, as in 2024-12-31.")
@click.option("--count", metavar="COLUMN", help="The column that says how many alike were ordered.")
@click.option("--again", is_flag=True, help="Read a file anew: it takes the place of what it gave before.")
@click.option("--check", "only_check", is_flag=True, help="Report, and keep nothing.")
def import_file(product: str, file: Path, customer: str | None, date: str | None, count: str | None, again: bool,
                only_check: bool) -> None:
    """Read past orders of PRODUCT from FILE (.csv or .csv.gz): its columns are characteristics.

    Rows that cannot be built are reported and left out.
    """
    model = _model(product, file, again or only_check)
    try:
        with click.progressbar(length=file.stat().st_size, label=f"Reading {file.name}") as bar:
            report = read(file, model, conflicts(Engine(model)), Layout(customer, date, count), bar.update)
    except HistoryError as error:
        raise click.ClickException(str(error)) from error
    for line in describe(report, model):
        click.echo(line)
    if only_check:
        return
    with opened() as session:
        strangers = experience.keep(session, _version(session, product).product, file, report)
    for number, orders in strangers.most_common(SHOWN):
        click.echo(f"  no customer {number}: {orders} orders kept as orders of nobody known")
    click.echo(f"Kept {report.orders.total():,} orders.")


@history.command("list")
def list_files() -> None:
    """The files that were read."""
    with opened() as session:
        for file in session.scalars(select(HistoryFile).order_by(HistoryFile.read_at)):
            click.echo(f"{file.read_at:%Y-%m-%d}  {file.product.slug}  {file.name}  "
                       f"{file.valid:,} of {file.rows:,} rows")


def describe(report: Report, model: ProductModel) -> Iterator[str]:
    """What a file held, line by line, the most frequent reasons first."""
    if report.left_out:
        yield f"Columns left out, which {model.name} does not have: {', '.join(report.left_out)}"
    yield f"{report.rows:,} rows: {report.valid:,} can be built, {report.invalid:,} cannot"
    yield from _reasons(report.malformed.total(), "malformed",
                        ((f"expected {what}", count) for what, count in report.malformed.most_common()))
    yield from _reasons(report.with_unknown, "with a value that is unknown",
                        ((f"{column} = {text[:40]}", count) for (column, text), count in report.unknown.most_common()))
    yield from _reasons(report.excluded.total(), "excluded by rules",
                        (("; ".join(_told(model, rule) for rule in rules), count)
                         for rules, count in report.excluded.most_common()))


def _told(model: ProductModel, rule: str) -> str:
    sentence = model.rule(rule).sentence
    return f"{rule}: {sentence}".rstrip(": .")


def _reasons(rows: int, kind: str, reasons: Iterator[tuple[str, int]]) -> Iterator[str]:
    if rows:
        yield f"  {rows:,} {kind}"
    listed = list(reasons)
    for reason, count in listed[:SHOWN]:
        yield f"    {count:>7,}  {reason}"
    if len(listed) > SHOWN:
        yield f"    and {len(listed) - SHOWN:,} more"


def _model(product: str, file: Path, again: bool) -> ProductModel:
    with opened() as session:
        version = _version(session, product)
        known = experience.known(session, version.product, file)
        if known and not again:
            raise click.ClickException(f"{file.name} was read on {known.read_at:%Y-%m-%d} as {known.name}; "
                                       "--again puts what it says now in the place of what it said then.")
        return model_of(version)


def _version(session: Session, product: str) -> Version:
    version = current(session, product)
    if version is None:
        raise click.ClickException(f"There is no product {product}: `lotone catalog list` shows them.")
    return version


def conflicts(engine: Engine) -> Callable[[Values], Conflict | None]:
    """Says what keeps values from being completed, by the engine of their product."""
    def conflict(values: Values) -> Conflict | None:
        try:
            engine.start(values)
        except Impossible as impossible:
            why = impossible.explanation
            return Conflict(frozenset([impossible.name, *why.choices]), why.rules)
        return None
    return conflict

"""`lotone catalog`: read catalogue files in, check them, publish them, write them out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from catalog import store
from catalog.formats import dump, load
from catalog.model import ProductModel, Text
from catalog.wording import title
from configurator.commands import opened
from configurator.commands.saved import lines
from configurator.engine import Engine
from configurator.publication import publishing
from configurator.publication.findings import MOST
from configurator.publication.impact import saved

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
DIGITS = 21
"""Numbers with more are rounded."""
patience = click.option("--patience", default=60, show_default=True, type=click.IntRange(1),
                        help="Seconds for counting the products, and for each kind of warning.")
every = click.option("--all", "every", is_flag=True, help="Tell every warning, not the first of each kind.")


@click.group()
def catalog() -> None:
    """Catalogue files and published versions."""


@catalog.command("check")
@click.argument("file", type=FILE)
@patience
@every
def check_file(file: Path, patience: int, every: bool) -> None:
    """Read FILE, prove that it can be sold, count its products, and warn of what is probably not meant."""
    _prove(_read(file), patience, every)
    click.echo(f"{file.name}: in order.")


@catalog.command("import")
@click.argument("file", type=FILE)
@click.option("--publish", is_flag=True, help="Make it what customers configure from now on.")
@click.option("--yes", is_flag=True, help="Publish without asking, whatever becomes of what is saved.")
@click.option("--name", help="Sell it under this name rather than the file's.")
@click.option("--title", "called", help="What customers call it.")
@patience
@every
def import_file(file: Path, publish: bool, yes: bool, name: str | None, called: str | None, patience: int,
                every: bool) -> None:
    """Read a catalogue FILE (.yaml, .uvl, .dimacs, or .xml in XCSP 2.1), and say what it makes of what is saved.

    Without --publish it is only looked at.
    """
    engine = _prove(_read(file, name=name, title=called), patience, every)
    with opened() as session:
        kept = saved(session, engine.model.name)
    impact = kept.impact(engine, patience)
    for line in lines(impact, engine.model.currency):
        click.echo(line)
    if not publish:
        click.echo("In order. Add --publish to sell it.")
        return
    if impact.differs and not yes:
        click.confirm("Publish it?", abort=True)
    with opened() as session:
        version = store.publish(session, engine.model, by="command line")
        click.echo(f"Published {version.title} as {engine.model.name}, version {version.number}.")


@catalog.command("list")
def list_products() -> None:
    """Every product with its newest version."""
    with opened() as session:
        for version in store.catalogue(session):
            click.echo(f"{version.product.slug}  version {version.number}  {version.title}")


@catalog.command("export")
@click.argument("product")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(product: str, file: Path) -> None:
    """Write the newest version of PRODUCT to FILE, in the format of its suffix."""
    with opened() as session:
        version = store.current(session, product)
        if version is None:
            raise click.ClickException(f"there is no product {product!r}; lotone catalog list shows them")
        dump(store.model_of(version), file, suffix=file.suffix)


def _read(file: Path, **changes: str | None) -> ProductModel:
    """The model in a file, renamed where asked, and a word on its size."""
    given: dict[str, Any] = {key: text for key, text in changes.items() if text}
    with _refusals():
        model = replace(load(file), **given)
    click.echo(f"{title(model)}: {len(model.characteristics)} characteristics, {len(model.rules)} rules, "
               f"{len(model.parts)} parts, {len(model.operations)} operations.")
    return model


def _prove(model: ProductModel, patience: int, every: bool) -> Engine:
    """Refuses a model that cannot be sold, and tells how much it is and what in it is probably not meant.

    What it is doing meanwhile is told beside the output, which may go on to another program.
    """
    click.echo("Proving it, counting its products and looking for what is probably not meant: this can take minutes, "
               "fewer with less --patience.", err=True)
    with _refusals():
        engine = publishing.prove(model)
        proof = publishing.proof(engine, patience, None if every else MOST)
    if proof.products is None:
        click.echo(f"How many products it has could not be counted within {patience} seconds (see --patience).")
    else:
        texts = ", whatever their texts say" if any(isinstance(c, Text) for c in model.characteristics) else ""
        click.echo(f"{_written(proof.products)} products{texts}.")
    for finding in proof.findings:
        click.echo(f"Warning: {finding}")
    return engine


def _written(number: int) -> str:
    """A number with all its digits, or rounded to four of very many."""
    return f"{number:,}" if number < 10**DIGITS else f"{Decimal(number):.3e}".replace("e+", " × 10^")


@contextmanager
def _refusals() -> Iterator[None]:
    """Tells the person at the terminal why a catalogue is refused."""
    try:
        yield
    except ValueError as error:
        raise click.ClickException(str(error)) from error

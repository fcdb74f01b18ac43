"""`lotone stock`: the parts that the firm keeps, out of files and into them."""

from __future__ import annotations

from pathlib import Path

import click

from configurator import stockfile
from configurator.commands import opened


@click.group()
def stock() -> None:
    """The parts in stock, as a table."""


@stock.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_file(file: Path) -> None:
    """Keep the parts of FILE (.csv) as it says, and count them; other parts stay as they are.

    Columns: number, title, unit, supplier, lead_days, lot, reorder, on_hand. What is wrong is told by line, and then
    nothing is changed.
    """
    try:
        text = file.read_text(encoding="utf-8")
        with opened() as session:
            count = stockfile.bring(session, text, None)
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file.name} is no text in UTF-8: byte {error.start + 1}") from error
    except stockfile.StockFileError as error:
        raise click.ClickException(f"{file.name}: nothing was changed.\n{error}") from error
    click.echo(f"Kept {count:,} parts.")


@stock.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export_file(file: Path) -> None:
    """Write all parts in stock to FILE (.csv), as `import` reads it."""
    with opened() as session:
        file.write_text(stockfile.write(session), encoding="utf-8", newline="")
    click.echo(f"Wrote {file}.")

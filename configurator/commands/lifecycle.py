"""`lotone lifecycle`: the page of the documentation that is drawn from the table."""

from __future__ import annotations

import click

from orders import drawing


@click.command()
def lifecycle() -> None:
    """Print the life cycle of an order as Markdown, with its diagram."""
    click.echo(drawing.page(), nl=False)

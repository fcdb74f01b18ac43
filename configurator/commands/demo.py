"""`lotone demo`: a shop to try."""

from __future__ import annotations

import click

from catalog.database import now
from configurator.commands import opened, read_settings
from configurator.demonstration import shop as demonstration


@click.command()
@click.option("--seed", default=1, show_default=True, help="Another number, another history.")
@click.option("--orders", default=250, show_default=True, type=click.IntRange(0, 5000), help="Past orders to make up.")
def demo(seed: int, orders: int) -> None:
    """Fill an empty shop with three catalogues, an account for each role and a made-up history.

    A shop that sells something already keeps its catalogues and orders; accounts that are missing are made.
    """
    if not read_settings().demo:
        raise click.ClickException(
            "The demonstration's passwords are known to everybody, so it is refused outside demonstration mode: "
            "set LOTONE_DEMO=yes if nothing here is real.")
    with opened() as session:
        steps = demonstration.fill(session, now(), seed, orders)
        with click.progressbar(steps, length=orders + 10, label="Making up a shop", item_show_func=str) as words:
            for _ in words:
                pass
    click.echo("\nSign in as")
    for role, (name, email, password) in demonstration.ACCOUNTS.items():
        click.echo(f"  {role:<11} {email:<19} {password:<22} {name}")

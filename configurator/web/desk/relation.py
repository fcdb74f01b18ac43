"""The relation with customers, for the firm to see: how unequal they are, how many kinds of things they buy, and what
could be next.

Nothing here is shown to customers, and no price, choice or promise is made from it. Where the shop switched it off,
the application leaves these pages out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response as Answer

from catalog.store import catalogue
from catalog.wording import title
from configurator import worths
from configurator.limits import today
from configurator.scope import scope_of
from configurator.transaction import session
from configurator.web.access import access, alive, found, no_store
from configurator.web.forms import PeriodForm
from configurator.web.shop.chart import BASE, LEFT, RIGHT, TOP
from orders import customers
from orders.memory import consents
from orders.relation import purchases, scope
from orders.relation.inequality import ORDERS, WEEKS, Tenth
from orders.relation.learning import ENOUGH
from orders.relation.outcomes import outcomes
from orders.relation.outlook import outlooks
from orders.relation.savings import Assumptions, savings
from orders.value import FEW

relation = Blueprint("relation", __name__, url_prefix="/desk/relation")

WIDE = 18
"""How wide a bar is drawn, in the view of configurator.web.shop.chart."""
ASSUMED = {name: round(100 * getattr(Assumptions, name)) for name in ("service", "material", "finished")}
"""What is assumed until somebody says otherwise, in per cent."""
YEAR = timedelta(365)
SHADES = 5
"""Tones of a cell, from none to all of the largest."""


@dataclass(frozen=True)
class Bar:
    """A tenth as a bar: where it stands, how high it is, and between which heights it may be."""

    x: float
    y: float
    low: float | None
    high: float | None
    tenth: Tenth


@relation.get("/")
@access("manager")
def everybody() -> Answer:
    """How unequal customers are, as pictures with their tables."""
    shown = worths.picture(session, today())
    return no_store(render_template(
        "desk/relation.html", shown=shown, bars=bars(shown.portrait.tenths), pareto=curve(shown.portrait.pareto),
        rows=list(zip(steps(ORDERS), shown.portrait.grid, strict=True)), columns=list(steps(WEEKS)), few=FEW,
        most=max((cell.customers for row in shown.portrait.grid for cell in row), default=0), shade=shade,
        area=(LEFT, RIGHT, TOP, BASE)))


@relation.get("/tenths/<int:number>")
@access("manager")
def tenth(number: int) -> Answer:
    """The customers of a tenth, one by one: what to expect of each, and how sure that is."""
    shown = worths.picture(session, today())
    model = found(shown.model)
    some = found(next((one for one in shown.portrait.tenths if one.number == number), None))
    return no_store(render_template("desk/tenth.html", tenth=some, currency=shown.currency,
                                    outlooks=outlooks(session, model, today(), some.first)))


@relation.get("/scope")
@access("rep", "manager")
def kinds() -> str:
    """How many kinds of things customers buy, which go together, and whether the next order is shorter for it."""
    baskets, versions = scope.baskets(session), catalogue(session)
    together = [(row, [baskets.share(column.product_id, frozenset({row.product_id})) for column in versions])
                for row in versions]
    return render_template("desk/scope.html", numbers=baskets.by_number(), versions=versions, together=together,
                           breadth=scope.by_breadth(session), broad=scope.BROAD, enough=ENOUGH)


@relation.get("/scope/<number>")
@access("rep", "manager")
def nexts(number: str) -> str:
    """What one client buys of all that is made, and what could be next."""
    client = alive(found(customers.of_number(session, number)))
    if not consents.allows(session, client, "analysis"):
        return render_template("desk/next.html", client=client, scope=None, title=title)
    return render_template("desk/next.html", client=client, scope=scope_of(session, client), title=title)


@relation.get("/lots")
@access("manager")
def lots() -> tuple[str, int]:
    """What was saved in a period by building only what was ordered, to print."""
    form = PeriodForm(request.args, data={"since": today() - YEAR, "until": today(), **ASSUMED})
    if request.args and not form.validate():
        return render_template("desk/lots.html", form=form, saved=None, since=today(), until=today()), 422
    since, until, currency = form.since.data or today(), form.until.data or today(), purchases.currency(session)
    assumed = Assumptions(**{name: form[name].data / 100 for name in ASSUMED})
    return render_template("desk/lots.html", form=form, since=since, until=until, currency=currency, assumed=assumed,
                           saved=savings(session, since, until, currency, assumed),
                           outcomes=outcomes(session, since, until)), 200


def bars(tenths: Iterable[Tenth]) -> list[Bar]:
    """The tenths from left to right: what they are expected to buy within a year, or bought if that is not known."""
    shown = list(tenths)
    most = max((tenth.expected.high if tenth.expected else tenth.bought for tenth in shown), default=0) or 1

    def height(amount: int) -> float:
        return round(BASE - (BASE - TOP) * amount / most, 1)

    across = (RIGHT - LEFT) / max(len(shown), 1)
    return [Bar(round(LEFT + across * n + (across - WIDE) / 2, 1),
                height(tenth.expected.amount if tenth.expected else tenth.bought),
                height(tenth.expected.low) if tenth.expected else None,
                height(tenth.expected.high) if tenth.expected else None, tenth)
            for n, tenth in enumerate(shown)]


def curve(shares: Sequence[float]) -> str:
    """The points of a curve of shares, from the lower left to the upper right."""
    return " ".join(f"{LEFT + (RIGHT - LEFT) * n / (len(shares) - 1):.1f},{BASE - (BASE - TOP) * share:.1f}"
                    for n, share in enumerate(shares))


def steps(starts: Sequence[int]) -> Iterable[tuple[int, int | None]]:
    """The ranges that begin at each start; the last one has no end."""
    return zip(starts, [*(start - 1 for start in starts[1:]), None], strict=True)


def shade(count: int, most: int) -> int:
    """The tone of a cell, 0 to SHADES: more customers are darker."""
    return -(-count * SHADES // most) if most else 0

"""The floor: what to build next, the build sheet, and the steps that are done."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from configurator.limits import today
from configurator.transaction import session
from configurator.web.access import access, me
from configurator.web.floor.bench import order_of, pressed, told
from configurator.web.paper import inline, language, picture_style
from orders import lifecycle
from orders.buildsheet import parts_of
from orders.floor import measuring, production
from orders.records import Account, Order
from orders.sheets import pictures, printing
from orders.sheets.printing import Paper
from orders.supplies import reservations

floor = Blueprint("floor", __name__, url_prefix="/floor")


@floor.get("/")
@access("fulfilment")
def queue() -> str:
    """Orders to build or ship, those promised first at the top."""
    return render_template("floor/queue.html", orders=production.queue(session), progress=production.progress,
                           today=today())


@floor.get("/orders/<number>")
@access("fulfilment", "rep")
def sheet(number: str) -> str:
    """The build sheet as a page, for the tablet and for paper."""
    order = order_of(number)
    return sheet_page(order, Paper.of(order), request.args.get("revision", type=int))


def sheet_page(order: Order, paper: Paper, held: int | None = None) -> str:
    """A sheet of an order, to work from if it is the one that counts; `held` is the revision somebody has on paper."""
    code = Markup(pictures.qr(address(paper)))  # noqa: S704  # drawn by segno, holds no text
    counts = paper.superseded_by is None
    return render_template(
        "floor/sheet.html", order=order, sheet=paper.sheet, pictures=pictures, code=code,
        key=partial(secrets.token_urlsafe, 16),
        progress=production.progress(order),
        rows=_numbered(paper.sheet), signed={(s.operation, s.step): s for s in order.sign_offs} if counts else {},
        measured={(m.operation, m.step): m for m in measuring.of(session, order)} if counts else {},
        promised=date.fromisoformat(paper.sheet["promised_on"]), me=me(), paper=paper,
        missing=reservations.missing(session, order) if counts else (), needed=parts_of(order),
        works=counts and me().role != "rep" and order.state in lifecycle.MADE,
        held=held if held and held < order.sheet_number else None, can_ship=lifecycle.may(order, "shipped", me()))


@floor.get("/orders/<number>.pdf")
@access("fulfilment", "rep")
def pdf(number: str) -> Response:
    """The build sheet as a PDF."""
    order = order_of(number)
    content = printing.pdf([Paper.of(order)], link=address, language=language(), style=picture_style())
    return inline(content, f"build-sheet-{order.number}.pdf")


@floor.post("/orders/<number>/<int:operation>/<int:step>/sign")
@access("fulfilment")
def sign(number: str, operation: int, step: int) -> Answer:
    """Signs a step off; operations and steps count from 1."""
    return _mark(_sign_off, number, operation, step)


@floor.post("/orders/<number>/<int:operation>/<int:step>/undo")
@access("fulfilment")
def undo(number: str, operation: int, step: int) -> Answer:
    """Takes one's own sign-off back."""
    return _mark(production.take_back, number, operation, step)


def _sign_off(session: Session, order: Order, operation: str, step: int, account: Account) -> None:
    production.sign_off(session, order, operation, step, account, pressed(order, (operation, step)))


def _mark(act: Callable[[Session, Order, str, int, Account], object], number: str, operation: int, step: int) -> Answer:
    order = order_of(number)
    if request.form.get("revision", order.sheet_number, type=int) != order.sheet_number:
        flash(_("The sheet was changed: revision %(number)d counts from now on.", number=order.sheet_number), "warning")
        return redirect(url_for(".sheet", number=number), 303)
    names = dict(enumerate((planned["name"] for planned in order.sheet["operations"]), 1))
    with told():
        act(session, order, names[operation], step, me())
    return redirect(url_for(".sheet", number=number, _anchor=f"step-{operation}-{step}"), 303)


def address(paper: Paper, page: int = 0) -> str:
    """What the QR code of a page says: 0 is the sheet itself, n its operation n; an old sheet is known by it."""
    sheet = url_for("floor.sheet", number=paper.number, _external=True)
    return f"{sheet}{f'/operations/{page}' if page else ''}?revision={paper.revision}"


def _numbered(sheet: Mapping[str, Any]) -> list[tuple[str, dict[str, str]]]:
    """The rows of the specification as 1.1, 1.2, 2.1 ..."""
    return [(f"{g}.{r}", row) for g, group in enumerate(sheet["groups"], 1)
            for r, row in enumerate(group["rows"], 1)]

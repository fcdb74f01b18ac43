"""Sheets to take away: many in one PDF, labels, and the same as JSON and CSV for machines."""

from __future__ import annotations

from flask import Blueprint, Response, abort, current_app, jsonify, render_template, request
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import undefer

from configurator.limits import today
from configurator.transaction import session
from configurator.web.access import access
from configurator.web.floor.orders import address
from configurator.web.paper import inline, language, picture_style
from orders.floor import production
from orders.records import Order
from orders.sheets import labels, printing, tabular
from orders.sheets.printing import Paper

sheets = Blueprint("sheets", __name__, url_prefix="/floor")
MOST = 200
"""Sheets in one file."""


@sheets.get("/print")
@access("fulfilment")
def choose() -> str:
    """The queue, to choose from what to print."""
    return render_template("floor/print.html", orders=production.queue(session), today=today(), most=MOST)


@sheets.get("/worker.js")
@access("public")
def worker() -> Response:
    """The script that keeps the floor's pages for when there is no connection; its address says which pages."""
    return current_app.send_static_file("js/worker.js")


@sheets.get("/sheets.pdf")
@access("fulfilment", "rep")
def pdf() -> Response:
    """The chosen sheets in one PDF, in the order of the queue; all of the queue if none is chosen."""
    content = printing.pdf(_chosen(), link=address, language=language(), style=picture_style())
    return inline(content, "build-sheets.pdf")


@sheets.get("/labels.pdf")
@access("fulfilment", "rep")
def label() -> Response:
    """Labels of the chosen orders, of each kind asked for."""
    kinds = set(request.args.getlist("kind")) & set(labels.KINDS) or labels.KINDS
    try:
        content = labels.pdf(_chosen(), link=address, language=language(), kinds=kinds)
    except labels.TooMany:
        abort(422, _("More than %(most)d labels: choose fewer orders, or boxes alone.", most=labels.MOST))
    except LookupError:
        abort(404)
    return inline(content, "labels.pdf")


@sheets.get("/parts.csv")
@access("fulfilment", "rep")
def parts() -> Response:
    """The parts lists of the chosen sheets, as a table."""
    return _table(tabular.parts(_chosen()), "parts.csv")


@sheets.get("/steps.csv")
@access("fulfilment", "rep")
def steps() -> Response:
    """The steps of the chosen sheets and what is measured, as a table."""
    return _table(tabular.steps(_chosen()), "steps.csv")


@sheets.get("/sheets.json")
@access("fulfilment", "rep")
def data() -> Response:
    """The chosen sheets as they were frozen."""
    answer = jsonify([{"order": paper.number, **paper.sheet} for paper in _chosen()])
    answer.headers["Content-Disposition"] = 'attachment; filename="build-sheets.json"'
    return answer


def _chosen() -> list[Paper]:
    """The sheets of the orders that the address names; of all that are to be built if it names none."""
    numbers = request.args.getlist("order")
    if len(numbers) > MOST:
        abort(422, _("At most %(most)d sheets in one file: choose fewer orders.", most=MOST))
    if not numbers:
        numbers = [order.number for order, __ in production.queue(session)[:MOST]] or abort(404)
    found = session.scalars(select(Order).where(Order.number.in_(numbers)).order_by(Order.promised_on, Order.id)
                            .options(undefer(Order.sheet))).all()
    if {order.number for order in found} != set(numbers):
        abort(404)
    return [Paper.of(order) for order in found]


def _table(content: str, name: str) -> Response:
    return Response(content, mimetype="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}"'})

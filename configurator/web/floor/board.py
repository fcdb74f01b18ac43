"""The board of what is late and why, and what operations really take."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, make_response, render_template, request
from sqlalchemy import select
from werkzeug.http import quote_etag
from werkzeug.wrappers import Response as Answer

from catalog.database import now
from configurator.limits import today
from configurator.transaction import session
from configurator.web.access import access
from orders.floor import board as late
from orders.floor import times as real
from orders.supplies.supplied import Stock

board = Blueprint("board", __name__, url_prefix="/floor")
SHOWN = 3
"""How many of the parts are named that an order waits for."""
LATELY = timedelta(days=180)
"""How far the times go back."""


@board.get("/board", endpoint="board")
@access("fulfilment", "rep")
def show() -> Answer:
    """The board; it asks again every few seconds, and gets an answer when something has changed."""
    etag = quote_etag(late.stamp(session, today()), weak=True)
    if request.if_none_match.contains_raw(etag):
        answer = make_response("", 304)
    else:
        entries, others = late.board(session, today())
        awaited = {wait.number for entry in entries for wait in entry.waits[:SHOWN]}
        parts = {part.number: part for part in session.scalars(select(Stock).where(Stock.number.in_(awaited)))}
        answer = make_response(render_template("floor/board.html", entries=entries, others=others, etag=etag, at=now(),
                                               parts=parts, shown=SHOWN))
    answer.headers["ETag"] = etag
    return answer


@board.get("/times")
@access("manager")
def times() -> str:
    """Planned against real minutes for each operation, over orders."""
    return render_template("floor/times.html", rows=real.taken(session, now() - LATELY), days=LATELY.days,
                           fewest=real.FEWEST)

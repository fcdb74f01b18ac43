"""Batches and serial numbers of parts: what went into an order, and where else it went."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response as Answer

from configurator.transaction import session
from configurator.web.access import access, me
from configurator.web.floor.bench import OPERATION, opened, told
from configurator.web.shop.answers import counted
from orders.floor import batches as used
from orders.floor.worked import Used

tracing = Blueprint("tracing", __name__, url_prefix="/floor")


@tracing.get("/batches")
@access("fulfilment", "rep")
def batches() -> str:
    """Both ways: the orders of a batch or part, and the batches of an order with all else that they went into."""
    text = request.args.get("q", "").strip()[:250]
    rows = used.trace(session, text) if text else []
    return render_template("floor/batches.html", text=text, rows=rows, elsewhere=used.elsewhere(session, rows),
                           most=used.MOST)


@tracing.post(f"/orders/<number>{OPERATION}/batches")
@access("fulfilment")
def use(number: str, at: int) -> Answer:
    """A batch went into the order at this operation."""
    place = opened(number, at)
    with told("batch"):
        used.use(session, place.order, place.operation["name"], request.form.get("part", ""),
                 " ".join(request.form.get("batch", "").split())[:80], me())
        return place.page(request.form.get("step", type=counted), "batches")
    return place.page(request.form.get("step", type=counted), part=request.form.get("part"))


@tracing.post(f"/orders/<number>{OPERATION}/batches/<int:batch>")
@access("fulfilment")
def drop(number: str, at: int, batch: int) -> Answer:
    """It was another one."""
    place, noted = opened(number, at), session.get(Used, batch)
    with told():
        if noted and (noted.order_id, noted.operation) == (place.order.id, place.operation["name"]):
            used.take_back(session, noted)
    return place.page(request.form.get("step", type=counted), "batches")

"""The queues of the work centres."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from configurator.limits import today
from configurator.transaction import session
from configurator.web.access import access
from orders.floor import queues as waiting

queues = Blueprint("queues", __name__, url_prefix="/floor")


@queues.get("/centres")
@access("fulfilment")
def centres() -> str:
    """What waits at all work centres, or at the one that is asked for."""
    found, centre = waiting.queues(session), request.args.get("centre")
    shown = [queue for queue in found if centre in (None, queue.centre)]
    return render_template("floor/centres.html", queues=found, shown=shown, centre=centre, today=today())

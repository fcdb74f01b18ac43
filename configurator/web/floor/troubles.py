"""Problems at the bench: told with a photo, settled with a word."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from configurator.transaction import session
from configurator.web.access import access, found, me
from configurator.web.floor.bench import STEP, bench, key, opened, order_of, told
from orders.floor import photos
from orders.floor import troubles as problems
from orders.floor.worked import Trouble

troubles = Blueprint("troubles", __name__, url_prefix=bench.url_prefix)
LARGEST = photos.LARGEST + 1024**2
"""Bytes of a request that tells a problem: the photo, and what goes with it."""


@troubles.url_value_preprocessor
def admit_photo(endpoint: str | None, _: dict[str, Any] | None) -> None:
    """Before the form is read: what a telephone's camera makes may come in here."""
    if endpoint == "troubles.report":
        request.max_content_length = max(LARGEST, request.max_content_length or 0)


@troubles.post(f"{STEP}/problem")
@access("fulfilment")
def report(number: str, at: int, step: int) -> Answer:
    """Something is wrong; a photo that cannot be kept takes nothing away from what is said."""
    place, photo, key_ = opened(number, at), request.files.get("photo"), key()
    said = request.form.get("note", "").replace("\r\n", "\n").strip()[:2000]  # a line ends with two signs

    def note(content: bytes) -> None:
        problems.report(session, place.order, place.step(step), said, me(), key=key_, photo=content)
        flash(_("The problem is noted, and stands on the board."))
    with told("note"):
        try:
            note(photo.read() if photo else b"")
        except photos.NoPhoto:
            note(b"")
            raise
        return place.page(step, "problems")
    return place.page(step)


@troubles.post("/problems/<int:trouble>")
@access("fulfilment")
def settle(number: str, trouble: int) -> Answer:
    """What came of a problem."""
    settled, section = _found(number, trouble), None
    with told(f"outcome-{trouble}"):
        problems.settle(session, settled, request.form.get("outcome", "").strip()[:500], me())
        section = "problems"
    at = next((i for i, one in enumerate(settled.order.sheet["operations"], 1) if one["name"] == settled.operation), 1)
    return redirect(url_for("bench.operation", number=number, at=at, step=settled.step,
                            _anchor=section), 303)


@troubles.get("/problems/<int:trouble>.jpg")
@access("fulfilment", "rep")
def photo(number: str, trouble: int) -> Response:
    """The photo of a problem."""
    content = found(_found(number, trouble).photo)
    return Response(content, mimetype="image/jpeg", headers={"Cache-Control": "private, no-store"})


def _found(number: str, trouble: int) -> Trouble:
    """The problem, if it is one of this order."""
    told_of = found(session.get(Trouble, trouble))
    return told_of if told_of.order_id == order_of(number).id else found(None)

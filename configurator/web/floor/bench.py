"""The bench: one operation of an order on a telephone or a tablet, the next step large."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup
from sqlalchemy import select
from werkzeug.http import quote_etag
from werkzeug.wrappers import Response as Answer

from configurator.transaction import session
from configurator.web.access import access, found, me
from configurator.web.formatting import number as shown
from configurator.web.shop.answers import counted
from orders import lifecycle
from orders.floor import batches, measuring, photos, production, troubles, working
from orders.floor.steps import Step, signed
from orders.floor.worked import LONGEST_WORD, Measurement, Work
from orders.records import Order
from orders.sheets.pictures import of_step

bench = Blueprint("bench", __name__, url_prefix="/floor/orders/<number>")
OPERATION = "/operations/<int:at>"
FEW = 12
"""Pieces that are told by their numbers."""
STEP = f"{OPERATION}/steps/<int:step>"
LONGEST_NUMBER = 40
"""Signs of what was entered that are shown again if they were no number."""


@dataclass(frozen=True)
class Place:
    """An operation of an order, the `at`-th from 1, as the sheet describes it."""

    order: Order
    at: int
    operation: Mapping[str, Any]

    def step(self, number: int) -> Step:
        """A step of it, as records name it."""
        return self.operation["name"], number

    def page(self, step: int | None = None, section: str | None = None, **typed: Any) -> Answer:
        """To its page, at a step or at the next one that is to be done, with what was `typed` there and refused.

        A browser puts the focus where something is wrong only if no section is asked for.
        """
        return redirect(url_for("bench.operation", number=self.order.number, at=self.at, step=step, _anchor=section,
                                **typed), 303)


@bench.get(OPERATION)
@access("fulfilment")
def operation(number: str, at: int) -> str:
    """The operation: its next step, or the one that is asked for, and what can be done there."""
    place = opened(number, at)
    order, done, here = place.order, signed(place.order), working.at_work(session, place.order)
    step = _step(place, done, here)
    measured = [one for one in measuring.of(session, order) if (one.operation, one.step) == place.step(step)]
    used = [one for one in batches.of(session, order) if one.operation == place.operation["name"]]
    return render_template(
        "floor/operation.html", order=order, at=at, operation=place.operation, number=step, done=done, me=me(),
        step=place.operation["steps"][step - 1], works=order.state in lifecycle.MADE, once=secrets.token_urlsafe(16),
        picture=Markup(of_step(order.sheet, place.operation["steps"][step - 1])),  # noqa: S704  # drawn by catalog.picture
        **_others(place, step, here),
        mine=any(one.account_id == me().id and (one.operation, one.step) == place.step(step) for one in here),
        few=few, check=measuring.check_of(order, *place.step(step)), measured=measured, holds=_holds(measured),
        missing=measuring.missing(order, measured),
        pieces=production.counts(session, order).get(place.step(step), 0), problems=troubles.of(session, order),
        titles={part["number"]: part for part in _parts(place)}, used=used,
        known={part: batches.lately(session, part) for part in batches.parts_of(order, place.operation["name"])},
        positions={one["name"]: i for i, one in enumerate(order.sheet["operations"], 1)},
        superseded=request.args.get("revision", order.sheet_number, type=counted) != order.sheet_number)


@bench.get(f"{STEP}/others")
@access("fulfilment")
def others(number: str, at: int, step: int) -> Answer:
    """Who else is here, and whether the step was done meanwhile: asked for every few seconds, told when it changes."""
    place = opened(number, at)
    known = _others(place, step, working.at_work(session, place.order))
    page = render_template("floor/others.html", order=place.order, at=at, number=step, me=me(), **known)
    answer = make_response(page)
    answer.headers["ETag"] = known["etag"]
    return answer.make_conditional(request)


@bench.post(f"{STEP}/begin")
@access("fulfilment")
def begin(number: str, at: int, step: int) -> Answer:
    """Somebody is at the step now."""
    place = opened(number, at)
    with told():
        working.begin(session, place.order, place.step(step), me(), pressed(place.order, place.step(step)))
    return place.page(step)


@bench.post(f"{STEP}/pause")
@access("fulfilment")
def pause(number: str, at: int, step: int) -> Answer:
    """They leave it."""
    place = opened(number, at)
    working.pause(session, place.order, me(), pressed(place.order, place.step(step)))
    return place.page(step)


@bench.post(f"{STEP}/done")
@access("fulfilment")
def done(number: str, at: int, step: int) -> Answer:
    """The step is done, for all pieces of the lot; the next one follows."""
    place = opened(number, at)
    with told():
        production.sign_off(session, place.order, *place.step(step), me(), pressed(place.order, place.step(step)))
        return place.page()
    return place.page(step)


@bench.post(f"{STEP}/undo")
@access("fulfilment")
def undo(number: str, at: int, step: int) -> Answer:
    """Takes one's own sign-off back."""
    place = opened(number, at)
    with told():
        production.take_back(session, place.order, *place.step(step), me())
    return place.page(step)


@bench.post(f"{STEP}/count")
@access("fulfilment")
def count(number: str, at: int, step: int) -> Answer:
    """For so many pieces of the lot the step is done."""
    place = opened(number, at)
    with told("pieces"):
        production.count(session, place.order, *place.step(step), request.form.get("pieces", -1, type=counted), me())
        return place.page(step)
    return place.page(step, pieces=typed("pieces"))


def typed(field: str, most: int = LONGEST_NUMBER) -> str:
    """What was entered in a field and refused, to be shown again."""
    return request.form.get(field, "")[:most]


def opened(number: str, at: int) -> Place:
    """The operation of an order, or 404; an act upon a revision of the sheet that no longer counts is refused."""
    order = order_of(number)
    if not 1 <= at <= len(order.sheet["operations"]):
        abort(404)
    place = Place(order, at, order.sheet["operations"][at - 1])
    if request.form.get("revision", order.sheet_number, type=counted) != order.sheet_number:
        flash(_("The sheet was changed: revision %(number)s counts. Nothing was noted.", number=order.sheet_number),
              "warning")
        abort(place.page())
    return place


def order_of(number: str) -> Order:
    """The order with this number, or 404."""
    return found(session.scalar(select(Order).where(Order.number == number)))


def key(*told: str) -> str:
    """What makes an act that is sent twice one: the page that it was sent from, and what it told."""
    once = (request.form.get("once") or request.form.get("key", ""))[:36] or secrets.token_urlsafe(16)
    return f"{once}-{hashlib.sha256(repr(told).encode()).hexdigest()[:24]}"


def pressed(order: Order, step: Step) -> datetime | None:
    """When the button of a step was pressed, if that was while there was no connection, as far as can be believed."""
    try:
        at = datetime.fromisoformat(request.form.get("at", ""))
        return working.believed(session, order, step, at.astimezone(UTC)) if at.tzinfo else None
    except (ValueError, OverflowError):  # the latter at the ends of the calendar
        return None


@contextmanager
def told(field: str = "warning") -> Iterator[None]:
    """What cannot be done is told on the page that follows; what is not there is 404.

    The message is flashed with the id of the field where it is mended: `field`, or another one that the error names.
    """
    try:
        yield
    except LookupError:
        abort(404)
    except production.NotYours:
        flash(_("Only who signed a step off can take it back."), "warning")
    except lifecycle.NotAllowed:
        flash(_("This order is not on the floor: nothing can be done about it here."), "warning")
    except production.BeyondLot:
        flash(_("The lot does not have so many pieces."), field)
    except measuring.NoPiece:
        flash(_("The lot has no such piece."), "piece")
    except measuring.Unmeasured as error:
        flash(_("%(what)s is out of tolerance: decide first what becomes of it.", what=error.check.name)
              if error.measurement else ngettext(
                  "Measure first: %(what)s, piece %(pieces)s.", "Measure first: %(what)s, pieces %(pieces)s.",
                  len(error.missing), what=error.check.name, pieces=few(error.missing)),
              f"word-{error.measurement.id}" if error.measurement else "value")
    except measuring.NoMeasure:
        flash(_("Enter what you measured as a number."), field)
    except measuring.NoDecision:
        flash(_("Say why it may stay, or what is wrong, in at most %(most)s letters, digits and signs.",
                most=shown(LONGEST_WORD)), field)
    except troubles.NoWord:
        flash(_("Say it in a few words."), field)
    except photos.NoPhoto:
        flash(_("This is no photo that can be kept: send a JPEG, PNG or WebP of at most %(most)s MB.",
                most=shown(photos.LARGEST // 1024**2)), "photo")
    except batches.NoBatch:
        flash(_("Enter the number of the batch, or the serial number."), field)
    except troubles.Unsettled as error:
        flash(_("A problem at this step is open: say first what came of it."), f"outcome-{error.trouble.id}")


def few(pieces: Sequence[int]) -> str:
    """Numbers of pieces: the first ones, where there are many."""
    return ", ".join([*map(shown, pieces[:FEW]), *(["\N{HORIZONTAL ELLIPSIS}"] if len(pieces) > FEW else [])])


def _step(place: Place, done: set[Step], here: list[Work]) -> int:
    """The step asked for, else the one that I am at, else the next one that is to be done, else the last one."""
    numbers = range(1, len(place.operation["steps"]) + 1)
    asked = request.args.get("step", 0, type=counted)
    if asked in numbers:
        return asked
    mine = [one.step for one in here if one.account_id == me().id and one.operation == place.operation["name"]]
    undone = [number for number in numbers if place.step(number) not in done]
    return next(iter([*(step for step in mine if step in undone), *undone]), numbers[-1])


def _others(place: Place, step: int, here: list[Work]) -> dict[str, Any]:
    """Who else is at the operation, who has done the step, and what changes as soon as one of them does."""
    others = [one for one in here if one.operation == place.operation["name"] and one.account_id != me().id]
    signature = next((one for one in place.order.sign_offs if (one.operation, one.step) == place.step(step)), None)
    return {"here": others, "signature": signature,
            "etag": quote_etag("-".join(str(one.id) for one in (*others, signature) if one) or "nobody", weak=True)}


def _holds(measured: list[Measurement]) -> set[int]:
    return {one.id for one in measuring.newest(measured).values()}


def _parts(place: Place) -> list[Mapping[str, Any]]:
    return [*place.operation["parts"], *place.order.sheet["parts"]]

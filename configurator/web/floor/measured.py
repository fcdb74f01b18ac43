"""Values measured at the bench: told at once whether they are in tolerance, and what becomes of those that are not."""

from __future__ import annotations

from fractions import Fraction

from flask import Blueprint, flash, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from catalog.units import written
from configurator.transaction import session
from configurator.web.access import access, found, me
from configurator.web.floor.bench import STEP, bench, key, opened, told, typed
from configurator.web.formatting import number as shown
from configurator.web.shop.answers import counted, decimal
from orders.floor import measuring, troubles
from orders.floor.worked import LONGEST_WORD, Measurement

measured = Blueprint("measured", __name__, url_prefix=bench.url_prefix)


@measured.post(f"{STEP}/measured")
@access("fulfilment")
def measure(number: str, at: int, step: int) -> Answer:
    """A value was measured."""
    place = opened(number, at)
    with told("value"):
        value, piece = _value(), request.form.get("piece", 0, type=counted)
        made = measuring.measure(session, place.order, place.step(step), value, me(), key=key(str(piece), str(value)),
                                 piece=piece)
        if made.within:
            flash(_("In tolerance."))
        return place.page(step)
    return place.page(step, piece=typed("piece"), value=typed("value"))


@measured.post(f"{STEP}/measured/<int:measurement>")
@access("fulfilment")
def decide(number: str, at: int, step: int, measurement: int) -> Answer:
    """What becomes of a value out of tolerance; a problem is told along with it."""
    place = opened(number, at)
    value = found(session.get(Measurement, measurement))
    check = measuring.check_of(place.order, *place.step(step))
    if check is None or (value.order_id, value.operation, value.step) != (place.order.id, *place.step(step)):
        return found(None)
    decision, word = request.form.get("decision", ""), request.form.get("word", "")
    with told(f"word-{measurement}"):
        measuring.decide(session, value, decision, me(), word)
        if value.decision == "problem":
            note = _("%(what)s is %(value)s, not %(least)s to %(most)s %(unit)s.", what=check.name,
                     unit=written(check.unit), value=_shown(value.value), least=_shown(check.least),
                     most=_shown(check.most))
            troubles.report(session, place.order, place.step(step), f"{note} {value.word}".strip(), me(),
                            key=f"measurement {value.id}")
        return place.page(step)
    return place.page(step, **{f"word-{measurement}": typed("word", LONGEST_WORD)})


def _value() -> float:
    try:
        return float(decimal(request.form.get("value", "").strip()))
    except ValueError as error:
        raise measuring.NoMeasure("no number") from error


def _shown(value: float) -> str:
    """As on drawings."""
    return shown(Fraction(value), grouped=False)

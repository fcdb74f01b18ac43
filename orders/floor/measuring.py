"""Values measured at a step, against the check that the sheet asks for there."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from orders.floor.steps import Step, planned, workable
from orders.floor.worked import DECISIONS, LONGEST_WORD, Measurement
from orders.names import remark
from orders.records import Account, Order


@dataclass(frozen=True)
class Check:
    """What is measured at a step: a name, a unit (or ""), what it should be and the least and most it may be."""

    name: str
    unit: str
    nominal: float
    least: float
    most: float

    def admits(self, value: float) -> bool:
        """Whether a value is within the tolerance; its limits are."""
        return self.least <= value <= self.most


class Unmeasured(ValueError):
    """A step cannot be done before what is checked there is within the tolerance, or accepted as it is."""

    def __init__(self, check: Check, measurement: Measurement | None, missing: Sequence[int] = ()) -> None:
        was = (f"{measurement.value:g} of piece {measurement.piece} is out of tolerance" if measurement
               else f"pieces {', '.join(map(str, missing))} are not measured yet")
        super().__init__(f"{check.name}: {was}")
        self.check, self.measurement, self.missing = check, measurement, missing


class NoMeasure(ValueError):
    """What was entered is no value."""


class NoPiece(ValueError):
    """The lot has no such piece."""


class NoDecision(ValueError):
    """What was said about a value cannot be decided about it, or not without a word."""


def check_of(order: Order, operation: str, step: int) -> Check | None:
    """What the sheet asks to be measured at a step, if anything; raises LookupError for a step it does not have."""
    asked = planned(order, operation, step).get("check")
    return Check(**{name: asked[name] for name in Check.__dataclass_fields__}) if asked else None


def measure(session: Session, order: Order, step: Step, value: float, account: Account, *, key: str,
            piece: int = 1) -> Measurement:
    """Notes a value, in the unit of the check, of one piece of the lot (from 1); the same key is the same measurement.

    Raises LookupError for a step without a check, NoMeasure, NoPiece, NotAllowed.
    """
    workable(session, order)
    if known := session.scalar(select(Measurement).where(Measurement.key == key, Measurement.order_id == order.id)):
        return known
    check = check_of(order, *step)
    if check is None:
        raise LookupError(f"nothing is measured at step {step[1]} of {step[0]!r}")
    if not math.isfinite(value):
        raise NoMeasure(f"{value} is no measure")
    if not 1 <= piece <= order.quantity:
        raise NoPiece(f"there are pieces 1 to {order.quantity}, not {piece}")
    measurement = Measurement(key=key, order=order, operation=step[0], step=step[1], piece=piece, value=value,
                              within=check.admits(value), account=account)
    session.add(measurement)
    session.flush()
    return measurement


def decide(session: Session, measurement: Measurement, decision: str, account: Account, word: str = "") -> None:
    """Says what becomes of a value out of tolerance: "rework", "problem", or "accept" with a word why.

    What was decided stays. Raises NoDecision for another decision, for one about a value within the tolerance, and for
    accepting without a word, or for a word that `remark` refuses; NotAllowed.
    """
    workable(session, measurement.order)
    session.refresh(measurement)
    if decision not in DECISIONS[1:] or measurement.within:
        raise NoDecision(f"{decision!r} is nothing that could be decided about it")
    try:
        word = remark(word, LONGEST_WORD)
    except ValueError as error:
        raise NoDecision(str(error)) from error
    if decision == "accept" and not word:
        raise NoDecision("whoever accepts it as it is says why")
    if not measurement.decision:
        measurement.decision, measurement.word, measurement.decider = decision, word, account
        session.flush()


def newest(measurements: Iterable[Measurement]) -> Mapping[tuple[str, int, int], Measurement]:
    """The measurement that holds, by operation, step and piece."""
    return {(one.operation, one.step, one.piece): one for one in sorted(measurements, key=lambda one: one.id)}


def of(session: Session, order: Order) -> list[Measurement]:
    """All that was measured of an order, oldest first."""
    return list(session.scalars(select(Measurement).where(Measurement.order_id == order.id).order_by(Measurement.id)))


def out(session: Session, *orders: Order) -> list[Measurement]:
    """The values that hold of these orders, are out of tolerance and may not stay: to be decided, or made anew."""
    measured = session.scalars(select(Measurement).where(Measurement.order_id.in_(order.id for order in orders)))
    held = {(one.order_id, one.operation, one.step, one.piece): one for one in sorted(measured, key=lambda one: one.id)}
    return [one for one in held.values() if not (one.within or one.decision == "accept")]


def settled(session: Session, order: Order, step: Step) -> None:
    """Raises Unmeasured unless what is checked at a step is measured of every piece of the lot, and may stay."""
    if (check := check_of(order, *step)) is None:
        return
    measured = [one for one in of(session, order) if (one.operation, one.step) == step]
    undecided = next((one for one in newest(measured).values() if not (one.within or one.decision)), None)
    left = missing(order, measured)
    if undecided or left:
        raise Unmeasured(check, undecided, left)


def missing(order: Order, measured: Iterable[Measurement]) -> list[int]:
    """The pieces of a lot that are to be measured at a step, or once more, given all that was measured there."""
    held = {one.piece for one in newest(measured).values() if one.within or one.decision in ("", "accept")}
    return sorted(set(range(1, order.quantity + 1)) - held)

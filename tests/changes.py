"""What tests of changed orders share: an order that is free for an hour, a change that agrees to what is offered."""

from datetime import timedelta

from factories import TODAY, a_customer, ordered

from catalog.model import from_plain
from catalog.store import model_of
from orders.changes.changing import Edit, revise
from orders.changes.prospects import would_be
from orders.floor import production
from orders.lots import Lot
from orders.placing import Agreed

HOUR = timedelta(hours=1)


def edit(order, quantity=None, number=None, why="", **changes):
    """What somebody wants instead, on the sheet that they saw."""
    values = from_plain(order.values) | changes
    return Edit(Lot(order.version, model_of(order.version), values, quantity or order.quantity),
                number or order.sheet_number, why=why)


def agreed(session, order, wanted):
    """That they agree to what it would cost now, and to the day."""
    offer = would_be(session, order, wanted.lot, TODAY).offer
    return Agreed(offer.total, offer.promised_on)


def change(session, order, account, act=revise, **wanted):
    """Changes the order, or asks for it, agreeing to what is offered."""
    new = edit(order, **wanted)
    return act(session, order, new, agreed(session, order, new), account, TODAY)


def placed(session, **details):
    """An order of a bench that may be changed freely."""
    return ordered(session, a_customer(session), free_for=HOUR, **details)


def done(session, order, worker, *steps):
    """Signs steps off."""
    for step in steps:
        production.sign_off(session, order, *step, worker)

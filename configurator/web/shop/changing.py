"""Changing an order that was placed: what changes in it, its price and its day is shown before it is confirmed."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from catalog.model import from_plain
from catalog.wording import title
from configurator.drafts import sessions
from configurator.drafts.progress import Progress, progress_of
from configurator.limits import Limits, today
from configurator.measured import unmeasured
from configurator.records import Draft
from configurator.transaction import session
from configurator.web.access import access, found, me, no_store
from configurator.web.shop import present
from configurator.web.shop.answers import counted, say
from configurator.web.shop.configuring import open_draft
from configurator.web.shop.ordering import CONFLICT, agreed, digest, in_words
from configurator.web.shop.orders import order_of, rep
from orders import specifications
from orders.changes import consequences, requests
from orders.changes.changed import LONGEST_WORD
from orders.changes.changing import Edit, Outdated, ask, cancel, release, revise, withdraw
from orders.changes.prospects import would_be
from orders.lifecycle import MADE, PENDING, NotAllowed
from orders.lots import Lot
from orders.places.rooms import Plan
from orders.places.standing import Spot, Standing
from orders.placing import MOST, Agreed, Changed
from orders.records import Order
from orders.subjects import Whom

changing = Blueprint("changing", __name__)


@changing.post("/orders/<number>/change")
@access("customer", "rep")
def begin(number: str) -> Answer:
    """Opens what was ordered, to be changed."""
    order = order_of(number)
    if order.state not in PENDING:
        return _too_late(order)
    begun = sessions.Begun(shown=from_plain(order.values))
    draft = sessions.open_draft(session, order.version, Whom.of(order), begun, rep=rep())
    draft.changes = order
    if room := order.sheet.get("room"):
        standing = Standing(Plan.from_plain(room["plan"]), Spot(*room["spot"]))
        draft.history = [{**draft.history[0], "limits": Limits(standing=standing).plain()}]
    return redirect(url_for("shop.configure", draft=draft.id), 303)


@changing.get("/configure/<draft>/change")
@access("customer", "rep")
def review(draft: str) -> Answer:
    """What would change."""
    opened = open_draft(draft)
    order = found(opened.changes)
    return _too_late(order) if order.state not in PENDING else _review(opened, order, order.quantity)


@changing.post("/configure/<draft>/change")
@access("customer", "rep")
def confirm(draft: str) -> Answer:
    """Changes the order, or asks the floor to, if it is what was agreed to; else shows what it is now."""
    opened = open_draft(draft, lock=True)
    order, progress = found(opened.changes), progress_of(session, opened)
    if order.state not in PENDING:
        return _too_late(order)
    quantity = request.form.get("quantity", 0, type=counted)
    if (unclear := _unclear(order, progress, quantity)) is not None:
        if 1 <= quantity <= MOST:
            return _review(opened, order, quantity, unclear or None)
        return _review(opened, order, order.quantity, unclear, request.form.get("quantity"))
    asked = "ask" in request.form
    act = partial(ask, fee=_fee()) if asked else revise
    try:
        act(session, order, _edit(order, progress, quantity), _agreed(progress, quantity),
            me(), today())
    except (Changed, ValueError) as error:
        return _review(opened, order, quantity, _why_not(error, order))
    flash(_("The workshop is asked: you are told what it says.") if asked
          else _("Order %(number)s is changed.", number=order.number))
    return redirect(url_for("orders.order", number=order.number), 303)


def _unclear(order: Order, progress: Progress, quantity: int) -> list[str] | None:
    """Why nothing can be confirmed yet, in sentences, none where it is only looked at anew; None if it can be."""
    if not 1 <= quantity <= MOST:
        return [_("An order is of 1 to %(most)d pieces.", most=MOST)]
    if "update" in request.form or not progress.within:
        return []
    if progress.values == from_plain(order.values) and quantity == order.quantity:
        return [_("Nothing is changed yet.")]
    return None


def _edit(order: Order, progress: Progress, quantity: int) -> Edit:
    return Edit(_lot(order, progress, quantity), request.form.get("number", 0, type=counted),
                unmeasured(session, progress), request.form.get("why", ""))


def _agreed(progress: Progress, quantity: int) -> Agreed:
    """What the page showed; raises ValueError, in the reader's language, if something else is to be confirmed."""
    if (shown := agreed(progress.values, quantity)) is None:
        raise ValueError(_("This is not what you saw before: look through it, then confirm."))
    return shown


@changing.post("/orders/<number>/cancel")
@access("customer", "rep")
def drop(number: str) -> Answer:
    """Cancels it; once the floor has it, the floor is asked."""
    order = order_of(number)
    try:
        asked = cancel(session, order, me(), request.form.get("why", ""))
        flash(_("The workshop is asked whether order %(number)s can still be cancelled.", number=number) if asked
              else _("Order %(number)s is cancelled.", number=number))
    except NotAllowed:
        return _too_late(order)
    except requests.Pending:
        flash(_pending(order), "warning")
    except ValueError:
        flash(_("Say why in at most %(most)d letters, digits and signs.", most=LONGEST_WORD), "warning")
    return redirect(url_for("orders.order", number=number), 303)


@changing.post("/orders/<number>/release")
@access("rep", "fulfilment")
def let_go(number: str) -> Answer:
    """Gives it to the floor now."""
    order, account = order_of(number), me()
    try:
        release(session, order, account)
        flash(_("Order %(number)s is released.", number=number))
    except NotAllowed:
        flash(_("Order %(number)s is not waiting for its release.", number=number), "warning")
    return redirect(url_for("granting.waiting") if account.role == "fulfilment"
                    else url_for("orders.order", number=number), 303)


@changing.post("/orders/<number>/withdraw")
@access("customer", "rep")
def take_back(number: str) -> Answer:
    """Asks no longer."""
    order = order_of(number)
    try:
        withdraw(session, found(requests.pending(session, order)), me())
        flash(_("Nothing is asked of the workshop any more."))
    except requests.Answered:
        flash(_("The workshop has answered already."), "warning")
    return redirect(url_for("orders.order", number=number), 303)


def _why_not(error: Changed | ValueError, order: Order) -> list[str]:
    match error:
        case Changed():
            return list(in_words(error, order.currency))
        case NotAllowed():
            return [_("The order went to the workshop meanwhile: now it is asked whether this can still be changed.")]
        case Outdated():
            return [_("The order was changed meanwhile by somebody else: look through what would change now.")]
        case requests.Pending():
            return [_pending(order)]
    return [str(error)]


def _review(draft: Draft, order: Order, quantity: int, problems: Iterable[str] | None = None,
            refused: str | None = None) -> Answer:
    """The page before changing an order; `refused`: what was typed for the pieces, if it is not their number."""
    progress = progress_of(session, draft)
    lot, was = _lot(order, progress, quantity), from_plain(order.values)
    prospect = would_be(session, order, lot, today(), unmeasured(session, progress), _fee())
    offer = prospect.offer
    changes = specifications.differences(progress.model, was, progress.model, progress.values, say)
    page = render_template(
        "orders/change.html", draft=draft, order=order, title=title(progress.model), changes=changes, offer=offer,
        nothing=not changes and quantity == order.quantity, agreed=digest(progress.values, quantity),
        released=order.state in MADE, pending=requests.pending(session, order), problems=list(problems or ()),
        then=consequences.of_change(session, order, prospect.sheet, offer.total, offer.promised_on),
        longest=LONGEST_WORD, refused=refused, within=progress.within, charge=prospect.charge,
        picture=present.picture(progress.model, progress.values, present.PICTURE))
    return no_store(make_response(page, 200 if problems is None and progress.within else CONFLICT))


def _fee() -> int:
    """What a change costs after the release."""
    return int(current_app.extensions["settings"].change_fee)


def _lot(order: Order, progress: Progress, quantity: int) -> Lot:
    return Lot(order.version, progress.model, progress.values, quantity, standing=progress.limits.standing)


def _too_late(order: Order) -> Answer:
    flash(_("Order %(number)s is shipped or cancelled: nothing can be changed in it any more.", number=order.number),
          "warning")
    return redirect(url_for("orders.order", number=order.number), 303)


def _pending(order: Order) -> str:
    return _("Something is asked of order %(number)s already: wait for the answer, or withdraw it.",
             number=order.number)

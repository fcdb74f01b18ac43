"""Reviewing and placing an order: what will be frozen is shown whole, and nothing that changed goes through unseen."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from datetime import date

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from catalog.model import to_plain
from catalog.nodes import Values
from catalog.pricing import has_prices
from catalog.store import model_of
from catalog.wording import title
from configurator.drafts import sessions
from configurator.drafts.progress import Progress, State, progress_of
from configurator.limits import today
from configurator.measured import unmeasured
from configurator.records import Draft
from configurator.transaction import session
from configurator.unaided import unaided
from configurator.web.access import access, no_store
from configurator.web.formatting import day, money
from configurator.web.shop import present
from configurator.web.shop.answers import counted, say
from configurator.web.shop.became import Became, of_draft
from configurator.web.shop.configuring import open_draft, ordered_as
from configurator.web.shop.obstacles import against
from configurator.web.shop.orders import rep
from configurator.web.shop.sections import question_id, section_of
from configurator.web.shop.spoken import sentences, since_last
from orders import placing, specifications
from orders.lots import Lot
from orders.promises import Offer, offered
from orders.quotation import vat
from orders.records import Order
from orders.subjects import Whom

ordering = Blueprint("ordering", __name__)

CONFLICT = 409


@ordering.get("/configure/<draft>/order")
@access("public")
def review(draft: str) -> Answer:
    """All that an order would freeze."""
    opened = open_draft(draft)
    if opened.changes:
        return redirect(url_for("changing.review", draft=draft))
    if there := ordered_as(opened):
        return redirect(there)
    return _review(opened)


@ordering.post("/configure/<draft>/order")
@access("public")
def place(draft: str) -> Answer:
    """Places the order if it is what was agreed to; otherwise shows what changed, for the customer to decide."""
    opened = open_draft(draft, lock=True)
    if opened.changes:
        return redirect(url_for("changing.review", draft=draft), 303)
    if order := sessions.ordered(session, opened):
        return _placed(order)
    if opened.customer is None:
        return redirect(url_for("account.signup", next=url_for(".review", draft=draft)), 303)
    if "renew" in request.form:
        return _renew(opened)
    if not has_prices(model_of(opened.version)):
        return _review(opened, problems=[_("This product has no prices yet: it can be configured, but not ordered.")])
    quantity = request.form.get("quantity", 0, type=counted)
    if not 1 <= quantity <= placing.MOST:
        return _review(opened, problems=[_("An order is of 1 to %(most)d pieces.", most=placing.MOST)],
                       refused=request.form.get("quantity"))
    progress = progress_of(session, opened)
    if "update" in request.form or not progress.within:
        return _review(opened, quantity)
    guessed = unmeasured(session, progress)
    if guessed and request.form.get("unmeasured") != " ".join(guessed):
        return _review(opened, quantity, [_("Give what only you know, or confirm that it is built unmeasured.")])
    if (shown := agreed(progress.values, quantity)) is None:
        return _review(opened, quantity, [_("This is not what you saw before: look through it, then order.")])
    try:
        order = placing.place(
            session, Whom(opened.customer, opened.person, opened.place), _lot(opened, progress, quantity),
            shown, _entered(opened, progress, guessed), key=opened.id, today=today(),
            placed_by=rep(), free_for=current_app.extensions["settings"].free_for)
    except placing.Changed as changed:
        return _review(opened, quantity, in_words(changed, progress.model.currency))
    return _placed(order)


def _placed(order: Order) -> Answer:
    """To the order; also for the second click of two, whose answer is the one that is shown."""
    flash(_("Thank you. Order %(number)s is placed.", number=order.number))
    return redirect(url_for("orders.order", number=order.number), 303)


def _review(draft: Draft, quantity: int = 1, problems: Iterable[str] | None = None, refused: str | None = None
            ) -> Answer:
    """The page before ordering; a conflict if there are `problems` to decide about, if only a newer catalogue, or if
    what was set is not kept. `refused`: what was typed for the pieces, if it is not their number.
    """
    progress = progress_of(session, draft)
    model, values, guessed = progress.model, progress.values, unmeasured(session, progress)
    states, offer = _states(progress, guessed), _offered(draft, progress, quantity)
    groups = [(heading, [(title(c), say(c, values[c.name]), states[c.name]) for c in members])
              for heading, members in specifications.grouped(model)]
    unsure = [(section_of(progress, name), question_id(progress, name), title(model[name]),
               say(model[name], values[name])) for name in guessed]
    page = render_template(
        "shop/order.html", draft=draft, title=title(model), groups=groups, counts=Counter(states.values()),
        unsure=unsure, guessed=" ".join(guessed), overruled=list(_overruled(progress)),
        picture=present.picture(model, values, present.PICTURE), agreed=digest(values, quantity), offer=offer,
        refused=refused,
        spoken=sentences(progress, offer) if rep() else (), since_last=() if rep() else since_last(progress),
        priced=has_prices(model),
        problems=[*(problems or ()), *_not_kept(progress)], kept=progress.within,
        news=_news(draft), since=of_draft(draft))
    return no_store(make_response(page, 200 if problems is None and progress.within else CONFLICT))


def _offered(draft: Draft, progress: Progress, quantity: int) -> Offer:
    """What this customer is offered, taxed as they are."""
    offer = offered(progress.model, progress.values, progress.supply, quantity)
    charged = offer.charged(vat.of(session, draft.customer, progress.model.vat, today()))
    return placing.remade(session, draft.customer, draft.remake_of, charged)


def _overruled(progress: Progress) -> Iterator[tuple[int, str, str]]:
    """What is built otherwise than the person or the place is known to be: where to look, and how."""
    model, values = progress.model, progress.values
    for name, known in progress.overruled.items():
        yield section_of(progress, name), question_id(progress, name), _(
            "%(what)s: %(now)s instead of %(known)s", what=title(model[name]), now=say(model[name], values[name]),
            known=say(model[name], known))


def _not_kept(progress: Progress) -> Iterator[str]:
    """What was set and cannot be kept any more: nothing is ordered until it is lifted or moved."""
    if progress.within:
        return
    limits = progress.limits
    if limits:
        yield _("The limit that you set cannot be kept any more, or that takes too long to find out: lift it first.")
    if limits.standing:
        broken = limits.standing.broken(progress.model, progress.values)
        why = dict.fromkeys(against(rule, limits.standing) for rule in broken)
        yield " ".join([_("It may not fit any more where you placed it: move it, or take it out of the plan first."),
                        *why])


def _states(progress: Progress, guessed: Collection[str]) -> dict[str, State]:
    """The states of all answers. What was left open is proposed to whoever orders it, but for facts about the person or
    the place, which nobody else can know.
    """
    states = {c.name: progress.state(c.name) for c in progress.model.characteristics}
    return states | dict.fromkeys(progress.questions, "proposed") | dict.fromkeys(guessed, "open")


def _news(draft: Draft) -> Became | None:
    """What the newest catalogue would make of the draft; None if it is of that one."""
    renewed = sessions.renewed(session, draft)
    return of_draft(renewed) if renewed else None


def _renew(draft: Draft) -> Answer:
    """Goes on in the newest catalogue, in a draft of its own: the old one can still be looked at."""
    renewed = sessions.renewed(session, draft)
    if renewed is not None:
        session.add(renewed)
        session.flush()
    return redirect(url_for(".review", draft=(renewed or draft).id), 303)


def _lot(draft: Draft, progress: Progress, quantity: int) -> Lot:
    return Lot(draft.version, progress.model, progress.values, quantity,
               sessions.saved(session, draft, progress.values), draft.remake_of, progress.limits.standing)


def _entered(draft: Draft, progress: Progress, guessed: Collection[str]) -> placing.Entered:
    return placing.Entered(draft.inputs, progress.configuration.choices, progress.corrected,
                           unaided(draft.version, progress.values), draft.worked, guessed)


def digest(values: Values, quantity: int) -> str:
    """What tells whether it is what the customer saw."""
    return hashlib.sha256(json.dumps([to_plain(values), quantity], sort_keys=True).encode()).hexdigest()


def agreed(values: Values, quantity: int) -> placing.Agreed | None:
    """What the page showed and the customer agrees to; None if something else would be confirmed."""
    total, ready = request.form.get("total", type=counted), request.form.get("ready", type=date.fromisoformat)
    if total is None or ready is None or digest(values, quantity) != request.form.get("agreed"):
        return None
    return placing.Agreed(total, ready)


def in_words(changed: placing.Changed, currency: str) -> Iterator[str]:
    """What is not as it was agreed to."""
    for change in changed.changes:
        if change.what == "total" and isinstance(change.agreed, int) and isinstance(change.now, int):
            yield _("The price was %(agreed)s and is %(now)s now.", agreed=money(change.agreed, currency),
                    now=money(change.now, currency))
        elif isinstance(change.agreed, date) and isinstance(change.now, date):
            yield _("It was to be ready on %(agreed)s and can be ready on %(now)s now.", agreed=day(change.agreed),
                    now=day(change.now))

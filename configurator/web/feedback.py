"""Was it right? Asked after delivery, answered in a minute; what it changes is shown, and a remake ordered from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Answer

from catalog.model import ProductModel, from_plain
from catalog.store import current, model_of, succession
from catalog.wording import title
from configurator import sessions
from configurator.engine import Undecided
from configurator.engines import engine_of
from configurator.memory import Proposal
from configurator.memory import Verdict as Judged
from configurator.memory.verdicts import wanted
from configurator.recollection import propose
from configurator.transaction import session
from configurator.web.access import access, found
from configurator.web.answers import say
from configurator.web.orders import order_of, rep
from configurator.web.reasons import remembered
from configurator.web.verdicts import fields, filled, spoken, words, wrong
from orders import erasure, feedback
from orders.feedback import LONGEST_NOTE, Verdict
from orders.records import Account, Order
from orders.remembered import Evidence
from orders.specifications import differences
from orders.subjects import Whom

asking = Blueprint("feedback", __name__)

UNPROCESSABLE = 422
NOTE = "note"
"""The field for what is said of the whole, and what is wrong with it."""
MOST_SAID = 6
"""Changes of the next proposal that are told one by one."""


class Outcome(NamedTuple):
    """A value that was not right: what was made, what was said of it, what is proposed next time, and why that."""

    title: str
    made: str
    said: str
    why: str
    next: str
    reason: str


@asking.get("/orders/<number>/right")
@access("customer", "rep")
def right(number: str) -> Answer | str:
    """Asks, or shows what was answered and what it changes."""
    order = _order(number)
    if order.state != "shipped":
        return _too_early(order)
    given, form = feedback.answer(session, order), MultiDict[str, str]()
    if given is not None:
        form = filled(model_of(order.version), from_plain(order.values), feedback.verdicts_of(given))
        form[NOTE] = given.note
    return _page(order, given, form, {})


@asking.post("/orders/<number>/right")
@access("customer", "rep")
def answer(number: str) -> Answer | tuple[str, int]:
    """Keeps what is said; what cannot be is told where it stands, and nothing that was typed is lost."""
    order = _order(number)
    if order.state != "shipped":
        return _too_early(order)
    model, made = model_of(order.version), from_plain(order.values)
    verdicts, problems = spoken(model, made, request.form)
    problems = problems or _contradiction(model, verdicts)
    if problems:
        return _page(order, feedback.answer(session, order), request.form, problems), UNPROCESSABLE
    if request.form.keys() & {"all", "rest"}:
        verdicts = {name: Verdict("right") for name in made} | verdicts
    before = _next(order)
    try:
        feedback.give(session, order, verdicts, request.form.get(NOTE, ""), rep())
    except feedback.TooLong:
        problem = _("Say it in at most %(most)d letters, digits and signs.", most=LONGEST_NOTE)
        return _page(order, feedback.answer(session, order), request.form, {NOTE: problem}), UNPROCESSABLE
    flash(_in_words(before, _next(order)))
    return redirect(url_for(".right", number=number), 303)


@asking.post("/orders/<number>/remake")
@access("customer", "rep")
def remake(number: str) -> Answer:
    """Opens the same with what should have been made instead, chosen where it was said and shown where it was not."""
    order = _order(number)
    given = feedback.answer(session, order)
    model, made = model_of(order.version), from_plain(order.values)
    bad = list(wrong(model, feedback.verdicts_of(given))) if given else []
    if not bad:
        return redirect(url_for(".right", number=number), 303)
    choices = {c.name: verdict.rather for c, verdict in bad if verdict.rather is not None}
    likely = {c.name: wanted(c, made[c.name], Judged(verdict.said, verdict.rather)) for c, verdict in bad}
    shown = {**made, **{name: value for name, value in likely.items() if value is not None}}
    draft = sessions.open_draft(
        session, found(current(session, order.version.product.slug)), customer=order.customer, rep=rep(),
        choices=choices, shown=shown, person=order.person, place=order.place, made_with=order.version)
    draft.remake_of, draft.inputs = order, len(choices)
    if draft.version.id == order.version_id:  # what another version makes of it is told where the draft is shown
        for name in choices.keys() - draft.history[0]["choices"].keys():
            flash(_("%(what)s cannot be %(value)s with the rest.", what=title(model[name]),
                    value=say(model[name], choices[name])))
    return redirect(url_for("shop.configure", draft=draft.id), 303)


def _order(number: str) -> Order:
    """The order; 404 for one of somebody else, or of somebody erased: nobody says anything of it any more."""
    order = order_of(number)
    found(not erasure.erased(session, order.customer) or None)
    return order


def _too_early(order: Order) -> Answer:
    flash(_("Whether order %(number)s is right is asked once it is shipped.", number=order.number))
    return redirect(url_for("orders.order", number=order.number), 303)


def _contradiction(model: ProductModel, verdicts: dict[str, Verdict]) -> dict[str, str]:
    """What is wrong with the form as a whole, under no name."""
    if "all" in request.form and next(wrong(model, verdicts), None):
        return {"": _("Something is marked as not right: save that, or mark it as right.")}
    if not verdicts and not request.form.keys() & {"all", "rest"} and not request.form.get(NOTE, "").strip():
        return {"": _("Nothing is marked yet: say of something whether it was right.")}
    return {}


def _page(order: Order, given: Evidence | None, form: MultiDict[str, str], problems: dict[str, str]) -> str:
    model, made = model_of(order.version), from_plain(order.values)
    first, rest = feedback.asked(model, feedback.set_by_hand(session, order))
    in_view = fields(first, made, form, problems)
    return render_template(
        "orders/right.html", order=order, given=given, acting=rep(), first=in_view, note=form.get(NOTE, ""),
        rest=fields(rest, made, form, problems, len(in_view) + 1), problems=problems, longest_note=LONGEST_NOTE,
        outcomes=list(_outcomes(order, given)) if given else [],
        rep=session.get(Account, given.stated_by) if given and given.stated_by else None,
        whom={subject.kind: subject.id for subject in (order.person, order.place) if subject})


def _next(order: Order) -> Proposal | None:
    """What would be proposed to whom the order is for, if they ordered the same product now; None if that takes too
    long to find.
    """
    version = found(current(session, order.version.product.slug))
    try:
        return propose(session, version, engine_of(version).start(), Whom(order.customer, order.person, order.place))
    except Undecided:
        return None


def _in_words(before: Proposal | None, after: Proposal | None) -> str:
    """What an answer changed."""
    if before is None or after is None:
        return _("Noted, thank you.")
    model = after.configuration.engine.model
    changes = differences(model, before.configuration.values(), model, after.configuration.values(), say)
    if not changes:
        return _("Noted, thank you. What we propose next stays as it is.")
    told = [_("%(what)s %(now)s instead of %(was)s", what=change.title, now=change.now, was=change.was)
            for change in changes[:MOST_SAID]]
    if len(changes) > MOST_SAID:
        told.append(_("%(count)s more", count=len(changes) - MOST_SAID))
    return _("Noted, thank you. The next %(product)s: %(changes)s.", product=title(model), changes="; ".join(told))


def _outcomes(order: Order, given: Evidence) -> Iterator[Outcome]:
    """What becomes of all that was not right."""
    version, proposal = found(current(session, order.version.product.slug)), _next(order)
    model, made = model_of(order.version), from_plain(order.values)
    heirs = {heir.name: name for name, heir in succession(session, order.version, version).inherited(made).items()}
    for characteristic, verdict in wrong(model, feedback.verdicts_of(given)):
        name = characteristic.name
        yield Outcome(title(characteristic), say(characteristic, made[name]),
                      words(characteristic, made[name], verdict), verdict.why,
                      *_next_time(proposal, heirs.get(name)))


def _next_time(proposal: Proposal | None, name: str | None) -> tuple[str, str]:
    """What is proposed for a characteristic of today, and why; nothing if it is no longer asked."""
    if proposal is None or name is None:
        return "", ""
    characteristic, value = proposal.configuration.engine.model[name], proposal.configuration.values()[name]
    return say(characteristic, value), remembered(proposal.reasons[name], characteristic, value)

"""Was it right? Asked after delivery, answered in a minute; what it changes is shown, and a remake ordered from it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Answer

from catalog.model import ProductModel, from_plain
from catalog.store import current, model_of, succession
from catalog.wording import title
from configurator.drafts import sessions, steps
from configurator.mail import private
from configurator.memory.verdicts import wanted
from configurator.transaction import session
from configurator.web.access import access, alive, current_account, found, no_store
from configurator.web.memory.outcomes import changed, kept, outcomes, proposed_next
from configurator.web.memory.verdicts import fields, filled, spoken, wrong
from configurator.web.shop.answers import say
from configurator.web.shop.orders import order_of, rep
from orders.memory import feedback
from orders.memory.feedback import LONGEST_NOTE
from orders.memory.remembered import Evidence
from orders.memory.verdict import TooLong, Verdict
from orders.records import Account, Order
from orders.subjects import Whom

asking = Blueprint("feedback", __name__)

UNPROCESSABLE = 422
NOTE = "note"
"""The field for what is said of the whole, and what is wrong with it."""
BEFORE = "before an answer"
"""In the cookie: the order that was answered for, and what had been proposed before."""


@asking.get("/orders/<number>/right")
@access("customer", "rep")
def right(number: str) -> Answer | str:
    """Asks, or shows what was answered and what it changes."""
    return _asked(_order(number))


@asking.get("/asked/<token>")
@access("public")
def by_link(token: str) -> Answer:
    """The same for whoever has the link that was mailed to them."""
    return no_store(_asked(_linked(token)))


def _asked(order: Order) -> Answer | str:
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
    return _answered(_order(number), url_for(".right", number=number))


@asking.post("/asked/<token>")
@access("public")
def answer_by_link(token: str) -> Answer | tuple[str, int]:
    """The same for whoever has the link."""
    return _answered(_linked(token), url_for(".by_link", token=token))


def _answered(order: Order, here: str) -> Answer | tuple[str, int]:
    if order.state != "shipped":
        return _too_early(order)
    model, made = model_of(order.version), from_plain(order.values)
    verdicts, problems = spoken(model, made, request.form)
    problems = problems or _contradiction(model, verdicts)
    if problems:
        return _page(order, feedback.answer(session, order), request.form, problems), UNPROCESSABLE
    if request.form.keys() & {"all", "rest"}:
        verdicts = {name: Verdict("right") for name in made} | verdicts
    before = kept(order, proposed_next(order))
    try:
        feedback.give(session, order, verdicts, request.form.get(NOTE, ""), rep())
    except TooLong:
        problem = _("Say it in at most %(most)d letters, digits and signs.", most=LONGEST_NOTE)
        return _page(order, feedback.answer(session, order), request.form, {NOTE: problem}), UNPROCESSABLE
    cookie[BEFORE] = [order.number, before]
    return redirect(here, 303)


@asking.post("/orders/<number>/remake")
@access("customer", "rep")
def remake(number: str) -> Answer:
    """Opens the same with what should have been made instead, chosen where it was said; asked for where it was not."""
    order = _order(number)
    given = feedback.answer(session, order)
    model, made = model_of(order.version), from_plain(order.values)
    bad = list(wrong(model, feedback.verdicts_of(given))) if given else []
    if not bad:
        return redirect(url_for(".right", number=number), 303)
    choices = {c.name: verdict.rather for c, verdict in bad if verdict.rather is not None}
    likely = {c.name: wanted(c, made[c.name], verdict) for c, verdict in bad}
    shown = {**made, **{name: value for name, value in likely.items() if value is not None}}
    draft = sessions.open_draft(session, found(current(session, order.version.product.slug)), Whom.of(order),
                                sessions.Begun(choices, shown, order.version), rep=rep())
    unsaid = {c.name for c, verdict in bad if verdict.said == "other"} - choices.keys()
    if unsaid:
        names = succession(session, order.version, draft.version).names()
        steps.doubt(session, draft, [heir for name, heir in names.items() if name in unsaid])
    draft.remake_of, draft.inputs = order, len(choices)
    if draft.version.id == order.version_id:  # what another version makes of it is told where the draft is shown
        for name in choices.keys() - draft.history[0]["choices"].keys():
            flash(_("%(what)s cannot be %(value)s with the rest.", what=title(model[name]),
                    value=say(model[name], choices[name])), "warning")
    return redirect(url_for("shop.configure", draft=draft.id), 303)


def _order(number: str) -> Order:
    """The order; 404 for one of somebody else, or of somebody erased: nobody says anything of it any more."""
    order = order_of(number)
    alive(order.customer)
    return order


def _linked(token: str) -> Order:
    """The order that a private link is about; 404 if it is too old, forged, or its customer is erased."""
    order = found(session.scalar(select(Order).where(Order.number == found(private.number(token)))))
    alive(order.customer)
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
    proposal = proposed_next(order) if given else None
    answered, before = cookie.pop(BEFORE, None) or (None, None)
    first, rest = feedback.asked(model, feedback.set_by_hand(session, order))
    in_view = fields(first, made, form, problems)
    return render_template(
        "orders/right.html", order=order, given=given, acting=rep(), signed_in=current_account() is not None,
        first=in_view, note=form.get(NOTE, ""),
        rest=fields(rest, made, form, problems, len(in_view) + 1), problems=problems, longest_note=LONGEST_NOTE,
        outcomes=outcomes(order, given, proposal) if given else [],
        changed=changed(order, before, proposal) if answered == order.number else "",
        rep=session.get(Account, given.stated_by) if given and given.stated_by else None,
        whom={subject.kind: subject.id for subject in (order.person, order.place) if subject})

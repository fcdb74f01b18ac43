"""A rep's day: a short list of what is to be done for whom, why, and the next act."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from werkzeug.wrappers import Response as Answer

from configurator import attention
from configurator.limits import today
from configurator.transaction import session
from configurator.web.access import access, current_account, found
from configurator.web.desk.client import wrong
from configurator.web.formatting import dated, day, number
from configurator.web.shop.answers import counted
from orders.relation import attention as rules
from orders.relation.attention import Kind, Line, Risk
from orders.relation.followed import DONE, FollowUp

attending = Blueprint("attending", __name__, url_prefix="/desk/today")


@attending.get("/")
@access("rep")
def list_() -> str:
    """The list of today; what was done about is not on it any more, but can be taken back for a day."""
    all_ = attention.lines(session, today(), current_app.extensions["settings"].analysis)
    open_ = rules.sorted_(session, all_, today())
    lines = rules.short(open_)
    return render_template("desk/today.html", lines=lines, left=len(open_) - len(lines), why=why, act=act, told=told,
                           settled=rules.settled(session, all_), just=request.args.get("just", type=counted),
                           back=attention.coming_back(session, today(), lines), title=TITLES)


@attending.post("/")
@access("rep")
def done() -> Answer:
    """Notes what was done about a line: it is gone, or back in a while."""
    lines = attention.day(session, today(), current_app.extensions["settings"].analysis)
    about = request.form.get("client", ""), request.form.get("about", "")
    line = found(next((line for line in lines if (line.customer.number, line.about) == about), None))
    what = request.form.get("done", "")
    found(what if what in DONE else None)
    one = rules.done(session, line, what, today(), current_account())
    return redirect(url_for(".list_", just=one.id, _anchor="list"), 303)


@attending.post("/undo")
@access("rep")
def undo() -> Answer:
    """Nothing was done about it after all: it is on the list again, however often that is pressed."""
    rules.undo(session, request.form.get("client", ""), request.form.get("about", ""))
    flash(_("It is on the list again."))
    return redirect(url_for(".list_", _anchor="list"), 303)


def told(line: Line, one: FollowUp) -> str:
    """What was done about a line."""
    return {"done": _("Done: %(client)s.", client=line.customer.name),
            "later": _("%(client)s comes back in %(days)d days.", client=line.customer.name, days=rules.LATER.days),
            "never": _("Not this one: %(client)s.", client=line.customer.name)}[one.done]


TITLES = {
    "promise": lazy_gettext("Promise at risk"), "wrong": lazy_gettext("Not right"),
    "remake": lazy_gettext("Remake to follow up"), "answer": lazy_gettext("Answer missing"),
    "news": lazy_gettext("New catalogue"), "due": lazy_gettext("Due again"), "quiet": lazy_gettext("Going quiet")}
RISKS: dict[Risk, object] = {
    "trouble": lazy_gettext("a problem at the bench is open"),
    "measure": lazy_gettext("a measure is out of tolerance, and nobody has decided yet"),
    "asked": lazy_gettext("the workshop is asked something about it"),
    "parts": lazy_gettext("parts come too late for it"),
    "hours": lazy_gettext("more is left to do than there are hours until then")}


def why(line: Line) -> str:
    """The reason why a line is there, in a sentence."""
    return _WHY[line.kind](line)


def _promise(line: Line) -> str:
    order = found(line.order)
    said = _("Order %(number)s was promised for %(day)s and is not shipped", number=order.number,
             day=day(order.promised_on)) if "late" in line.risks else _(
        "Order %(number)s is promised for %(day)s", number=order.number, day=day(order.promised_on))
    risks = [str(RISKS[risk]) for risk in line.risks if risk != "late"]
    return f"{': '.join([said, '; '.join(risks)] if risks else [said])}."


def _wrong(line: Line) -> str:
    return _("Of order %(number)s they said on %(day)s what was not right: %(what)s. Nobody has come back to it.",
             number=found(line.order).number, day=dated(line.since),
             what=", ".join(wrong(found(line.order), line.wrong)))


def _answer(line: Line) -> str:
    return _("Order %(number)s was shipped on %(day)s, and nobody said whether it is right.",
             number=found(line.order).number, day=dated(line.since))


def _remake(line: Line) -> str:
    return _("Order %(number)s, made again for order %(first)s, was shipped on %(day)s: is it right now?",
             number=found(line.order).number, first=found(found(line.order).remake_of).number, day=dated(line.since))


def _news(line: Line) -> str:
    return _("The catalogue of %(day)s makes something else of %(kept)s, which they order from.",
             day=dated(line.since), kept=found(line.revision).specification.name)


def _pausing(line: Line) -> str:
    return _("Usually orders every %(pause)s, last on %(day)s.", pause=_long(line.pause or 0), day=dated(line.since))


def _long(days: int) -> str:
    """How long a pause is, as one would say it."""
    if days < 60:
        return ngettext("day", "%(many)s days", days, many=number(days))
    return ngettext("month", "%(many)s months", round(days / 30.4), many=number(round(days / 30.4)))


_WHY: dict[Kind, Callable[[Line], str]] = {
    "promise": _promise, "wrong": _wrong, "remake": _remake, "answer": _answer, "news": _news, "due": _pausing,
    "quiet": _pausing}


def act(line: Line) -> tuple[str, str]:
    """The next act: where it is done, and what it is called."""
    match line.kind:
        case "promise":
            return url_for("floor.sheet", number=found(line.order).number), _("See the order")
        case "wrong":
            return url_for("feedback.right", number=found(line.order).number), _("See what they said, and call")
        case "answer" | "remake":
            return url_for("feedback.right", number=found(line.order).number), _("Ask, and note the answer")
        case "news":
            return url_for("orders.specification", number=found(line.revision).specification.number), _(
                "See what changes")
    return url_for("desk.client", number=line.customer.number), _("Call, and order for them")

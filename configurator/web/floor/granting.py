"""What the floor is asked: changes, cancelling, remakes, with what each would mean; and sheets that count no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response as Answer

from catalog.model import from_plain
from catalog.store import model_of
from catalog.wording import title
from configurator.limits import today
from configurator.transaction import session
from configurator.web.access import access, found, me
from configurator.web.floor.bench import order_of
from configurator.web.floor.orders import address, sheet_page
from configurator.web.memory import verdicts
from configurator.web.paper import inline, language, picture_style
from configurator.web.shop.answers import say
from orders import specifications
from orders.changes import answering, consequences, requests
from orders.changes.changed import LONGEST_WORD, Request, Superseded
from orders.changes.consequences import Consequences
from orders.floor import picking
from orders.lifecycle import NotAllowed
from orders.memory import feedback
from orders.records import Order, folded
from orders.sheets import printing
from orders.sheets.printing import Paper
from orders.specifications import Difference

granting = Blueprint("granting", __name__, url_prefix="/floor")

UNPROCESSABLE = 422


class Asked(NamedTuple):
    """A request as the floor sees it."""

    request: Request
    then: Consequences
    changes: tuple[Difference, ...]
    wrong: tuple[tuple[str, str, str], ...]
    """Of a remake, what was said of the order before: of what, what, and why."""
    note: str


@granting.get("/requests")
@access("fulfilment")
def waiting() -> str:
    """What is to be answered, and the orders that wait for their release; all of it, or what is looked for."""
    return _page({})


def _page(problems: dict[str, str], of: int = 0) -> str:
    """The page, with what is wrong with the answer to a request, by field."""
    placed = session.scalars(select(Order).where(Order.state == "placed", Order.remake_of_id.is_(None))
                             .order_by(Order.free_until, Order.id).options(
                                 joinedload(Order.customer), joinedload(Order.version)))
    asked = [one for one in requests.waiting(session) if _is_sought(one.order)]
    then = consequences.of(session, asked)
    return render_template("floor/requests.html", longest=LONGEST_WORD, today=today(), problems=problems, of=of,
                           placed=[order for order in placed if _is_sought(order)], asked=[
        Asked(one, then[one.id], _changes(one), tuple(_wrong(one.order)), _note(one.order)) for one in asked])


def _is_sought(order: Order) -> bool:
    """Whether an order is what is looked for: by its number, its product or its customer."""
    sought = folded(request.args.get("q", "").strip())
    return sought in folded(f"{order.number} {order.version.title} {order.customer.name}")


@granting.post("/requests/<int:id_>/approve")
@access("fulfilment")
def approve(id_: int) -> Answer | tuple[str, int]:
    """Yes; of a change the day may be another one."""
    asked, account = found(session.get(Request, id_)), me()
    try:
        day = date.fromisoformat(text) if (text := request.form.get("promised_on", "")) else None
    except ValueError:
        day = date.min
    if day is not None and day < today():
        return _page({"promised_on": _("Enter a day from today on.")}, id_), UNPROCESSABLE
    try:
        answering.approve(session, asked, account, request.form.get("word", ""), today(), day,
                         request.form.getlist("spoilt"), ours="ours" in request.form)
        flash(_("Order %(number)s: approved.", number=asked.order.number))
        if picking.called_off(session, [asked.order.number]):
            return redirect(url_for("picking.lists", order=asked.order.number), 303)
    except (requests.Answered, NotAllowed):
        flash(_answered(asked), "warning")
    except ValueError:
        return _page({"word": _("Say it in at most %(most)d letters, digits and signs.", most=LONGEST_WORD)}, id_
                     ), UNPROCESSABLE
    return redirect(url_for(".waiting"), 303)


@granting.post("/requests/<int:id_>/refuse")
@access("fulfilment")
def refuse(id_: int) -> Answer | tuple[str, int]:
    """No, and why."""
    asked, account = found(session.get(Request, id_)), me()
    try:
        answering.refuse(session, asked, account, request.form.get("word", ""))
        flash(_("Order %(number)s: refused.", number=asked.order.number))
    except requests.Answered:
        flash(_answered(asked), "warning")
    except ValueError:
        return _page({"word": _("Say why not, in at most %(most)d characters.", most=LONGEST_WORD)}, id_), UNPROCESSABLE
    return redirect(url_for(".waiting"), 303)


@granting.get("/orders/<number>/revisions/<int:revision>")
@access("fulfilment", "rep")
def old(number: str, revision: int) -> str:
    """A sheet that does not count any more, and says so."""
    before = _old(number, revision)
    return sheet_page(before.order, _paper(before))


@granting.get("/orders/<number>/revisions/<int:revision>.pdf")
@access("fulfilment", "rep")
def old_pdf(number: str, revision: int) -> Response:
    """The same on paper."""
    content = printing.pdf([_paper(_old(number, revision))], link=address, language=language(), style=picture_style())
    return inline(content, f"build-sheet-{number}-revision-{revision}.pdf")


@granting.get("/orders/<number>/notice")
@access("fulfilment", "rep")
def notice(number: str) -> str:
    """Whether another sheet counts than the one that is looked at: asked for every few seconds."""
    order = order_of(number)
    seen = request.args.get("revision", type=int)
    return render_template("floor/notice.html", order=order, seen=seen, pending=requests.pending(session, order))


def _old(number: str, revision: int) -> Superseded:
    return found(session.scalar(select(Superseded).join(Order).where(Order.number == number,
                                                                     Superseded.number == revision)))


def _paper(before: Superseded) -> Paper:
    return Paper(before.order.number, before.sheet, before.order.sheet_number)


def _changes(asked: Request) -> tuple[Difference, ...]:
    """What a change changes, and what a remake has otherwise than the order before, in the words of the sheet."""
    order = asked.order
    model = model_of(order.version)
    if before := order.remake_of:
        return specifications.differences(model_of(before.version), from_plain(before.values),
                                          model, from_plain(order.values), say)
    if asked.values is None:
        return ()
    return specifications.differences(model, from_plain(order.values), model, from_plain(asked.values), say)


def _wrong(order: Order) -> Iterator[tuple[str, str, str]]:
    """What was said not to be right of the order that this one makes anew."""
    before = order.remake_of
    if before is None or (given := feedback.answer(session, before)) is None:
        return
    model, made = model_of(before.version), from_plain(before.values)
    for characteristic, verdict in verdicts.wrong(model, feedback.verdicts_of(given)):
        yield (title(characteristic), verdicts.words(characteristic, made[characteristic.name], verdict), verdict.why)


def _note(order: Order) -> str:
    given = order.remake_of and feedback.answer(session, order.remake_of)
    return given.note if given else ""


def _answered(asked: Request) -> str:
    return _("What was asked about order %(number)s is answered already, or the order left the floor.",
             number=asked.order.number)

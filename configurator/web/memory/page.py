"""What we remember: every piece with its source and its use, to be corrected or forgotten, and what it may be used for.

The customer sees it as theirs; a rep sees and keeps the same page for a client, with the client on the telephone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from flask import current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as Answer

from configurator import portable
from configurator.limits import today
from configurator.records import Draft
from configurator.transaction import session
from configurator.web.access import current_account, found, no_store
from configurator.web.forms import USES, USES_OF_CLIENTS
from configurator.web.memory.arrived import Arrived, in_words
from configurator.web.memory.noted import noted
from configurator.web.memory.recalled import BY_TELEPHONE, HERE, About, about, field, heading, identity, place
from configurator.web.memory.theirs import pages as pages_of
from configurator.web.shop import chart
from configurator.web.shop.answers import Unread, counted, entered
from configurator.web.shop.orders import placed_by, rep
from orders.clients import calls, notes
from orders.clients.noted import LONGEST, Note
from orders.memory import consents, pieces, plans
from orders.memory.evidence import Occasion
from orders.memory.piece import Piece
from orders.memory.remembered import PURPOSES, Consent
from orders.names import clean
from orders.records import Customer, Subject
from orders.relation.learning import own

LONGEST_NAME = 200
OLDEST = date(1900, 1, 1)


def page(customer: Customer) -> Answer:
    """All that is remembered; `piece` names one to correct, or to tell."""
    open_ = _named(customer, request.args["piece"]) if request.args.get("piece") else None
    return _page(customer, open_)


def correct(customer: Customer) -> Answer:
    """Corrects a piece, or tells it first."""
    piece, texts = _named(customer, request.form.get("piece", "")), request.form.getlist("answer")
    try:
        answer = _entered(piece, texts)
        taken_by = clean(given, LONGEST_NAME) if (given := request.form.get("taken_by", "").strip()) else ""
        taken_at = _moment(request.form.get("taken_on", ""))
    except Unread as unread:
        return _page(customer, piece, str(unread), texts)
    except ValueError:
        return _page(customer, piece, _("A name has 1 to %(most)s characters.", most=LONGEST_NAME), texts)
    occasion = Occasion(BY_TELEPHONE if rep() else HERE, by=current_account(), at=taken_at)
    pieces.tell(session, customer, piece, answer, occasion, taken_by)
    if taken_at and piece.holds and piece.holds.at > taken_at:
        return _done(_("%(what)s is kept; what was said after that day still holds.", what=heading(piece)), piece)
    return _done(_("%(what)s is corrected: used from the next page on.", what=heading(piece)), piece)


def forget(customer: Customer) -> Answer:
    """Forgets a piece or a plan, or brings it back; or forgets all of them."""
    if "everything" in request.form:
        for piece in pieces.of(session, customer):
            if piece.forgotten is None:
                pieces.forget(session, customer, piece)
        for subject in customer.subjects:
            plans.forget(session, subject)
        return _done(_("Everything is forgotten: nothing is proposed from it from the next page on."))
    if "plan" in request.form:
        return _forget_plan(found(next((one for one in customer.subjects if one.kind == "place"
                                        and str(one.id) == request.form["plan"]), None)))
    piece = _named(customer, request.form.get("piece", ""))
    if "undo" in request.form:
        pieces.recall(session, customer, piece)
        return _done(_("%(what)s is remembered again.", what=heading(piece)), piece)
    pieces.forget(session, customer, piece)
    return _done(_("%(what)s is forgotten: it is used no more.", what=heading(piece)), piece)


def _forget_plan(place: Subject) -> Answer:
    """What stands in it in a draft stands nowhere then."""
    what = _("Plan of %(place)s", place=place.name)
    if "undo" in request.form:
        plans.recall(session, place)
        return _done(_("%(what)s is remembered again.", what=what), anchor=f"plan-{place.id}")
    plans.forget(session, place)
    return _done(_("%(what)s is forgotten: it is used no more.", what=what), anchor=f"plan-{place.id}")


def forget_noted(customer: Customer) -> Answer:
    """Forgets a note of the firm's, or that it had to do with them; for good."""
    if "calls" in request.form:
        calls.forget(session, customer)
        return _done(_("The calls are forgotten."), anchor="noted")
    notes.forget(session, _note(customer))
    return _done(_("The note is forgotten."), anchor="noted")


def correct_noted(customer: Customer) -> Answer:
    """Corrects a note of the firm's; what cannot be one is told, with what was typed."""
    note, text = _note(customer), request.form.get("text", "")
    try:
        notes.correct(session, note, text, current_account())
    except ValueError:
        return _page(customer, misnoted=(note.id, text))
    return _done(_("The note is corrected."), anchor=f"note-{note.id}")


def consent(customer: Customer) -> Answer:
    """Allows a purpose, or withdraws it."""
    purpose = found(next((known for known in PURPOSES if known == request.form.get("purpose")), None))
    given = request.form.get("given") == "yes"
    consents.say(session, customer, purpose, given, current_account())
    return _done(_("Allowed from the next page on.") if given else _("Withdrawn from the next page on."))


def take_json(customer: Customer) -> Answer:
    """Everything, as data."""
    return _file(customer, portable.to_json(portable.take(session, customer)), "json", "application/json")


def take_csv(customer: Customer) -> Answer:
    """Everything, as a table."""
    return _file(customer, portable.to_csv(portable.take(session, customer)), "csv", "text/csv; charset=utf-8")


def bring(customer: Customer) -> Answer:
    """Takes in such a file, of this shop or of another one; all of it or nothing."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return _page(customer, refused=_("Choose a file first."))
    upload.stream.seek(0)  # a request that met another one starts over
    try:
        document = portable.from_bytes(upload.stream.read())
    except portable.Unreadable as error:
        return _page(customer, refused=str(error))
    return _page(customer, brought=in_words(portable.bring(session, customer, document, current_account()), _uses()))


memory, client_memory = pages_of("memory", (
    ("", "GET", page), ("/correct", "POST", correct), ("/forget", "POST", forget),
    ("/noted", "POST", forget_noted), ("/noted/correct", "POST", correct_noted), ("/consent", "POST", consent),
    ("/take.json", "GET", take_json), ("/take.csv", "GET", take_csv), ("/bring", "POST", bring)))


def _file(customer: Customer, text: str, suffix: str, type_: str) -> Answer:
    """To be kept by whoever asked; spreadsheets know UTF-8 by its mark."""
    return no_store(Answer(text.encode("utf-8-sig" if suffix == "csv" else "utf-8"), content_type=type_, headers={
        "Content-Disposition": f"attachment; filename=remembered-{customer.number}.{suffix}"}))


def _page(customer: Customer, open_: Piece | None = None, problem: str = "", texts: list[str] | None = None,
          refused: str = "", brought: Arrived | None = None, misnoted: tuple[int, str] = (0, "")) -> Answer:
    known = pieces.of(session, customer)
    abouts = _abouts(customer, known)
    count = sum(piece.forgotten is None for piece in known) + sum(bool(one.plan) for one in customer.subjects)
    drafts = session.scalars(select(Draft).where(Draft.customer_id == customer.id).order_by(Draft.updated_at.desc()))
    placed, allowed = placed_by(customer), consents.allowed(session, customer)
    said = session.scalars(select(Consent).where(Consent.customer_id == customer.id).order_by(Consent.id.desc())).all()
    html = render_template(
        "memory/page.html", customer=customer, abouts=abouts, own=rep() is None, drafts=drafts.all(), count=count,
        orders=placed, marks=chart.marks(own(placed)),
        allowed={purpose: purpose in allowed for purpose in PURPOSES}, said=said,
        judged=pieces.remarks(session, customer), noted=noted(customer), misnoted=misnoted, longest_note=LONGEST,
        open=identity(open_.place) if open_ else "", new=open_ if open_ and not open_.statements else None,
        field=field(open_, texts) if open_ and open_.uses else None, problem=problem, refused=refused, brought=brought,
        heading=heading, uses=_uses(),
        taken_by=request.form.get("taken_by", ""), taken_on=request.form.get("taken_on", ""),
        address=request.view_args or {})
    return no_store(make_response(html, 422 if problem or refused or misnoted[0] else 200))


def _uses() -> Mapping[str, tuple[Any, Any]]:
    """The purposes in the words for whoever reads the page."""
    return USES if rep() is None else USES_OF_CLIENTS


def _abouts(customer: Customer, known: list[Piece]) -> list[About]:
    """The customer's people and places, those too of whom nothing is known yet; what is about none comes last."""
    undo = timedelta(days=current_app.extensions["settings"].undo_days)
    by_subject = {subject: list(those) for subject, those in groupby(known, key=lambda piece: piece.subject)}
    theirs = sorted(customer.subjects, key=lambda s: (s.kind, not s.themself, s.id))
    asking, gone = pieces.asking(session), plans.forgotten(session, customer)
    shown = [about(subject, by_subject.get(subject, ()), pieces.untold(subject, known, asking), undo,
                   gone.get(subject.id)) for subject in theirs]
    return [*shown, *([about(None, by_subject[None], (), undo)] if None in by_subject else [])]


def _named(customer: Customer, text: str) -> Piece:
    """The piece that a form or an address names, if it is the customer's; else 404."""
    try:
        where = place(text)
    except ValueError:
        return found(None)
    return found(pieces.find(session, customer, where))


def _note(customer: Customer) -> Note:
    """The note that a form names, if it is about the customer; else 404."""
    return found(notes.find(session, customer, request.form.get("note", 0, counted)))


def _entered(piece: Piece, texts: list[str]) -> Any:
    """What was entered, as the first characteristic that can be answered with it reads it; raises Unread."""
    refused: Unread | None = None
    for use in piece.uses:
        try:
            return entered(use.characteristic, texts)
        except Unread as unread:
            refused = refused or unread
    raise refused or Unread(_("No product asks for this any more: it can only be forgotten."))


def _moment(day: str) -> datetime | None:
    """When a measure was taken: a day of the past; None for today. Raises Unread for anything else."""
    try:
        taken = date.fromisoformat(day) if day.strip() else today()
    except ValueError as error:
        raise Unread(_("Enter the day as year, month and day, such as %(example)s.",
                       example=today().isoformat())) from error
    if taken > today() or taken < OLDEST:
        raise Unread(_("It was measured today or before."))
    return None if taken == today() else datetime.combine(taken, time(12), UTC)


def _done(message: str, piece: Piece | None = None, anchor: str | None = None) -> Answer:
    flash(message)
    anchor = identity(piece.place) if piece else anchor
    return redirect(url_for(".page", **request.view_args or {}, _anchor=anchor), 303)

"""People and places: where a customer keeps for whom and for where they order. A rep keeps the same pages for a client.

What was told about them is corrected on the page of what is remembered.
"""

from __future__ import annotations

from typing import Any, NamedTuple, get_args

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import delete, or_
from werkzeug.wrappers import Response as Answer

from catalog.records import Version
from catalog.store import catalogue, model_of
from configurator.records import Draft
from configurator.transaction import session
from configurator.web.access import found
from configurator.web.memory import plans
from configurator.web.memory.recalled import address, heading, moved, origin, said
from configurator.web.memory.theirs import pages as pages_of
from configurator.web.memory.whom import bad_name
from configurator.web.shop.orders import rep, with_changes
from orders import subjects
from orders.memory import pieces
from orders.memory.piece import Piece
from orders.records import Customer, Order, Specification, Subject
from orders.subjects import Hanging, Kind

TOLD = 4
"""Facts that the list of people and places shows of each."""


class Told(NamedTuple):
    """A fact in words, and what was said of it since; `address` names it on the page of what is remembered."""

    piece: Piece
    title: str
    said: str
    moved: str
    address: str


class Kept(NamedTuple):
    """A person or a place with what is known of them and what they have."""

    subject: Subject
    told: list[Told]
    specifications: list[tuple[Specification, list[str]]]
    orders: list[Order]


def told(customer: Customer) -> dict[Subject, list[Told]]:
    """All people and places, each with what was told about them."""
    known = pieces.of(session, customer)
    return {subject: _told(subject, known) for kind in get_args(Kind)
            for subject in subjects.of(session, customer, kind)}


def page(customer: Customer) -> str:
    """Everybody and everywhere that the customer orders for."""
    known = pieces.of(session, customer)
    kept = with_changes(customer)
    groups = {kind: [_kept(customer, subject, known, kept) for subject in subjects.of(session, customer, kind)]
              for kind in get_args(Kind)}
    return render_template("people/page.html", customer=customer, groups=groups, own=rep() is None, most=TOLD,
                           here=request.view_args or {})


def add(customer: Customer) -> Answer:
    """Somebody or somewhere new."""
    kind: Kind = found(next((known for known in get_args(Kind) if known == request.form.get("kind")), None))
    try:
        subject = subjects.add(session, customer, kind, request.form.get("name", ""))
    except ValueError:
        flash(bad_name(), "warning")
        return redirect(url_for(".page", **_here()), 303)
    return redirect(url_for(".one", subject=subject.id, **_here()), 303)


def one(customer: Customer, subject: int) -> str:
    """One of them: what was told, what is kept, what was ordered."""
    theirs = _subject(customer, subject)
    known = pieces.of(session, customer)
    untold = [(address(piece.place), heading(piece)) for piece in pieces.untold(theirs, known, pieces.asking(session))]
    return render_template(
        "people/one.html", customer=customer, subject=theirs, own=rep() is None, here=_here(), untold=untold,
        kept=_kept(customer, theirs, known, with_changes(customer)), versions=list(_asking(theirs)), origin=origin,
        hanging=_in_words(subjects.hanging(session, theirs)),
        picture=plans.drawn(theirs))


def rename(customer: Customer, subject: int) -> Answer:
    """Gives one of them another name."""
    theirs = _subject(customer, subject)
    try:
        subjects.rename(session, theirs, request.form.get("name", ""))
        flash(_("The name is %(name)s now.", name=theirs.name))
    except ValueError:
        flash(bad_name(), "warning")
    return redirect(url_for(".one", subject=subject, **_here()), 303)


def remove(customer: Customer, subject: int) -> Answer:
    """Removes one of whom nothing hangs; what was begun for them and never ordered goes too."""
    theirs = _subject(customer, subject)
    if theirs.themself or (kept := subjects.hanging(session, theirs)):
        flash(_("%(name)s cannot be removed: %(why)s.", name=theirs.name,
                why=_("it is you") if theirs.themself else _in_words(kept)), "warning")
        return redirect(url_for(".one", subject=subject, **_here()), 303)
    session.execute(delete(Draft).where(or_(Draft.person_id == theirs.id, Draft.place_id == theirs.id)))
    subjects.remove(session, theirs)
    flash(_("%(name)s is removed.", name=theirs.name))
    return redirect(url_for(".page", **_here()), 303)


people, client_people = pages_of("people", (
    ("", "GET", page), ("", "POST", add), ("/<int:subject>", "GET", one), ("/<int:subject>/rename", "POST", rename),
    ("/<int:subject>/remove", "POST", remove), ("/<int:subject>/plan", "GET", plans.plan),
    ("/<int:subject>/plan", "POST", plans.change), ("/<int:subject>/plan/remove", "POST", plans.drop)))


def _here() -> dict[str, Any]:
    """What addresses of the same customer's pages need."""
    return {name: value for name, value in (request.view_args or {}).items() if name == "number"}


def _subject(customer: Customer, id_: int) -> Subject:
    return found(subjects.find(session, customer, id_))


def _kept(customer: Customer, subject: Subject, known: list[Piece],
          kept: list[tuple[Specification, list[str]]]) -> Kept:
    return Kept(subject, _told(subject, known),
                [(one, changed) for one, changed in kept if subject in (one.person, one.place)],
                [order for order in customer.orders[::-1] if subject in (order.person, order.place)])


def _told(subject: Subject, known: list[Piece]) -> list[Told]:
    return [Told(piece, heading(piece), said(piece.holds), moved(piece), address(piece.place)) for piece in known
            if piece.subject is subject and piece.is_fact and piece.holds and piece.forgotten is None]


def _asking(subject: Subject) -> list[Version]:
    """The products that ask about such a one."""
    return [version for version in catalogue(session) if subject.kind in subjects.asked(model_of(version))]


def _in_words(kept: Hanging | None) -> str:
    """What keeps one of them from being removed."""
    if kept is None:
        return ""
    said_ = ((kept.orders, ngettext("one order is for them", "%(num)d orders are for them", kept.orders)),
             (kept.specifications, ngettext("one specification is kept for them",
                                            "%(num)d specifications are kept for them", kept.specifications)),
             (kept.quotes, ngettext("one line of a quote is for them", "%(num)d lines of quotes are for them",
                                    kept.quotes)))
    words = [words for count, words in said_ if count]
    return ", ".join(words) or _("something was said about what was made for them")

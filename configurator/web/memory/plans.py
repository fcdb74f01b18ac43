"""The plan of a place, edited thing by thing: a list of rectangles beside the drawing to scale."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import LazyString, lazy_gettext
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response as Answer

from catalog.model import Number
from catalog.store import catalogue, model_of
from catalog.units import convert
from configurator.transaction import session
from configurator.web.access import found
from configurator.web.shop.answers import Unread, entered
from configurator.web.shop.orders import rep
from orders import subjects
from orders.memory import evidence, facts
from orders.memory import plans as remembered
from orders.places import floorplan
from orders.places.rooms import LARGEST, LISTS, LONGEST_NAME, MOST, SMALLEST, Plan, PlanError, Wrong
from orders.records import Customer, Subject
from orders.subjects import Whom

SOURCE = "the plan"
"""Where facts come from that a plan tells."""
PLACES = ("x", "y", "at", "swing", "sill")
"""Measures that may be nothing."""
ROOM = ("width", "depth", "height")
MEASURES: dict[str, tuple[str, ...]] = {
    "walls": ("x", "y", "width", "depth", "height"), "furniture": ("x", "y", "width", "depth", "height"),
    "openings": ("at", "width", "swing", "sill", "height")}
TEXTS: dict[str, tuple[str, ...]] = {"walls": ("name",), "furniture": ("name",),
                                     "openings": ("name", "kind", "side", "hinge")}
FIRST: dict[str, dict[str, int | str]] = {
    "room": {"width": 4000, "depth": 3500, "height": 2500},
    "walls": {"x": 0, "y": 0, "width": 1000, "depth": 350, "height": 2500},
    "furniture": {"x": 1000, "y": 1000, "width": 2000, "depth": 900, "height": 800},
    "openings": {"at": 0, "width": 900, "swing": 900, "sill": 0, "height": 2000, "kind": "door", "side": "back",
                 "hinge": "left"}}
"""What the fields of something new hold."""
SAID: Mapping[Wrong, LazyString] = {
    "shape": lazy_gettext("Something is missing, or is too much."),
    "number": lazy_gettext("Measures are whole numbers of at most %(most)d mm.", most=LARGEST),
    "text": lazy_gettext("A name, a kind or a wall is no text."),
    "name": lazy_gettext("A name has 1 to %(most)d characters.", most=LONGEST_NAME),
    "room": lazy_gettext("A room measures %(least)d to %(most)d mm.", least=SMALLEST, most=LARGEST),
    "many": lazy_gettext("A plan has at most %(most)d things.", most=MOST),
    "small": lazy_gettext("It measures at least 1 mm, and stands at least 0 mm from where it counts."),
    "high": lazy_gettext("It is higher than the room."),
    "outside": lazy_gettext("It stands out of the room."),
    "walled": lazy_gettext("It stands in a wall."),
    "taken": lazy_gettext("There is another door or window already."),
    "opening": lazy_gettext("Choose a door or a window, and a wall."),
    "beyond": lazy_gettext("It is not within its wall, or opens further than the room goes."),
    "sill": lazy_gettext("A door has no sill: enter 0.")}
"""What is wrong with a plan, as it is told."""


@dataclass(frozen=True)
class Refused:
    """What was entered and cannot be: of the room, or of one thing (an index of its list; -1: a new one).

    `misread`: the measures that are none; without any, the message is about all of them.
    """

    at: tuple[str, int]
    message: str
    typed: Mapping[str, str]
    misread: Collection[str] = ()


class Stale(ValueError):
    """What a form was about is not in the plan any more as the page showed it; `at`: what is called so now."""

    def __init__(self, at: tuple[str, int]) -> None:
        super().__init__("the plan was changed meanwhile")
        self.at = at


def plan(customer: Customer, subject: int) -> str:
    """The plan, and what can be changed of it."""
    return _page(customer, _place(customer, subject))


def change(customer: Customer, subject: int) -> Answer | tuple[str, int]:
    """Adds, changes or removes one thing, or sets the measures of the room.

    Nothing is kept of what cannot be, or is about something that is no longer as the page showed it.
    """
    place, name = _place(customer, subject), request.form.get("thing", "")
    found(name in ("room", *LISTS) or None)
    if place.plan is None and name != "room":
        flash(_("The plan was removed meanwhile: nothing is kept of what you sent."), "warning")
        return redirect(url_for(".plan", **request.view_args or {}), 303)
    try:
        at = _at(place.plan, name, request.form)
    except Stale as stale:
        words = _("It was changed or removed meanwhile, perhaps in another window. What you entered stands here; it is "
                  "not kept yet.")
        return _page(customer, place, Refused(stale.at, words, request.form)), 409
    try:
        remembered.keep(session, place, _changed(place.plan, at, request.form))
    except (Unread, PlanError) as error:
        misread = [measure for measure in MEASURES.get(name, ROOM) if _measure(name, measure, request.form) is None]
        return _page(customer, place, Refused(at, _of_which(place, at, error) + _said(error), request.form,
                                              misread)), 422
    _tell(customer, place)
    flash(_("The plan is kept."))
    return redirect(url_for(".plan", **request.view_args or {}, _anchor="room" if name == "room" else "things"), 303)


def drop(customer: Customer, subject: int) -> Answer:
    """Takes the whole plan away for good; what stands in it in a draft stands nowhere then."""
    remembered.drop(session, _place(customer, subject))
    flash(_("The plan is removed."))
    return redirect(url_for(".one", **request.view_args or {}), 303)


def drawn(place: Subject, *crowded: int) -> Markup:
    """The plan of a place as a drawing; empty if there is none. `crowded`: the furniture that stands out."""
    if place.plan is None:
        return Markup()
    svg = floorplan.draw(Plan.from_plain(place.plan), _("Plan of %(place)s, to scale", place=place.name),
                         crowded=crowded)
    return Markup(svg)  # noqa: S704 - escaped where it is drawn


def _page(customer: Customer, place: Subject, refused: Refused | None = None) -> str:
    titles = {"walls": _("A wall in the room"), "openings": _("A door or a window"), "furniture": _("Furniture")}
    labels = {"x": _("From the left"), "y": _("From the top"), "width": _("Width"), "depth": _("Depth"),
              "height": _("Height"), "at": _("From its left or upper end"), "swing": _("Opens into the room by"),
              "sill": _("Sill above the floor")}
    crowds = _crowds(place)
    picture = drawn(place, *(index for listed, index in crowds if listed == "furniture"))
    first = {**FIRST, "walls": {**FIRST["walls"], **({"height": place.plan["height"]} if place.plan else {})}}
    return render_template(
        "people/plan.html", customer=customer, place=place, plan=place.plan, picture=picture,
        own=rep() is None, refused=refused, titles=titles, labels=labels, measures=MEASURES, room=ROOM, first=first,
        here={name: value for name, value in (request.view_args or {}).items() if name == "number"}, crowds=crowds,
        marks={name: [_mark(thing) for thing in _things(place.plan, name)] for name in ("room", *LISTS)})


def _place(customer: Customer, id_: int) -> Subject:
    subject = subjects.find(session, customer, id_)
    return found(subject if subject is not None and subject.kind == "place" else None)


def _crowds(place: Subject) -> dict[tuple[str, int], str]:
    """What furniture stands in the way of, and what is in the way of a door, by their lists and indices, in words."""
    if place.plan is None:
        return {}
    room = Plan.from_plain(place.plan)
    same = [(one, room.furniture[other].name) for pair in room.crowded() for one, other in (pair, pair[::-1])]
    where = [(thing, room.openings[opening].name) for opening, thing in room.opened_against()]
    against = [(opening, room.furniture[thing].name) for opening, thing in room.opened_against()]
    told: dict[tuple[str, int], list[str]] = {}
    for listed, pairs, words in (("furniture", same, _("It stands in the same place as %(others)s.")),
                                 ("furniture", where, _("It stands where %(others)s opens.")),
                                 ("openings", against, _("It opens against %(others)s."))):
        for index in dict.fromkeys(index for index, _name in pairs):
            others = ", ".join(name for at, name in pairs if at == index)
            told.setdefault((listed, index), []).append(words % {"others": others})
    return {at: " ".join(said) for at, said in told.items()}


def _things(plain: Mapping[str, Any] | None, name: str) -> list[Mapping[str, Any]]:
    """The things of a list; of the room its measures alone."""
    if plain is None:
        return []
    return [{measure: plain[measure] for measure in ROOM}] if name == "room" else plain[name]


def _mark(thing: Mapping[str, Any]) -> str:
    """Tells a thing from all others, and from itself once it is changed."""
    return hashlib.sha256(json.dumps(thing, sort_keys=True).encode()).hexdigest()[:16]


def _at(plain: Mapping[str, Any] | None, name: str, form: Mapping[str, str]) -> tuple[str, int]:
    """Where what a form is about is in the plan, wherever it was when the page showed it; -1: it is new.

    Raises Stale.
    """
    things, was = _things(plain, name), form.get("was", "")
    if not was and (name != "room" or not things):
        return name, -1
    marks = [_mark(thing) for thing in things]
    if was in marks:
        return name, marks.index(was)
    raise Stale((name, next((n for n, thing in enumerate(things) if thing.get("name") == form.get("name")), -1)))


def _changed(plain: Mapping[str, Any] | None, at: tuple[str, int], form: Mapping[str, str]) -> Plan:
    """The plan with one thing changed; raises Unread and PlanError."""
    name, index = at
    data: dict[str, Any] = {**(plain or {listed: [] for listed in LISTS})}
    if name == "room":
        return Plan.from_plain({**data, **_measures(name, ROOM, form)})
    things = list(data[name])
    if "remove" in form and 0 <= index < len(things):
        del things[index]
    elif "remove" not in form:
        thing = {**_measures(name, MEASURES[name], form), **{text: form.get(text, "") for text in TEXTS[name]}}
        if 0 <= index < len(things):
            things[index] = thing
        else:
            things.append(thing)
    return Plan.from_plain({**data, name: things})


def _measures(of: str, names: tuple[str, ...], form: Mapping[str, str]) -> dict[str, int]:
    """Measures of the room or of a thing of a list in mm, as they were entered: 1.2 m too; raises Unread for what is
    none.
    """
    read = {name: entered(Number(name=name, least=SMALLEST if of == "room" else name not in PLACES, most=LARGEST,
                                 unit="mm"), [form.get(name, "")]) for name in names}
    return {name: value for name, value in read.items() if isinstance(value, int)}


def _measure(of: str, name: str, form: Mapping[str, str]) -> int | None:
    """A measure as it was entered; None if it is none."""
    try:
        return _measures(of, (name,), form).get(name)
    except Unread:
        return None


def _of_which(place: Subject, at: tuple[str, int], error: Unread | PlanError) -> str:
    """What else is in the plan and would be wrong then, if it is not what was entered that is."""
    name, index = (isinstance(error, PlanError) and error.at) or at
    things = (place.plan or {}).get(name, [])
    return f"{things[index]['name']}: " if (name, index) != at and index < len(things) else ""


def _said(error: Unread | PlanError) -> str:
    return str(error) if isinstance(error, Unread) else str(SAID[error.wrong])


def _tell(customer: Customer, place: Subject) -> None:
    """Keeps what the plan says of the alcove as facts, for whatever product asks for it."""
    assert place.plan is not None
    room = Plan.from_plain(place.plan)
    alcoves = room.alcoves()
    for model in map(model_of, catalogue(session)):
        if alcoves and model.footprint:
            measured = dict(zip(ROOM, (*alcoves[0], room.height), strict=True))
            values = {name: _fitting(model[name], measured[measure])
                      for measure, name in model.footprint.alcove.items()}
            facts.tell(session, Whom(customer, place=place), model,
                       {name: value for name, value in values.items() if model[name].admits(value)}, SOURCE)
            evidence.changed(session, customer)


def _fitting(characteristic: Any, millimetres: int) -> int:
    """As the question counts, at the step below: what is a little smaller still goes in."""
    whole = int(convert(millimetres, "mm", characteristic.unit))
    return whole - (whole - characteristic.least) % characteristic.step

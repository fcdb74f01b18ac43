"""The plan view of the configuring page: where the piece stands or could stand, and what is in the way, in words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from catalog.expressions import names
from catalog.model import MEASURES, Number, ProductModel
from catalog.nodes import Values
from catalog.wording import title
from configurator.drafts import steps
from configurator.drafts.progress import Progress, progress_of
from configurator.engine import Impossible, NumberDomain, OverLimit, Undecided
from configurator.fitting import nearest, plan_of, sizing
from configurator.records import Draft
from configurator.transaction import session
from configurator.web.formatting import measure
from configurator.web.shop.answers import entered, say
from configurator.web.shop.obstacles import against
from configurator.web.shop.questions import Problem
from orders.places import floorplan
from orders.places.rooms import LARGEST
from orders.places.standing import RULE, TURNS, Sizes, Spot, Standing, Stretch, stretches

X, Y, TURNED = "stand_x", "stand_y", "stand_turned"
"""The fields of the form."""
MOST = 6
"""Stretches of wall that are offered."""
_MILLIMETRES = Number(name="mm", least=0, most=LARGEST, unit="mm")


@dataclass(frozen=True)
class Place:
    """A part of a wall where the piece could stand."""

    words: str
    packed: str
    length: int
    here: bool
    fits: bool


@dataclass(frozen=True)
class View:
    """The plan with the piece in it: placed, or where it could be placed best."""

    picture: Markup
    placed: bool
    kept: bool  # nothing is in the way
    words: str
    packed: str
    instead: str  # what fits, where this does not
    fields: tuple[str, str, int]
    places: tuple[Place, ...]


def view(progress: Progress, tried: Mapping[str, str]) -> View | None:
    """The plan of a draft's place, if the product has a footprint; `tried` is a form that asked for another spot."""
    plan, placed = plan_of(progress), progress.limits.standing
    if plan is None:
        return None
    found = stretches(plan, progress.model, progress.values)
    spot = _tried(tried) or (placed.spot if placed else found[0].spot if found else Spot(0, 0))
    return _view(progress, Standing(plan, spot), placed is not None and placed.spot == spot, found)


def _view(progress: Progress, standing: Standing, placed: bool, found: list[Stretch]) -> View:
    sizes, spot = Sizes.of(progress.model, progress.values), standing.spot
    broken = _in_the_way(progress, standing)
    where = next((_where(stretch) for stretch in found if stretch.spot == spot), _("where you put it"))
    said = broken or (_("It stands here: %(where)s.", where=where) if placed
                      else _("It fits here: %(where)s.", where=where))
    name = title(progress.model)
    picture = floorplan.draw(standing.plan, _("Plan of %(place)s with the piece in it, to scale: %(where)s",
                                              place=_named(progress), where=where), standing, sizes,
                             "blocked" if broken else "chosen" if placed else "proposed", name)
    drawn = Markup(picture)  # noqa: S704 - every text in it is escaped where it is drawn
    return View(drawn, placed, not broken, said, pack(spot), _instead(progress, standing) if broken else "",
                (str(spot.x), str(spot.y), spot.turned), tuple(
        Place(_where(stretch), pack(stretch.spot), stretch.length, stretch.spot == spot,
              stretch.length >= sizes.width) for stretch in found[:MOST]))


def _in_the_way(progress: Progress, standing: Standing) -> str:
    """What whole values would break there; empty if they stand."""
    broken = standing.broken(progress.model, progress.values)
    return " ".join(dict.fromkeys(against(rule, standing) for rule in broken))


def _named(progress: Progress) -> str:
    return progress.draft.place.name if progress.draft.place else ""


def _where(stretch: Stretch) -> str:
    """Along which wall, and between what."""
    ends = [thing.name if thing else None for thing in (stretch.left, stretch.right)]
    side = {"back": _("upper wall"), "right": _("right wall"), "front": _("lower wall"),
            "left": _("left wall")}[stretch.side]
    match ends:
        case [None, None]:
            return side
        case [None, str(end)]:
            return _("%(side)s, left of %(thing)s", side=side, thing=end)
        case [str(end), None]:
            return _("%(side)s, right of %(thing)s", side=side, thing=end)
    return _("%(side)s, between %(left)s and %(right)s", side=side, left=ends[0], right=ends[1])


def too_large(model: ProductModel, values: Values, fitting: Values) -> Iterator[str]:
    """60 mm too wide: 940 mm fits; for each size that does not fit."""
    for name, value in fitting.items():
        was, characteristic = values[name], model[name]
        if not isinstance(was, int) or not isinstance(value, int) or not isinstance(characteristic, Number):
            continue
        words = {"much": measure(abs(was - value), characteristic.unit, characteristic.shown),
                 "value": say(characteristic, value)}
        if was < value:
            yield _("%(what)s: %(value)s fits.", what=title(characteristic), **words)
        elif (of := _measure(model, name)) == "width":
            yield _("%(much)s too wide here: %(value)s fits.", **words)
        elif of == "depth":
            yield _("%(much)s too deep here: %(value)s fits.", **words)
        else:
            yield _("%(much)s too high here: %(value)s fits.", **words)


def instead(progress: Progress, impossible: Impossible) -> Iterator[str]:
    """By how much a size is too large where the piece stands, if that is why it cannot be."""
    domain = progress.configuration.alternatives(impossible.name)
    if any(rule.startswith(RULE) for rule in impossible.explanation.rules) and isinstance(domain, NumberDomain) and (
            isinstance(impossible.value, int) and impossible.name in sizing(progress.model)):
        yield from too_large(progress.model, {impossible.name: impossible.value},
                             {impossible.name: domain.nearest(impossible.value)})


def _measure(model: ProductModel, name: str) -> str:
    """Which of the measures of its footprint a number makes."""
    assert model.footprint is not None
    return next((each for each in MEASURES if name in names(getattr(model.footprint, each), model)), "")


def _instead(progress: Progress, standing: Standing) -> str:
    try:
        return " ".join(too_large(progress.model, progress.values, nearest(progress, standing)))
    except (OverLimit, Undecided):
        return ""


# Acts


def act(draft: Draft, form: Mapping[str, str]) -> dict[str, Problem]:
    """Places the piece, with what fits there if the button says so, or takes it out of the plan."""
    progress = progress_of(session, draft)
    plan = plan_of(progress)
    if plan is None or "stand_out" in form:
        steps.stand(session, draft, None)
        return {}
    spot = _tried(form)
    if spot is None:
        return {"": Problem(_("Enter where the left end of its back is, in mm from the left and from the top."))}
    standing = Standing(plan, spot)
    try:
        fitting = nearest(progress, standing) if "stand_fitting" in form else {}
        steps.stand(session, draft, standing, fitting)
    except (OverLimit, Impossible):
        return {"": Problem(_beyond(progress, standing))}
    return {}


def _beyond(progress: Progress, standing: Standing) -> str:
    """Why it cannot stand there, with what can."""
    broken = _in_the_way(progress, standing)
    instead = _instead(progress, standing)
    return " ".join(filter(None, (broken, instead or _("Nothing that goes with what you have chosen fits there."))))


def pack(spot: Spot) -> str:
    """A spot as buttons carry it."""
    return json.dumps([spot.x, spot.y, spot.turned])


def _tried(form: Mapping[str, str]) -> Spot | None:
    """The spot that a button or the fields of a form ask for; None if they ask for none."""
    try:
        for button in ("stand_fitting", "stand"):
            if form.get(button, "here") != "here":
                x, y, turned = json.loads(form[button])
                return _spot(x, y, turned)
        if "stand" in form:
            x, y = (entered(_MILLIMETRES, [form.get(field, "")]) for field in (X, Y))
            return _spot(x, y, int(form.get(TURNED, "0")))
    except (ValueError, TypeError, RecursionError):  # Unread is a ValueError too
        return None
    return None


def _spot(x: Any, y: Any, turned: Any) -> Spot:
    if not all(type(given) is int and 0 <= given <= LARGEST for given in (x, y)) or turned not in TURNS:
        raise ValueError("no spot")
    return Spot(x, y, turned)

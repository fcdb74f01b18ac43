"""What the layout of every page is given: who is here and where they can go."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple

from flask import Flask, current_app, request, url_for
from flask_babel import LazyString, get_locale
from flask_babel import lazy_gettext as _

from configurator.web.access import admitted, current_account


class Link(NamedTuple):
    """An entry of the bar; `current` is "page" for the page that it leads to, "true" for the others of its place."""

    url: str
    title: str
    current: str


class Place(NamedTuple):
    """Pages that belong together: the first `pages` that somebody may call is where they enter it; `within` is what
    the routes of all of them begin with.
    """

    title: LazyString
    pages: str
    within: str


NAVIGATION = (
    (Place(_("Products"), "shop.products", "/products/ /configure/"),
     Place(_("Your orders"), "orders.orders", "/orders /asked/ /configure/<draft>/change"),
     Place(_("Your quotes"), "own_quotes.page", "/quotes /quoted/"),
     Place(_("Your specifications"), "orders.kept", "/specifications"),
     Place(_("People and places"), "people.page", "/people"),
     Place(_("What we remember"), "memory.page", "/memory /erasure")),
    (Place(_("Today"), "attending.list_", "/desk/today/"),
     Place(_("Clients"), "desk.clients", "/desk/ /orders/ /specifications/ /configure/<draft>/change"),
     Place(_("Quotes"), "quotes.page", "/desk/quotes"),
     Place(_("Learning"), "learning.curve", "/desk/learning"),
     Place(_("Relations"), "relation.kinds tiers.all_", "/desk/relation/")),
    (Place(_("Floor"), "floor.queue board.board stocking.parts", "/floor/"),),
    (Place(_("Catalogues"), "studio.catalogues", "/studio/"),
     Place(_("Tax and discounts"), "charges.page", "/charges/"),
     Place(_("Outbox"), "outbox.page", "/outbox/"),
     Place(_("Retention"), "keeping.page", "/keeping/")))
"""By who works there: the shop, the desk, the floor, the firm. Whoever may call one sees it; a customer's own pages are
not for staff."""
FLOOR = (
    Place(_("Orders"), "floor.queue", "/floor/orders/"), Place(_("Work centres"), "queues.centres", "/floor/centres"),
    Place(_("Pick"), "picking.lists", "/floor/pick"), Place(_("Board"), "board.board", "/floor/board"),
    Place(_("Requests"), "granting.waiting", "/floor/requests"), Place(_("Print"), "sheets.choose", "/floor/print"),
    Place(_("Batches"), "tracing.batches", "/floor/batches"), Place(_("Stock"), "stocking.parts", "/floor/stock"),
    Place(_("Buying"), "buying.needs", "/floor/buying"), Place(_("Hours"), "hours.week", "/floor/hours"),
    Place(_("Times"), "board.times", "/floor/times"), Place(_("Carriers"), "shipping.carriers", "/floor/carriers"))
"""The pages of the floor, in the same way."""
RELATIONS = (
    Place(_("Scope"), "relation.kinds", "/desk/relation/scope"),
    Place(_("How unequal"), "relation.everybody", "/desk/relation/"),
    Place(_("Lots of one"), "relation.lots", "/desk/relation/lots"),
    Place(_("Tiers"), "tiers.all_", "/desk/relation/tiers/"))
"""The pages about the relation with customers, in the same way."""


def navigation() -> list[list[Link]]:
    """The links of the bar, group by group, for whoever is signed in."""
    here = _here(chain.from_iterable(NAVIGATION))
    return [links for group in NAVIGATION if (links := _links(group, here))]


def floor_pages() -> list[Link]:
    """The links of the floor, for whoever is signed in."""
    return _links(FLOOR, _here(FLOOR))


def relation_pages() -> list[Link]:
    """The links of the pages about the relation with customers, for whoever is signed in."""
    return _links(RELATIONS, _here(RELATIONS))


def _links(places: Iterable[Place], here: Place | None) -> list[Link]:
    return [Link(url_for(endpoint), str(place.title),
                 "page" if request.endpoint == endpoint else "true" if place is here else "")
            for place in places if (endpoint := _entry(place))]


def _entry(place: Place) -> str | None:
    """The endpoint of its first page that whoever is here may call."""
    return next(filter(may, place.pages.split()), None)


def may(endpoint: str) -> bool:
    """Whether there is such a page, and whoever is here may call it."""
    account = current_account()
    roles = {"public", account.role} if account else {"public"}
    return endpoint in current_app.view_functions and bool(roles & admitted(current_app, endpoint))


def _here(places: Iterable[Place]) -> Place | None:
    """The place of the page that is shown: the one that says most of its route."""
    route = str(request.url_rule or request.path)
    said = [(len(start), place) for place in places if _entry(place) for start in place.within.split()
            if route.startswith(start)]
    return max(said, key=itemgetter(0))[1] if said else None


def language() -> tuple[str, str]:
    """The language that the texts are in, and its direction."""
    locale = get_locale()
    translated = {str(known) for known in current_app.extensions["babel"].instance.list_translations()}
    if locale is None or not {str(locale), locale.language} & translated:
        return "en", "ltr"
    return str(locale).replace("_", "-"), locale.text_direction


def writing() -> str:
    """How numbers and times are written for the reader: what language() is to the words, for scripts (BCP 47)."""
    locale = get_locale()
    parts = (locale.language, locale.script, locale.territory) if locale else ()
    return "-".join(filter(None, parts)) or "en"


def register(app: Flask, maker: str, demo: bool) -> None:
    """Gives every template `maker`, `demo`, `account`, `navigation`, `floor_pages`, `relation_pages`, `may`,
    `language` and `writing`."""

    @app.context_processor
    def frame() -> dict[str, Any]:
        return {"maker": maker, "demo": demo, "account": current_account(), "navigation": navigation,
                "floor_pages": floor_pages, "relation_pages": relation_pages, "may": may, "language": language,
                "writing": writing}

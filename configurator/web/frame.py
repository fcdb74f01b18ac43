"""What the layout of every page is given: who is here and where they can go."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from flask import Flask, current_app, request, url_for
from flask_babel import get_locale
from flask_babel import lazy_gettext as _

from configurator.web.access import admitted, current_account


class Link(NamedTuple):
    """An entry of the bar."""

    url: str
    title: str
    current: bool


NAVIGATION = (
    (("shop.products", _("Products")), ("orders.orders", _("Your orders")), ("own_quotes.page", _("Your quotes")),
     ("orders.kept", _("Your specifications")), ("people.page", _("People and places")),
     ("memory.page", _("What we remember"))),
    (("attending.list_", _("Today")), ("desk.clients", _("Desk")), ("quotes.page", _("Quotes")),
     ("learning.curve", _("Learning")), ("relation.kinds", _("Relations"))),
    (("floor.queue", _("Floor")), ("stocking.parts", _("Stock")), ("board.times", _("Times"))),
    (("studio.catalogues", _("Studio")), ("charges.page", _("Tax and discounts")), ("outbox.page", _("Outbox")),
     ("keeping.page", _("Retention"))))
"""Endpoints and their titles, by who works there: the shop, the desk, the floor, the firm. Whoever may call one sees
it; a customer's own pages are not for staff."""
FLOOR = (
    ("floor.queue", _("Orders")), ("queues.centres", _("Work centres")), ("picking.lists", _("Pick")),
    ("board.board", _("Board")), ("granting.waiting", _("Requests")), ("sheets.choose", _("Print")),
    ("tracing.batches", _("Batches")), ("stocking.parts", _("Stock")), ("buying.needs", _("Buying")),
    ("hours.week", _("Hours")), ("shipping.carriers", _("Carriers")))
"""The pages of the floor, in the same way."""
RELATIONS = (
    ("relation.kinds", _("Scope")), ("relation.everybody", _("How unequal")), ("relation.lots", _("Lots of one")),
    ("tiers.all_", _("Tiers")))
"""The pages about the relation with customers, in the same way."""


def navigation() -> list[list[Link]]:
    """The links of the bar, group by group, for whoever is signed in."""
    return [links for group in NAVIGATION if (links := _links(group))]


def floor_pages() -> list[Link]:
    """The links of the floor, for whoever is signed in."""
    return _links(FLOOR)


def relation_pages() -> list[Link]:
    """The links of the pages about the relation with customers, for whoever is signed in."""
    return _links(RELATIONS)


def _links(pages: Iterable[tuple[str, str]]) -> list[Link]:
    account = current_account()
    roles = {"public", account.role} if account else {"public"}
    return [Link(url_for(endpoint), str(title), request.endpoint == endpoint) for endpoint, title in pages
            if endpoint in current_app.view_functions and roles & admitted(current_app, endpoint)]


def language() -> tuple[str, str]:
    """The language that the texts are in, and its direction."""
    locale = get_locale()
    translated = {str(known) for known in current_app.extensions["babel"].instance.list_translations()}
    if locale is None or not {str(locale), locale.language} & translated:
        return "en", "ltr"
    return str(locale).replace("_", "-"), locale.text_direction


def register(app: Flask, maker: str, demo: bool) -> None:
    """Gives every template `maker`, `demo`, `account`, `navigation`, `floor_pages`, `relation_pages` and `language`."""

    @app.context_processor
    def frame() -> dict[str, Any]:
        return {"maker": maker, "demo": demo, "account": current_account(), "navigation": navigation,
                "floor_pages": floor_pages, "relation_pages": relation_pages, "language": language}

"""Products as they would be proposed to whoever looks, before anything is configured."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from time import thread_time

from markupsafe import Markup
from sqlalchemy import func, select

from catalog.records import Version
from catalog.store import catalogue
from catalog.wording import title
from configurator.drafts import sessions
from configurator.drafts.progress import Progress, progress_of
from configurator.engine import Undecided
from configurator.engines import is_compiled
from configurator.measured import unmeasured
from configurator.records import Draft
from configurator.transaction import session
from configurator.web.access import current_customer
from configurator.web.shop import present
from configurator.web.shop.answers import say
from orders.memory import consents, feedback
from orders.promises import Offer, offered
from orders.records import Customer, Order
from orders.subjects import Whom

PAGE = 9
"""Products on a page; engines and memories of so many fit into a process at once."""
BRISK = 1.0
"""Processor seconds of compiling after which no further engine is begun for a page; most take half of one."""


@dataclass(frozen=True)
class Card:
    """A product as it would be proposed to whoever looks."""

    slug: str
    title: str
    description: str
    sources: tuple[str, ...]
    progress: Progress
    picture: Markup
    offer: Offer
    chosen: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Shelf:
    """One page of the products whose titles hold what is `sought`, as they would be proposed; None of what takes too
    long to work out, which can be opened all the same. `many`: there is more than a page of products in all.
    """

    cards: list[tuple[Version, Card | None]]
    page: int
    pages: int
    sought: str
    many: bool


def shelf(sought: str, page: int) -> Shelf:
    """The page of that number, or the nearest that there is."""
    every = catalogue(session)
    many = len(every) > PAGE
    found = [version for version in every if sought.casefold() in version.title.casefold()]
    if many and (customer := current_customer()) and consents.allows(session, customer, "proposals"):
        lately = _lately(customer)
        found.sort(key=lambda version: lately.get(version.product_id, 0), reverse=True)
    pages = max(math.ceil(len(found) / PAGE), 1)
    page = min(max(page, 1), pages)
    return Shelf([*_cards(found[(page - 1) * PAGE:page * PAGE])], page, pages, sought, many)


def _cards(versions: Iterable[Version]) -> Iterator[tuple[Version, Card | None]]:
    spent = 0.0
    for version in versions:
        begun, compiles = thread_time(), not is_compiled(version)
        yield version, _proposed(version) if not compiles or spent < BRISK else None
        spent += compiles * (thread_time() - begun)


def _lately(customer: Customer) -> dict[int, int]:
    """The newest order of each product that a customer ordered, by the product's id: what they ordered comes first."""
    newest = select(Version.product_id, func.max(Order.id)).join(Order, Order.version_id == Version.id)
    return dict(session.execute(
        newest.where(Order.customer_id == customer.id).group_by(Version.product_id)).all())


def _proposed(version: Version) -> Card | None:
    try:
        customer = current_customer()
        return of(sessions.sketch(session, version, Whom(customer) if customer else None))
    except Undecided:
        return None


def of(draft: Draft) -> Card:
    """The product of a draft as it stands."""
    progress = progress_of(session, draft)
    model = progress.model
    choices = progress.configuration.choices.items()
    chosen = tuple((title(model[name]), say(model[name], answer)) for name, answer in choices)
    return Card(draft.version.product.slug, title(model), model.description, model.sources, progress,
                 present.picture(model, progress.values), offered(model, progress.values, progress.supply), chosen)


def waiting(sketch: Draft) -> list[Order]:
    """The orders of the product for the same person and place that nobody has answered for yet."""
    if sketch.whom is None:
        return []
    return [order for order in feedback.waiting(session, sketch.whom.customer, sketch.version.product_id)
            if (order.customer_id, order.person_id, order.place_id) == sketch.whom.key]


def left(progress: Progress) -> set[str]:
    """What is left to the customer: what is open to doubt, and what nobody else can know."""
    return {*progress.questions, *unmeasured(session, progress)}
